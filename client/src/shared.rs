//! What handles say and the actor picks up when it can: the newest of each is
//! what counts, so that nothing queues up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use parlor_protocol::Presence;
use tokio::sync::Notify;

use crate::outgoing::Outgoing;

/// The wishes of one session's handles. A std mutex is right: it is held for a
/// few instructions and never across an await.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    wishes: Mutex<Wishes>,
    changed: Notify,
}

/// What was wished since the actor last looked. Bounded by the number of rooms, and of
/// messages that were changed here meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) reads: BTreeMap<String, u64>,
    pub(crate) typing: BTreeSet<String>,
    pub(crate) presence: Option<Presence>,
    pub(crate) outbox: bool,
    /// Messages to be told of as they now stand: they are not in line, so that nobody else would.
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) try_now: bool,
}

/// Rooms in which typing can be wished at once; more is a fault of the app's.
const TYPING_ROOMS: usize = 64;

impl Shared {
    fn change(&self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.lock());
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read(&self, room: &str, seq: u64) {
        self.change(|wishes| {
            let read = wishes.reads.entry(room.to_owned()).or_default();
            *read = seq.max(*read);
        });
    }

    pub(crate) fn typing(&self, room: &str) {
        self.change(|wishes| {
            if wishes.typing.len() < TYPING_ROOMS {
                wishes.typing.insert(room.to_owned());
            }
        });
    }

    pub(crate) fn presence(&self, presence: Presence) {
        self.change(|wishes| wishes.presence = Some(presence));
    }

    pub(crate) fn outbox_changed(&self) {
        self.change(|wishes| wishes.outbox = true);
    }

    /// Messages of the outbox were changed by a handle.
    pub(crate) fn outgoing_changed(&self, changed: impl IntoIterator<Item = Outgoing>) {
        self.change(|wishes| {
            wishes.outbox = true;
            wishes.outgoing.extend(changed);
        });
    }

    pub(crate) fn try_now(&self) {
        self.change(|wishes| wishes.try_now = true);
    }

    /// Waits until something was wished, and takes it.
    pub(crate) async fn wished(&self) -> Wishes {
        self.changed.notified().await;
        std::mem::take(&mut *self.lock())
    }
}
