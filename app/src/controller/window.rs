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
            model.window.ahead.drop();
            Effect::None
        }
    }
}

/// How long another window may have the system's focus before one is away.
const AWAY_AFTER_MILLIS: i64 = 10 * 60_000;

fn focused_now(model: &mut Model, focused: bool) -> Effect {
    if model.window.focused == focused {
        return Effect::None;
    }
    model.window.focused = focused;
    model.window.left = (!focused).then_some(model.now);
    let back = focused && std::mem::take(&mut model.window.away);
    let told = if back {
        tell(model, Presence::Online)
    } else {
        Effect::None
    };
    told.and(super::in_front(model, conversation::looked_at))
}

/// Time passed: whoever left the window long ago is away.
pub(crate) fn passed(model: &mut Model) -> Effect {
    let long = model
        .window
        .left
        .is_some_and(|left| model.now.as_millis() - left.as_millis() >= AWAY_AFTER_MILLIS);
    if !long || model.window.away {
        return Effect::None;
    }
    model.window.away = true;
    tell(model, Presence::Away)
}

fn tell(model: &Model, presence: Presence) -> Effect {
    let told = |effect: Effect, account: &crate::model::Account| {
        let command = Command::Presence(presence);
        effect.and(Effect::Tell(account.id.clone(), command))
    };
    model.accounts.iter().fold(Effect::None, told)
}

/// Closes the window. Whatever was written is on disk already; asked about are a server
/// that others talk on, and transfers that run.
pub(crate) fn close(model: &mut Model) -> Effect {
    if model.host.running().is_some() {
        return people::ask_first(model, Deliberate::QuitHosting);
    }
    if model.running() > 0 {
        return people::ask_first(model, Deliberate::QuitTransfers);
    }
    super::keep(model).and(Effect::Quit)
}
