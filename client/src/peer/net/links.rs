//! The links that are up, at most one that counts to each device.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_protocol::DeviceId;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{DialError, Link, LinkId};

/// Links at once, those that are ending among them. Each costs memory and keep-alives.
pub(super) const LINKS: usize = 256;

/// Two links that come up within this time, one dialled from each side, were dialled at once. Longer
/// than the ways of two dials differ; shorter than a program needs to end and come again.
const AT_ONCE: Duration = Duration::from_secs(3);

/// What those who dial a device wait for.
pub(super) type Dialled = Option<Result<Link, DialError>>;

/// What became of a new link.
#[derive(Debug)]
pub(super) enum Placed {
    /// It is the one that counts; the one that did before, if any, ends.
    Counts(Option<Link>),
    /// Another one counts; this one is only read to its end.
    Spare(Link),
    /// There are too many.
    Full,
}

#[derive(Debug)]
struct Standing {
    link: Link,
    /// Whether this side dialled.
    dialled: bool,
    since: Instant,
    /// Whether the node knows of it.
    told: bool,
}

#[derive(Debug, Default)]
struct State {
    last_id: u64,
    running: usize,
    standing: HashMap<DeviceId, Standing>,
    dials: HashMap<DeviceId, watch::Sender<Dialled>>,
}

/// All links of this device. A std mutex is right: it is held for a few instructions and
/// never across an await.
#[derive(Debug)]
pub(super) struct Links {
    me: DeviceId,
    state: Mutex<State>,
}

/// How a dial goes on.
#[derive(Debug)]
pub(super) enum Dial {
    /// A link is up.
    Up(Link),
    /// It is being dialled.
    Wait(watch::Receiver<Dialled>),
    /// Nobody dials it yet: whoever asked is to begin, and to say how it ended.
    Begin(watch::Receiver<Dialled>),
}

impl Links {
    pub(super) fn new(me: DeviceId) -> Self {
        Self {
            me,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next_id(&self) -> LinkId {
        let mut state = self.lock();
        state.last_id += 1;
        LinkId(state.last_id)
    }

    /// Whether one more may come.
    pub(super) fn has_room(&self) -> bool {
        self.lock().running < LINKS
    }

    /// A link came up.
    ///
    /// Of two that were dialled at once, both sides keep the one that the lesser device id dialled. Otherwise
    /// the newer one counts: nobody dials who has a link, so that the other side has lost the older one.
    pub(super) fn place(&self, link: &Link, dialled: bool, now: Instant) -> Placed {
        let device = link.device();
        let mut state = self.lock();
        if state.running >= LINKS {
            return Placed::Full;
        }
        state.running += 1;
        if let Some(old) = state.standing.get(&device)
            && old.link.is_up()
            && old.dialled != dialled
            && now.duration_since(old.since) < AT_ONCE
            && old.dialled == (self.me < device)
        {
            return Placed::Spare(old.link.clone());
        }
        let new = Standing {
            link: link.clone(),
            dialled,
            since: now,
            told: false,
        };
        let old = state.standing.insert(device, new);
        Placed::Counts(old.map(|old| old.link))
    }

    /// The node knows of a link: from now on, what comes from the device is told under its name.
    pub(super) fn told(&self, link: &Link) {
        let mut state = self.lock();
        if let Some(standing) = state.standing.get_mut(&link.device()) {
            standing.told |= standing.link.id() == link.id();
        }
        if let Some(dial) = state.dials.remove(&link.device()) {
            dial.send_replace(Some(Ok(link.clone())));
        }
    }

    /// The link to a device that the node knows of.
    pub(super) fn current(&self, device: &DeviceId) -> Option<Link> {
        let state = self.lock();
        let standing = state.standing.get(device)?;
        standing.told.then(|| standing.link.clone())
    }

    /// A link has ended. Answers whether it is the one that counted.
    pub(super) fn remove(&self, link: &Link) -> bool {
        let mut state = self.lock();
        state.running -= 1;
        let counts = state
            .standing
            .get(&link.device())
            .is_some_and(|standing| standing.link.id() == link.id());
        if counts {
            state.standing.remove(&link.device());
        }
        counts
    }

    /// Somebody wants a link to a device.
    pub(super) fn dial(&self, device: DeviceId) -> Dial {
        let mut state = self.lock();
        if let Some(standing) = state.standing.get(&device)
            && standing.told
            && standing.link.is_up()
        {
            return Dial::Up(standing.link.clone());
        }
        if let Some(dial) = state.dials.get(&device) {
            return Dial::Wait(dial.subscribe());
        }
        let (sender, receiver) = watch::channel(None);
        state.dials.insert(device, sender);
        Dial::Begin(receiver)
    }

    /// A dial has ended without a link of its own.
    pub(super) fn not_dialled(&self, device: &DeviceId, why: DialError) {
        if let Some(dial) = self.lock().dials.remove(device) {
            dial.send_replace(Some(Err(why)));
        }
    }

    /// Every link that counts.
    pub(super) fn all(&self) -> Vec<Link> {
        let state = self.lock();
        state.standing.values().map(|s| s.link.clone()).collect()
    }
}
