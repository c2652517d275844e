//! The sidebar: rooms, the menus above them, oneself below.

use crate::controller::{settings, show_room, switcher};
use crate::effect::Effect;
use crate::model::{Menu, Model};

/// What happens in the sidebar.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// A room or talk was chosen.
    Room(String),
    /// The menu of the server.
    Server,
    /// The menu of the new-room button.
    Rooms,
    /// "Jump to".
    Jump,
    /// The settings.
    Settings,
}

/// Something happened in the sidebar.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Room(room) => show_room(model, &room),
        Message::Server => toggle(model, Menu::Server),
        Message::Rooms => toggle(model, Menu::Rooms),
        Message::Jump => switcher::open(model),
        Message::Settings => settings::open(model),
    }
}

/// Opens a menu, or closes it if it is the one that is open.
pub(crate) fn toggle(model: &mut Model, menu: Menu) -> Effect {
    model.menu = if model.menu.as_ref() == Some(&menu) {
        None
    } else {
        Some(menu)
    };
    Effect::None
}
