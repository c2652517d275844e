//! What a server does by the clock.
//!
//! [`tick`] needs only memory, and so is never late: new users, presence, and
//! connections that are silent. [`keep`] talks to storage: changes made on the command
//! line, signs of life of sessions, and sessions that expire.

use std::sync::Arc;
use std::time::Duration;

use parlor_protocol::Reply;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::clock::now;
use crate::directory::Tables;
use crate::endings;
use crate::handlers::office;
use crate::state::State;
use crate::storage::AdminChange;

/// Presence is told, connections are looked through, and the command line's
/// changes are asked for, once in this time.
const TICK: Duration = Duration::from_secs(1);

/// Signs of life are stored, and what expired is ended, once in so many ticks.
const TOUCH_TICKS: u64 = 60;

/// Changes of presence in one line, so that it keeps its bound; the rest
/// comes with the next.
const PRESENCE_CHANGES: usize = 10_000;

/// New users told of at once, for the same reason.
const NEWCOMERS: usize = 1_000;

/// Tells presence, and ends silent connections, until the server stops.
pub(crate) async fn tick(state: Arc<State>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = state.stopped() => return,
        }
        tell_presence(&state);
        let now = Instant::now();
        state.connections.end_the_silent(now);
        state.typing.forget_old(now);
        state.transfers.end_the_stalled(now);
    }
}

fn tell_presence(state: &State) {
    if !state.directory.read(Tables::has_news) {
        return;
    }
    let (newcomers, changes) = state.directory.write(|tables| {
        (
            tables.take_newcomers(NEWCOMERS),
            tables.take_turned(PRESENCE_CHANGES),
        )
    });
    if !newcomers.is_empty() {
        state.tell_everyone_of(newcomers);
    }
    if !changes.is_empty() {
        state.tell_everyone(&Reply::Presence { changes });
    }
}

/// Follows the command line, and keeps sessions up to date, until the server stops.
pub(crate) async fn keep(state: Arc<State>, mut revision: u64) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut count: u64 = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = state.stopped() => return,
        }
        take_over_changes(&state, &mut revision).await;
        if count.is_multiple_of(TOUCH_TICKS) {
            touch_sessions(&state).await;
            endings::end_expired(&state).await;
            expire_mail(&state).await;
        }
        count += 1;
    }
}

async fn take_over_changes(state: &State, revision: &mut u64) {
    match state.storage.changes_since(*revision).await {
        Ok(changes) => {
            for change in changes {
                *revision = change.revision;
                take_over(state, change);
            }
        }
        Err(error) => tracing::warn!(%error, "the command line's changes could not be read"),
    }
}

fn take_over(state: &State, change: AdminChange) {
    let (id, disabled) = (change.user.id, change.user.disabled);
    tracing::info!(user = change.user.username, "changed on the command line");
    let mut endpoints = Vec::new();
    let mut must_sign_in = false;
    office::change_standing(state, id, |tables| {
        let known = tables.person(id);
        let password = known.and_then(|person| person.record.password.as_ref());
        must_sign_in = password != change.user.password.as_ref();
        tables.put_user(change.user);
        for member in &change.members {
            tables.put_member(member);
        }
        let known = tables.person(id).map(|person| person.sessions.clone());
        let mut ended = known.unwrap_or_default();
        ended.retain(|session| !change.sessions.contains(session));
        must_sign_in |= !ended.is_empty();
        endpoints = tables.remove_sessions(&ended);
    });
    if disabled {
        state.end_user_at_tracker(id);
    } else if must_sign_in {
        state.end_tokens_at_tracker(id);
    }
    for endpoint in endpoints {
        endpoint.outbox.end(Some(&endings::session_over()));
    }
}

/// Erases what was held for its whole time, a step at once: what is left goes
/// with the next.
async fn expire_mail(state: &State) {
    state.directory.write(|tables| tables.forget_revoked(now()));
    if let Err(error) = state.storage.expire_mail(now()).await {
        tracing::warn!(%error, "mail that was held for its time could not be erased");
    }
}

async fn touch_sessions(state: &State) {
    let lifetime = state.config.sessions.lifetime().as_secs();
    let touches = state
        .directory
        .write(|tables: &mut Tables| tables.touch_sessions(now(), lifetime));
    if touches.is_empty() {
        return;
    }
    if let Err(error) = state.storage.touch_sessions(touches).await {
        tracing::warn!(%error, "signs of life of sessions could not be stored");
    }
}
