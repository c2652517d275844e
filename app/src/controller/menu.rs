//! Menus that hang from buttons.

use parlor_client::AccountId;
use parlor_protocol::request::SetNotify;
use parlor_protocol::{Notify, RoomKind};

use crate::controller::{dialog, people, settings, show_account, welcome};
use crate::effect::{Done, Effect};
use crate::model::{Deliberate, Model, Screen};

/// What happens in a menu.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// A click beside it, or Esc.
    Close,
    /// Another account comes to the front.
    Account(AccountId),
    /// All servers.
    Servers,
    /// An invite to the server.
    Invite,
    /// The page of the server inside the app.
    Host,
    /// The settings.
    Settings,
    /// This account is to be signed out.
    SignOut,
    /// A new room.
    CreateRoom,
    /// Rooms to join.
    BrowseRooms,
    /// The topic of the room in front.
    Topic,
    /// What one is told about of the room in front.
    Notify(Notify),
    /// The room in front is to be left.
    Leave,
    /// The room in front is to be deleted.
    Delete,
    /// A server is to be forgotten.
    Forget(String),
    /// Somebody is to be brought into the room in front.
    AddPerson,
}

/// Something happened in a menu; whatever it was, the menu closes.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    model.menu = None;
    match message {
        Message::Close => Effect::None,
        Message::Account(account) => show_account(model, &account),
        Message::Servers => {
            model.screen = Screen::Welcome;
            Effect::Focus(welcome::LINK_FIELD)
        }
        Message::Invite => dialog::open_invite(model),
        Message::Host => {
            model.screen = Screen::Host;
            super::host::page_opened(model)
        }
        Message::Settings => settings::open(model),
        Message::SignOut => match model.current.clone() {
            Some(account) => people::ask_first(model, Deliberate::SignOut(account)),
            None => Effect::None,
        },
        Message::CreateRoom => dialog::open_create(model),
        Message::BrowseRooms => dialog::open_browse(model),
        Message::Topic => dialog::open_topic(model),
        Message::Notify(notify) => set_notify(model, notify),
        Message::Leave => leave(model),
        Message::Delete => match model.front().and_then(|account| account.room.clone()) {
            Some(room) => people::ask_first(model, Deliberate::DeleteRoom(room)),
            None => Effect::None,
        },
        Message::Forget(address) => people::ask_first(model, Deliberate::Forget(address)),
        Message::AddPerson => people::update(model, people::Message::Add),
    }
}

fn set_notify(model: &mut Model, notify: Notify) -> Effect {
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    let id = account.id.clone();
    let Some(room) = account.room.clone() else {
        return Effect::None;
    };
    people::moderate(id, Done::Notify, SetNotify { room, notify })
}

fn leave(model: &mut Model) -> Effect {
    let Some(state) = model.front().and_then(|account| account.front()) else {
        return Effect::None;
    };
    let what = Deliberate::LeaveRoom {
        room: state.room.room.clone(),
        public: state.room.kind == RoomKind::Public,
    };
    people::ask_first(model, what)
}
