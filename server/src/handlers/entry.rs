//! How a session begins on a connection: the snapshot, and what was missed.
//!
//! Snapshot, subscriptions and the decision where each room goes on are one
//! step under the directory's lock. Where events are missing, the room is
//! replayed from storage, page by page at the reader's pace, until the bus
//! takes over at exactly the next event.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use parlor_protocol::reply::Session;
use parlor_protocol::{Code, ErrorLine, LogBody, LogEvent, Reply, Room, limits};

use super::page;
use crate::bus::Topic;
use crate::connection::Work;
use crate::directory::Tables;
use crate::dispatch::storage_error;
use crate::endpoint::Endpoint;
use crate::outbox::Piece;
use crate::state::State;
use crate::storage::{RoomId, SessionId, StoredEvent, UserId};

/// Events of one page of a replay.
const PAGE: usize = 200;

/// A room whose log is to be replayed.
#[derive(Debug)]
struct Missed {
    room: RoomId,
    name: String,
    /// The last `seq` that the reader has.
    cursor: u64,
}

/// Lets a session in on a connection: says `session`, subscribes, and answers
/// the replay of what was missed, if anything was. `cursors` are the rooms of a `resume`.
///
/// # Errors
///
/// `bad_token` where the session, or the connection, ended meanwhile.
pub(super) fn enter(
    state: &Arc<State>,
    endpoint: &Arc<Endpoint>,
    session: SessionId,
    token: String,
    cursors: Option<&BTreeMap<String, u64>>,
    re: Option<u64>,
) -> Result<Option<Work>, ErrorLine> {
    let tracker_token = state.tracker_token(session);
    let missed = state.directory.write(|tables| {
        if !tables.connect(endpoint, session) {
            let message = "This session has ended. Sign in again.";
            return Err(ErrorLine::new(Code::BadToken, message));
        }
        let user = tables.session(session).map_or(UserId::SERVER, |s| s.user);
        let rooms = tables.joined_rooms(user);
        let mut snapshot = snapshot(state, tables, session, token, &rooms);
        snapshot.tracker_token = tracker_token;
        endpoint.outbox.say(&Reply::Session(Box::new(snapshot)), re);
        state.bus.subscribe(Topic::Everyone, &endpoint.outbox);
        state.bus.subscribe(Topic::User(user), &endpoint.outbox);
        let missed: Vec<Missed> = rooms
            .into_iter()
            .filter_map(|(id, room)| {
                let cursor = cursors.and_then(|cursors| cursors.get(&room.room).copied());
                follow(state, endpoint, id, room, cursor)
            })
            .collect();
        Ok((user, missed))
    });
    let (user, missed) = missed?;
    tracing::debug!(
        connection = endpoint.id(),
        rooms_to_replay = missed.len(),
        "signed in"
    );
    if missed.is_empty() {
        return Ok(None);
    }
    let (state, endpoint) = (Arc::clone(state), Arc::clone(endpoint));
    // The request is answered; the replay goes on beside the next ones.
    let replay = Work::new(None, async move {
        for missed in missed {
            if let Err(error) = replay(&state, &endpoint, user, missed).await {
                endpoint.outbox.end(Some(&Reply::Error(error)));
                break;
            }
        }
        None
    });
    Ok(Some(Work::new(None, std::future::ready(Some(replay)))))
}

/// Subscribes to a room from where its reader stands, or answers what must be
/// replayed before.
fn follow(
    state: &State,
    endpoint: &Endpoint,
    id: RoomId,
    room: Room,
    cursor: Option<u64>,
) -> Option<Missed> {
    let last_seq = room.last_seq;
    let name = room.room;
    let mut cursor = cursor.unwrap_or(last_seq);
    if cursor > last_seq {
        let reset = Reply::Reset { room: name.clone() };
        endpoint.outbox.say(&reset, None);
        cursor = last_seq;
    } else if last_seq - cursor > limits::REPLAY_LIMIT {
        cursor = last_seq - limits::REPLAY_LIMIT;
        let gap = Reply::Gap {
            room: name.clone(),
            to: cursor,
        };
        endpoint.outbox.say(&gap, None);
    }
    let followed = state.bus.follow(id, &endpoint.outbox, cursor, last_seq);
    followed.err().map(|_| {
        endpoint.begin_replay(id);
        Missed {
            room: id,
            name,
            cursor,
        }
    })
}

fn snapshot(
    state: &State,
    tables: &Tables,
    session: SessionId,
    token: String,
    rooms: &[(RoomId, Room)],
) -> Session {
    let record = tables.session(session);
    let me = record.and_then(|record| tables.person(record.user));
    let mut rooms: Vec<Room> = rooms.iter().map(|(_, room)| room.clone()).collect();
    if page::fitting(rooms.iter()) < rooms.len() {
        // Only topics can be that long; they are in `rooms`, too.
        for room in &mut rooms {
            room.topic.clear();
        }
    }
    let (users, more_users) = tables.people(limits::USERS_LIMIT);
    let mut session = Session {
        token,
        expires: record.map(|record| record.expires).unwrap_or_default(),
        user: me.map(|person| person.user()).unwrap_or_else(nobody),
        rooms,
        users,
        more_users,
        server_key: state.server_key.clone(),
        trackers: state.trackers(),
        tracker_token: None,
    };
    shorten(&mut session);
    session
}

/// Leaves out users until the line keeps its bound; `users` has them all.
fn shorten(session: &mut Session) {
    // A room is 1.5 KiB at the most, and a user 1.1 KiB; few rooms are the rule.
    const ROOMS_BESIDE_ALL_USERS: usize = 200;
    if session.rooms.len() > ROOMS_BESIDE_ALL_USERS {
        let rooms: usize = session
            .rooms
            .iter()
            .map(|room| serde_json::to_vec(room).map_or(0, |json| json.len() + 1))
            .sum();
        let mut left = (limits::SERVER_LINE_BYTES - (8 << 10)).saturating_sub(rooms);
        let fits = session.users.iter().take_while(|user| {
            let bytes = serde_json::to_vec(user).map_or(0, |json| json.len() + 1);
            let fits = bytes <= left;
            left = left.saturating_sub(bytes);
            fits
        });
        let count = fits.count();
        session.more_users |= count < session.users.len();
        session.users.truncate(count);
    }
}

fn nobody() -> parlor_protocol::User {
    parlor_protocol::User {
        username: String::new(),
        name: String::new(),
        role: parlor_protocol::Role::Guest,
        presence: parlor_protocol::Presence::Offline,
        status: String::new(),
    }
}

/// Where a replay stands after a page.
enum Next {
    /// The bus goes on from here, or the room is no longer the reader's.
    Over,
    /// There is more to read.
    More,
}

async fn replay(
    state: &State,
    endpoint: &Arc<Endpoint>,
    user: UserId,
    mut missed: Missed,
) -> Result<(), ErrorLine> {
    loop {
        until_low(endpoint).await;
        let page = state
            .storage
            .events_after(missed.room, missed.cursor, PAGE)
            .await;
        let events = page.map_err(|error| storage_error(&error))?;
        let is_last_page = events.len() < PAGE;
        let was_empty = events.is_empty();
        let mut left = false;
        let mut lines = Vec::new();
        let username = endpoint.signed_in().map(|who| Arc::clone(&who.username));
        for event in events {
            missed.cursor = event.seq;
            left = is_leaving(&event, username.as_deref());
            encode(&mut lines, &missed.name, event);
            if left && !state.directory.read(|t| is_member(t, missed.room, user)) {
                break;
            }
            left = false;
        }
        if !lines.is_empty() {
            endpoint.outbox.push(Piece {
                bytes: Bytes::from(lines),
                events: 0,
            });
        }
        if (left || is_last_page)
            && let Next::Over = take_over(state, endpoint, user, &missed, left, was_empty)?
        {
            return Ok(());
        }
    }
}

/// Waits until the reader has taken most of what was written for it. The
/// connection's task asks again after each write, so nobody needs to wake it.
async fn until_low(endpoint: &Endpoint) {
    std::future::poll_fn(|_| {
        if endpoint.outbox.is_low() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

fn is_member(tables: &Tables, room: RoomId, user: UserId) -> bool {
    tables.place(room).is_some_and(|place| place.has(user))
}

fn is_leaving(event: &StoredEvent, username: Option<&str>) -> bool {
    matches!(&event.body, LogBody::Left { username: gone, .. } if Some(gone.as_str()) == username)
}

fn encode(lines: &mut Vec<u8>, room: &str, event: StoredEvent) {
    let event = LogEvent {
        body: event.body,
        room: room.to_owned(),
        seq: event.seq,
        time: event.time,
    };
    match parlor_protocol::line::encode(&event) {
        Ok(line) => lines.extend_from_slice(&line),
        Err(error) => tracing::error!(%error, "a stored event could not be encoded"),
    }
}

/// Hands the room over to the bus, if nothing is missing any more. Under the
/// directory's lock, so that who is put out meanwhile is not subscribed after
/// that, and who comes in again is not overlooked.
fn take_over(
    state: &State,
    endpoint: &Arc<Endpoint>,
    user: UserId,
    missed: &Missed,
    left: bool,
    was_empty: bool,
) -> Result<Next, ErrorLine> {
    let followed = state.directory.read(|tables| {
        let last_seq = tables.place(missed.room).map(|place| place.record.last_seq);
        let followed =
            match last_seq {
                Some(last_seq) if !left && is_member(tables, missed.room, user) => state
                    .bus
                    .follow(missed.room, &endpoint.outbox, missed.cursor, last_seq),
                // Gone: what follows is no longer theirs.
                _ => Ok(()),
            };
        if followed.is_ok() {
            endpoint.end_replay(missed.room);
        }
        followed
    });
    match followed {
        Ok(()) => Ok(Next::Over),
        Err(_) if !was_empty => Ok(Next::More),
        Err(behind) => {
            tracing::error!(
                ?behind,
                cursor = missed.cursor,
                "storage lacks published events"
            );
            let message = "The server lost track of a room. Connect again.";
            Err(ErrorLine::new(Code::Internal, message))
        }
    }
}
