//! Pictures of talks between devices.

use iced::Size;

use super::talk_samples::{self as samples, device};
use crate::controller::{self, safety, talk};
use crate::model::{Dialog, LinkState, Model, SettingsPage, ThemeChoice};
use crate::view::samples as rooms;
use crate::view::snapshots::{alone, compare, screen};

const WINDOW: Size = Size::new(1280.0, 800.0);
const LEAST: Size = Size::new(720.0, 480.0);

fn holds(name: &str, mut model: Model, size: Size) {
    let theme = model.theme();
    let snapshot = screen(&mut model, size).snapshot(&theme).unwrap();
    compare(name, &snapshot);
}

#[test]
fn talks_look_as_they_did() {
    if !alone("view::tests::talk_looks::talks_look_as_they_did") {
        return;
    }
    use ThemeChoice::{Dark, Light};
    holds("direct-dark", samples::direct(Dark), WINDOW);
    holds("direct-sealed-light", samples::sealed(Light), WINDOW);
    holds("direct-dark-least", samples::direct(Dark), LEAST);
    holds("channel-dark", samples::in_channel(Dark), WINDOW);
    let mut code = samples::direct(Light);
    let _ = safety::update(&mut code, safety::Message::Code);
    holds("direct-code-light", code, WINDOW);
    let mut warned = samples::warned(Light);
    samples::front(&mut warned).link = LinkState::Offline {
        why: "the connection broke".into(),
        again: Some(rooms::at("19T09:51")),
    };
    holds("direct-key-changed-light", warned, WINDOW);
    holds("direct-files-dark", samples::files(Dark), WINDOW);
    let mut channel = samples::main(Light);
    let _ = talk::update(&mut channel, talk::Message::Channel);
    holds("channel-new-light", channel, WINDOW);
    let mut nobody = samples::main(Dark);
    nobody.dialog = Some(Dialog::NoDevice {
        username: "theo".into(),
    });
    holds("no-device-dark", nobody, WINDOW);
    let mut settings = samples::main(Light);
    let _ = controller::settings::open(&mut settings);
    let devices = controller::settings::Message::Page(SettingsPage::Devices);
    let _ = controller::settings::update(&mut settings, devices);
    assert_eq!(settings.front().unwrap().peers.device, Some(device(1)));
    holds("settings-devices-light", settings, WINDOW);
}
