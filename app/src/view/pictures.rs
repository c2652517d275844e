//! Pictures of the screens in every language, for whoever translates.

use iced::Size;

use super::snapshots::screen;
use super::tests::talk_samples;
use super::{file_samples, samples};
use crate::controller::{dialog, people, search, settings, switcher};
use crate::locale::{Language, LanguageChoice, speaking};
use crate::model::{Deliberate, Dialog, LinkState, Menu, Model, SettingsPage, Tab, ThemeChoice};

/// A screen that is drawn.
type Drawn = (&'static str, fn(ThemeChoice) -> Model);

const WINDOWS: [(&str, Size, ThemeChoice); 2] = [
    ("", Size::new(1280.0, 800.0), ThemeChoice::Dark),
    ("-least", Size::new(720.0, 480.0), ThemeChoice::Light),
];

const SCREENS: &[Drawn] = &[
    ("welcome", samples::welcome),
    ("trust", samples::trust),
    ("sign-in", |theme| samples::sign_in(theme, Tab::Password)),
    ("register", |theme| samples::sign_in(theme, Tab::New)),
    ("main", samples::main),
    ("offline", |theme| {
        let mut model = samples::main(theme);
        model.front_mut().expect("an account").link = LinkState::Offline {
            why: crate::controller::words::offline(&parlor_client::OfflineReason::Lost),
            again: Some(samples::at("19T09:51")),
        };
        model
    }),
    ("host", samples::host),
    ("search", samples::search),
    ("jump", |theme| {
        with(samples::main(theme), |model| {
            let _ = switcher::open(model);
        })
    }),
    ("commands", |theme| {
        with(samples::main(theme), |model| {
            let _ = switcher::open(model);
            let _ = switcher::update(model, switcher::Message::Edited(">".into()));
        })
    }),
    ("search-begin", |theme| {
        with(samples::main(theme), |model| {
            let _ = search::open(model, true);
        })
    }),
    ("create", |theme| {
        with(samples::main(theme), |model| {
            let _ = dialog::open_create(model);
        })
    }),
    ("invite", |theme| {
        with(samples::main(theme), |model| {
            let _ = dialog::open_invite(model);
        })
    }),
    ("browse", |theme| {
        with(samples::main(theme), |model| {
            let _ = dialog::open_browse(model);
        })
    }),
    ("ban", |theme| {
        with(samples::main(theme), |model| {
            let _ = people::ask_first(model, Deliberate::Ban("bob".into()));
        })
    }),
    ("stop", |theme| {
        with(samples::host(theme), |model| {
            let _ = people::ask_first(model, Deliberate::StopHosting);
        })
    }),
    ("key-changed", |theme| {
        with(samples::welcome(theme), |model| {
            let address = "lab4.example.org:8888".to_owned();
            model.dialog = Some(Dialog::KeyChanged { address });
        })
    }),
    ("menu-server", |theme| {
        with(samples::main(theme), |model| {
            model.menu = Some(Menu::Server);
        })
    }),
    ("menu-room", |theme| {
        with(samples::main(theme), |model| model.menu = Some(Menu::Room))
    }),
    ("menu-person", |theme| {
        with(samples::main(theme), |model| {
            let username = "bob".to_owned();
            model.menu = Some(Menu::Person {
                username,
                ranks: true,
            });
        })
    }),
    ("direct", talk_samples::direct),
    ("direct-sealed", talk_samples::sealed),
    ("direct-warned", talk_samples::warned),
    ("direct-files", talk_samples::files),
    ("channel", talk_samples::in_channel),
    ("devices", |theme| {
        with(talk_samples::main(theme), |model| {
            let _ = settings::open(model);
            let devices = settings::Message::Page(SettingsPage::Devices);
            let _ = settings::update(model, devices);
        })
    }),
    ("no-device", |theme| {
        with(talk_samples::main(theme), |model| {
            let username = "theo".to_owned();
            model.dialog = Some(Dialog::NoDevice { username });
        })
    }),
    ("room-files", file_samples::room),
    ("sending", file_samples::sending),
    ("files", file_samples::files),
    ("viewer", file_samples::viewer),
    ("profile", |theme| {
        samples::settings(theme, SettingsPage::Profile)
    }),
    ("appearance", |theme| {
        samples::settings(theme, SettingsPage::Appearance)
    }),
    ("language", |theme| {
        samples::settings(theme, SettingsPage::Language)
    }),
    ("sessions", |theme| {
        samples::settings(theme, SettingsPage::Sessions)
    }),
    ("keyboard", |theme| {
        samples::settings(theme, SettingsPage::Keyboard)
    }),
    ("about", |theme| {
        samples::settings(theme, SettingsPage::About)
    }),
];

fn with(mut model: Model, change: impl FnOnce(&mut Model)) -> Model {
    change(&mut model);
    model
}

/// Draws every screen into `target/screens/LANGUAGE`, with the fonts of this machine.
#[test]
#[ignore = "draws pictures for whoever translates; they depend on the fonts of the machine"]
fn every_screen_in_every_language() {
    crate::theme::font::lend_bold();
    let target = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    for language in Language::ALL {
        let folder = target.join(language.tag());
        std::fs::create_dir_all(&folder).unwrap();
        for (name, drawn) in SCREENS {
            for (window, size, theme) in WINDOWS {
                let path = folder.join(format!("{name}{window}"));
                let _ = std::fs::remove_file(folder.join(format!("{name}{window}-tiny-skia.png")));
                speaking(language, || {
                    let mut model = drawn(theme);
                    model.preferences.language = LanguageChoice::Always(language);
                    let theme = model.theme();
                    let picture = screen(&mut model, size).snapshot(&theme).unwrap();
                    // What is not there yet is written.
                    assert!(picture.matches_image(&path).unwrap());
                });
            }
        }
    }
}
