//! The task behind a session. It owns the connection, and everything that
//! happens to it happens here: connecting, resuming, sending what waits,
//! keeping what comes, telling the app.
//!
//! It never waits for the app: what the app has not taken yet is gathered, up
//! to a bound past which nothing more is read from the server.

pub(crate) mod backoff;
mod entry;
mod gathered;
mod lanes;
mod lines;
mod live;
mod pending;
mod writer;

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parlor_certs::{Address, Alpn};
use parlor_protocol::{Presence, Request};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::dial::{ConnectError, Wire};
use crate::event::{ConnectionState, EndReason, Event, OfflineReason};
use crate::greet::TrustedConfig;
use crate::home::{Account, Home, Token};
use crate::outgoing::OutgoingState;
use crate::session::tap::{LETTERS, Letter, Tap};
use crate::session::{Answer, Follow, Options, RequestError};
use crate::shared::{Shared, Wishes};
use crate::store::{Store, StoreError};
use crate::transfers::{Running, Standing, Transfers};
use backoff::Backoff;
use lanes::Lanes;

/// Events that the app has not taken, past which nothing more is read.
const UNTOLD: usize = 4_096;

/// A connection that held this long was a good one: the waits start over.
const HELD: Duration = Duration::from_secs(10);

/// The app may take this long to read the last events.
const LAST_EVENTS: Duration = Duration::from_secs(5);

/// A page of history to be fetched into the store.
#[derive(Debug, Clone)]
pub(crate) struct Fetch {
    pub(crate) room: String,
    pub(crate) before: Option<u64>,
    pub(crate) after: Option<u64>,
    pub(crate) limit: usize,
}

/// What handles ask of the actor and wait for.
#[derive(Debug)]
pub(crate) enum Command {
    Ask {
        request: Box<Request>,
        reply: oneshot::Sender<Result<Answer, RequestError>>,
    },
    /// Answers whether the page brought any messages, once they are kept.
    Fetch {
        fetch: Fetch,
        reply: oneshot::Sender<Result<bool, RequestError>>,
    },
    Discard {
        nonce: String,
        reply: oneshot::Sender<Result<bool, StoreError>>,
    },
    SignOut {
        reply: oneshot::Sender<Result<(), RequestError>>,
    },
}

/// What an actor is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) home: Home,
    pub(crate) account: Account,
    pub(crate) address: Address,
    pub(crate) token: Token,
    pub(crate) options: Options,
    pub(crate) store: Store,
    pub(crate) shared: Arc<Shared>,
    pub(crate) tap: Arc<Tap>,
    pub(crate) asked: mpsc::Receiver<Command>,
    pub(crate) tell: mpsc::Sender<Vec<Event>>,
    pub(crate) standing: watch::Sender<Standing>,
    pub(crate) transfers: Transfers,
    /// Weak, for the session ends when its last handle is dropped.
    pub(crate) asker: mpsc::WeakSender<Command>,
    pub(crate) stop: CancellationToken,
}

/// The task.
#[derive(Debug)]
pub(crate) struct Actor {
    parts: Parts,
    config: TrustedConfig,
    running: Running,
    backoff: Backoff,
    lanes: Lanes,
    /// What was not told to the app yet.
    untold: Vec<Event>,
    /// How far this session has followed each room: what the app was told.
    seen: BTreeMap<String, u64>,
    /// Letters for the peers' side that were not handed over yet.
    letters: VecDeque<Letter>,
    presence: Option<Presence>,
}

/// How a stretch of the session ended.
#[derive(Debug)]
enum Outcome {
    /// It is over.
    Ended(EndReason),
    /// Try again, at the earliest after `after` if the server asked for that.
    Offline {
        reason: OfflineReason,
        after: Option<Duration>,
    },
}

/// What came while something was waited for.
enum Meanwhile<T> {
    Done(T),
    TryNow,
    Ended(EndReason),
}

impl Actor {
    pub(crate) fn new(parts: Parts) -> Self {
        let running = parts.transfers.start(
            parts.asker.clone(),
            Arc::clone(&parts.shared),
            parts.options.transfers,
        );
        Self {
            parts,
            running,
            config: TrustedConfig::new(Alpn::Session),
            backoff: Backoff::default(),
            lanes: Lanes::default(),
            untold: Vec::new(),
            seen: BTreeMap::new(),
            letters: VecDeque::new(),
            presence: None,
        }
    }

    /// Runs the session to its end.
    pub(crate) async fn run(mut self) {
        let reason = match self.begin().await {
            Ok(()) => self.go_on().await,
            Err(error) => {
                self.untold.push(Event::StoreFailed(error.to_string()));
                EndReason::Dropped
            }
        };
        self.finish(reason).await;
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        match self.parts.options.follow {
            Follow::Store => {
                let snapshot = self
                    .parts
                    .store
                    .snapshot(self.parts.options.transfers)
                    .await?;
                let rooms = snapshot.rooms.iter();
                self.seen = rooms
                    .map(|room| (room.room.room.clone(), room.cursor))
                    .collect();
                self.untold.push(Event::Loaded(Box::new(snapshot)));
            }
            Follow::Memory => self.seen = self.parts.options.since.clone(),
            Follow::Nothing => {}
        }
        // What others left was written before what this session will write.
        self.sweep().await?;
        self.load_outbox().await
    }

    /// Connects again and again until the session is over.
    async fn go_on(&mut self) -> EndReason {
        loop {
            let (reason, after) = match self.attempt().await {
                Outcome::Ended(reason) => return reason,
                Outcome::Offline { reason, after } => (reason, after),
            };
            let wait = self.backoff.next(crate::random::fraction());
            let wait = after.map_or(wait, |after| after.max(wait));
            tracing::info!(server = %self.parts.address, %reason, ?wait, "offline");
            self.say(ConnectionState::Offline {
                retry_at: SystemTime::now() + wait,
                reason,
            });
            if let Meanwhile::Ended(reason) = self.meanwhile(sleep(wait)).await {
                return reason;
            }
        }
    }

    /// One connection, from the first packet to its end.
    async fn attempt(&mut self) -> Outcome {
        let attempt = self.backoff.attempt();
        self.say(ConnectionState::Connecting { attempt });
        if let Err(error) = self.sweep().await {
            self.untold.push(Event::StoreFailed(error.to_string()));
        }
        let config = match self.config.get(&self.parts.home, &self.parts.address) {
            Ok(config) => config,
            Err(error) => return connect_failed(error),
        };
        let (address, within) = (
            self.parts.address.clone(),
            self.parts.options.connect_timeout,
        );
        let opening = async move { Wire::open(&address, config, within).await };
        let mut opening = pin!(opening);
        let wire = loop {
            match self.meanwhile(&mut opening).await {
                Meanwhile::Done(Ok(wire)) => break wire,
                Meanwhile::Done(Err(error)) => return connect_failed(error),
                Meanwhile::TryNow => {}
                Meanwhile::Ended(reason) => return Outcome::Ended(reason),
            }
        };
        let begun = Instant::now();
        let (outcome, signed_in) = live::live(self, wire).await;
        self.parts.standing.send_modify(|now| now.online = false);
        self.parts.tap.offline();
        // Mail that was not handed over comes again with the next sign-in.
        self.letters.clear();
        for mut waiting in self.lanes.connection_lost() {
            waiting.state = OutgoingState::Waiting;
            self.untold.push(Event::Outgoing(waiting));
        }
        if signed_in && begun.elapsed() >= HELD {
            self.backoff.reset();
        } else if signed_in {
            self.backoff.settle();
        }
        outcome
    }

    /// Waits for something while there is no connection, and serves the handles.
    async fn meanwhile<T>(&mut self, waited: impl Future<Output = T>) -> Meanwhile<T> {
        let mut waited = pin!(waited);
        let tell = self.parts.tell.clone();
        loop {
            tokio::select! {
                done = &mut waited => return Meanwhile::Done(done),
                () = self.parts.stop.cancelled() => return Meanwhile::Ended(EndReason::Dropped),
                command = self.parts.asked.recv() => match command {
                    Some(command) => self.refuse(command).await,
                    None => return Meanwhile::Ended(EndReason::Dropped),
                },
                wishes = self.parts.shared.wished() => {
                    let try_now = wishes.try_now;
                    if let Err(error) = self.keep_wishes(wishes).await {
                        self.untold.push(Event::StoreFailed(error.to_string()));
                    }
                    if try_now {
                        return Meanwhile::TryNow;
                    }
                }
                told = self.running.told(), if self.untold.len() < UNTOLD => self.untold.extend(told),
                told = tell.reserve(), if !self.untold.is_empty() => match told {
                    Ok(permit) => permit.send(std::mem::take(&mut self.untold)),
                    Err(_) => return Meanwhile::Ended(EndReason::Dropped),
                },
            }
        }
    }

    /// Answers what can only be asked of a server.
    async fn refuse(&mut self, command: Command) {
        match command {
            Command::Ask { reply, .. } => drop(reply.send(Err(RequestError::Offline))),
            Command::Fetch { reply, .. } => drop(reply.send(Err(RequestError::Offline))),
            Command::SignOut { reply } => drop(reply.send(Err(RequestError::Offline))),
            Command::Discard { nonce, reply } => drop(reply.send(self.discard(nonce).await)),
        }
    }

    /// Takes a message back, unless it is on its way.
    async fn discard(&mut self, nonce: String) -> Result<bool, StoreError> {
        if self.lanes.is_on_its_way(&nonce) {
            return Ok(false);
        }
        let Some(taken) = self.parts.store.discard(nonce).await? else {
            return Ok(false);
        };
        self.lanes.remove(&taken.room, &taken.nonce);
        if !taken.files.is_empty() {
            self.parts.transfers.wake();
        }
        self.untold.push(Event::Outgoing(taken));
        Ok(true)
    }

    /// Keeps here what was wished; what concerns the server is told by who has a connection.
    async fn keep_wishes(&mut self, wishes: Wishes) -> Result<(), StoreError> {
        if wishes.presence.is_some() {
            self.presence = wishes.presence;
        }
        self.untold
            .extend(wishes.outgoing.into_iter().map(Event::Outgoing));
        if wishes.outbox {
            self.load_outbox().await?;
        }
        if !wishes.reads.is_empty() {
            let changed = self.parts.store.read(wishes.reads).await?;
            self.untold
                .extend(changed.into_iter().map(Event::RoomChanged));
        }
        Ok(())
    }

    /// Takes what waits in the outbox into memory, up to a bound.
    async fn load_outbox(&mut self) -> Result<(), StoreError> {
        if let Some((after, limit)) = self.lanes.wants()
            && self.parts.options.outbox
        {
            let entries = self.parts.store.queued(after, limit).await?;
            let new = self.lanes.load(entries);
            self.untold.extend(new.into_iter().map(Event::Outgoing));
        }
        Ok(())
    }

    /// Takes over what a process that ended left in the outbox.
    async fn sweep(&mut self) -> Result<(), StoreError> {
        if !self.parts.options.outbox {
            return Ok(());
        }
        let abandoned = self
            .parts
            .store
            .claim_abandoned(self.parts.options.transfers)
            .await?;
        let failed = abandoned
            .iter()
            .filter(|entry| entry.held || entry.outgoing.state != OutgoingState::Waiting);
        let failed: Vec<Event> = failed
            .map(|entry| Event::Outgoing(entry.outgoing.clone()))
            .collect();
        self.untold.extend(failed);
        let new = self.lanes.take_in(abandoned);
        self.untold.extend(new.into_iter().map(Event::Outgoing));
        Ok(())
    }

    /// Hands letters to who listens, as long as there is room. Without a listener they wait for one that is
    /// expected, or go nowhere.
    fn hand_over(&mut self) {
        if self.letters.is_empty() {
            return;
        }
        let Some(listener) = self.parts.tap.listener() else {
            if !self.parts.tap.nobody() {
                self.letters.clear();
            }
            return;
        };
        while let Some(letter) = self.letters.pop_front() {
            match listener.try_send(letter) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(letter)) => {
                    self.letters.push_front(letter);
                    return;
                }
                Err(mpsc::error::TrySendError::Closed(_)) => self.letters.clear(),
            }
        }
    }

    fn say(&mut self, state: ConnectionState) {
        self.untold.push(Event::Connection(state));
    }

    /// Lets go of everything and tells the app what was not told yet.
    async fn finish(mut self, reason: EndReason) {
        self.running.stop().await;
        if let Err(error) = self.parts.store.release().await {
            tracing::warn!(%error, "the outbox could not be let go");
        }
        let dead = matches!(reason, EndReason::TokenDead | EndReason::Kicked { .. });
        let files = self.parts.home.account_files(&self.parts.account.id);
        if dead && let Err(error) = files.drop_token(&self.parts.token) {
            tracing::warn!(%error, "a dead token could not be dropped");
        }
        tracing::info!(server = %self.parts.address, %reason, "ended");
        self.say(ConnectionState::Ended(reason));
        let telling = self.parts.tell.send_timeout(self.untold, LAST_EVENTS);
        tokio::select! {
            _ = telling => {}
            () = self.parts.stop.cancelled() => {}
        }
    }
}

/// What a failed attempt means for the session.
fn connect_failed(error: ConnectError) -> Outcome {
    let reason = match error {
        ConnectError::KeyChanged(change) => return Outcome::Ended(EndReason::KeyChanged(change)),
        ConnectError::OtherProtocol { theirs } => {
            return Outcome::Ended(EndReason::OtherProtocol { theirs });
        }
        ConnectError::Refused(error) => return live::refused(error),
        ConnectError::UnknownHost { .. } => OfflineReason::UnknownHost,
        ConnectError::Unreachable { detail, .. } => OfflineReason::Unreachable(detail),
        ConnectError::TimedOut { .. } => OfflineReason::TimedOut,
        ConnectError::Broken { .. } => OfflineReason::Lost,
        ConnectError::NotParlor { detail, .. } => OfflineReason::NotParlor(detail),
        // The system's roots vouched for the server when the user signed in, and do so no more.
        ConnectError::Unconfirmed { shown } => {
            OfflineReason::NotParlor(format!("nobody vouches for its key {shown} any more"))
        }
        ConnectError::Here(detail) => OfflineReason::Here(detail),
    };
    Outcome::Offline {
        reason,
        after: None,
    }
}
