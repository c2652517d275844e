//! Coming into rooms and going.

use std::sync::Arc;

use parlor_protocol::request::{InviteToRoom, Join, Leave, Members, RemoveFromRoom};
use parlor_protocol::{Code, ErrorLine, Reply, Role, RoomKind, limits};

use super::{page, rank};
use crate::clock::now;
use crate::directory::{Access, Tables};
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::log::{self, Entry, refusal};
use crate::state::State;
use crate::storage::{Act, ActKind, Deed, Outcome, RoomId, StorageError, UserId};

/// Rooms one may be in, so that `session` keeps the bound of a line.
pub(super) const MAX_ROOMS: usize = 1_000;

/// `join`: comes into a public room. Who is in it already changes nothing.
pub(crate) async fn join(c: Context, request: Join) -> Answer {
    let user = c.who.user;
    let (room, is_member) = c.state.directory.check(|tables| {
        let access = tables.access(user, &request.room)?;
        check_room_count(tables, user)?;
        Ok((access.place.id(), access.is_member()))
    })?;
    if !is_member {
        let outcome = bring_in(&c.state, room, user, user).await;
        check(outcome, &request.room)?;
    }
    room_answer(&c, &request.room)
}

/// `leave`: leaves a room that one may leave.
pub(crate) async fn leave(c: Context, request: Leave) -> Answer {
    let user = c.who.user;
    let (entry, record) = c.state.directory.read(|tables| {
        let access = tables.access(user, &request.room)?.member()?;
        may_be_left(&access)?;
        let record = access.place.record.clone();
        let entry = leaving(tables, &access, user, None);
        entry.map(|entry| (entry, record)).ok_or_else(gone)
    })?;
    let outcome = c.state.log.act(entry).await;
    check(outcome.map(Some), &request.room)?;
    let again = room_answer(&c, &request.room);
    // A private room no longer exists for who has left it.
    again.or_else(|_| Ok(Reply::Room(log::left_room(&request.room, &record))))
}

fn may_be_left(access: &Access<'_>) -> Result<(), ErrorLine> {
    let name = &access.place.record.name;
    let message = match access.place.record.kind {
        RoomKind::Broadcast => format!("Everybody is in #{name}; mute it instead (set_notify)."),
        RoomKind::Direct => "A room of two is never left; mute it instead (set_notify).".to_owned(),
        RoomKind::Public | RoomKind::Private => return Ok(()),
    };
    Err(ErrorLine::new(Code::Forbidden, message))
}

/// `invite_to_room`: brings somebody into a room one is in.
pub(crate) async fn invite(c: Context, request: InviteToRoom) -> Answer {
    let (room, whom, is_member) = c.state.directory.check(|tables| {
        let access = tables.access(c.who.user, &request.room)?.member()?;
        if access.person.record.role == Role::Guest {
            let message = "Guests cannot bring others into rooms. Ask a member.";
            return Err(ErrorLine::new(Code::Forbidden, message));
        }
        if access.place.record.kind == RoomKind::Direct {
            let message = "A room of two stays one. Make a private room for more.";
            return Err(ErrorLine::new(Code::Forbidden, message));
        }
        let whom = rank::find(tables, &request.username)?.record.id;
        check_room_count(tables, whom)?;
        Ok((access.place.id(), whom, access.place.has(whom)))
    })?;
    if !is_member {
        let outcome = bring_in(&c.state, room, whom, c.who.user).await;
        check(outcome, &request.room)?;
    }
    room_answer(&c, &request.room)
}

/// `remove_from_room`: puts somebody out of a room one moderates.
pub(crate) async fn remove(c: Context, request: RemoveFromRoom) -> Answer {
    let RemoveFromRoom {
        room,
        username,
        reason,
    } = request;
    rank::check_reason(&reason)?;
    let entry = c.state.directory.read(|tables| {
        let access = tables.access(c.who.user, &room)?.moderator()?;
        may_be_left(&access)?;
        let whom = rank::find(tables, &username)?;
        if !access.place.has(whom.record.id) {
            let message = format!("{} is not in #{room}.", whom.username);
            return Err(ErrorLine::new(Code::NoSuchUser, message));
        }
        if whom.record.id != c.who.user {
            rank::check_above(access.person, whom, &access)?;
        }
        leaving(tables, &access, whom.record.id, Some(reason.clone())).ok_or_else(gone)
    })?;
    let outcome = c.state.log.act(entry).await;
    check(outcome.map(Some), &room)?;
    let target = format!("{username} from #{room}");
    let audit = rank::audit(&c, "remove_from_room", &target, &reason);
    rank::note(&c, Deed::Note, audit).await?;
    Ok(Reply::Done {})
}

/// `members`: who is in a room.
pub(crate) fn list(c: &Context, request: &Members) -> Answer {
    let limit = page::limit(request.limit, limits::USERS_LIMIT)?;
    let after = request.after.as_deref().unwrap_or("").to_ascii_lowercase();
    c.state.directory.check(|tables| {
        let access = tables.access(c.who.user, &request.room)?;
        let (users, more) = tables.members_after(access.place, &after, limit);
        Ok(Reply::Members {
            room: request.room.clone(),
            users,
            more,
        })
    })
}

fn check_room_count(tables: &Tables, user: UserId) -> Result<(), ErrorLine> {
    let count = tables.person(user).map_or(0, |person| person.rooms.len());
    if count < MAX_ROOMS {
        return Ok(());
    }
    let what = format!("nobody can be in more than {MAX_ROOMS} rooms. Leave one first.");
    Err(bad_request("room", &what))
}

/// The room as the asking user sees it now.
///
/// # Errors
///
/// `no_such_room` where it does not exist for them any more.
pub(super) fn room_answer(c: &Context, name: &str) -> Answer {
    c.state.directory.check(|tables| {
        let access = tables.access(c.who.user, name)?;
        Ok(Reply::Room(tables.room(access)))
    })
}

/// Takes somebody into a room, by an act of `by`.
///
/// # Errors
///
/// As [`crate::storage::Storage::append`].
pub(super) async fn bring_in(
    state: &State,
    room: RoomId,
    user: UserId,
    by: UserId,
) -> Result<Option<Outcome>, StorageError> {
    let entry = state.directory.read(|tables| {
        let (person, actor) = (tables.person(user)?, tables.person(by)?);
        let act = Act {
            room,
            by,
            name: actor.record.name.clone(),
            time: now(),
            kind: ActKind::Joined {
                user,
                name: person.record.name.clone(),
            },
        };
        let place = tables.place(room)?;
        let by = Arc::clone(&actor.username);
        Some(Entry::new(act, Arc::clone(&place.name), by).to(Arc::clone(&person.username)))
    });
    match entry {
        Some(entry) => state.log.act(entry).await.map(Some),
        None => Ok(None),
    }
}

/// The act by which somebody leaves a room, or is put out of it.
fn leaving(
    tables: &Tables,
    access: &Access<'_>,
    user: UserId,
    reason: Option<String>,
) -> Option<Entry> {
    let whom = tables.person(user)?;
    let act = Act {
        room: access.place.id(),
        by: access.person.record.id,
        name: access.person.record.name.clone(),
        time: now(),
        kind: ActKind::Left { user, reason },
    };
    let by = Arc::clone(&access.person.username);
    let entry = Entry::new(act, Arc::clone(&access.place.name), by);
    Some(entry.to(Arc::clone(&whom.username)))
}

fn gone() -> ErrorLine {
    ErrorLine::new(Code::NoSuchUser, "This user is gone.")
}

/// Turns what became of an act into an error, where it is one.
pub(super) fn check(
    outcome: Result<Option<Outcome>, StorageError>,
    room: &str,
) -> Result<(), ErrorLine> {
    match outcome {
        Ok(Some(Outcome::Refused(refused))) => Err(refusal(refused, room)),
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(gone()),
        Err(error) => Err(storage_error(&error)),
    }
}
