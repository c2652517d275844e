//! How sessions end, and with them their connections and their guests.

use std::sync::Arc;

use parlor_protocol::{Code, ErrorLine, Reply, Role};

use crate::clock::{before, now};
use crate::directory::Tables;
use crate::endpoint::Endpoint;
use crate::log::Entry;
use crate::state::State;
use crate::storage::{Act, ActKind, RoomId, SessionId, StorageError, UserId};

/// A guest without a session is seen off after this many seconds; until then
/// the session may be on its way.
const GUEST_GRACE_SECONDS: u64 = 60;

/// What connections of a session are told that ended elsewhere.
pub(crate) fn session_over() -> Reply {
    let message = "This session has ended. Sign in again.";
    Reply::Error(ErrorLine::new(Code::BadToken, message))
}

/// What everybody who is banned is told.
pub(crate) fn banned(reason: &str) -> ErrorLine {
    let message = if reason.is_empty() {
        "You are banned from this server. Ask who runs it.".to_owned()
    } else {
        format!("You are banned from this server: {reason}")
    };
    ErrorLine::new(Code::Banned, message)
}

/// Ends sessions: in storage, then here. Their connections are told `last` and
/// closed, but for `except`; guests are seen off.
///
/// # Errors
///
/// As [`crate::storage::Storage::end_sessions`]; nothing has ended then.
pub(crate) async fn end_sessions(
    state: &Arc<State>,
    sessions: Vec<SessionId>,
    last: &Reply,
    except: Option<&Endpoint>,
) -> Result<(), StorageError> {
    if sessions.is_empty() {
        return Ok(());
    }
    state.storage.end_sessions(sessions.clone()).await?;
    forget_sessions(state, &sessions, last, except).await;
    Ok(())
}

/// As [`end_sessions`], for sessions that storage has ended already.
pub(crate) async fn forget_sessions(
    state: &Arc<State>,
    sessions: &[SessionId],
    last: &Reply,
    except: Option<&Endpoint>,
) {
    let (endpoints, guests) = state.directory.write(|tables| {
        let guests = guests_among(tables, sessions);
        (tables.remove_sessions(sessions), guests)
    });
    for endpoint in endpoints {
        if except.is_none_or(|kept| kept.id() != endpoint.id()) {
            endpoint.outbox.end(Some(last));
        }
    }
    for guest in guests {
        see_off(state, guest).await;
    }
}

fn guests_among(tables: &Tables, sessions: &[SessionId]) -> Vec<UserId> {
    let mut guests = Vec::new();
    for session in sessions {
        let Some(record) = tables.session(*session) else {
            continue;
        };
        let is_guest = tables
            .person(record.user)
            .is_some_and(|person| person.record.role == Role::Guest);
        if is_guest && !guests.contains(&record.user) {
            guests.push(record.user);
        }
    }
    guests
}

/// A guest goes with their session: they leave their rooms, and the account is removed.
pub(crate) async fn see_off(state: &Arc<State>, guest: UserId) {
    let found = state.directory.read(|tables| {
        let person = tables.person(guest)?;
        let rooms: Vec<(RoomId, Arc<str>)> = person
            .rooms
            .iter()
            .filter(|room| **room != RoomId::BROADCAST)
            .filter_map(|room| Some((*room, Arc::clone(&tables.place(*room)?.name))))
            .collect();
        Some((
            Arc::clone(&person.username),
            person.record.name.clone(),
            rooms,
        ))
    });
    let Some((username, name, rooms)) = found else {
        return;
    };
    for (room, room_name) in rooms {
        let act = Act {
            room,
            by: guest,
            name: name.clone(),
            time: now(),
            kind: ActKind::Left {
                user: guest,
                reason: None,
            },
        };
        let entry = Entry::new(act, room_name, Arc::clone(&username));
        if let Err(error) = state.log.act(entry).await {
            tracing::warn!(%error, "a guest could not be seen off; it is tried again");
            return;
        }
    }
    match state.storage.remove_guest(guest).await {
        Ok(()) => state.directory.write(|tables| tables.remove_user(guest)),
        Err(error) => {
            tracing::warn!(%error, "a guest could not be removed; it is tried again");
        }
    }
}

/// Ends what has expired, and sees off guests whose session is gone.
pub(crate) async fn end_expired(state: &Arc<State>) {
    let now = now();
    let (expired, guests) = state.directory.read(|tables| {
        (
            tables.expired_sessions(now),
            tables.guests_without_session(before(now, GUEST_GRACE_SECONDS)),
        )
    });
    if let Err(error) = end_sessions(state, expired, &session_over(), None).await {
        tracing::warn!(%error, "expired sessions could not be ended; it is tried again");
    }
    for guest in guests {
        see_off(state, guest).await;
    }
}
