//! `logout`, `sessions`, `end_session` and `change_password`.

use parlor_protocol::reply::SessionEntry;
use parlor_protocol::request::{ChangePassword, EndSession};
use parlor_protocol::{ErrorLine, Reply, Time};

use super::accounts::{bad_credentials, check_against, check_password, password_error};
use crate::clock::now;
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::endings::{end_sessions, forget_sessions, session_over};
use crate::endpoint::SignedIn;
use crate::state::State;
use crate::storage::SessionId;

/// `logout`: this session ends, on all of its connections.
pub(crate) async fn logout(c: Context) -> Answer {
    let over = session_over();
    let ended = end_sessions(&c.state, vec![c.who.session], &over, Some(&c.endpoint)).await;
    ended.map_err(|error| storage_error(&error))?;
    c.endpoint.outbox.end_answering(Some(&Reply::Bye {}), c.re);
    Ok(Reply::Bye {})
}

/// `sessions`: one's sessions, the oldest first.
pub(crate) fn list(c: &Context) -> Reply {
    let (sessions, _) = of(&c.state, &c.who);
    Reply::Sessions { sessions }
}

/// The sessions of who is signed in, the oldest first, and when the first of them expires.
pub(crate) fn of(state: &State, who: &SignedIn) -> (Vec<SessionEntry>, Time) {
    state.directory.read(|tables| {
        let now = now();
        let expiries = tables.sessions_of(who.user, now).map(|s| s.expires);
        let first = expiries.min().unwrap_or(now);
        let entries = tables
            .sessions_of(who.user, now)
            .map(|session| SessionEntry {
                session: session.id.0.to_string(),
                label: session.label.clone(),
                address: session.address.clone(),
                created: session.created,
                seen: session.seen,
                current: session.id == who.session,
            });
        (entries.collect(), first)
    })
}

/// The session that one of one's own is called by in `sessions`.
///
/// # Errors
///
/// `bad_request`, also for somebody else's.
pub(crate) fn own(state: &State, who: &SignedIn, name: &str) -> Result<SessionId, ErrorLine> {
    let none = || {
        bad_request(
            "session",
            "you have no such session; `sessions` lists them.",
        )
    };
    let id = name.parse().map(SessionId).map_err(|_| none())?;
    let own = state.directory.read(|tables| {
        let session = tables.session(id);
        session.is_some_and(|session| session.user == who.user)
    });
    own.then_some(id).ok_or_else(none)
}

/// `end_session`: ends one of one's sessions; this one too.
pub(crate) async fn end(c: Context, request: EndSession) -> Answer {
    let id = own(&c.state, &c.who, &request.session)?;
    let over = session_over();
    let ended = end_sessions(&c.state, vec![id], &over, Some(&c.endpoint)).await;
    ended.map_err(|error| storage_error(&error))?;
    if id == c.who.session {
        let done = Reply::Done {};
        c.endpoint.outbox.end_answering(Some(&done), c.re);
    }
    Ok(Reply::Done {})
}

/// `change_password`: one's other sessions end.
pub(crate) async fn change_password(c: Context, request: ChangePassword) -> Answer {
    let user = c.who.user;
    c.state.limits.password(&c.who.username)?;
    let hash = c.state.directory.read(|tables| {
        let person = tables.person(user)?;
        person.record.password.clone()
    });
    if hash.is_none() {
        return Err(no_password());
    }
    if !check_against(&c.state, request.old, hash).await? {
        return Err(bad_credentials());
    }
    check_password(&c.state, "new", &request.new, &c.who.username).await?;
    let hash = c.state.passwords.hash(request.new).await;
    let hash = hash.map_err(|error| password_error(&error))?;
    let kept = Some(c.who.session);
    let ended = c.state.storage.set_password(user, hash.clone(), kept).await;
    let ended = ended.map_err(|error| storage_error(&error))?;
    c.state.directory.write(|tables| {
        tables.change_user(user, |record| record.password = Some(hash));
    });
    c.state.end_tokens_at_tracker(user);
    forget_sessions(&c.state, &ended, &session_over(), Some(&c.endpoint)).await;
    Ok(Reply::Done {})
}

fn no_password() -> ErrorLine {
    super::rank::forbidden("Guests have no password. Register to have one.")
}
