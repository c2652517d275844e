//! `tail`: what happens, live.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use parlor_client::{
    ConnectionState, Event, Events, Follow, Handle, Home, Options, RequestError, connect_with,
};
use parlor_protocol::limits::HISTORY_LIMIT;
use parlor_protocol::reply::Session;
use parlor_protocol::{Incoming, LogEvent, Reply, ServerLine, request};

use crate::asking::{choose, room_name};
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::print::{Printer, hash};

/// What is followed, and how far it was printed.
struct Tail<'a> {
    handle: Handle,
    events: Events,
    waiting: VecDeque<Event>,
    /// Empty: every room.
    rooms: BTreeSet<String>,
    printed: BTreeMap<String, u64>,
    connected: bool,
    out: &'a mut Printer,
}

pub(crate) async fn tail(
    home: &Home,
    who: Option<&str>,
    rooms: Vec<String>,
    since: Option<u64>,
    out: &mut Printer,
) -> Result<(), Failure> {
    let account = choose(home, who)?;
    let rooms: BTreeSet<String> = rooms.iter().map(|room| room_name(room)).collect();
    let since: BTreeMap<String, u64> = since
        .map(|since| rooms.iter().map(|room| (room.clone(), since)).collect())
        .unwrap_or_default();
    let options = Options {
        follow: Follow::Memory,
        raw: true,
        transfers: false,
        since: since.clone(),
        ..Options::default()
    };
    let (handle, events) = connect_with(home, &account.id, options)?;
    let mut tail = Tail {
        handle,
        events,
        waiting: VecDeque::new(),
        rooms,
        printed: since,
        connected: false,
        out,
    };
    let done = tokio::select! {
        done = tail.run() => done,
        interrupted = interrupted() => Ok(interrupted?),
    };
    let Tail {
        handle, mut events, ..
    } = tail;
    drop(handle);
    while events.next().await.is_some() {}
    done
}

impl Tail<'_> {
    async fn run(&mut self) -> Result<(), Failure> {
        loop {
            while let Some(event) = self.waiting.pop_front() {
                self.event(event).await?;
            }
            match self.events.next().await {
                Some(batch) => self.waiting.extend(batch),
                None => return Err(Failure::Refused("the session is over".into())),
            }
        }
    }

    async fn event(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::Raw(line) => self.line(&line).await,
            Event::Connection(ConnectionState::Connected { .. }) => {
                self.connected = true;
                Ok(())
            }
            Event::Connection(ConnectionState::Offline { reason, .. }) if !self.connected => {
                Err(reason.into())
            }
            Event::Connection(ConnectionState::Ended(reason)) => Err(reason.into()),
            _ => Ok(()),
        }
    }

    async fn line(&mut self, line: &Bytes) -> Result<(), Failure> {
        let Ok(incoming) = Incoming::read(line) else {
            return Ok(());
        };
        match (incoming.line, incoming.re) {
            (ServerLine::Log(event), _) => self.log(&event, line),
            (ServerLine::Reply(Reply::Session(session)), Some(_)) => self.session(&session),
            (ServerLine::Reply(Reply::Gap { room, to }), None) => self.gap(&room, to, line).await,
            (ServerLine::Reply(Reply::Reset { room }), None) if self.wants(&room) => {
                self.printed.remove(&room);
                self.out.raw(line)?;
                Ok(self
                    .out
                    .text(&format!("{} began anew on the server", hash(&room)))?)
            }
            (ServerLine::Reply(Reply::RoomDeleted { room }), None) if self.wants(&room) => {
                self.out.raw(line)?;
                Ok(self.out.text(&format!("{} was deleted", hash(&room)))?)
            }
            (ServerLine::Reply(Reply::Alert { text, by }), None) => {
                self.out.raw(line)?;
                Ok(self.out.text(&format!("Alert by {by}: {text}"))?)
            }
            (ServerLine::Reply(Reply::Kicked { .. }), None) => Ok(self.out.raw(line)?),
            _ => Ok(()),
        }
    }

    fn wants(&self, room: &str) -> bool {
        self.rooms.is_empty() || self.rooms.contains(room)
    }

    /// Names a room that one is not in, before a user waits for it in vain.
    fn session(&mut self, session: &Session) -> Result<(), Failure> {
        let missing = self
            .rooms
            .iter()
            .find(|room| session.rooms.iter().all(|there| there.room != **room));
        if let Some(room) = missing {
            let room = hash(room);
            return Err(Failure::Refused(format!(
                "you are not in {room}: join it first"
            )));
        }
        for room in &session.rooms {
            self.printed
                .entry(room.room.clone())
                .or_insert(room.last_seq);
        }
        Ok(())
    }

    fn log(&mut self, event: &LogEvent, line: &Bytes) -> Result<(), Failure> {
        self.printed.insert(event.room.clone(), event.seq);
        if self.wants(&event.room) {
            self.out.raw(line)?;
            self.out.event(event)?;
        }
        Ok(())
    }

    /// Too much is missing to be replayed: the messages are fetched as history, and printed before what follows.
    async fn gap(&mut self, room: &str, to: u64, line: &Bytes) -> Result<(), Failure> {
        let mut after = self.printed.insert(room.to_owned(), to).unwrap_or(0);
        if !self.wants(room) {
            return Ok(());
        }
        self.out.raw(line)?;
        while after < to {
            let request = request::History {
                room: room.to_owned(),
                before: None,
                after: Some(after),
                limit: Some(HISTORY_LIMIT.min((to - after) as usize) as u64),
            };
            let Some(answer) = self.ask(request.into()).await? else {
                return Ok(());
            };
            let Reply::History { messages, more, .. } = &answer.reply else {
                return Ok(());
            };
            self.out.raw(&answer.line)?;
            for message in messages.iter().filter(|message| message.seq <= to) {
                self.out.message(room, message)?;
            }
            match messages.last() {
                Some(last) if *more => after = last.seq,
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// Asks while what comes is gathered, and again over the next connection
    /// if this one breaks. `None`: the room cannot be read any more.
    async fn ask(
        &mut self,
        request: parlor_protocol::Request,
    ) -> Result<Option<parlor_client::Answer>, Failure> {
        loop {
            let handle = self.handle.clone();
            let asked = request.clone();
            let asking = async move { handle.ask(asked).await };
            tokio::pin!(asking);
            let answer = loop {
                tokio::select! {
                    answer = &mut asking => break answer,
                    batch = self.events.next() => match batch {
                        Some(batch) => self.waiting.extend(batch),
                        None => return Err(Failure::Refused("the session is over".into())),
                    },
                }
            };
            match answer {
                Ok(answer) => return Ok(Some(answer)),
                Err(RequestError::Refused(error)) => {
                    let Some(seconds) = error.retry_after else {
                        return Ok(None);
                    };
                    let wait = std::time::Duration::from_secs_f64(seconds.clamp(0.1, 60.0));
                    tokio::time::sleep(wait).await;
                }
                Err(RequestError::Offline | RequestError::Lost) => {
                    // Something happens to the connection before it is worth asking again.
                    match self.events.next().await {
                        Some(batch) => self.waiting.extend(batch),
                        None => return Err(Failure::Refused("the session is over".into())),
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
