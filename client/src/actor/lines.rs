//! What the server's lines mean.

use bytes::Bytes;
use parlor_protocol::{Code, Incoming, LogEvent, Reply, ServerLine};
use tokio::sync::oneshot;

use super::Outcome;
use super::gathered::{Gathered, page};
use super::live::{Live, offline, raw, refused};
use super::pending::Pending;
use crate::event::{EndReason, Event, OfflineReason};
use crate::outgoing::OutgoingState;
use crate::session::tap::Letter;
use crate::session::{Answer, Follow, RequestError};
use crate::store::Change;

impl Live<'_> {
    /// Deals with what came in one read: one transaction, one batch of events.
    pub(super) async fn lines(&mut self, lines: Vec<Bytes>) -> Result<(), Outcome> {
        let mut gathered = Gathered::default();
        let mut over = Ok(());
        for line in lines {
            let incoming = match Incoming::read(&line) {
                Ok(incoming) => incoming,
                Err(error) => {
                    over = Err(offline(OfflineReason::NotParlor(error.to_string())));
                    break;
                }
            };
            raw(self.actor, &line);
            over = self.line(incoming, line, &mut gathered).await;
            if over.is_err() {
                break;
            }
        }
        self.keep(gathered).await?;
        over?;
        self.send_waiting().await
    }

    /// Keeps what changed, then tells it and answers who asked.
    async fn keep(&mut self, gathered: Gathered) -> Result<(), Outcome> {
        if !gathered.changes.is_empty() {
            let kept = self.actor.parts.store.apply(gathered.changes).await;
            let told = match kept {
                Ok(told) => told,
                Err(error) => {
                    for (reply, _) in gathered.answers {
                        let _ = reply.send(Err(RequestError::Store(error.clone())));
                    }
                    for (reply, _) in gathered.pages {
                        let _ = reply.send(Err(RequestError::Store(error.clone())));
                    }
                    return Err(self.store_failed(&error));
                }
            };
            for event in &told {
                self.note(event);
            }
            self.actor.untold.extend(told);
        }
        for outgoing in gathered.sent {
            // The message itself may have come back first: to us, which was told above, or to
            // another process of this account, which then took it out of the outbox.
            if self.actor.lanes.has(&outgoing.nonce) {
                self.actor.lanes.remove(&outgoing.room, &outgoing.nonce);
                self.actor.untold.push(Event::Outgoing(outgoing));
            }
        }
        for (room, seq) in gathered.seen {
            if let Some(seen) = self.actor.seen.get_mut(&room) {
                *seen = seq.max(*seen);
            }
        }
        self.actor.untold.extend(gathered.events);
        for (reply, answer) in gathered.answers {
            let _ = reply.send(Ok(answer));
        }
        for (reply, any) in gathered.pages {
            let _ = reply.send(Ok(any));
        }
        if gathered.signed_in {
            self.begin().await?;
            return Ok(());
        }
        if gathered.page_failed {
            // The server has better to do; the next connection tries again.
            self.backfill.clear();
        }
        if gathered.page_done {
            self.fill_next().await?;
        }
        if gathered.read_done {
            self.tell_reads().await?;
        }
        Ok(())
    }

    /// Follows in memory what the store says.
    fn note(&mut self, event: &Event) {
        match event {
            Event::Outgoing(outgoing) if matches!(outgoing.state, OutgoingState::Sent { .. }) => {
                self.actor.lanes.remove(&outgoing.room, &outgoing.nonce);
            }
            Event::RoomGone { room, .. } => drop(self.actor.seen.remove(room)),
            Event::Reset { room } => drop(self.actor.seen.remove(room)),
            Event::Rooms(rooms) => {
                for state in rooms {
                    self.follow(&state.room.room, state.cursor);
                }
            }
            Event::RoomChanged(state) => self.follow(&state.room.room, state.cursor),
            _ => {}
        }
    }

    /// A room that was not followed yet is followed from its cursor.
    fn follow(&mut self, room: &str, cursor: u64) {
        if !self.actor.seen.contains_key(room) {
            self.actor.seen.insert(room.to_owned(), cursor);
        }
    }

    async fn line(
        &mut self,
        incoming: Incoming,
        line: Bytes,
        gathered: &mut Gathered,
    ) -> Result<(), Outcome> {
        match (incoming.line, incoming.re) {
            (ServerLine::Reply(reply), Some(re)) => match self.asked.take(re) {
                Some(pending) => self.answer(pending, reply, line, gathered).await,
                None => Ok(()),
            },
            (ServerLine::Reply(reply), None) => self.unasked(reply, gathered),
            (ServerLine::Log(event), _) => {
                self.log(event, gathered);
                Ok(())
            }
            // An answer of a type we do not know: who asked should not wait for ever.
            (ServerLine::Unknown { .. }, Some(re)) => {
                if let Some(Pending::Ask { reply, .. }) = self.asked.take(re) {
                    let _ = reply.send(Err(RequestError::Unexpected));
                }
                Ok(())
            }
            (ServerLine::Unknown { .. }, None) => Ok(()),
        }
    }

    fn log(&mut self, event: LogEvent, gathered: &mut Gathered) {
        gathered.seen.push((event.room.clone(), event.seq));
        if self.keeps() {
            self.asked.note(&event);
            gathered.changes.push(Change::Log(event));
        }
    }

    /// What the server says by itself.
    fn unasked(&mut self, reply: Reply, gathered: &mut Gathered) -> Result<(), Outcome> {
        let keeps = self.keeps();
        let mut change = |change| {
            if keeps {
                gathered.changes.push(change);
            }
        };
        match reply {
            Reply::Room(room) => {
                if !keeps && room.joined {
                    self.follow(&room.room, room.last_seq);
                }
                change(Change::Room(room));
            }
            Reply::RoomDeleted { room } => change(Change::RoomDeleted(room)),
            Reply::Read { room, read_seq } => change(Change::Read {
                room,
                seq: read_seq,
            }),
            Reply::User(user) => change(Change::Users(vec![user])),
            Reply::Presence { changes } => change(Change::Presence(changes)),
            Reply::Reset { room } => {
                gathered.seen.retain(|(seen, _)| *seen != room);
                change(Change::Reset(room));
            }
            Reply::Gap { room, to } => {
                if keeps && self.actor.parts.options.backfill {
                    self.backfill.push_back(room.clone());
                    gathered.page_done |= self.backfill.len() == 1;
                }
                gathered.seen.push((room.clone(), to));
                change(Change::Gap { room, to });
            }
            Reply::Typing { room, username } => {
                gathered.events.push(Event::Typing { room, username });
            }
            Reply::Alert { text, by } => gathered.events.push(Event::Alert { text, by }),
            Reply::Kicked { by, reason } => {
                return Err(Outcome::Ended(EndReason::Kicked { by, reason }));
            }
            // The server stops, or the session was ended from elsewhere: resuming will show which.
            Reply::Bye {} => return Err(offline(OfflineReason::Lost)),
            Reply::Error(error) => self.complaint = Some(error),
            Reply::Mail(mail) => self.actor.letters.push_back(Letter::Mail(mail)),
            Reply::DeviceRevoked { username, device } => {
                let letter = Letter::DeviceRevoked { username, device };
                self.actor.letters.push_back(letter);
            }
            _ => {}
        }
        Ok(())
    }

    /// What the server answers.
    async fn answer(
        &mut self,
        pending: Pending,
        reply: Reply,
        line: Bytes,
        gathered: &mut Gathered,
    ) -> Result<(), Outcome> {
        match (pending, reply) {
            (Pending::Resume, Reply::Session(session)) => self.session(*session, gathered).await,
            (Pending::Resume, Reply::Error(error)) => Err(refused(error)),
            (Pending::Resume, _) => Err(offline(OfflineReason::NotParlor(
                "it answers resume with something else".into(),
            ))),
            (Pending::Ask { reply: to, .. }, Reply::Error(error)) => {
                let _ = to.send(Err(RequestError::Refused(error)));
                Ok(())
            }
            (Pending::Ask { reply: to, notify }, reply) => {
                self.asked_for(&reply, notify, gathered);
                gathered.answers.push((to, Answer { reply, line }));
                Ok(())
            }
            (
                Pending::Fetch {
                    fetch,
                    reply: to,
                    meanwhile,
                    overrun,
                },
                reply,
            ) => {
                gathered.fetched(page(fetch, reply, meanwhile, overrun), to);
                Ok(())
            }
            (Pending::Send(outgoing), Reply::Sent(sent)) => {
                gathered.sent(*outgoing, sent, line);
                Ok(())
            }
            // The session is no more, which says nothing about the message: resuming will show it.
            (Pending::Send(_), Reply::Error(error))
                if matches!(error.code, Code::NotSignedIn | Code::BadToken) =>
            {
                Err(offline(OfflineReason::Lost))
            }
            (Pending::Send(outgoing), Reply::Error(error)) => {
                self.refused(&outgoing.room, &outgoing.nonce, error).await
            }
            (Pending::Send(_), _) => Err(offline(OfflineReason::NotParlor(
                "it answers send with something else".into(),
            ))),
            // It may be told later: with the next mark, or over the next connection.
            (Pending::Read { .. }, Reply::Error(error))
                if matches!(
                    error.code,
                    Code::RateLimited | Code::StorageUnavailable | Code::Internal
                ) =>
            {
                Ok(())
            }
            // A mark that is refused (one is no longer in the room) is not told again.
            (Pending::Read { room, seq }, _) => {
                gathered.changes.push(Change::Read { room, seq });
                gathered.read_done = true;
                Ok(())
            }
            (Pending::Ping(at), _) => {
                self.round_trip = at.elapsed();
                gathered.events.push(Event::RoundTrip(self.round_trip));
                Ok(())
            }
            (Pending::SignOut(to), reply) => self.signed_out(to, reply).await,
            (Pending::Nobody, _) => Ok(()),
        }
    }

    /// An app's answer may change what one has.
    fn asked_for(
        &mut self,
        reply: &Reply,
        notify: Option<parlor_protocol::request::SetNotify>,
        gathered: &mut Gathered,
    ) {
        if !self.keeps() {
            return;
        }
        match (reply, notify) {
            (Reply::Room(room), _) => gathered.changes.push(Change::Room(room.clone())),
            (Reply::User(user), _) => gathered.changes.push(Change::Users(vec![user.clone()])),
            (Reply::Members { users, .. } | Reply::Users { users, .. }, _) => {
                gathered.changes.push(Change::Users(users.clone()));
            }
            (Reply::Done {}, Some(notify)) => gathered.changes.push(Change::Notify {
                room: notify.room,
                notify: notify.notify,
            }),
            _ => {}
        }
    }

    /// Whether what comes goes into the store.
    pub(super) fn keeps(&self) -> bool {
        self.actor.parts.options.follow == Follow::Store
    }

    async fn signed_out(
        &mut self,
        to: oneshot::Sender<Result<(), RequestError>>,
        reply: Reply,
    ) -> Result<(), Outcome> {
        if let Reply::Error(error) = reply {
            let _ = to.send(Err(RequestError::Refused(error)));
            return Ok(());
        }
        // Nothing may write any more into what is removed now.
        self.actor.running.stop().await;
        for partial in self.actor.parts.store.partials().await.unwrap_or_default() {
            let _ = tokio::fs::remove_file(partial).await;
        }
        let forgotten = self
            .actor
            .parts
            .home
            .forget_account(&self.actor.parts.account.id);
        if let Err(error) = &forgotten {
            tracing::warn!(%error, "what was kept of the account could not be removed");
        }
        let _ = to.send(Ok(()));
        Err(Outcome::Ended(EndReason::SignedOut))
    }
}
