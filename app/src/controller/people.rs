//! The people panel: who is in the room, and what one may do to them.

use parlor_client::{AccountId, RequestError};
use parlor_protocol::request::{Members, Mute, OpenDirect, SetRole, Unmute, Users};
use parlor_protocol::{Reply, Request, limits};

use crate::effect::{Done, Effect, Question};
use crate::model::peer::talk_of;
use crate::model::{Account, Confirm, Deed, Deliberate, Dialog, Menu, Model, OneLine};

/// What happens in the people panel.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The menu of a person.
    Person(String),
    /// The ranks of the menu are to be unfolded or folded.
    Ranks,
    /// Something is to be done to a person.
    Do(String, Deed),
    /// Somebody is to be brought into the room.
    Add,
}

/// Something happened in the people panel.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Person(username) => super::sidebar::toggle(
            model,
            Menu::Person {
                username,
                ranks: false,
            },
        ),
        Message::Ranks => {
            if let Some(Menu::Person { ranks, .. }) = &mut model.menu {
                *ranks = !*ranks;
            }
            Effect::None
        }
        Message::Do(username, deed) => act(model, username, deed),
        Message::Add => add(model),
    }
}

/// Asks who is in the room in front, as far as that is not known.
pub(crate) fn ask(account: &mut Account) -> Effect {
    let Some(room) = account.room.clone() else {
        return Effect::None;
    };
    if !account.link.is_connected() || talk_of(&room).is_some() {
        return Effect::None;
    }
    if account.people.is_missing(&room) {
        page(account, room, None)
    } else {
        Effect::None
    }
}

fn page(account: &Account, room: String, after: Option<String>) -> Effect {
    Effect::Ask {
        account: account.id.clone(),
        question: Question::Members(room.clone()),
        request: Members {
            room,
            after,
            limit: Some(limits::USERS_LIMIT as u64),
        }
        .into(),
    }
}

/// A page of members came.
pub(crate) fn listed(
    model: &mut Model,
    account: &AccountId,
    room: &str,
    result: Result<Reply, RequestError>,
) -> Effect {
    let Some(account) = model.account_mut(account) else {
        return Effect::None;
    };
    let Ok(Reply::Members { users, more, .. }) = result else {
        // It is asked for again when the room is opened or the connection is back.
        return Effect::None;
    };
    let usernames: Vec<String> = users.iter().map(|user| user.username.clone()).collect();
    let last = usernames.last().cloned();
    account.people.page(room, usernames, more);
    for user in users {
        account.put_user(user);
    }
    match last {
        Some(last) if more => page(account, room.to_owned(), Some(last)),
        _ => Effect::None,
    }
}

/// Asks for everybody on the server, for "jump to" and for bringing people in.
pub(crate) fn ask_everybody(account: &Account, after: Option<String>) -> Effect {
    if !account.link.is_connected() {
        return Effect::None;
    }
    Effect::Ask {
        account: account.id.clone(),
        question: Question::Users,
        request: Users {
            after,
            limit: Some(limits::USERS_LIMIT as u64),
        }
        .into(),
    }
}

/// A page of everybody came.
pub(crate) fn everybody(
    model: &mut Model,
    account: &AccountId,
    result: Result<Reply, RequestError>,
) -> Effect {
    /// People beyond this many are found by their username only, so that a
    /// huge server does not fill the memory of each app.
    const MOST: usize = 5_000;
    let Some(account) = model.account_mut(account) else {
        return Effect::None;
    };
    let Ok(Reply::Users { users, more }) = result else {
        return Effect::None;
    };
    let last = users.last().map(|user| user.username.clone());
    for user in users {
        account.put_user(user);
    }
    if more && account.users.len() < MOST && last.is_some() {
        return ask_everybody(account, last);
    }
    Effect::None
}

fn act(model: &mut Model, username: String, deed: Deed) -> Effect {
    model.menu = None;
    let Some(account) = model.front() else {
        return Effect::None;
    };
    let id = account.id.clone();
    let what = match deed {
        Deed::Talk => return super::talk::with(model, username),
        Deed::Message => {
            return open_direct(id, username, None);
        }
        Deed::Unmute => {
            let request = Unmute {
                username: username.clone(),
            };
            return moderate(id, Done::Unmuted(username), request);
        }
        Deed::RemoveFromRoom => match &account.room {
            Some(room) => Deliberate::RemoveFromRoom {
                room: room.clone(),
                username,
            },
            None => return Effect::None,
        },
        Deed::Mute => Deliberate::Mute(username),
        Deed::Kick => Deliberate::Kick(username),
        Deed::Ban => Deliberate::Ban(username),
        Deed::Rank(role) => Deliberate::Rank(username, role),
    };
    ask_first(model, what)
}

/// Puts a question before what cannot be taken back. The safe button has the keyboard.
pub(crate) fn ask_first(model: &mut Model, what: Deliberate) -> Effect {
    model.menu = None;
    model.dialog = Some(Dialog::Confirm(Confirm {
        what,
        reason: String::new(),
        safe: true,
    }));
    Effect::None
}

/// Opens the room of two, and perhaps sends something there.
pub(crate) fn open_direct(account: AccountId, username: String, text: Option<String>) -> Effect {
    Effect::Ask {
        account,
        question: Question::Direct {
            username: username.clone(),
            text,
        },
        request: OpenDirect { username }.into(),
    }
}

/// Does something with rank; how it went is told by a notice.
pub(crate) fn moderate(account: AccountId, done: Done, request: impl Into<Request>) -> Effect {
    Effect::Ask {
        account,
        question: Question::Moderation(done),
        request: request.into(),
    }
}

/// What a question's yes does to a person.
pub(crate) fn rank(account: AccountId, username: String, role: parlor_protocol::Role) -> Effect {
    let request = SetRole {
        username: username.clone(),
        role,
    };
    moderate(account, Done::Ranked(username), request)
}

/// Keeps somebody from writing until they are let again.
pub(crate) fn mute(account: AccountId, username: String) -> Effect {
    let request = Mute {
        username: username.clone(),
        until: None,
    };
    moderate(account, Done::Muted(username), request)
}

fn add(model: &mut Model) -> Effect {
    model.menu = None;
    let Some(account) = model.front() else {
        return Effect::None;
    };
    let Some(room) = account.room.clone() else {
        return Effect::None;
    };
    let asked = ask_everybody(account, None);
    model.dialog = Some(Dialog::AddPerson(OneLine {
        room,
        ..OneLine::default()
    }));
    asked.and(Effect::Focus(super::dialog::FIRST_FIELD))
}
