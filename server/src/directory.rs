//! Users, sessions, rooms and memberships, in memory.
//!
//! They are read from storage once, at the start. A change goes to storage
//! first, then into here, then to those whom it concerns; so what is here is
//! never ahead of what would survive a crash. Small groups fit in memory many
//! times over, and a `resume` costs no query.
//!
//! # Layout
//!
//! - [`tables`]: what there is, and reading it from storage.
//! - [`people`]: users, their ranks, and who is there.
//! - [`rooms`]: rooms, who is in them, and what one may do there.
//! - [`sessions`]: tokens, and the connections that are signed in by them.
//! - [`bans`]: who is kept out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use parlor_protocol::ErrorLine;

mod bans;
mod people;
mod rooms;
mod sessions;
mod tables;

pub(crate) use bans::{network, network_text};
pub(crate) use people::Person;
pub(crate) use rooms::Access;
pub(crate) use tables::Tables;

/// The tables behind their lock.
#[derive(Debug)]
pub(crate) struct Directory {
    // A std RwLock: every look and change is some map operations, at most a
    // list of 500 users; nothing awaits under it, and nothing below takes
    // another lock but an outbox's.
    tables: RwLock<Tables>,
    changes: AtomicU64,
}

impl Directory {
    /// The directory of a server that starts.
    pub(crate) fn new(tables: Tables) -> Self {
        Self {
            tables: RwLock::new(tables),
            changes: AtomicU64::new(0),
        }
    }

    /// A number that rises with every change. Who takes it first and looks then
    /// sees what it stands for at least: as long as it stays, so does what was seen.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Looks something up.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Tables) -> T) -> T {
        look(&self.tables.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks something up that may be refused.
    ///
    /// # Errors
    ///
    /// What `look` refuses with.
    pub(crate) fn check<T>(
        &self,
        look: impl FnOnce(&Tables) -> Result<T, ErrorLine>,
    ) -> Result<T, ErrorLine> {
        self.read(look)
    }

    /// Takes over what storage has kept.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut Tables) -> T) -> T {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        // Under the lock and before the change: who sees the new number cannot look
        // before the change is whole.
        self.changes.fetch_add(1, Ordering::Release);
        change(&mut tables)
    }
}
