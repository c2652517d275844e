//! What the server said, applied in order, and what that changed.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use parlor_protocol::reply::{Sent, Session};
use parlor_protocol::{LogBody, LogEvent, Message, Notify, Presence, Room, User};
use rusqlite::Transaction;

use super::{items, outbox, people, ranges, rooms};
use crate::event::Event;
use crate::outgoing::OutgoingState;

/// One thing that the server said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// The snapshot.
    Session(Box<Session>),
    /// An entry of a room's log.
    Log(LogEvent),
    /// A room one is in, or is in no more.
    Room(Room),
    /// A room is gone for everybody.
    RoomDeleted(String),
    /// A room's log began anew.
    Reset(String),
    /// Events up to `to` are missing.
    Gap { room: String, to: u64 },
    /// How far the user has read, told from here or from elsewhere.
    Read { room: String, seq: u64 },
    /// What the user wants to be told of a room.
    Notify { room: String, notify: Notify },
    /// These people, as they are.
    Users(Vec<User>),
    /// People came and went.
    Presence(BTreeMap<String, Presence>),
    /// A message of the outbox is kept.
    Sent {
        nonce: String,
        sent: Sent,
        answer: Bytes,
    },
    /// A page of history, and what happened in the room since it was asked for.
    Page(Page),
}

/// A page of history as the server answered it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    pub(crate) room: String,
    pub(crate) before: Option<u64>,
    pub(crate) after: Option<u64>,
    pub(crate) messages: Vec<Message>,
    pub(crate) more: bool,
    /// The server may have read the page before these: they are applied to it again.
    pub(crate) meanwhile: Vec<LogEvent>,
}

/// Events in the making. What happens to single items is gathered and told
/// at the end of the batch, or before something that concerns the whole room.
struct Facts<'t> {
    tx: &'t Transaction<'t>,
    me: &'t str,
    events: Vec<Event>,
    items: BTreeMap<String, BTreeSet<u64>>,
    rooms: BTreeSet<String>,
}

pub(super) fn apply(
    tx: &Transaction<'_>,
    me: &str,
    changes: Vec<Change>,
) -> rusqlite::Result<Vec<Event>> {
    let mut facts = Facts {
        tx,
        me,
        events: Vec::new(),
        items: BTreeMap::new(),
        rooms: BTreeSet::new(),
    };
    for change in changes {
        facts.apply(change)?;
    }
    facts.flush()?;
    Ok(facts.events)
}

impl Facts<'_> {
    fn apply(&mut self, change: Change) -> rusqlite::Result<()> {
        match change {
            Change::Session(session) => self.session(*session),
            Change::Log(event) => self.log(&event),
            Change::Room(room) => self.room(&room),
            Change::RoomDeleted(room) => self.gone(room, true),
            Change::Reset(room) => self.reset(room),
            Change::Gap { room, to } => self.gap(room, to),
            Change::Read { room, seq } => {
                if rooms::read_known(self.tx, &room, seq)? {
                    self.rooms.insert(room);
                }
                Ok(())
            }
            Change::Notify { room, notify } => {
                if let Some(mut kept) = rooms::get(self.tx, &room)? {
                    kept.room.notify = notify;
                    rooms::put(self.tx, &kept)?;
                    self.rooms.insert(room);
                }
                Ok(())
            }
            Change::Users(users) => self.users(users),
            Change::Presence(changes) => {
                people::presence(self.tx, &changes)?;
                self.events.push(Event::Presence(changes));
                Ok(())
            }
            Change::Sent {
                nonce,
                sent,
                answer,
            } => self.sent(&nonce, &sent, Some(answer)),
            Change::Page(page) => self.page(page),
        }
    }

    fn session(&mut self, session: Session) -> rusqlite::Result<()> {
        let here: BTreeSet<&str> = session
            .rooms
            .iter()
            .map(|room| room.room.as_str())
            .collect();
        for room in rooms::cursors(self.tx)?.into_keys() {
            if !here.contains(room.as_str()) {
                self.gone(room, false)?;
            }
        }
        for room in &session.rooms {
            if rooms::take_in(self.tx, room)? {
                self.events.push(Event::Reset {
                    room: room.room.clone(),
                });
            }
        }
        people::put(self.tx, &session.user)?;
        for user in &session.users {
            people::put(self.tx, user)?;
        }
        let states = rooms::states(self.tx, self.me)?;
        self.events.push(Event::Rooms(states));
        self.events.push(Event::Users(session.users));
        Ok(())
    }

    fn log(&mut self, event: &LogEvent) -> rusqlite::Result<()> {
        let Some(mut kept) = rooms::get(self.tx, &event.room)? else {
            return Ok(());
        };
        // Another process of this account may have been faster. What it applied is told all the same.
        if event.seq > kept.cursor {
            if event.seq > kept.cursor + 1 {
                self.gap(event.room.clone(), event.seq - 1)?;
            }
            // The snapshot counts in what happened up to its own `last_seq`.
            if event.seq > kept.room.last_seq {
                follow(&mut kept.room, self.me, event);
            }
            kept.cursor = event.seq;
            rooms::put(self.tx, &kept)?;
            items::apply(self.tx, self.me, event)?;
            ranges::add(self.tx, &event.room, event.seq, event.seq)?;
        } else if !matches!(event.body, LogBody::Message(_)) {
            // That other one may have kept an older page since.
            items::apply(self.tx, self.me, event)?;
        }
        items::touched(event, self.items.entry(event.room.clone()).or_default());
        self.rooms.insert(event.room.clone());
        match &event.body {
            LogBody::Message(written) if written.from == self.me => {
                let sent = Sent {
                    room: event.room.clone(),
                    seq: event.seq,
                    time: event.time,
                    duplicate: false,
                };
                self.sent(&written.nonce, &sent, None)
            }
            LogBody::Left { username, .. } if username == self.me => {
                self.gone(event.room.clone(), false)
            }
            _ => Ok(()),
        }
    }

    fn room(&mut self, room: &Room) -> rusqlite::Result<()> {
        if !room.joined {
            return self.gone(room.room.clone(), false);
        }
        if rooms::take_in(self.tx, room)? {
            self.items.remove(&room.room);
            self.events.push(Event::Reset {
                room: room.room.clone(),
            });
        }
        self.rooms.insert(room.room.clone());
        Ok(())
    }

    fn gone(&mut self, room: String, deleted: bool) -> rusqlite::Result<()> {
        self.items.remove(&room);
        self.rooms.remove(&room);
        if rooms::get(self.tx, &room)?.is_some() {
            rooms::remove(self.tx, &room)?;
            self.events.push(Event::RoomGone { room, deleted });
        }
        Ok(())
    }

    fn reset(&mut self, room: String) -> rusqlite::Result<()> {
        self.items.remove(&room);
        rooms::clear(self.tx, &room)?;
        if let Some(mut kept) = rooms::get(self.tx, &room)? {
            kept.cursor = kept.room.last_seq;
            kept.read_seq = kept.read_seq.min(kept.cursor);
            rooms::put(self.tx, &kept)?;
            self.rooms.insert(room.clone());
        }
        self.events.push(Event::Reset { room });
        Ok(())
    }

    fn gap(&mut self, room: String, to: u64) -> rusqlite::Result<()> {
        self.flush()?;
        if let Some(mut kept) = rooms::get(self.tx, &room)?
            && to > kept.cursor
        {
            items::drop_up_to(self.tx, &room, to)?;
            ranges::drop_up_to(self.tx, &room, to)?;
            kept.cursor = to;
            rooms::put(self.tx, &kept)?;
            self.rooms.insert(room.clone());
        }
        self.events.push(Event::Stale { room, up_to: to });
        Ok(())
    }

    fn users(&mut self, users: Vec<User>) -> rusqlite::Result<()> {
        for user in &users {
            people::put(self.tx, user)?;
        }
        self.events.push(Event::Users(users));
        Ok(())
    }

    fn sent(&mut self, nonce: &str, sent: &Sent, answer: Option<Bytes>) -> rusqlite::Result<()> {
        if let Some(mut outgoing) = outbox::complete(self.tx, nonce)? {
            outgoing.state = OutgoingState::Sent {
                seq: sent.seq,
                time: sent.time,
                answer,
            };
            self.events.push(Event::Outgoing(outgoing));
        }
        Ok(())
    }

    /// Keeps a page up to the cursor: what is above comes as events.
    fn page(&mut self, page: Page) -> rusqlite::Result<()> {
        let Some(cursor) = rooms::cursor(self.tx, &page.room)? else {
            return Ok(());
        };
        let messages = page.messages.iter().filter(|m| m.seq <= cursor);
        for message in messages {
            items::put_message(self.tx, self.me, &page.room, message)?;
        }
        for event in page
            .meanwhile
            .iter()
            .filter(|event| !matches!(event.body, LogBody::Message(_)) && event.seq <= cursor)
        {
            items::apply(self.tx, self.me, event)?;
        }
        let first = page.messages.first().map(|m| m.seq);
        let last = page.messages.last().map(|m| m.seq);
        let (low, high) = match (page.before, page.after) {
            (_, Some(after)) if page.more => (after + 1, last.unwrap_or(after)),
            (_, Some(after)) => (after + 1, cursor),
            (Some(before), None) if page.more => (first.unwrap_or(before), before - 1),
            (Some(before), None) => (1, before.saturating_sub(1)),
            (None, None) => return Ok(()),
        };
        ranges::add(self.tx, &page.room, low, high.min(cursor))?;
        self.rooms.insert(page.room);
        Ok(())
    }

    fn flush(&mut self) -> rusqlite::Result<()> {
        for (room, seqs) in std::mem::take(&mut self.items) {
            let mut changed = Vec::with_capacity(seqs.len());
            for seq in seqs {
                changed.extend(items::get(self.tx, &room, seq)?);
            }
            if !changed.is_empty() {
                self.events.push(Event::Messages {
                    room,
                    items: changed,
                });
            }
        }
        for room in std::mem::take(&mut self.rooms) {
            if let Some(state) = rooms::state(self.tx, self.me, &room)? {
                self.events.push(Event::RoomChanged(state));
            }
        }
        Ok(())
    }
}

/// What an event changes of the room itself.
fn follow(room: &mut Room, me: &str, event: &LogEvent) {
    room.last_seq = event.seq;
    match &event.body {
        LogBody::Topic { topic, .. } => room.topic.clone_from(topic),
        // One's own coming is counted in the `room` line that came before it.
        LogBody::Joined { username, .. } if username == me => {}
        LogBody::Joined { .. } => room.members += 1,
        LogBody::Left { .. } => room.members = room.members.saturating_sub(1),
        _ => {}
    }
}
