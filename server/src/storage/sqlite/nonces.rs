//! Which messages were kept before, under which nonce. Nonces stand in no
//! order, so that indexing each at once would write a page of the file for every message;
//! instead the newest are kept in memory too, and go into their table by
//! thousands, in order, behind a cursor. After a crash the events beyond the
//! cursor are read again.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::writer::Work;
use super::{cursor, set_cursor};
use crate::storage::{Result, RoomId, UserId};

/// Nonces in memory before they begin to go into the table.
const FRESH: usize = 16_384;

/// Nonces that go into the table by one step.
const STEP: usize = 512;

type Key = (RoomId, UserId, Arc<str>);

/// The nonces that are not (all) in the table yet.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    /// Whether the events beyond the cursor were read.
    loaded: bool,
    /// Newer than all that goes into the table now.
    fresh: HashMap<Key, u64>,
    /// The keys that the running transaction added to `fresh`.
    added: Vec<Key>,
    /// What goes into the table now.
    draining: HashMap<Key, u64>,
    /// The same in the table's order, what comes next last.
    order: Vec<Key>,
    /// How many of `order` the running step takes.
    taken: usize,
    /// Where the cursor stands once `order` is empty: an event's id.
    to: i64,
}

impl Nonces {
    /// The `seq` of the message kept under this nonce.
    pub(super) fn find(&mut self, conn: &Connection, key: &Key) -> Result<Option<u64>> {
        self.load(conn)?;
        if let Some(seq) = self.fresh.get(key).or_else(|| self.draining.get(key)) {
            return Ok(Some(*seq));
        }
        let mut find = conn.prepare_cached(
            "SELECT seq FROM nonces WHERE room_id = ?1 AND by_user = ?2 AND nonce = ?3",
        )?;
        let found = find.query_row(params![key.0.0, key.1.0, key.2], |row| row.get(0));
        Ok(found.optional()?)
    }

    /// A message is kept under a nonce that was not found.
    pub(super) fn add(&mut self, key: Key, seq: u64) {
        self.added.push(key.clone());
        self.fresh.insert(key, seq);
    }

    pub(super) fn committed(&mut self) {
        self.added.clear();
    }

    pub(super) fn rolled_back(&mut self) {
        for key in self.added.drain(..) {
            self.fresh.remove(&key);
        }
        self.taken = 0;
    }

    /// Whether a step is due.
    pub(super) fn must_drain(&self) -> bool {
        !self.order.is_empty() || self.fresh.len() >= FRESH
    }

    /// Takes the fresh ones to go into the table, if none are going.
    pub(super) fn begin_drain(&mut self, conn: &Connection) -> Result<()> {
        if !self.order.is_empty() {
            return Ok(());
        }
        self.to = conn
            .prepare_cached("SELECT coalesce(max(id), 0) FROM events")?
            .query_row([], |row| row.get(0))?;
        self.draining = std::mem::take(&mut self.fresh);
        self.order = self.draining.keys().cloned().collect();
        self.order.sort_unstable_by(|a, b| b.cmp(a));
        Ok(())
    }

    /// The step that [`drain`] began is committed.
    pub(super) fn drained(&mut self) {
        self.order.truncate(self.order.len() - self.taken);
        self.taken = 0;
        if self.order.is_empty() {
            self.draining = HashMap::new();
        }
    }

    /// Forgets a deleted room's.
    pub(super) fn forget(&mut self, room: RoomId) {
        self.fresh.retain(|key, _| key.0 != room);
        self.draining.retain(|key, _| key.0 != room);
        self.order.retain(|key| key.0 != room);
    }

    fn load(&mut self, conn: &Connection) -> Result<()> {
        if self.loaded {
            return Ok(());
        }
        let from = cursor(conn, "nonces")?;
        let mut find = conn.prepare_cached(
            "SELECT room_id, by_user, nonce, seq FROM events WHERE id > ?1 AND nonce IS NOT NULL",
        )?;
        let mut rows = find.query([from])?;
        while let Some(row) = rows.next()? {
            let nonce: String = row.get(2)?;
            let key = (RoomId(row.get(0)?), UserId(row.get(1)?), nonce.into());
            self.fresh.insert(key, row.get(3)?);
        }
        self.loaded = true;
        Ok(())
    }
}

/// Puts the next nonces into the table.
pub(super) fn drain(work: &mut Work<'_>) -> Result<()> {
    let nonces = &mut work.state.nonces;
    nonces.taken = nonces.order.len().min(STEP);
    let next = &nonces.order[nonces.order.len() - nonces.taken..];
    let mut put = work
        .conn
        .prepare_cached("INSERT OR IGNORE INTO nonces VALUES (?1, ?2, ?3, ?4)")?;
    for key in next.iter().rev() {
        if let Some(seq) = nonces.draining.get(key) {
            put.execute(params![key.0.0, key.1.0, key.2, seq])?;
        }
    }
    if nonces.taken == nonces.order.len() {
        set_cursor(work.conn, "nonces", nonces.to)?;
    }
    Ok(())
}
