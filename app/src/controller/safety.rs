//! The safety of a talk: the number that two people compare, their devices, blocking.
//!
//! While the panel has the keyboard (F6 leads there): M, they match; D, they differ; C copies
//! the number; Q shows it as a picture for a camera, or as digits again.

use iced::keyboard::Key;
use parlor_client::peer::Trust;
use parlor_protocol::DeviceId;

use crate::controller::{header, people, sidebar};
use crate::effect::{Effect, PeerCommand};
use crate::locale::tr;
use crate::model::{Account, Deliberate, Menu, Model, Panel, Region};

/// What is done about safety.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Message {
    /// The panel is to be shown or hidden.
    Toggle,
    /// The panel is to be shown, to compare.
    Compare,
    /// Both sides have the same number.
    Match,
    /// They have not.
    Differ,
    /// The number to the clipboard.
    Copy,
    /// The number as a picture for a camera, or as digits again.
    Code,
    /// The notice of a device is closed without an answer.
    PutOff(DeviceId),
    /// A new or changed device is accepted without comparing.
    Accept(DeviceId),
    /// The menu of the panel.
    Menu,
    /// The person is to be blocked.
    Block,
    /// The person is to be let in again.
    Unblock,
    /// The talk is to be removed on this computer.
    Forget,
}

/// Something is done about the safety of the talk in front.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    if !matches!(message, Message::Menu) {
        model.menu = None;
    }
    let Some(username) = model.front().and_then(Account::front_person) else {
        return Effect::None;
    };
    match message {
        Message::Toggle if model.window.panel == Some(Panel::Safety) => {
            return header::close_panel(model);
        }
        Message::Toggle => return show(model),
        Message::Compare => {
            model.window.region = Region::Panel;
            return show(model).and(Effect::Unfocus);
        }
        Message::Menu => return sidebar::toggle(model, Menu::Safety),
        Message::Block => return people::ask_first(model, Deliberate::Block(username)),
        Message::Forget => return people::ask_first(model, Deliberate::ForgetTalk(username)),
        Message::Differ => return people::ask_first(model, Deliberate::Differs(username)),
        Message::Copy => return copy(model, &username),
        _ => {}
    }
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    let id = account.id.clone();
    match message {
        Message::Match => Effect::Peer(id, PeerCommand::Compared(username, true)),
        Message::Code => {
            account.peers.code = !account.peers.code;
            Effect::None
        }
        Message::PutOff(device) => {
            account.peers.put_off(device);
            Effect::None
        }
        Message::Accept(device) => Effect::Peer(id, PeerCommand::AcceptDevice(username, device)),
        Message::Unblock => Effect::Peer(id, PeerCommand::Block(username, false)),
        // The others were done above.
        _ => Effect::None,
    }
}

/// Shows the panel.
fn show(model: &mut Model) -> Effect {
    model.window.panel = Some(Panel::Safety);
    model.preferences.people = true;
    super::keep(model)
}

fn copy(model: &mut Model, username: &str) -> Effect {
    let number = model
        .front()
        .and_then(|account| account.peers.people.get(username))
        .and_then(|person| person.safety.as_ref())
        .map(ToString::to_string);
    let Some(number) = number else {
        return Effect::None;
    };
    let now = model.now;
    model.toasts.done(tr!("safety-copied"), now);
    Effect::Copy(number)
}

/// Whether it makes sense to say now that the numbers match.
pub(crate) fn may_match(account: &Account, username: &str) -> bool {
    let person = account.peers.people.get(username);
    person.is_some_and(|person| {
        person.safety.is_some() && !matches!(person.trust, Trust::Verified { .. })
    })
}

/// A key that no widget took, while the panel has the keyboard.
pub(crate) fn key(model: &mut Model, key: &Key) -> Effect {
    let Some(username) = model.front().and_then(Account::front_person) else {
        return Effect::None;
    };
    let Key::Character(letter) = key else {
        return Effect::None;
    };
    let compares = model
        .front()
        .is_some_and(|account| may_match(account, &username));
    match letter.to_ascii_lowercase().as_str() {
        "m" if compares => update(model, Message::Match),
        "d" => update(model, Message::Differ),
        "c" => update(model, Message::Copy),
        "q" => update(model, Message::Code),
        _ => Effect::None,
    }
}
