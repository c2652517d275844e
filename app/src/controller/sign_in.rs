//! The sign-in screen.

use parlor_client::{Account, SignInError};

use crate::controller::{welcome, words};
use crate::effect::Effect;
use crate::locale::tr;
use crate::model::{Model, Screen, SignIn, Tab};

/// What happens on the sign-in screen.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Back to all servers.
    Back,
    /// Another tab.
    Tab(Tab),
    /// The username was edited.
    Username(String),
    /// The display name was edited.
    Name(String),
    /// The password was edited.
    Password(Secret),
    /// The password is to be shown or hidden.
    Show,
    /// The invite was edited.
    Invite(String),
    /// Sign in.
    Submit,
    /// It went well, or not.
    Done(Box<Result<Account, SignInError>>),
}

/// A text that stands in no log.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The ids of the fields.
pub(crate) const USERNAME: &str = "sign-in-username";
/// See [`USERNAME`].
pub(crate) const NAME: &str = "sign-in-name";
/// See [`USERNAME`].
pub(crate) const PASSWORD: &str = "sign-in-password";
/// See [`USERNAME`].
pub(crate) const INVITE: &str = "sign-in-invite";

/// The field that has the keyboard first.
pub(crate) fn first_field(screen: &SignIn) -> &'static str {
    match screen.tab {
        Tab::Guest => NAME,
        Tab::Password | Tab::New => USERNAME,
    }
}

/// Something happened on the sign-in screen.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    let Screen::SignIn(screen) = &mut model.screen else {
        return Effect::None;
    };
    match message {
        Message::Back => {
            model.screen = Screen::Welcome;
            return Effect::Focus(welcome::LINK_FIELD);
        }
        Message::Tab(tab) => {
            screen.tab = tab;
            screen.error = None;
            screen.rules.clear();
            return Effect::Focus(first_field(screen));
        }
        Message::Username(text) => screen.username = text,
        Message::Name(text) => screen.name = text,
        Message::Password(Secret(text)) => {
            screen.password = text;
            screen.rules.clear();
        }
        Message::Show => screen.shows = !screen.shows,
        Message::Invite(text) => screen.invite = text,
        Message::Submit => return submit(screen),
        Message::Done(result) => return done(model, *result),
    }
    Effect::None
}

/// Signs in, or goes to the first field that is still empty.
fn submit(screen: &mut SignIn) -> Effect {
    if screen.waits {
        return Effect::None;
    }
    if !screen.is_filled() {
        return Effect::Focus(empty_field(screen));
    }
    screen.waits = true;
    screen.error = None;
    Effect::SignIn {
        link: screen.link.clone(),
        with: screen.credentials(),
    }
}

fn empty_field(screen: &SignIn) -> &'static str {
    if screen.tab == Tab::Guest {
        NAME
    } else if screen.username.trim().is_empty() {
        USERNAME
    } else if screen.password.is_empty() {
        PASSWORD
    } else {
        INVITE
    }
}

fn done(model: &mut Model, result: Result<Account, SignInError>) -> Effect {
    let Screen::SignIn(screen) = &mut model.screen else {
        return Effect::None;
    };
    screen.waits = false;
    match result {
        Ok(account) => {
            let room = screen.link.room.clone();
            let shown = welcome::signed_in(model, &account);
            if let Some(signed_in) = model.account_mut(&account.id) {
                signed_in.wanted = room;
            }
            shown
        }
        Err(error) => {
            if let SignInError::Refused(line) = &error {
                screen.rules.clone_from(&line.rules);
            }
            let why = words::sign_in(&error);
            screen.error = Some(match screen.tab {
                Tab::New => tr!("sign-in-not-made", why = why),
                Tab::Password | Tab::Guest => tr!("sign-in-not-signed-in", why = why),
            });
            Effect::Focus(match screen.tab {
                Tab::Guest => NAME,
                Tab::Password | Tab::New => PASSWORD,
            })
        }
    }
}
