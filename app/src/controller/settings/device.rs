//! The page of this device: what it is called, how it reaches others, one's other devices.

use parlor_client::AccountId;
use parlor_protocol::DeviceId;

use crate::controller::{keep, people};
use crate::effect::{Effect, PeerCommand};
use crate::locale::tr;
use crate::model::{Deliberate, Model, Screen};

/// The id of the field for the device's name.
pub(crate) const DEVICE: &str = "settings-device";

/// A device's name is shown in lists and notices: so many characters fit there.
const NAME: usize = 48;

/// What happens on the page of this device.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Its name was edited.
    Name(String),
    /// Its name is to be kept.
    KeepName,
    /// Whether others are looked for on the LAN.
    Lan(bool),
    /// Whether peers are reached by relays only.
    RelayOnly(bool),
    /// One of one's own devices is to be ended.
    Revoke {
        /// Which.
        device: DeviceId,
        /// What it is called.
        label: String,
    },
}

/// Something happened on the page of this device.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Name(name) => {
            if let Screen::Settings(screen) = &mut model.screen {
                screen.device = name;
                screen.device_error = None;
            }
            Effect::None
        }
        Message::KeepName => keep_name(model),
        Message::Lan(on) => {
            model.preferences.lan = on;
            behave(model)
        }
        Message::RelayOnly(on) => {
            model.preferences.relay_only = on;
            behave(model)
        }
        Message::Revoke { device, label } => {
            people::ask_first(model, Deliberate::Revoke { device, label })
        }
    }
}

fn keep_name(model: &mut Model) -> Effect {
    let Screen::Settings(screen) = &mut model.screen else {
        return Effect::None;
    };
    let name = screen.device.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        screen.device_error = Some(tr!("device-bad-name", most = NAME));
        return Effect::Focus(DEVICE);
    }
    for account in &mut model.accounts {
        account.peers.label.clone_from(&name);
    }
    model.preferences.label = Some(name);
    let now = model.now;
    model.toasts.done(tr!("device-name-kept"), now);
    behave(model)
}

/// Tells the peers' side of every account what was chosen, for it is chosen for this computer.
fn behave(model: &Model) -> Effect {
    let preferences = &model.preferences;
    let told = model.accounts.iter().map(|account| {
        let behave = PeerCommand::Behave {
            label: account.peers.label.clone(),
            lan: preferences.lan,
            relay_only: preferences.relay_only,
        };
        Effect::Peer(account.id.clone(), behave)
    });
    told.fold(keep(model), Effect::and)
}

/// The page comes to the front: one's own devices are asked for.
pub(crate) fn opened(account: AccountId, username: String) -> Effect {
    Effect::Peer(account, PeerCommand::Learn(username))
}
