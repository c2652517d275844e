//! What writes leave to the node of this process, and what it told the store for that: in memory, beside
//! the tables, so that a line on its way out costs no look into them.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use parlor_protocol::DeviceId;

use super::PeerStore;

/// Users of whom is remembered that their devices are known; past it all are looked at anew.
const REMEMBERED: usize = 4_096;

/// What is to be done. Everything is, until somebody has looked: another process may have left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    /// Lines for which it is not known to which devices they go.
    pub(crate) unspread: bool,
    /// Entries of one's own that are to be signed.
    pub(crate) unsigned: bool,
    /// Devices to which lines go that were just written, and their users.
    pub(crate) devices: BTreeMap<DeviceId, String>,
}

impl Left {
    /// Nothing.
    pub(super) fn none() -> Self {
        Self {
            unspread: false,
            unsigned: false,
            devices: BTreeMap::new(),
        }
    }
}

/// Std mutexes are right: they are held for a few instructions and never across an await.
#[derive(Debug)]
pub(super) struct Due {
    unspread: AtomicBool,
    unsigned: AtomicBool,
    devices: Mutex<BTreeMap<DeviceId, String>>,
    /// Users whose devices are known, and until when.
    known: Mutex<HashMap<String, Instant>>,
}

impl Default for Due {
    fn default() -> Self {
        Self {
            unspread: AtomicBool::new(true),
            unsigned: AtomicBool::new(true),
            devices: Mutex::default(),
            known: Mutex::default(),
        }
    }
}

impl Due {
    /// Something was written.
    pub(super) fn leave(&self, left: Left) {
        self.unspread.fetch_or(left.unspread, Ordering::AcqRel);
        self.unsigned.fetch_or(left.unsigned, Ordering::AcqRel);
        if !left.devices.is_empty() {
            lock(&self.devices).extend(left.devices);
        }
    }

    /// Another process wrote: it may be anything.
    pub(super) fn all(&self) {
        self.unspread.store(true, Ordering::Release);
        self.unsigned.store(true, Ordering::Release);
    }

    /// Whether all devices of a user are known.
    pub(super) fn knows(&self, username: &str) -> bool {
        let until = lock(&self.known).get(username).copied();
        until.is_some_and(|until| Instant::now() < until)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PeerStore {
    /// Takes what there is to be done.
    pub(crate) fn take_left(&self) -> Left {
        Left {
            unspread: self.due.unspread.swap(false, Ordering::AcqRel),
            unsigned: self.due.unsigned.swap(false, Ordering::AcqRel),
            devices: std::mem::take(&mut *lock(&self.due.devices)),
        }
    }

    /// What was taken could not be done, or all is to be looked at.
    pub(crate) fn all_left(&self) {
        self.due.all();
    }

    /// For so long it is known which devices a user has: what is written to them goes there at once.
    pub(crate) fn devices_known(&self, username: &str, lasts: Duration) {
        let mut known = lock(&self.due.known);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(username.to_owned(), Instant::now() + lasts);
    }

    /// Nobody's devices are known any more: they are asked for anew.
    pub(crate) fn devices_unknown(&self) {
        lock(&self.due.known).clear();
    }
}
