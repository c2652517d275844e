//! `users`, `profile`, `presence` and `typing`.

use parlor_protocol::request::{Profile, SetPresence, Typing, Users};
use parlor_protocol::{ErrorLine, Presence, Reply, limits, names};
use tokio::time::Instant;

use super::page;
use crate::bus::Topic;
use crate::clock;
use crate::connection::Work;
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::outbox::Piece;

/// `users`: everybody, by username.
pub(crate) fn users(c: &Context, request: &Users) -> Answer {
    let limit = page::limit(request.limit, limits::USERS_LIMIT)?;
    let after = request.after.as_deref().unwrap_or("").to_ascii_lowercase();
    let (users, more) = c
        .state
        .directory
        .read(|tables| tables.users_after(&after, limit));
    Ok(Reply::Users { users, more })
}

/// `profile`: changes one's display name, status line, or both.
pub(crate) async fn profile(c: Context, request: Profile) -> Answer {
    let Profile { name, status } = request;
    if name
        .as_ref()
        .is_some_and(|name| !names::is_display_name(name))
    {
        let what = "1 to 64 characters, on one line and without direction marks, are wanted.";
        return Err(bad_request("name", what));
    }
    if let Some(status) = &status {
        check_status(status)?;
    }
    let user = c.who.user;
    let changes = c.state.directory.read(|tables| {
        tables.person(user).is_some_and(|person| {
            let renames = name.as_ref().is_some_and(|n| *n != person.record.name);
            renames || status.as_ref().is_some_and(|s| *s != person.record.status)
        })
    });
    if changes {
        let stored = c
            .state
            .storage
            .set_profile(user, name.clone(), status.clone());
        stored.await.map_err(|error| storage_error(&error))?;
        c.state.directory.write(|tables| {
            tables.change_user(user, |record| {
                record.name = name.unwrap_or_else(|| std::mem::take(&mut record.name));
                record.status = status.unwrap_or_else(|| std::mem::take(&mut record.status));
            });
        });
    }
    let seen = c
        .state
        .directory
        .read(|tables| tables.person(user).map(|p| p.user()));
    let seen = seen.ok_or_else(|| bad_request("type", "your account is gone."))?;
    if changes {
        c.state.tell_everyone(&Reply::User(seen.clone()));
    }
    Ok(Reply::User(seen))
}

fn check_status(status: &str) -> Result<(), ErrorLine> {
    if status.chars().count() <= limits::STATUS_CHARS && names::is_one_clean_line(status) {
        return Ok(());
    }
    let what = format!(
        "at most {} characters, on one line, are wanted.",
        limits::STATUS_CHARS
    );
    Err(bad_request("status", &what))
}

/// `presence`: whether one is there, on this connection.
pub(crate) fn presence(c: &Context, request: &SetPresence) -> Answer {
    if request.presence == Presence::Offline {
        let what = "online or away is wanted; who is offline has no connection.";
        return Err(bad_request("presence", what));
    }
    c.state
        .directory
        .write(|tables| tables.set_presence(&c.endpoint, request.presence));
    Ok(Reply::Done {})
}

/// `typing`: tells the other members that one is writing. No answer but for a refusal.
pub(crate) fn typing(c: &Context, request: &Typing) -> Option<Work> {
    let user = c.who.user;
    let found = c.state.directory.check(|tables| {
        let access = tables.access(user, &request.room)?.member()?;
        let may_write = access.can_send() && access.person.muted(clock::now()).is_none();
        let own: Vec<u64> = access.person.endpoints().map(|e| e.id()).collect();
        Ok(may_write.then(|| (access.place.id(), own)))
    });
    match found {
        Err(error) => c.say(Err(error)),
        Ok(Some((room, own))) if c.state.typing.may_tell(room, user, Instant::now()) => {
            let event = Reply::Typing {
                room: request.room.clone(),
                username: c.who.username.to_string(),
            };
            c.state
                .bus
                .publish(Topic::Room(room), &Piece::line(&event, None), &own);
        }
        Ok(_) => {}
    }
    None
}
