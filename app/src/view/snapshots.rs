//! Pictures of the screens, held to those kept in `tests/snapshots`.
//!
//! They are drawn in a process of their own that knows the bundled fonts only,
//! so that they are the same on every machine. A picture that is missing is
//! drawn; in CI that is a failure, for nobody has looked at it.

use std::path::{Path, PathBuf};
use std::process::Command;

use iced::{Settings, Size};
use iced_test::Simulator;
use iced_test::simulator::Snapshot;

use super::samples;
use crate::controller::{Message, switcher};
use crate::model::{LinkState, Model, SettingsPage, Tab, ThemeChoice};
use crate::theme::{Theme, font};

/// Says to the test that it is the process with the bundled fonts only.
const ALONE: &str = "PARLOR_SNAPSHOTS_ALONE";

const WINDOW: Size = Size::new(1280.0, 800.0);
/// The smallest window.
const LEAST: Size = Size::new(720.0, 480.0);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// What is shown of a model in a window of this size.
pub(super) fn screen(model: &mut Model, size: Size) -> Simulator<'_, Message, Theme> {
    model.window.resize((size.width, size.height), true);
    let fonts = font::BUNDLED
        .iter()
        .map(|face| std::borrow::Cow::Borrowed(*face))
        .collect();
    let settings = Settings {
        fonts,
        default_font: font::REGULAR,
        ..Settings::default()
    };
    Simulator::with_size(settings, size, super::root(model))
}

fn holds(name: &str, mut model: Model, size: Size) {
    let theme = model.theme();
    let snapshot = screen(&mut model, size).snapshot(&theme).unwrap();
    compare(name, &snapshot);
}

/// Holds what is drawn to the picture that is kept of it.
pub(in crate::view) fn compare(name: &str, snapshot: &Snapshot) {
    let path = folder().join("snapshots").join(name);
    let in_ci = std::env::var_os("CI").is_some();
    let kept = std::fs::read_dir(folder().join("snapshots"))
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| {
            let file = entry.file_name().to_string_lossy().into_owned();
            file.starts_with(&format!("{name}-"))
        });
    assert!(kept || !in_ci, "{name} is new: look at it, and commit it");
    assert!(
        snapshot.matches_image(&path).unwrap(),
        "{name} is drawn otherwise than it was; look at it, and remove the old picture if it is right"
    );
}

/// Runs this test, by its whole name, in a process that knows the bundled
/// fonts only. `true` in that process, which is to go on.
pub(in crate::view) fn alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .env("FONTCONFIG_FILE", folder().join("fonts.conf"))
        .env("ICED_TEST_BACKEND", "tiny-skia")
        .env("TZ", "UTC")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    false
}

#[test]
fn the_screens_look_as_they_did() {
    if !alone("view::snapshots::the_screens_look_as_they_did") {
        return;
    }
    use ThemeChoice::{Dark, Light};
    holds("welcome-dark", samples::welcome(Dark), WINDOW);
    holds("welcome-light", samples::welcome(Light), WINDOW);
    holds("trust-light", samples::trust(Light), WINDOW);
    holds(
        "sign-in-light",
        samples::sign_in(Light, Tab::Password),
        WINDOW,
    );
    holds("register-dark", samples::sign_in(Dark, Tab::New), WINDOW);
    holds("main-dark", samples::main(Dark), WINDOW);
    let mut offline = samples::main(Light);
    offline.front_mut().unwrap().link = LinkState::Offline {
        why: "the connection broke".into(),
        again: Some(samples::at("19T09:51")),
    };
    holds("main-light-offline", offline, WINDOW);
    holds("main-dark-least", samples::main(Dark), LEAST);
    holds("welcome-dark-least", samples::welcome(Dark), LEAST);
    holds("host-dark", samples::host(Dark), WINDOW);
    holds("search-dark", samples::search(Dark), WINDOW);
    let mut jump = samples::main(Dark);
    let _ = switcher::open(&mut jump);
    let _ = switcher::update(&mut jump, switcher::Message::Edited("thi".into()));
    holds("switcher-dark", jump, WINDOW);
    holds(
        "settings-light",
        samples::settings(Light, SettingsPage::Appearance),
        WINDOW,
    );
    holds(
        "settings-sessions-dark",
        samples::settings(Dark, SettingsPage::Sessions),
        WINDOW,
    );
}
