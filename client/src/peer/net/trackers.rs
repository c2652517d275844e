//! Registering with the trackers, and asking them who is where.
//!
//! One task for each tracker, so that one that is down costs nothing but its own entries.

mod call;
mod registrar;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use iroh::Watcher as _;
use parlor_protocol::DeviceId;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Inner, NetEvent, Registration, Tracker, names};
use crate::peer::event::TrackerStanding;
use registrar::Registrar;

/// Trackers of one list; a room server that names more is not followed.
const TRACKERS: usize = 16;

/// Questions that wait for one tracker. They are all answered by the next list.
const ASKED: usize = 64;

/// How long a dial waits for newer lists.
const ASK: Duration = Duration::from_secs(2);

/// What is to be registered, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) trackers: Vec<Tracker>,
    pub(super) registration: Registration,
}

/// Answered when the list was fetched, or cannot be.
type Question = oneshot::Sender<()>;

/// The registrar of a tracker.
#[derive(Debug)]
struct Running {
    leave: CancellationToken,
    task: JoinHandle<()>,
}

/// What the registrars and the network share. Std mutexes are right: they are held for a few
/// instructions and never across an await.
#[derive(Debug)]
pub(super) struct Trackers {
    wish: watch::Sender<Wish>,
    /// Counts changes of this device's addresses.
    moved: watch::Sender<u64>,
    asked: Mutex<HashMap<String, mpsc::Sender<Question>>>,
    standings: Mutex<BTreeMap<String, TrackerStanding>>,
    members: Mutex<HashMap<String, BTreeSet<String>>>,
}

impl Default for Trackers {
    fn default() -> Self {
        Self {
            wish: watch::Sender::new(Wish::default()),
            moved: watch::Sender::new(0),
            asked: Mutex::default(),
            standings: Mutex::default(),
            members: Mutex::default(),
        }
    }
}

impl Trackers {
    /// From now on this is wished.
    pub(super) fn wish(&self, mut wish: Wish) {
        wish.trackers.truncate(TRACKERS);
        self.wish.send_if_modified(|old| {
            let differs = *old != wish;
            *old = wish;
            differs
        });
    }

    /// The networks may have changed: everybody is to hear from us.
    pub(super) fn moved(&self) {
        self.moved.send_modify(|count| *count += 1);
    }

    fn remember(&self, name: String, asked: mpsc::Sender<Question>) {
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(name, asked);
    }

    fn forget(&self, name: &str) {
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(name);
    }

    /// Has every tracker asked for its list, and waits a moment for the answers.
    pub(super) async fn ask(&self) {
        let questions: Vec<_> = {
            let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            let asking = asked.values().filter_map(|registrar| {
                let (question, answer) = oneshot::channel();
                registrar.try_send(question).ok()?;
                Some(answer)
            });
            asking.collect()
        };
        let _ = timeout(ASK, join_all(questions)).await;
    }

    /// Notes how a tracker stands; the whole list, if that changed.
    fn stands(&self, name: &str, standing: Option<TrackerStanding>) -> Option<NetEvent> {
        let mut standings = self
            .standings
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let changed = match standing {
            Some(new) => standings.insert(name.to_owned(), new.clone()) != Some(new),
            None => standings.remove(name).is_some(),
        };
        changed.then(|| NetEvent::Trackers(standings.values().cloned().collect()))
    }

    /// Notes who is in a channel; whether that changed.
    fn are_in(&self, channel: &str, usernames: &BTreeSet<String>) -> bool {
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        let known = members.entry(channel.to_owned()).or_default();
        let differs = known != usernames;
        known.clone_from(usernames);
        differs
    }

    /// Forgets the channels that one is not in any more.
    fn keep_channels(&self, channels: &[String]) {
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        members.retain(|channel, _| channels.contains(channel));
    }
}

impl Inner {
    /// Has a registrar at every tracker that is wished, until the network closes.
    pub(super) async fn register(self: Arc<Self>) {
        let mut wish = self.trackers.wish.subscribe();
        let mut registrars: HashMap<String, Running> = HashMap::new();
        let mut leaving: HashMap<String, JoinHandle<()>> = HashMap::new();
        let mut addresses = self.endpoint.watch_addr().stream_updates_only();
        loop {
            let trackers = wish.borrow_and_update().trackers.clone();
            let wished: HashMap<String, Tracker> = trackers
                .into_iter()
                .map(|tracker| (names::name(&tracker), tracker))
                .collect();
            leaving.retain(|_, task| !task.is_finished());
            for (name, running) in registrars.extract_if(|name, _| !wished.contains_key(name)) {
                self.trackers.forget(&name);
                running.leave.cancel();
                leaving.insert(name, running.task);
            }
            for (name, tracker) in wished {
                let Entry::Vacant(place) = registrars.entry(name) else {
                    continue;
                };
                let before = leaving.remove(place.key());
                if let Some(running) = self.begin(place.key().clone(), tracker, before) {
                    place.insert(running);
                }
            }
            loop {
                tokio::select! {
                    changed = wish.changed() => {
                        if changed.is_err() {
                            return;
                        }
                        break;
                    }
                    Some(_) = addresses.next() => self.trackers.moved(),
                    // Every registrar's token is a child of this one.
                    () = self.leaving.cancelled() => return,
                }
            }
        }
    }

    /// Begins to register with a tracker, once an earlier registrar of it has left.
    fn begin(
        self: &Arc<Self>,
        name: String,
        tracker: Tracker,
        before: Option<JoinHandle<()>>,
    ) -> Option<Running> {
        let (asked, questions) = mpsc::channel(ASKED);
        let made = Registrar::new(Arc::clone(self), name.clone(), tracker, questions);
        let registrar = match made {
            Ok(registrar) => registrar,
            Err(error) => {
                tracing::error!(%error, "no TLS for a tracker");
                return None;
            }
        };
        let leave = self.leaving.child_token();
        let token = leave.clone();
        let task = self.presence.spawn(async move {
            if let Some(before) = before {
                // However it ended, it is over.
                let _ = before.await;
            }
            registrar.run(token).await;
        });
        self.trackers.remember(name, asked);
        Some(Running { leave, task })
    }

    /// What a tracker listed is told.
    async fn listed(&self, came: Vec<(DeviceId, String)>) {
        for (device, username) in came {
            if device != self.me {
                let username = Some(username);
                self.tell(NetEvent::Seen { device, username }).await;
            }
        }
        let channels = self.trackers.wish.borrow().registration.channels.clone();
        self.trackers.keep_channels(&channels);
        for channel in channels {
            let members = self.book.members(&channel);
            if self.trackers.are_in(&channel, &members) {
                let usernames = members.into_iter().collect();
                self.tell(NetEvent::Members { channel, usernames }).await;
            }
        }
    }
}
