//! What the writer remembers between transactions. It is the only one who
//! appends, so that a room's end is known without asking.

use std::collections::HashMap;

use parlor_protocol::Time;
use rusqlite::{Connection, OptionalExtension, params};

use super::files::changes::FileChanges;
use super::index;
use super::nonces::Nonces;
use crate::storage::{Result, RoomId};

/// Rooms whose ends are remembered at most; past it they are read anew.
const HEADS: usize = 10_000;

/// The end of a room's log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) last_seq: u64,
    pub(super) last_time: Time,
}

/// What the writer remembers.
#[derive(Debug, Default)]
pub(super) struct State {
    awake: bool,
    heads: HashMap<RoomId, Head>,
    /// The next event's id, once it is known.
    next_event: Option<i64>,
    pub(super) nonces: Nonces,
    pub(super) file_changes: FileChanges,
    /// Events that may wait for the full-text index, about.
    pub(super) unindexed: usize,
    /// Whether deleted rooms may wait to be erased.
    pub(super) purge: bool,
    /// Whether the write-ahead log may hold erased text.
    pub(super) erase: bool,
}

impl State {
    /// Of a writer that has just begun.
    pub(super) fn new(file_changes: FileChanges) -> Self {
        Self {
            file_changes,
            ..Self::default()
        }
    }

    /// A server works on the store: what a crash left undone is found out by
    /// looking. A command line's process leaves all chores to the server.
    pub(super) fn wake(&mut self) {
        if !self.awake {
            self.awake = true;
            self.unindexed = index::STEP;
            self.purge = true;
            self.erase = true;
        }
    }

    /// The end of a room's log; `None` if there is no such room.
    pub(super) fn head(&mut self, conn: &Connection, room: RoomId) -> Result<Option<&mut Head>> {
        if !self.heads.contains_key(&room) {
            let Some(head) = read_head(conn, room)? else {
                return Ok(None);
            };
            if self.heads.len() >= HEADS {
                self.heads.clear();
            }
            self.heads.insert(room, head);
        }
        Ok(self.heads.get_mut(&room))
    }

    /// An id for an event: above all there were, also those that a deleted
    /// room took with it, so that no cursor passed it already.
    pub(super) fn event_id(&mut self, conn: &Connection) -> Result<i64> {
        let id = match self.next_event {
            Some(id) => id,
            None => conn.query_row(
                "SELECT 1 + max((SELECT coalesce(max(id), 0) FROM events), (SELECT max(at) FROM cursors
                     WHERE name IN ('search', 'nonces')))",
                [],
                |row| row.get(0),
            )?,
        };
        self.next_event = Some(id + 1);
        Ok(id)
    }

    /// A room is deleted.
    pub(super) fn forget(&mut self, room: RoomId) {
        self.heads.remove(&room);
        self.purge = true;
    }

    /// The transaction stands.
    pub(super) fn committed(&mut self) {
        self.nonces.committed();
    }

    /// Nothing of the transaction stands.
    pub(super) fn rolled_back(&mut self) {
        self.heads.clear();
        self.next_event = None;
        self.nonces.rolled_back();
    }
}

fn read_head(conn: &Connection, room: RoomId) -> Result<Option<Head>> {
    let mut find = conn.prepare_cached(
        "SELECT e.seq, e.time FROM rooms r
         LEFT JOIN events e ON e.room_id = r.id
             AND e.seq = (SELECT max(seq) FROM events WHERE room_id = r.id)
         WHERE r.id = ?1 AND r.deleted = 0",
    )?;
    let head = find
        .query_row(params![room.0], |row| {
            Ok(Head {
                last_seq: row.get::<_, Option<u64>>(0)?.unwrap_or(0),
                last_time: Time::from_millis(row.get::<_, Option<i64>>(1)?.unwrap_or(i64::MIN)),
            })
        })
        .optional()?;
    Ok(head)
}
