//! The header of a room: its panels and its menu.

use crate::controller::{people, search, sidebar};
use crate::effect::Effect;
use crate::model::{Menu, Model, Panel, Region};

/// What happens in the header.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The people panel is to be shown or hidden.
    People,
    /// The search panel is to be shown or hidden.
    Search,
    /// The list of files is to be shown, or the talk again.
    Files,
    /// The menu of the room.
    Room,
    /// The menu of the peer channel.
    Channel,
    /// The right panel is closed.
    ClosePanel,
}

/// Something happened in the header.
pub(crate) fn update(model: &mut Model, message: &Message) -> Effect {
    match message {
        Message::People => toggle_people(model),
        Message::Search if model.window.panel == Some(Panel::Search) => close_panel(model),
        Message::Search => search::open(model, true),
        Message::Files => super::files::update(model, super::files::Message::Toggle),
        Message::Room => sidebar::toggle(model, Menu::Room),
        Message::Channel => sidebar::toggle(model, Menu::Channel),
        Message::ClosePanel => close_panel(model),
    }
}

/// Shows or hides the panel about those of the talk in front: people, or the safety of one.
pub(crate) fn toggle_people(model: &mut Model) -> Effect {
    let beside = model.window.beside;
    if model.window.panel == Some(beside) {
        return close_panel(model);
    }
    model.window.panel = Some(beside);
    model.preferences.people = true;
    let asked = match model.front_mut() {
        Some(account) => people::ask(account),
        None => Effect::None,
    };
    asked.and(super::keep(model))
}

/// Closes the right panel; the people come back in place of what lay over them.
pub(crate) fn close_panel(model: &mut Model) -> Effect {
    let was = model.window.panel.take();
    if model.window.region == Region::Panel {
        model.window.region = Region::Composer;
    }
    if matches!(was, Some(Panel::Search | Panel::Transfers)) {
        if model.preferences.people {
            model.window.panel = Some(model.window.beside);
        }
        return Effect::None;
    }
    model.preferences.people = false;
    super::keep(model)
}
