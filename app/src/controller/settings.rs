//! The settings screen: what is changed is kept at once.

pub(crate) mod device;

use parlor_client::{AccountId, RequestError};
use parlor_protocol::request::{ChangePassword, Profile, Sessions};
use parlor_protocol::{Reply, Request, names};

use crate::controller::sign_in::Secret;
use crate::controller::{people, words};
use crate::effect::{Effect, Question};
use crate::locale::tr;
use crate::model::{
    Deliberate, LanguageChoice, Model, PasswordForm, Screen, Settings, SettingsPage, Spacing,
    TextSize, ThemeChoice,
};

/// What happens on the settings screen.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Back to where one came from.
    Back,
    /// Another page.
    Page(SettingsPage),
    /// Light, dark, or as the system.
    Theme(ThemeChoice),
    /// How large texts are.
    TextSize(TextSize),
    /// How close messages stand.
    Spacing(Spacing),
    /// Another language.
    Language(LanguageChoice),
    /// The display name was edited.
    Name(String),
    /// The status line was edited.
    Status(String),
    /// The profile is to be kept.
    KeepProfile,
    /// The old password was edited.
    Old(Secret),
    /// The new password was edited.
    New(Secret),
    /// The password is to be changed.
    ChangePassword,
    /// One of one's sessions is to be ended.
    EndSession {
        /// Its public name.
        session: String,
        /// What it is called.
        label: String,
    },
    /// This computer is to be signed out.
    SignOut,
    /// Something on the page of this device.
    Device(device::Message),
}

/// The id of the list of languages.
pub(crate) const LANGUAGE: &str = "settings-language";
/// The id of the display name's field.
pub(crate) const NAME: &str = "settings-name";
/// The id of the status line's field.
pub(crate) const STATUS: &str = "settings-status";
/// The id of the old password's field.
pub(crate) const OLD: &str = "settings-old";
/// The id of the new password's field.
pub(crate) const NEW: &str = "settings-new";

/// Opens the settings.
pub(crate) fn open(model: &mut Model) -> Effect {
    model.menu = None;
    let mut screen = Settings::default();
    let mut effect = Effect::None;
    if let Some(account) = model.front() {
        screen.name.clone_from(&account.me.name);
        screen.status.clone_from(&account.me.status);
        screen.device.clone_from(&account.peers.label);
        effect = ask_sessions(&account.id);
    } else {
        screen.page = SettingsPage::Appearance;
    }
    model.screen = Screen::Settings(Box::new(screen));
    effect
}

fn ask_sessions(account: &AccountId) -> Effect {
    Effect::Ask {
        account: account.clone(),
        question: Question::Sessions,
        request: Sessions {}.into(),
    }
}

/// Something happened on the settings screen.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Back => return back(model),
        Message::Theme(theme) => return set_theme(model, theme),
        Message::TextSize(size) => {
            let shrinks = model.preferences.text_size.factor() / size.factor();
            model.preferences.text_size = size;
            // The window stays as large; less of everything fits into it, or more.
            let (width, height) = model.window.size;
            let now = (width * shrinks, height * shrinks);
            model.window.resize(now, model.preferences.people);
            model.preferences.window = now;
            return super::keep(model);
        }
        Message::Spacing(spacing) => {
            model.preferences.spacing = spacing;
            return super::keep(model);
        }
        Message::Language(language) => {
            model.preferences.language = language;
            return Effect::Speak(language).and(super::keep(model));
        }
        Message::KeepProfile => return keep_profile(model),
        Message::ChangePassword => return change_password(model),
        Message::Device(message) => return device::update(model, message),
        Message::Page(SettingsPage::Devices) => return devices(model),
        Message::EndSession { session, label } => {
            return people::ask_first(model, Deliberate::EndSession { session, label });
        }
        Message::SignOut => {
            return match model.current.clone() {
                Some(account) => people::ask_first(model, Deliberate::SignOut(account)),
                None => Effect::None,
            };
        }
        _ => {}
    }
    if let Screen::Settings(screen) = &mut model.screen {
        match message {
            Message::Page(page) => screen.page = page,
            Message::Name(name) => screen.name = name,
            Message::Status(status) => screen.status = status,
            Message::Old(Secret(old)) => screen.password.old = old,
            Message::New(Secret(new)) => {
                screen.password.new = new;
                screen.password.errors.clear();
            }
            _ => {}
        }
    }
    Effect::None
}

fn devices(model: &mut Model) -> Effect {
    if let Screen::Settings(screen) = &mut model.screen {
        screen.page = SettingsPage::Devices;
    }
    match model.front() {
        Some(account) => device::opened(account.id.clone(), account.me.username.clone()),
        None => Effect::None,
    }
}

/// Leaves the settings.
pub(crate) fn back(model: &mut Model) -> Effect {
    match model.current.clone() {
        Some(account) => super::show_account(model, &account),
        None => {
            model.screen = Screen::Welcome;
            Effect::Focus(super::welcome::LINK_FIELD)
        }
    }
}

/// Chooses a theme.
pub(crate) fn set_theme(model: &mut Model, theme: ThemeChoice) -> Effect {
    model.preferences.theme = theme;
    super::keep(model)
}

/// The theme button: system, light, dark, and round again.
pub(crate) fn next_theme(model: &mut Model) -> Effect {
    let next = match model.preferences.theme {
        ThemeChoice::System => ThemeChoice::Light,
        ThemeChoice::Light => ThemeChoice::Dark,
        ThemeChoice::Dark => ThemeChoice::System,
    };
    set_theme(model, next)
}

fn keep_profile(model: &mut Model) -> Effect {
    let Some(account) = model.current.clone() else {
        return Effect::None;
    };
    let Screen::Settings(screen) = &mut model.screen else {
        return Effect::None;
    };
    if !names::is_display_name(&screen.name) {
        screen.profile_error = Some(tr!("settings-bad-name"));
        return Effect::Focus(NAME);
    }
    screen.profile_error = None;
    ask(
        account,
        Question::Profile,
        Profile {
            name: Some(screen.name.trim().to_owned()),
            status: Some(screen.status.trim().to_owned()),
        },
    )
}

fn change_password(model: &mut Model) -> Effect {
    let Some(account) = model.current.clone() else {
        return Effect::None;
    };
    let Screen::Settings(screen) = &mut model.screen else {
        return Effect::None;
    };
    let form = &mut screen.password;
    if form.waits {
        return Effect::None;
    }
    if form.old.is_empty() || form.new.is_empty() {
        return Effect::Focus(if form.old.is_empty() { OLD } else { NEW });
    }
    form.waits = true;
    form.errors.clear();
    let request = ChangePassword {
        old: form.old.clone(),
        new: form.new.clone(),
    };
    ask(account, Question::Password, request)
}

fn ask(account: AccountId, question: Question, request: impl Into<Request>) -> Effect {
    Effect::Ask {
        account,
        question,
        request: request.into(),
    }
}

/// The profile was changed, or not.
pub(crate) fn profile_answered(model: &mut Model, result: Result<Reply, RequestError>) -> Effect {
    let now = model.now;
    match result {
        Ok(Reply::User(user)) => {
            if let Some(account) = model.front_mut() {
                account.put_user(user);
            }
            model.toasts.done(tr!("settings-profile-kept"), now);
        }
        Ok(_) => {}
        Err(error) => {
            let text = tr!("settings-profile-not-kept", why = words::request(&error));
            match &mut model.screen {
                Screen::Settings(screen) => screen.profile_error = Some(text),
                _ => model.toasts.failed(text),
            }
        }
    }
    Effect::None
}

/// The password was changed, or not.
pub(crate) fn password_answered(model: &mut Model, result: Result<Reply, RequestError>) -> Effect {
    let now = model.now;
    let account = model.current.clone();
    let Screen::Settings(screen) = &mut model.screen else {
        return Effect::None;
    };
    screen.password.waits = false;
    match result {
        Ok(_) => {
            screen.password = PasswordForm::default();
            model.toasts.done(tr!("settings-password-changed"), now);
            account.map_or(Effect::None, |account| ask_sessions(&account))
        }
        Err(error) => {
            let mut errors = vec![tr!(
                "settings-password-not-changed",
                why = words::request(&error)
            )];
            if let RequestError::Refused(line) = error {
                errors.extend(line.rules);
            }
            screen.password.errors = errors;
            Effect::Focus(NEW)
        }
    }
}

/// One's sessions came, or did not.
pub(crate) fn sessions_answered(model: &mut Model, result: Result<Reply, RequestError>) -> Effect {
    let Screen::Settings(screen) = &mut model.screen else {
        return Effect::None;
    };
    match result {
        Ok(Reply::Sessions { sessions }) => {
            screen.sessions = Some(sessions);
            screen.sessions_error = None;
        }
        Ok(_) => {}
        Err(error) => {
            screen.sessions_error = Some(tr!("settings-no-sessions", why = words::request(&error)));
        }
    }
    Effect::None
}

/// A session was ended, or not.
pub(crate) fn session_ended(
    model: &mut Model,
    account: &AccountId,
    result: Result<Reply, RequestError>,
) -> Effect {
    let now = model.now;
    match result {
        Ok(_) => {
            model.toasts.done(tr!("settings-session-ended"), now);
            ask_sessions(account)
        }
        Err(error) => {
            let text = tr!("settings-session-not-ended", why = words::request(&error));
            model.toasts.failed(text);
            Effect::None
        }
    }
}
