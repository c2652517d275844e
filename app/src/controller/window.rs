//! The window itself.

use crate::controller::{conversation, people};
use crate::effect::{Command, Effect};
use crate::model::{Deliberate, Model};
use parlor_protocol::Presence;

/// What happens to the window.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// It has this size now, in pixels of the text size M.
    Resized(f32, f32),
    /// It has the system's focus, or has lost it.
    Focused(bool),
    /// It is to be closed.
    CloseRequested,
    /// The system's own windows are light, or dark.
    SystemTheme {
        /// Light.
        light: bool,
    },
    /// A button of the mouse went down: the focus ring goes.
    Clicked,
}

/// Something happened to the window.
pub(crate) fn update(model: &mut Model, message: &Message) -> Effect {
    match message {
        Message::Resized(width, height) => {
            let (width, height) = (*width, *height);
            model.preferences.window = (width, height);
            let people = model.preferences.people;
            model.window.resize((width, height), people);
            Effect::None
        }
        Message::Focused(focused) => focused_now(model, *focused),
        Message::CloseRequested => close(model),
        Message::SystemTheme { light } => {
            model.window.system_light = *light;
            Effect::None
        }
        Message::Clicked => {
            model.window.keyboard = false;
            Effect::None
        }
    }
}

fn focused_now(model: &mut Model, focused: bool) -> Effect {
    if model.window.focused == focused {
        return Effect::None;
    }
    model.window.focused = focused;
    let mut effect = Effect::None;
    let presence = if focused {
        Presence::Online
    } else {
        Presence::Away
    };
    for account in &model.accounts {
        effect = effect.and(Effect::Tell(
            account.id.clone(),
            Command::Presence(presence),
        ));
    }
    effect.and(super::in_front(model, conversation::looked_at))
}

/// Closes the window. Whatever was written is on disk already; only a server
/// that others talk on is asked about.
pub(crate) fn close(model: &mut Model) -> Effect {
    if model.host.running().is_some() {
        return people::ask_first(model, Deliberate::QuitHosting);
    }
    super::keep(model).and(Effect::Quit)
}
