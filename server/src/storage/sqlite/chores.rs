//! What the writer does beside commands: bringing the full-text index and the
//! index of nonces after the log, erasing deleted rooms, and moving the
//! write-ahead log into the file. Each chore goes by small steps; when it is quiet one
//! after the other, under load with a small part of the writer's time.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::writer::Desk;
use super::{checkpoint, index, nonces, rooms};
use crate::storage::Result;

/// Under load, a chore that took some time is followed by none for so many
/// times as long.
const SHARE: u32 = 9;

/// How long a chore that failed (a full disk) is left alone.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// Changed rows after which the write-ahead log is moved into the file even
/// under load: some thousand pages, a few megabytes.
const CHECKPOINT_CHANGES: u64 = 20_000;

/// Transactions after which it is moved even under load: each writes a few
/// pages, however small it is.
const CHECKPOINT_GROUPS: u64 = 400;

/// Changed rows for which it is worth moving when it is quiet.
const CHECKPOINT_QUIET: u64 = 500;

/// When chores may be done.
#[derive(Debug)]
pub(super) struct Chores {
    /// Under load: not before this.
    next: Instant,
    /// After a failure: not before this, whatever the load.
    retry: Option<Instant>,
    /// What the connection had changed at the last checkpoint.
    changes: u64,
    /// Transactions since then.
    pub(super) groups: u64,
}

impl Default for Chores {
    fn default() -> Self {
        Self {
            next: Instant::now(),
            retry: None,
            changes: 0,
            groups: 0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chore {
    Nonces,
    Index,
    Purge,
    Checkpoint,
    Erase,
}

impl Chores {
    /// How long chores are left alone after a failure.
    pub(super) fn pause(&self) -> Duration {
        self.retry.map_or(Duration::ZERO, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }
}

impl Desk {
    /// Whether there is something to do when it is quiet.
    pub(super) fn chores_wait(&self) -> bool {
        self.pick(true).is_some()
    }

    /// Does a step of the most urgent chore, if one may be done now.
    pub(super) fn do_chore(&mut self, quiet: bool) {
        let begun = Instant::now();
        if self.chores.retry.is_some_and(|at| begun < at) {
            return;
        }
        let Some(chore) = self.pick(quiet) else {
            return;
        };
        match self.step(chore) {
            Ok(()) => self.chores.retry = None,
            Err(error) => {
                tracing::debug!(%error, ?chore, "a storage chore failed; it is tried again");
                self.chores.retry = Some(Instant::now() + RETRY);
            }
        }
        self.chores.next = Instant::now() + begun.elapsed() * SHARE;
    }

    fn pick(&self, quiet: bool) -> Option<Chore> {
        let state = &self.state;
        let changes = self.changes();
        // These two keep memory and the write-ahead log bounded, so they wait
        // for no quiet.
        if state.nonces.must_drain() {
            return Some(Chore::Nonces);
        }
        if changes >= CHECKPOINT_CHANGES || self.chores.groups >= CHECKPOINT_GROUPS {
            return Some(Chore::Checkpoint);
        }
        if !quiet && Instant::now() < self.chores.next {
            return None;
        }
        if state.purge {
            Some(Chore::Purge)
        } else if state.unindexed >= if quiet { 1 } else { index::STEP } {
            Some(Chore::Index)
        } else if quiet && state.erase {
            Some(Chore::Erase)
        } else {
            (quiet && changes >= CHECKPOINT_QUIET).then_some(Chore::Checkpoint)
        }
    }

    fn step(&mut self, chore: Chore) -> Result<()> {
        match chore {
            Chore::Nonces => {
                self.state.nonces.begin_drain(&self.conn)?;
                self.unflushed(nonces::drain)?;
                self.state.nonces.drained();
                Ok(())
            }
            Chore::Index => self.unflushed(index::step),
            Chore::Purge => self.unflushed(rooms::purge),
            Chore::Checkpoint => self.checkpoint("PASSIVE"),
            Chore::Erase => {
                // The log still holds pages from before the deletion until it
                // is emptied, which a reader may put off.
                self.checkpoint("TRUNCATE")?;
                self.state.erase = false;
                Ok(())
            }
        }
    }

    /// A transaction of derived data: it need not be flushed, because after a
    /// power cut its cursor is as old as its data.
    fn unflushed(
        &mut self,
        body: impl FnOnce(&mut super::writer::Work<'_>) -> Result<()>,
    ) -> Result<()> {
        self.conn.execute_batch("PRAGMA synchronous = NORMAL")?;
        let done = self.transaction(body);
        if let Err(error) = self.conn.execute_batch("PRAGMA synchronous = FULL") {
            // A connection opened anew flushes.
            self.distrust();
            return Err(error.into());
        }
        done
    }

    fn checkpoint(&mut self, mode: &str) -> Result<()> {
        checkpoint(&self.conn, mode)?;
        self.chores.changes = total_changes(&self.conn);
        self.chores.groups = 0;
        Ok(())
    }

    fn changes(&self) -> u64 {
        // A connection opened anew begins at zero.
        let now = total_changes(&self.conn);
        now.checked_sub(self.chores.changes).unwrap_or(now)
    }
}

fn total_changes(conn: &Connection) -> u64 {
    conn.total_changes()
}
