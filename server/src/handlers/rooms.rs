//! Making, listing, describing and deleting rooms.

use std::sync::Arc;

use parlor_protocol::request::{CreateRoom, DeleteRoom, OpenDirect, SetNotify, SetTopic};
use parlor_protocol::{Code, ErrorLine, Notify, Reply, Role, Room, RoomKind, limits, names};

use super::membership::{MAX_ROOMS, check, room_answer};
use super::{page, rank};
use crate::bus::Topic;
use crate::clock::now;
use crate::directory::Tables;
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::log::Entry;
use crate::outbox::Piece;
use crate::secrets;
use crate::storage::{Act, ActKind, MemberRecord, NewRoom, RoomId, RoomRecord, UserId};

/// How often a direct room's name is drawn anew when it is taken. There are 36^16.
const DIRECT_NAME_TRIES: usize = 3;

/// Rooms of a server, direct ones included: they are all held in memory.
const MAX_ROOMS_IN_ALL: usize = 100_000;

/// `rooms`: public ones and one's own.
pub(crate) fn list(c: &Context) -> Reply {
    let mut rooms: Vec<Room> = c
        .state
        .directory
        .read(|tables| tables.visible_rooms(c.who.user).collect());
    let fits = page::fitting(rooms.iter());
    let more = fits < rooms.len();
    rooms.truncate(fits);
    Reply::Rooms { rooms, more }
}

/// `create_room`: makes a room and is in it.
pub(crate) async fn create(c: Context, request: CreateRoom) -> Answer {
    let CreateRoom { room, kind, topic } = request;
    let kind = kind.unwrap_or(RoomKind::Public);
    if !matches!(kind, RoomKind::Public | RoomKind::Private) {
        return Err(bad_request("kind", "public or private is wanted."));
    }
    if !names::is_room_name(&room) {
        let message = "A room's name has 1 to 48 lower-case letters, digits, _ and -.";
        return Err(ErrorLine::new(Code::BadRoomName, message));
    }
    let topic = topic.unwrap_or_default();
    check_topic(&topic)?;
    check_may_make(&c, &room)?;
    let new = NewRoom {
        name: room.clone(),
        kind,
        topic,
        created: now(),
        creator: c.who.user,
    };
    let made = c.state.storage.create_room(new).await;
    let made = made.map_err(|error| storage_error(&error))?;
    let record = made.ok_or_else(|| room_exists(&room))?;
    take_in(&c, record, &[c.who.user]);
    room_answer(&c, &room)
}

fn check_may_make(c: &Context, room: &str) -> Result<(), ErrorLine> {
    c.state.directory.check(|tables| {
        let person = tables.person(c.who.user);
        if person.is_none_or(|person| person.record.role == Role::Guest) {
            return Err(rank::forbidden("Guests cannot make rooms. Ask a member."));
        }
        if person.is_some_and(|person| person.rooms.len() >= MAX_ROOMS) {
            let what = format!("nobody can be in more than {MAX_ROOMS} rooms. Leave one first.");
            return Err(bad_request("room", &what));
        }
        if tables.has_room(room) {
            return Err(room_exists(room));
        }
        check_room_for_more(tables)
    })
}

fn check_room_for_more(tables: &Tables) -> Result<(), ErrorLine> {
    if tables.room_count() < MAX_ROOMS_IN_ALL {
        return Ok(());
    }
    let message = "This server has as many rooms as it can hold. Delete one first.";
    Err(rank::forbidden(message))
}

fn room_exists(room: &str) -> ErrorLine {
    let message = format!("A room #{room} exists. Choose another name.");
    ErrorLine::new(Code::RoomExists, message)
}

/// Takes a room over that storage has made, and shows it to all connections of
/// its members, who hear it from now on.
fn take_in(c: &Context, record: RoomRecord, members: &[UserId]) {
    let room = record.id;
    c.state.directory.write(|tables| {
        let read_seq = record.last_seq;
        if tables.place(room).is_none() {
            tables.put_room(record);
        }
        for user in members {
            tables.put_member(&MemberRecord {
                room,
                user: *user,
                notify: Notify::All,
                read_seq,
                mentions: 0,
            });
        }
        for user in members {
            let Some(access) = tables.access_to(*user, room) else {
                continue;
            };
            let piece = Piece::line(&Reply::Room(tables.room(access)), None);
            for endpoint in access.person.endpoints() {
                endpoint.outbox.push(piece.clone());
                // Its log is empty, so nobody can be behind.
                let _ = c
                    .state
                    .bus
                    .follow(room, &endpoint.outbox, read_seq, read_seq);
            }
        }
    });
}

/// `open_direct`: the room of two, made where it is missing.
pub(crate) async fn open_direct(c: Context, request: OpenDirect) -> Answer {
    let me = c.who.user;
    let (other, known) = c.state.directory.check(|tables| {
        let other = rank::find(tables, &request.username)?;
        let id = other.record.id;
        if id == me {
            return Err(bad_request(
                "username",
                "a room of two needs somebody else.",
            ));
        }
        let known = tables.direct_room(me, id);
        let full = |user| {
            tables
                .person(user)
                .is_some_and(|person| person.rooms.len() >= MAX_ROOMS)
        };
        if known.is_none() && (full(me) || full(id)) {
            let what = format!("nobody can be in more than {MAX_ROOMS} rooms.");
            return Err(bad_request("username", &what));
        }
        if known.is_none() {
            check_room_for_more(tables)?;
        }
        Ok((id, known))
    })?;
    let room = match known {
        Some(room) => room,
        None => make_direct(&c, other).await?,
    };
    c.state.directory.check(|tables| {
        let access = tables.access_to(me, room);
        let access = access.ok_or_else(|| bad_request("username", "this user is gone."))?;
        Ok(Reply::Room(tables.room(access)))
    })
}

async fn make_direct(c: &Context, other: UserId) -> Result<RoomId, ErrorLine> {
    let pair = (c.who.user.min(other), c.who.user.max(other));
    for _ in 0..DIRECT_NAME_TRIES {
        let name = secrets::direct_name();
        let opened = c.state.storage.open_direct(pair, name, now()).await;
        let opened = opened.map_err(|error| storage_error(&error))?;
        if let Some((record, is_new)) = opened {
            let room = record.id;
            if is_new {
                take_in(c, record, &[pair.0, pair.1]);
            }
            return Ok(room);
        }
    }
    Err(ErrorLine::new(
        Code::Internal,
        "The server found no free name for the room. Try again.",
    ))
}

fn check_topic(topic: &str) -> Result<(), ErrorLine> {
    if topic.chars().count() <= limits::TOPIC_CHARS && names::is_one_clean_line(topic) {
        return Ok(());
    }
    let what = format!(
        "at most {} characters, on one line, are wanted.",
        limits::TOPIC_CHARS
    );
    Err(bad_request("topic", &what))
}

/// `set_topic`: says what a room is about.
pub(crate) async fn set_topic(c: Context, request: SetTopic) -> Answer {
    let SetTopic { room, topic } = request;
    check_topic(&topic)?;
    let entry = c.state.directory.check(|tables| {
        let access = tables.access(c.who.user, &room)?.moderator()?;
        let act = Act {
            room: access.place.id(),
            by: c.who.user,
            name: access.person.record.name.clone(),
            time: now(),
            kind: ActKind::Topic { topic },
        };
        let by = Arc::clone(&access.person.username);
        Ok(Entry::new(act, Arc::clone(&access.place.name), by))
    })?;
    let outcome = c.state.log.act(entry).await;
    check(outcome.map(Some), &room)?;
    room_answer(&c, &room)
}

/// `set_notify`: says what one wants to be told of a room. One's other
/// connections are told by `room`.
pub(crate) async fn set_notify(c: Context, request: SetNotify) -> Answer {
    let user = c.who.user;
    let room = c.state.directory.check(|tables| {
        let access = tables.access(user, &request.room)?.member()?;
        Ok(access.place.id())
    })?;
    let stored = c.state.storage.set_notify(room, user, request.notify).await;
    stored.map_err(|error| storage_error(&error))?;
    let seen = c.state.directory.write(|tables| {
        tables.set_notify(room, user, request.notify);
        tables
            .access_to(user, room)
            .map(|access| tables.room(access))
    });
    if let Some(seen) = seen {
        let piece = Piece::line(&Reply::Room(seen), None);
        c.state
            .bus
            .publish(Topic::User(user), &piece, &[c.endpoint.id()]);
    }
    Ok(Reply::Done {})
}

/// `delete_room`: deletes a room one moderates, with all in it.
pub(crate) async fn delete(c: Context, request: DeleteRoom) -> Answer {
    let name = request.room;
    let room = c.state.directory.check(|tables| {
        let access = tables.access(c.who.user, &name)?.moderator()?;
        let room = access.place.id();
        if matches!(room, RoomId::GENERAL | RoomId::BROADCAST) {
            let message = format!("#{name} always exists.");
            return Err(rank::forbidden(&message));
        }
        Ok(room)
    })?;
    let audit = rank::audit(&c, "delete_room", &format!("#{name}"), "");
    let deleted = c.state.storage.delete_room(room, audit).await;
    deleted.map_err(|error| storage_error(&error))?;
    c.state.directory.write(|tables| {
        let gone = Piece::line(&Reply::RoomDeleted { room: name.clone() }, None);
        for user in tables.remove_room(room) {
            let Some(person) = tables.person(user) else {
                continue;
            };
            // Those to whom it is still being replayed are told as well.
            for endpoint in person.endpoints() {
                endpoint.outbox.push(gone.clone());
            }
        }
        c.state.bus.forget(Topic::Room(room));
    });
    Ok(Reply::Done {})
}
