//! The first screen: a link is followed, a server greeted, its key compared.

use parlor_client::{Account, ConnectError, Greeting, Link, Trust};

use crate::controller::{dialog, show_account, words};
use crate::effect::Effect;
use crate::locale::tr;
use crate::model::{Dialog, Menu, Model, Screen, SignIn, Trust as TrustDialog};

/// What happens on the first screen.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The link or address was edited.
    Edited(String),
    /// Connect.
    Connect,
    /// A recent server was chosen, by its address.
    Chosen(String),
    /// The menu of a recent server, by its address.
    More(String),
    /// The theme button.
    NextTheme,
    /// The settings.
    Settings,
    /// A server was greeted.
    Greeted(Link, Box<Result<Greeting, ConnectError>>),
    /// A key was remembered, or could not be.
    Remembered(Box<Greeting>, Result<(), String>),
    /// A server was forgotten, or could not be.
    Forgotten(String, Result<(), String>),
}

/// The id of the field for a link.
pub(crate) const LINK_FIELD: &str = "welcome-link";

/// Something happened on the first screen.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Edited(link) => {
            model.welcome.link = link;
            model.welcome.error = None;
            Effect::None
        }
        Message::Connect => {
            let link = model.welcome.link.clone();
            follow(model, &link)
        }
        Message::Chosen(address) => chosen(model, &address),
        Message::More(address) => {
            model.menu = Some(Menu::Recent(address));
            Effect::None
        }
        Message::NextTheme => super::settings::next_theme(model),
        Message::Settings => super::settings::open(model),
        Message::Greeted(link, result) => greeted(model, link, *result),
        Message::Remembered(greeting, result) => remembered(model, *greeting, result),
        Message::Forgotten(address, result) => forgotten(model, &address, result),
    }
}

/// Follows a link or an address, wherever it came from.
pub(crate) fn follow(model: &mut Model, text: &str) -> Effect {
    text.trim().clone_into(&mut model.welcome.link);
    if text.trim().is_empty() {
        model.welcome.error = Some(tr!("welcome-nothing-typed"));
        return Effect::Focus(LINK_FIELD);
    }
    match text.parse::<Link>() {
        Ok(link) => reach(model, link),
        Err(error) => {
            if !matches!(model.screen, Screen::Welcome | Screen::SignIn(_)) {
                model
                    .toasts
                    .failed(tr!("welcome-bad-link", why = words::link(&error)));
                return Effect::None;
            }
            model.screen = Screen::Welcome;
            model.welcome.error = Some(tr!("welcome-bad-link", why = words::link(&error)));
            Effect::Focus(LINK_FIELD)
        }
    }
}

/// An account that is signed in there comes to the front, unless the link
/// carries an invitation for a new one; else the server is greeted.
fn reach(model: &mut Model, link: Link) -> Effect {
    let address = link.address.to_string();
    let known = model
        .accounts
        .iter()
        .find(|account| account.server.address == address && !account.is_over())
        .map(|account| account.id.clone());
    if let Some(account) = known
        && link.invite.is_none()
    {
        model.welcome.link.clear();
        let shown = show_account(model, &account);
        return match link.room {
            Some(room) => shown.and(super::show_room(model, &room)),
            None => shown,
        };
    }
    model.welcome.error = None;
    model.welcome.reaching = Some(address);
    Effect::Greet(link)
}

/// Greets a server to sign in there again.
pub(crate) fn again(model: &mut Model, address: &str) -> Effect {
    let Ok(link) = address.parse::<Link>() else {
        return Effect::None;
    };
    model.screen = Screen::Welcome;
    address.clone_into(&mut model.welcome.link);
    model.welcome.reaching = Some(link.address.to_string());
    Effect::Greet(link)
}

fn chosen(model: &mut Model, address: &str) -> Effect {
    let account = model
        .accounts
        .iter()
        .find(|account| account.server.address == address && !account.is_over())
        .map(|account| account.id.clone());
    match account {
        Some(account) => show_account(model, &account),
        None => follow(model, address),
    }
}

fn greeted(model: &mut Model, link: Link, result: Result<Greeting, ConnectError>) -> Effect {
    let address = link.address.to_string();
    if model.welcome.reaching.take() != Some(address.clone()) {
        // Another server was asked for meanwhile.
        return Effect::None;
    }
    match result {
        Ok(greeting) if greeting.trust == Trust::FirstUse => {
            model.dialog = Some(Dialog::Trust(Box::new(TrustDialog { link, greeting })));
            Effect::Focus(dialog::SAFE_BUTTON)
        }
        Ok(greeting) => ask_who(model, link, greeting),
        Err(ConnectError::KeyChanged(_)) => {
            model.dialog = Some(Dialog::KeyChanged { address });
            Effect::None
        }
        Err(error) => {
            model.welcome.error = Some(tr!("welcome-not-connected", why = words::connect(&error)));
            Effect::Focus(LINK_FIELD)
        }
    }
}

/// Goes to the sign-in screen.
fn ask_who(model: &mut Model, link: Link, greeting: Greeting) -> Effect {
    let screen = SignIn::new(link, greeting);
    let field = super::sign_in::first_field(&screen);
    model.screen = Screen::SignIn(Box::new(screen));
    Effect::Focus(field)
}

fn remembered(model: &mut Model, greeting: Greeting, result: Result<(), String>) -> Effect {
    let Some(Dialog::Trust(trust)) = model.dialog.take() else {
        return Effect::None;
    };
    match result {
        Ok(()) => {
            let greeting = Greeting {
                trust: Trust::Remembered,
                ..greeting
            };
            ask_who(model, trust.link, greeting)
        }
        Err(why) => {
            model.welcome.error = Some(tr!("welcome-not-remembered", why = why));
            Effect::Focus(LINK_FIELD)
        }
    }
}

fn forgotten(model: &mut Model, address: &str, result: Result<(), String>) -> Effect {
    if let Err(why) = result {
        model.toasts.failed(tr!("welcome-not-forgotten", why = why));
        return Effect::None;
    }
    let now = model.now;
    model
        .welcome
        .recent
        .retain(|recent| recent.address != address);
    let gone: Vec<_> = model
        .accounts
        .iter()
        .filter(|account| account.server.address == address)
        .map(|account| account.id.clone())
        .collect();
    let mut effect = Effect::None;
    for account in gone {
        effect = effect.and(super::session::gone(model, &account));
    }
    model
        .toasts
        .done(tr!("welcome-forgotten", server = address), now);
    effect
}

/// The clipboard was read for the link field.
pub(crate) fn pasted(model: &mut Model, text: Option<String>) -> Effect {
    if matches!(model.screen, Screen::Welcome)
        && let Some(text) = text
    {
        text.trim().clone_into(&mut model.welcome.link);
        model.welcome.error = None;
    }
    Effect::Focus(LINK_FIELD)
}

/// An account has signed in: it joins the others and comes to the front.
pub(crate) fn signed_in(model: &mut Model, account: &Account) -> Effect {
    let mut signed_in = crate::model::Account::new(account);
    signed_in.sign_in = model
        .account(&account.id)
        .map_or(0, |known| known.sign_in + 1);
    match model.account_mut(&account.id) {
        Some(known) => *known = signed_in,
        None => model.accounts.push(signed_in),
    }
    model.welcome.note(account);
    // What was wrong before is over.
    model.toasts.clear();
    model.welcome.link.clear();
    show_account(model, &account.id)
}
