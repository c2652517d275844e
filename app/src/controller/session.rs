//! What the sessions tell: facts of the client's, taken into the model.

use parlor_client::{
    AccountId, ConnectionState, EndReason, Event, OutgoingState, Place, RoomState, Snapshot,
};
use parlor_protocol::Time;

use crate::controller::{conversation, people, show_room, words};
use crate::effect::Effect;
use crate::locale::tr;
use crate::model::{LinkState, Model, Screen};

/// What a session tells.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// What happened, in order, and the time now.
    Told(Vec<Event>, Time),
    /// The account could not be opened; in plain words.
    NotOpened(String),
}

/// A session told something.
pub(crate) fn update(model: &mut Model, account: &AccountId, message: Message) -> Effect {
    match message {
        Message::Told(events, now) => {
            model.now = now;
            let mut effect = Effect::None;
            for event in events {
                effect = effect.and(one(model, account, event));
            }
            effect
        }
        Message::NotOpened(why) => {
            if let Some(account) = model.account_mut(account) {
                account.link = LinkState::SignedOut { why: why.clone() };
            }
            model.toasts.failed(why);
            Effect::None
        }
    }
}

fn one(model: &mut Model, id: &AccountId, event: Event) -> Effect {
    let now = model.now;
    match event {
        Event::Loaded(snapshot) => return loaded(model, id, *snapshot),
        Event::Connection(state) => return connection(model, id, state),
        Event::Alert { text, by } => return alert(model, id, &text, &by),
        Event::StoreFailed(why) => {
            model.toasts.failed(tr!("session-store-failed", why = why));
            return Effect::None;
        }
        Event::Rooms(rooms) => return rooms_listed(model, id, rooms),
        Event::RoomGone { room, deleted } => return room_gone(model, id, &room, deleted),
        _ => {}
    }
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    match event {
        Event::RoundTrip(took) => {
            account.link = LinkState::Connected {
                ping: Some(millis(took)),
            };
        }
        Event::SignedIn { me, welcome, trust } => account.signed_in(me, &welcome, trust),
        Event::RoomChanged(state) => {
            account.put_room(state);
            return super::answers::show_wanted(model, id);
        }
        Event::Users(users) => {
            for user in users {
                account.put_user(user);
            }
        }
        Event::Presence(changes) => account.put_presence(&changes),
        Event::Messages { room, items } => {
            account.note_items(&room, &items);
            for file in items
                .iter()
                .filter_map(|item| item.message())
                .flat_map(|m| &m.files)
            {
                account.files.put(file.clone());
            }
            account.conversation(&room).put_items(items);
        }
        Event::Stale { room, up_to } => {
            account.conversation(&room).stale(Some(up_to));
            return ask_newest(id, room);
        }
        Event::Reset { room } => {
            account.conversation(&room).stale(None);
            return ask_newest(id, room);
        }
        Event::Outgoing(outgoing) => {
            account.note_outgoing(&outgoing);
            if account.rooms.contains_key(&outgoing.room)
                || !matches!(outgoing.state, OutgoingState::Sent { .. })
            {
                let room = outgoing.room.clone();
                account.conversation(&room).put_outgoing(outgoing);
            }
        }
        Event::Transfer(transfer) => return super::transfers::put(account, *transfer),
        Event::TransferGone(id) => account.transfers.gone(id),
        Event::Typing { room, username } => account.conversation(&room).typing(&username, now),
        // Handled above, or (raw lines) never asked for.
        _ => {}
    }
    Effect::None
}

fn ask_newest(account: &AccountId, room: String) -> Effect {
    Effect::Page {
        account: account.clone(),
        room,
        place: Place::Newest,
    }
}

fn loaded(model: &mut Model, id: &AccountId, snapshot: Snapshot) -> Effect {
    let room = model.preferences.rooms.get(id.as_str()).cloned();
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    account.load(snapshot, room.as_deref());
    show_if_front(model, id)
}

/// Opens the room in front anew when its account is in front and something of it came.
fn show_if_front(model: &mut Model, id: &AccountId) -> Effect {
    let on_main = matches!(model.screen, Screen::Main);
    if model.current.as_ref() != Some(id) || !on_main {
        return Effect::None;
    }
    match model.front().and_then(|account| account.room.clone()) {
        Some(room) => show_room(model, &room),
        None => Effect::None,
    }
}

fn rooms_listed(model: &mut Model, id: &AccountId, rooms: Vec<RoomState>) -> Effect {
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    let before = account.room.clone();
    account.put_rooms(rooms);
    let changed = account.room != before;
    let asked = people::ask(account);
    if account.wanted.is_some() {
        asked.and(super::answers::show_wanted(model, id))
    } else if changed {
        asked.and(show_if_front(model, id))
    } else {
        asked
    }
}

fn room_gone(model: &mut Model, id: &AccountId, room: &str, deleted: bool) -> Effect {
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    let was_front = account.room.as_deref() == Some(room);
    account.drop_room(room);
    if deleted {
        model.toasts.alert(tr!("session-room-deleted", room = room));
    }
    if was_front {
        show_if_front(model, id)
    } else {
        Effect::None
    }
}

fn connection(model: &mut Model, id: &AccountId, state: ConnectionState) -> Effect {
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    match state {
        ConnectionState::Connecting { attempt } => {
            // While trying again, the bar goes on saying that it is offline.
            if attempt <= 1 {
                account.link = LinkState::Connecting;
            }
            Effect::None
        }
        ConnectionState::Connected { round_trip } => {
            account.link = LinkState::Connected {
                ping: Some(millis(round_trip)),
            };
            let asked = people::ask(account);
            if model.host.account.as_ref() == Some(id) {
                // The page of the server inside the app waited for this.
                asked.and(super::host::page_opened(model))
            } else {
                asked
            }
        }
        ConnectionState::Offline { retry_at, reason } => {
            account.link = LinkState::Offline {
                why: words::offline(&reason),
                again: Some(time_of(retry_at)),
            };
            Effect::None
        }
        ConnectionState::Ended(reason) => ended(model, id, &reason),
    }
}

/// The session is over: what is kept here stays readable, but nothing more comes.
fn ended(model: &mut Model, id: &AccountId, reason: &EndReason) -> Effect {
    if matches!(reason, EndReason::SignedOut) {
        return gone(model, id);
    }
    if matches!(reason, EndReason::Dropped) {
        return Effect::None;
    }
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    let why = match reason {
        EndReason::Kicked { by, reason } => words::ended(&EndReason::Kicked {
            by: account.name_of(by).to_owned(),
            reason: reason.clone(),
        }),
        other => words::ended(other),
    };
    if let EndReason::KeyChanged(_) = reason {
        account.link = LinkState::KeyChanged;
        let address = account.server.address.clone();
        model.dialog = Some(crate::model::Dialog::KeyChanged { address });
        return Effect::None;
    }
    account.link = LinkState::SignedOut { why: why.clone() };
    model.toasts.failed(why);
    Effect::None
}

/// An account was signed out or forgotten: it is nowhere any more.
pub(crate) fn gone(model: &mut Model, id: &AccountId) -> Effect {
    model.accounts.retain(|account| account.id != *id);
    model.preferences.rooms.remove(id.as_str());
    for recent in &mut model.welcome.recent {
        if recent.account.as_ref() == Some(id) {
            recent.account = None;
            recent.who = None;
        }
    }
    if model.current.as_ref() == Some(id) {
        model.current = None;
        model.preferences.account = None;
        model.menu = None;
        model.screen = Screen::Welcome;
    }
    super::keep(model)
}

fn alert(model: &mut Model, id: &AccountId, text: &str, by: &str) -> Effect {
    let by = model
        .account(id)
        .map_or_else(|| by.to_owned(), |account| account.name_of(by).to_owned());
    model
        .toasts
        .alert(tr!("session-alert", by = by, text = text));
    Effect::None
}

fn millis(took: std::time::Duration) -> u32 {
    u32::try_from(took.as_millis()).unwrap_or(u32::MAX)
}

fn time_of(at: std::time::SystemTime) -> Time {
    jiff::Timestamp::try_from(at).map_or_else(|_| Time::default(), Time::from)
}

/// Shows one message of a room of the account in front.
pub(crate) fn jump(model: &mut Model, room: &str, seq: u64) -> Effect {
    let now = model.now;
    let shown = show_room(model, room);
    match model.front_mut() {
        Some(account) if account.has(room) => {
            shown.and(conversation::jump(account, room, seq, now))
        }
        _ => shown,
    }
}
