//! One connection, from `resume` to its end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use parlor_protocol::limits::{CLIENT_LINE_BYTES, PING_SECONDS, TYPING_SECONDS};
use parlor_protocol::reply::Welcome;
use parlor_protocol::request::{Ping, Read, Resume, SendMessage, SetPresence, Typing};
use parlor_protocol::{Code, ErrorLine, Presence, Request};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::lanes::Verdict;
use super::pending::{Asked, Pending};
use super::writer::Writer;
use super::{Actor, Command, Fetch, LETTERS, Outcome, UNTOLD};
use crate::dial::{ANSWER_TIMEOUT, LineReader, Wire, request_line};
use crate::event::{EndReason, Event, OfflineReason};
use crate::outgoing::{Failure, Outgoing};
use crate::session::tap::Letter;
use crate::session::{Follow, RequestError};
use crate::shared::Wishes;
use crate::store::{SNAPSHOT_MESSAGES, StoreError};

/// Between signs of life. The server closes a connection that is silent three times as long.
const PING: Duration = Duration::from_secs(PING_SECONDS);

/// A link that is alive answers in far less, also a bad one.
const PONG: Duration = Duration::from_secs(15);

/// The shortest time between two typing lines for one room, as the protocol has it.
const TYPING: Duration = Duration::from_secs(TYPING_SECONDS);

/// Cursors in one `resume`, in bytes: what a line may have, less what else is in it.
/// Rooms beyond it (several hundred, by the length of their names) are fetched anew instead.
const CURSOR_BYTES: usize = CLIENT_LINE_BYTES - 4_096;

/// Requests that may wait for their answers at once. Who asks more waits in line.
const ASKED: usize = 256;

/// A connection, and what is going on over it.
pub(super) struct Live<'a> {
    pub(super) actor: &'a mut Actor,
    writer: Writer,
    pub(super) welcome: Welcome,
    pub(super) pin: parlor_certs::Pin,
    pub(super) asked: Asked,
    pub(super) signed_in: bool,
    pub(super) round_trip: Duration,
    /// When something last came.
    heard: Instant,
    next_ping: Instant,
    typed: BTreeMap<String, Instant>,
    /// Rooms of which a first page is still to be fetched.
    pub(super) backfill: VecDeque<String>,
    backfilling: bool,
    /// What the server said last before it closed, outside any answer.
    pub(super) complaint: Option<ErrorLine>,
    /// Rooms whose cursors did not fit into `resume`.
    pub(super) left_out: BTreeSet<String>,
}

/// Drives a connection to its end; says whether it was signed in.
pub(super) async fn live(actor: &mut Actor, wire: Wire) -> (Outcome, bool) {
    let now = Instant::now();
    let mut live = Live {
        actor,
        writer: Writer::start(wire.writer),
        welcome: wire.welcome,
        pin: wire.pin,
        asked: Asked::default(),
        signed_in: false,
        round_trip: wire.round_trip,
        heard: now,
        next_ping: now + PING,
        typed: BTreeMap::new(),
        backfill: VecDeque::new(),
        backfilling: false,
        complaint: None,
        left_out: BTreeSet::new(),
    };
    let mut reader = wire.reader;
    let outcome = match live.resume() {
        Ok(()) => live.run(&mut reader).await,
        Err(outcome) => outcome,
    };
    let Live {
        asked,
        writer,
        signed_in,
        ..
    } = live;
    asked.fail_all();
    match outcome {
        Outcome::Ended(_) => writer.close().await,
        Outcome::Offline { .. } => writer.abort(),
    }
    (outcome, signed_in)
}

impl Live<'_> {
    fn resume(&mut self) -> Result<(), Outcome> {
        let mut rooms = BTreeMap::new();
        let mut bytes = 0;
        if self.actor.parts.options.follow != Follow::Nothing {
            for (room, seq) in &self.actor.seen {
                // A name, its quotes, a number of at most 16 digits, a colon and a comma.
                bytes += room.len() + 20;
                if bytes <= CURSOR_BYTES {
                    rooms.insert(room.clone(), *seq);
                } else {
                    self.left_out.insert(room.clone());
                }
            }
        }
        let resume = Resume {
            token: Some(self.actor.parts.token.reveal().to_owned()),
            rooms,
        };
        self.ask(resume.into(), Pending::Resume)
    }

    async fn run(&mut self, reader: &mut LineReader) -> Outcome {
        loop {
            if let Err(outcome) = self.turn(reader).await {
                return outcome;
            }
        }
    }

    /// Waits for the next thing to happen, and deals with it.
    async fn turn(&mut self, reader: &mut LineReader) -> Result<(), Outcome> {
        let now = Instant::now();
        self.actor.hand_over();
        let behind = self.actor.untold.len() >= UNTOLD || self.actor.letters.len() >= LETTERS;
        if behind {
            // Nothing is read, so that nothing is heard; that is not the server's fault.
            self.heard = now;
        }
        self.check_life(now)?;
        let wake = self.next_wake();
        let tell = self.actor.parts.tell.clone();
        let listener = match self.actor.letters.is_empty() {
            true => None,
            false => self.actor.parts.tap.listener(),
        };
        let parts = &mut self.actor.parts;
        tokio::select! {
            () = parts.stop.cancelled() => Err(Outcome::Ended(EndReason::Dropped)),
            lines = reader.lines(), if !behind => match lines {
                Ok(lines) => {
                    self.heard = Instant::now();
                    self.lines(lines).await
                }
                Err(error) => Err(self.closed(&error)),
            },
            command = parts.asked.recv(), if self.asked.len() < ASKED => match command {
                Some(command) => self.command(command).await,
                None => Err(Outcome::Ended(EndReason::Dropped)),
            },
            wishes = parts.shared.wished() => self.wishes(wishes).await,
            told = self.actor.running.told(), if !behind => {
                self.actor.untold.extend(told);
                Ok(())
            }
            told = tell.reserve(), if !self.actor.untold.is_empty() => match told {
                Ok(permit) => {
                    permit.send(std::mem::take(&mut self.actor.untold));
                    Ok(())
                }
                Err(_) => Err(Outcome::Ended(EndReason::Dropped)),
            },
            missed = parts.tap.stirred() => match missed {
                true => Err(offline(OfflineReason::Lost)),
                false => Ok(()),
            },
            // There is room again, or nobody to wait for: the next turn hands over.
            () = has_room(listener.as_ref()), if listener.is_some() => Ok(()),
            () = sleep_until(wake) => self.timer(Instant::now()).await,
        }
    }

    /// Ends a connection over which nothing comes any more.
    fn check_life(&self, now: Instant) -> Result<(), Outcome> {
        let waited = now.saturating_duration_since(self.heard);
        let pinged = self.asked.pinged().is_some_and(|at| now >= at + PONG);
        let overdue = self.actor.untold.is_empty() && self.asked.is_overdue(now);
        if (pinged && waited >= PONG) || overdue {
            return Err(offline(OfflineReason::Silent));
        }
        Ok(())
    }

    fn next_wake(&self) -> Instant {
        let pong = self.asked.pinged().map(|at| at.max(self.heard) + PONG);
        // An app that does not look keeps answers from being read; it is waited for.
        let looks = self.actor.untold.is_empty();
        let overdue = self.asked.patience().filter(|_| looks);
        let lane = self.actor.lanes.next_wait().filter(|_| self.signed_in);
        [pong, overdue, lane]
            .into_iter()
            .flatten()
            .fold(self.next_ping, Instant::min)
            // What is overdue is looked at after what came meanwhile.
            .max(Instant::now() + Duration::from_millis(1))
    }

    async fn timer(&mut self, now: Instant) -> Result<(), Outcome> {
        if now >= self.next_ping {
            self.next_ping = now + PING;
            if self.signed_in {
                self.ask(Ping {}.into(), Pending::Ping(now))?;
                let swept = self.actor.sweep().await;
                swept.map_err(|error| self.store_failed(&error))?;
            }
        }
        self.send_waiting().await
    }

    async fn command(&mut self, command: Command) -> Result<(), Outcome> {
        if !self.signed_in {
            self.actor.refuse(command).await;
            return Ok(());
        }
        match command {
            Command::Ask { request, reply } => {
                let notify = match &*request {
                    Request::SetNotify(notify) => Some(notify.clone()),
                    _ => None,
                };
                if request_line((*request).clone(), Some(u64::MAX >> 11)).is_none() {
                    let _ = reply.send(Err(RequestError::TooLong));
                    return Ok(());
                }
                if matches!(*request, Request::Typing(_)) {
                    // It has no answer.
                    let _ = reply.send(Err(RequestError::Unexpected));
                    return Ok(());
                }
                self.ask(*request, Pending::Ask { reply, notify })
            }
            Command::Fetch { fetch, reply } => self.fetch(fetch, Some(reply)),
            Command::Discard { nonce, reply } => {
                let _ = reply.send(self.actor.discard(nonce).await);
                Ok(())
            }
            Command::SignOut { reply } => self.ask(
                parlor_protocol::request::Logout {}.into(),
                Pending::SignOut(reply),
            ),
        }
    }

    fn fetch(
        &mut self,
        fetch: Fetch,
        reply: Option<tokio::sync::oneshot::Sender<Result<bool, RequestError>>>,
    ) -> Result<(), Outcome> {
        let request = parlor_protocol::request::History {
            room: fetch.room.clone(),
            before: fetch.before,
            after: fetch.after,
            limit: Some(fetch.limit as u64),
        };
        let pending = Pending::Fetch {
            fetch,
            reply,
            meanwhile: Vec::new(),
            overrun: false,
        };
        self.ask(request.into(), pending)
    }

    async fn wishes(&mut self, wishes: Wishes) -> Result<(), Outcome> {
        let rooms: Vec<String> = wishes.reads.keys().cloned().collect();
        let (typing, presence) = (wishes.typing.clone(), wishes.presence);
        let kept = self.actor.keep_wishes(wishes).await;
        kept.map_err(|error| self.store_failed(&error))?;
        if !self.signed_in {
            return Ok(());
        }
        if let Some(presence) = presence {
            self.tell_presence(presence)?;
        }
        let now = Instant::now();
        for room in typing {
            let last = self.typed.get(&room);
            if last.is_none_or(|last| now.saturating_duration_since(*last) >= TYPING) {
                self.typed.insert(room.clone(), now);
                self.tell(Typing { room }.into(), None)?;
            }
        }
        if !rooms.is_empty() {
            self.tell_reads().await?;
        }
        self.send_waiting().await
    }

    /// Tells the server how far the user has read, where it does not know.
    pub(super) async fn tell_reads(&mut self) -> Result<(), Outcome> {
        let reads = self.actor.parts.store.reads_to_tell().await;
        for (room, seq) in reads.map_err(|error| self.store_failed(&error))? {
            // A mark that moves while one is on its way is told when that one is answered.
            if !self.asked.reads(&room) {
                let read = Read {
                    room: room.clone(),
                    seq,
                };
                self.ask(read.into(), Pending::Read { room, seq })?;
            }
        }
        Ok(())
    }

    pub(super) fn tell_presence(&mut self, presence: Presence) -> Result<(), Outcome> {
        self.ask(SetPresence { presence }.into(), Pending::Nobody)
    }

    /// Tells the server what waits in the outbox, one message of each room at a time.
    pub(super) async fn send_waiting(&mut self) -> Result<(), Outcome> {
        if !self.signed_in {
            return Ok(());
        }
        if self.actor.lanes.lacks() {
            let loaded = self.actor.load_outbox().await;
            loaded.map_err(|error| self.store_failed(&error))?;
        }
        while let Some(outgoing) = self.actor.lanes.next(Instant::now()) {
            self.send(outgoing).await?;
        }
        Ok(())
    }

    async fn send(&mut self, outgoing: Outgoing) -> Result<(), Outcome> {
        let files = match outgoing.files.is_empty() {
            true => Vec::new(),
            false => {
                let ids = self.actor.parts.store.file_ids(outgoing.files.clone());
                ids.await.map_err(|error| self.store_failed(&error))?
            }
        };
        let request: Request = SendMessage {
            room: outgoing.room.clone(),
            text: outgoing.text.clone(),
            nonce: outgoing.nonce.clone(),
            reply_to: outgoing.reply_to,
            files,
        }
        .into();
        if request_line(request.clone(), Some(u64::MAX >> 11)).is_none() {
            let error = ErrorLine::new(
                Code::TextTooLong,
                "The message is too long: send it in parts.",
            );
            return self.refused(&outgoing.room, &outgoing.nonce, error).await;
        }
        self.actor.untold.push(Event::Outgoing(outgoing.clone()));
        self.ask(request, Pending::Send(Box::new(outgoing)))
    }

    /// The server refused a message: it waits, or has failed.
    pub(super) async fn refused(
        &mut self,
        room: &str,
        nonce: &str,
        error: ErrorLine,
    ) -> Result<(), Outcome> {
        match self.actor.lanes.refused(room, nonce, error, Instant::now()) {
            Verdict::Again => Ok(()),
            Verdict::Failed(failure) => self.failed(nonce, failure).await,
        }
    }

    async fn failed(&mut self, nonce: &str, failure: Failure) -> Result<(), Outcome> {
        let failed = self.actor.parts.store.fail(nonce.to_owned(), failure).await;
        let failed = failed.map_err(|error| self.store_failed(&error))?;
        self.actor.untold.extend(failed.map(Event::Outgoing));
        Ok(())
    }

    /// Fetches the first page of the next room that has none.
    pub(super) async fn fill_next(&mut self) -> Result<(), Outcome> {
        if std::mem::take(&mut self.backfilling) {
            self.backfill.pop_front();
        }
        while let Some(room) = self.backfill.front().cloned() {
            let cursor = self.actor.parts.store.cursor(&room).await;
            match cursor.map_err(|error| self.store_failed(&error))? {
                Some(cursor) if cursor > 0 => {
                    self.backfilling = true;
                    let fetch = Fetch {
                        room,
                        before: Some(cursor + 1),
                        after: None,
                        limit: SNAPSHOT_MESSAGES,
                    };
                    return self.fetch(fetch, None);
                }
                _ => drop(self.backfill.pop_front()),
            }
        }
        Ok(())
    }

    /// Asks under a number of its own.
    pub(super) fn ask(&mut self, request: Request, pending: Pending) -> Result<(), Outcome> {
        let id = self.asked.add(pending, Instant::now());
        self.tell(request, Some(id))
    }

    fn tell(&mut self, request: Request, id: Option<u64>) -> Result<(), Outcome> {
        // A line that is too long, or a server that takes no more, both make the connection useless.
        let line = request_line(request, id);
        if line.is_some_and(|line| self.writer.say(line)) {
            Ok(())
        } else {
            Err(offline(OfflineReason::Lost))
        }
    }

    /// What a closed connection means.
    fn closed(&mut self, error: &std::io::Error) -> Outcome {
        match self.complaint.take() {
            Some(error) => refused(error),
            None if error.kind() == std::io::ErrorKind::InvalidData => {
                offline(OfflineReason::NotParlor(error.to_string()))
            }
            None => offline(OfflineReason::Lost),
        }
    }

    /// Nothing may be lost: what cannot be kept is asked for again by the next connection.
    pub(super) fn store_failed(&mut self, error: &StoreError) -> Outcome {
        tracing::warn!(%error, "the local store failed");
        self.actor
            .untold
            .push(Event::StoreFailed(error.to_string()));
        offline(OfflineReason::Here(error.to_string()))
    }
}

/// Waits until who listens has room for a letter, or listens no more.
async fn has_room(listener: Option<&mpsc::Sender<Letter>>) {
    match listener {
        Some(listener) => drop(listener.reserve().await),
        None => std::future::pending().await,
    }
}

pub(super) fn offline(reason: OfflineReason) -> Outcome {
    Outcome::Offline {
        reason,
        after: None,
    }
}

/// What it means that the server refuses to go on with us.
pub(super) fn refused(error: ErrorLine) -> Outcome {
    match error.code {
        Code::BadToken => Outcome::Ended(EndReason::TokenDead),
        Code::Banned => Outcome::Ended(EndReason::Banned(error.message)),
        Code::AlreadyOnline | Code::BadRequest | Code::UnknownType | Code::BadLine => {
            Outcome::Ended(EndReason::Refused(error))
        }
        _ => Outcome::Offline {
            after: error.retry_after.map(|seconds| {
                Duration::from_secs_f64(seconds.clamp(0.0, ANSWER_TIMEOUT.as_secs_f64()))
            }),
            reason: OfflineReason::Refused(error),
        },
    }
}

/// The raw line, for those who asked for it.
pub(super) fn raw(actor: &mut Actor, line: &Bytes) {
    if actor.parts.options.raw {
        actor.untold.push(Event::Raw(line.clone()));
    }
}
