//! This device's entry at one tracker, and the tracker's list.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use parlor_certs::CertError;
use parlor_protocol::tracker::{ENTRY_SECONDS, PeerEntry, RENEW_SECONDS, SubmitInfo};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::call::{Caller, Channel, Trouble};
use super::{Question, names};
use crate::actor::backoff::Backoff;
use crate::peer::event::TrackerStanding;
use crate::peer::net::{FAREWELL, Inner, Registration, Tracker, way};

/// How often an entry is renewed.
const RENEW: Duration = Duration::from_secs(RENEW_SECONDS);

/// How often a list is fetched without anybody asking: how late a coming may be seen. For each entry it
/// is a little longer, up to the longest, so that many who look at each other do not load a tracker.
const LIST: Duration = Duration::from_secs(5);
const LIST_PER_ENTRY: Duration = Duration::from_millis(100);
const LIST_LONGEST: Duration = Duration::from_secs(30);

/// A list that is so young is not fetched again because somebody asks.
const YOUNG: Duration = Duration::from_millis(500);

/// After this the entries of a tracker that is down are gone there too.
const STALE: Duration = Duration::from_secs(ENTRY_SECONDS);

/// Channels that an entry may name.
const CHANNELS: usize = 64;

/// What keeps one tracker up to date.
#[derive(Debug)]
pub(super) struct Registrar {
    inner: Arc<Inner>,
    name: String,
    tracker: Tracker,
    caller: Caller,
    questions: mpsc::Receiver<Question>,
    backoff: Backoff,
    /// What was submitted last, and when.
    submitted: Option<(SubmitInfo, Instant)>,
    /// The channels that were joined there.
    joined: BTreeSet<String>,
    listed: Option<Instant>,
    /// How many it listed.
    entries: usize,
    /// Whether its relay was made known to the endpoint.
    relayed: bool,
    /// When something is to be done next.
    next: Instant,
    in_trouble: bool,
}

impl Registrar {
    pub(super) fn new(
        inner: Arc<Inner>,
        name: String,
        tracker: Tracker,
        questions: mpsc::Receiver<Question>,
    ) -> Result<Self, CertError> {
        Ok(Self {
            caller: Caller::new(&tracker)?,
            inner,
            name,
            tracker,
            questions,
            backoff: Backoff::default(),
            submitted: None,
            joined: BTreeSet::new(),
            listed: None,
            entries: 0,
            relayed: false,
            next: Instant::now(),
            in_trouble: false,
        })
    }

    /// Keeps the entry until `leave`, and takes it off then.
    pub(super) async fn run(mut self, leave: CancellationToken) {
        let keeping = leave.run_until_cancelled(self.keep()).await;
        // It goes on for ever.
        debug_assert!(keeping.is_none());
        let _ = timeout(FAREWELL, self.take_leave()).await;
        if self.relayed {
            if let Some(url) = names::url(&self.tracker) {
                self.inner.endpoint.remove_relay(&url).await;
            }
            self.inner.names.remove(&self.tracker);
        }
        self.inner.book.forget(&self.name);
        if !self.inner.leaving.is_cancelled() {
            self.stands(None).await;
        }
    }

    async fn keep(&mut self) {
        let mut wish = self.inner.trackers.wish.subscribe();
        let mut moved = self.inner.trackers.moved.subscribe();
        let mut asked = Vec::new();
        loop {
            let registration = wish.borrow_and_update().registration.clone();
            if registration.token.is_empty() {
                // Nothing can be said before one is signed in.
                asked.clear();
                tokio::select! {
                    changed = wish.changed() => if changed.is_err() { return },
                    Some(question) = self.questions.recv() => drop(question),
                }
                continue;
            }
            if self.is_due(&asked) {
                let done = self.round(&registration).await;
                self.done(done).await;
            }
            asked.clear();
            tokio::select! {
                changed = wish.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.next = Instant::now();
                }
                Ok(()) = moved.changed() => {
                    self.submitted = None;
                    if !self.in_trouble {
                        self.next = Instant::now();
                    }
                }
                Some(question) = self.questions.recv() => {
                    asked.push(question);
                    while let Ok(question) = self.questions.try_recv() {
                        asked.push(question);
                    }
                }
                () = sleep_until(self.next) => {}
            }
        }
    }

    /// Whether there is something to do: it is time, or somebody asks for a list that is not young. A tracker
    /// that is down is not run at because of questions.
    fn is_due(&self, asked: &[Question]) -> bool {
        let old = self.listed.is_none_or(|listed| listed.elapsed() >= YOUNG);
        Instant::now() >= self.next || (!asked.is_empty() && old && !self.in_trouble)
    }

    /// Notes how a round ended, and when the next is.
    async fn done(&mut self, round: Result<(), Trouble>) {
        let now = Instant::now();
        self.in_trouble = round.is_err();
        match &round {
            Ok(()) => {
                self.backoff.reset();
                let renew = self.submitted.as_ref().map_or(now, |(_, at)| *at + RENEW);
                let entries = u32::try_from(self.entries).unwrap_or(u32::MAX);
                let list = LIST.saturating_add(LIST_PER_ENTRY.saturating_mul(entries));
                self.next = renew.min(now + list.min(LIST_LONGEST));
            }
            Err(trouble) => {
                tracing::debug!(tracker = %self.tracker.address, %trouble, "no word of a tracker");
                let wait = self.backoff.next(crate::random::fraction());
                self.next = now + wait.max(trouble.wait.unwrap_or_default());
                if self.listed.is_some_and(|listed| listed.elapsed() > STALE) {
                    self.listed = None;
                    self.inner.book.forget(&self.name);
                }
            }
        }
        self.stands(Some(round.err().map(|trouble| trouble.to_string())))
            .await;
    }

    async fn stands(&self, trouble: Option<Option<String>>) {
        let standing = trouble.map(|trouble| TrackerStanding {
            address: self.tracker.address.to_string(),
            trouble,
        });
        if let Some(event) = self.inner.trackers.stands(&self.name, standing) {
            self.inner.tell(event).await;
        }
    }

    /// Says what there is to say, and fetches the list.
    async fn round(&mut self, registration: &Registration) -> Result<(), Trouble> {
        let mut channel = self.caller.open(&registration.token).await?;
        self.submit(&mut channel, registration).await?;
        self.follow(&mut channel, registration).await?;
        let list = channel.get("/get-list").await?;
        self.listed = Some(Instant::now());
        let relay = names::url(&self.tracker).filter(|_| self.relayed);
        let entries = entries(list);
        self.entries = entries.len();
        let came = self.inner.book.list(&self.name, relay, entries);
        self.inner.listed(came).await;
        Ok(())
    }

    /// Renews the entry, if it is time or something changed.
    async fn submit(
        &mut self,
        channel: &mut Channel,
        registration: &Registration,
    ) -> Result<(), Trouble> {
        let hidden = self.inner.relay_only;
        let mut channels = registration.channels.clone();
        channels.truncate(CHANNELS);
        let info = SubmitInfo {
            username: registration.username.clone(),
            ip: None,
            port: if hidden { 0 } else { self.port(channel.to) },
            channels,
            device: Some(self.inner.me),
            card: registration.card.clone(),
            hidden,
        };
        if let Some((last, at)) = &self.submitted
            && *last == info
            && at.elapsed() < RENEW
        {
            return Ok(());
        }
        channel.post("/submit-info", &info).await?;
        let vouched = info.card.is_some();
        self.submitted = Some((info, Instant::now()));
        // The relay lets in only whose card was accepted here.
        if vouched && !self.relayed {
            self.use_relay().await;
        }
        Ok(())
    }

    async fn use_relay(&mut self) {
        let Some(relay) = names::relay(&self.tracker) else {
            return;
        };
        self.inner.names.insert(&self.tracker);
        let url = relay.url.clone();
        self.inner.endpoint.insert_relay(url, Arc::new(relay)).await;
        self.relayed = true;
    }

    /// Joins the channels that are new, and leaves those that are over.
    async fn follow(
        &mut self,
        channel: &mut Channel,
        registration: &Registration,
    ) -> Result<(), Trouble> {
        let wished = registration.channels.iter().take(CHANNELS);
        let wished: BTreeSet<String> = wished.cloned().collect();
        for name in wished.difference(&self.joined.clone()) {
            let body = json!({ "username": registration.username, "channel": name });
            channel.post("/add-list", &body).await?;
            self.joined.insert(name.clone());
        }
        for name in self.joined.clone().difference(&wished) {
            let body = json!({
                "username": registration.username,
                "device": self.inner.me,
                "channel": name,
            });
            channel.post("/leave", &body).await?;
            self.joined.remove(name);
        }
        Ok(())
    }

    /// Takes the entry off.
    async fn take_leave(&self) -> Result<(), Trouble> {
        if self.submitted.is_none() || self.in_trouble {
            return Ok(());
        }
        let registration = self.inner.trackers.wish.borrow().registration.clone();
        let mut channel = self.caller.open(&registration.token).await?;
        let body = json!({ "username": registration.username, "device": self.inner.me });
        channel.post("/leave", &body).await?;
        Ok(())
    }

    /// The UDP port at which others reach this device, under the address that a tracker there sees.
    fn port(&self, tracker: Option<SocketAddr>) -> u16 {
        let six = tracker.is_some_and(|at| at.ip().to_canonical().is_ipv6());
        let far = tracker.is_some_and(|at| !way::is_near(at.ip().to_canonical()));
        let endpoint = &self.inner.endpoint;
        let shown = endpoint.addr();
        let public = shown
            .ip_addrs()
            .find(|at| at.is_ipv6() == six && !way::is_near(at.ip()))
            .filter(|_| far)
            .copied();
        let bound = endpoint.bound_sockets();
        let bound = bound.iter().find(|at| at.is_ipv6() == six).copied();
        public.or(bound).map_or(0, |at| at.port())
    }
}

/// The entries of a list; those that cannot be read are none.
fn entries(mut list: Value) -> Vec<PeerEntry> {
    let Value::Array(peers) = list["peers"].take() else {
        return Vec::new();
    };
    let entries = peers.into_iter().filter_map(|peer| {
        let entry: PeerEntry = serde_json::from_value(peer).ok()?;
        let placed = entry.ip.is_empty() || entry.ip.parse::<IpAddr>().is_ok();
        placed.then_some(entry)
    });
    entries.collect()
}
