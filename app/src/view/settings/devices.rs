//! The page of this device: what it is called, how it reaches others, one's other devices.

use iced::widget::{column, container, space, toggler};
use parlor_client::peer::{DeviceStanding, KnownDevice};

use super::{setting, title};
use crate::controller::Message;
use crate::controller::settings::Message as SettingsMessage;
use crate::controller::settings::device::{DEVICE, Message as Device};
use crate::locale::tr;
use crate::model::{Account, Model, Settings};
use crate::theme::{self, Element, Type};
use crate::view::part::tag::{Mood, tag};
use crate::view::part::{button, text};
use crate::view::{form, when};

fn of(message: Device) -> Message {
    Message::Settings(SettingsMessage::Device(message))
}

/// The page.
pub(super) fn view<'a>(
    model: &'a Model,
    account: &'a Account,
    screen: &'a Settings,
) -> Element<'a, Message> {
    let preferences = &model.preferences;
    let switch = |on: bool, message: fn(bool) -> Device| -> Element<'a, Message> {
        toggler(on)
            .size(20)
            .on_toggle(move |on| of(message(on)))
            .into()
    };
    column![
        title(tr!("settings-devices")),
        space::vertical().height(12),
        name(account, screen),
        space::vertical().height(12),
        setting(
            tr!("device-lan"),
            Some(tr!("device-lan-what")),
            switch(preferences.lan, Device::Lan)
        ),
        setting(
            tr!("device-relay-only"),
            Some(tr!("device-relay-only-what")),
            switch(preferences.relay_only, Device::RelayOnly)
        ),
        keys(account),
        trackers(account),
        space::vertical().height(24),
        own(model, account),
    ]
    .into()
}

fn name<'a>(account: &'a Account, screen: &'a Settings) -> Element<'a, Message> {
    let keep = || of(Device::KeepName);
    let field = form::field(DEVICE, "", &screen.device, screen.device_error.is_some())
        .on_input(|text| of(Device::Name(text)))
        .on_submit(keep());
    let below = match &screen.device_error {
        Some(error) => form::wrong(error.clone()),
        None => form::hint(tr!("device-name-hint")),
    };
    let changed = screen.device.trim() != account.peers.label;
    column![
        form::labelled(tr!("device-name"), field, Some(below)),
        button::small(tr!("settings-keep"), theme::button::secondary)
            .on_press_maybe(changed.then(keep)),
    ]
    .spacing(10)
    .into()
}

/// Where this device's keys are, and whether the server vouches for it.
fn keys(account: &Account) -> Element<'_, Message> {
    let standing = &account.peers.standing;
    let place = match standing.in_keyring {
        true => tr!("device-keys-keyring"),
        false => tr!("device-keys-file"),
    };
    let vouched = match (account.peers.loaded, standing.vouched) {
        (false, _) => tag(None, tr!("device-opening"), Mood::Plain),
        (true, true) => tag(None, tr!("device-vouched"), Mood::Ok),
        (true, false) => tag(None, tr!("device-not-vouched"), Mood::Warn),
    };
    let below = account.peers.loaded.then_some(place);
    setting(tr!("device-keys"), below, vouched)
}

fn trackers(account: &Account) -> Element<'_, Message> {
    let mut all = column![];
    for tracker in &account.peers.standing.trackers {
        let (words, mood) = match &tracker.trouble {
            None => (tr!("device-tracker-reached"), Mood::Ok),
            Some(_) => (tr!("device-tracker-not-reached"), Mood::Warn),
        };
        let name = tr!("device-tracker", address = tracker.address.as_str());
        all = all.push(setting(
            name,
            tracker.trouble.clone(),
            tag(None, words, mood),
        ));
    }
    all.into()
}

/// One's own devices, this one first.
fn own<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let mut whole = column![
        title(tr!("device-own")),
        container(text::plain(Type::Body, tr!("device-own-what")).style(theme::text::t2))
            .padding([4, 0]),
    ];
    let mine = account.peers.people.get(&account.me.username);
    let mut devices: Vec<&KnownDevice> =
        mine.map_or_else(Vec::new, |me| me.devices.iter().collect());
    devices.sort_by_key(|known| (Some(known.device) != account.peers.device, known.since));
    if devices.is_empty() {
        let none = text::plain(Type::Text, tr!("device-own-none"));
        whole = whole.push(none.style(theme::text::t2));
    }
    for known in devices {
        let ended = known.standing == DeviceStanding::Revoked;
        let right: Element<'a, Message> = if Some(known.device) == account.peers.device {
            tag(None, tr!("device-this-one"), Mood::Ok)
        } else if ended {
            tag(None, tr!("device-ended"), Mood::Plain)
        } else {
            let revoke = Device::Revoke {
                device: known.device,
                label: known.label.clone(),
            };
            button::small(tr!("device-revoke"), theme::button::danger)
                .on_press(of(revoke))
                .into()
        };
        let since = tr!("device-since", day = when::day(known.since, model.now));
        whole = whole.push(setting(known.label.clone(), Some(since), right));
    }
    whole.into()
}
