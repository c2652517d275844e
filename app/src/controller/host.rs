//! The server inside the app: it is started, its link given away, it is stopped.

use parlor_client::{Account, RequestError};
use parlor_protocol::request::CreateInvite;
use parlor_protocol::{Reply, names};

use crate::controller::sign_in::Secret;
use crate::controller::{dialog, people, welcome, words};
use crate::effect::{Effect, HostOptions, Question};
use crate::locale::tr;
use crate::model::{Deliberate, HostState, Model, Running, Screen};

/// What happens about the server inside the app.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Its name was edited.
    Name(String),
    /// Whether anybody with the plain link may make an account.
    Open(bool),
    /// The owner's username was edited.
    Username(String),
    /// The owner's password was edited.
    Password(Secret),
    /// The password is to be shown or hidden.
    Show,
    /// It is to be started.
    Start,
    /// It runs, and its owner is signed in; or not, in plain words.
    Started(Box<Result<(Running, Account), String>>),
    /// It is to be stopped, after a question.
    Stop,
    /// It has stopped; or what went wrong, in plain words.
    Stopped(Result<(), String>),
    /// The link is copied.
    Copy,
    /// A new link, with an invite of its own.
    NewLink,
    /// Who an invite is for: how many may use it.
    Uses(u64),
    /// Back to the rooms.
    Back,
    /// The menu of a person.
    Person(String),
}

/// The ids of the fields.
pub(crate) const NAME: &str = "host-name";
/// See [`NAME`].
pub(crate) const USERNAME: &str = "host-username";
/// See [`NAME`].
pub(crate) const PASSWORD: &str = "host-password";

/// For how many days the host page's link holds.
const DAYS: i64 = 7;

/// Something happened about the server inside the app.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    let form = &mut model.host.form;
    match message {
        Message::Name(text) => form.name = text,
        Message::Open(open) => form.open = open,
        Message::Username(text) => form.username = text,
        Message::Password(Secret(text)) => form.password = text,
        Message::Show => form.shows = !form.shows,
        Message::Start => return start(model),
        Message::Started(result) => return started(model, *result),
        Message::Stop => return people::ask_first(model, Deliberate::StopHosting),
        Message::Stopped(result) => return stopped(model, result),
        Message::Copy => return copy(model),
        Message::NewLink => return ask_invite(model),
        Message::Uses(uses) => {
            model.host.uses = uses;
            return ask_invite(model);
        }
        Message::Back => return super::settings::back(model),
        Message::Person(username) => {
            return people::update(model, people::Message::Person(username));
        }
    }
    model.host.form.error = None;
    Effect::None
}

fn start(model: &mut Model) -> Effect {
    model.menu = None;
    if model.host.state != HostState::Off {
        return Effect::None;
    }
    let kept = model.host.kept;
    let form = &mut model.host.form;
    let name = form.name.trim();
    if name.is_empty() {
        form.error = Some(tr!("host-needs-name"));
        return Effect::Focus(NAME);
    }
    if !kept && names::username(form.username.trim()).is_none() {
        form.error = Some(tr!("host-needs-username"));
        return Effect::Focus(USERNAME);
    }
    if !kept && form.password.is_empty() {
        form.error = Some(tr!("host-needs-password"));
        return Effect::Focus(PASSWORD);
    }
    form.error = None;
    let options = HostOptions {
        name: name.to_owned(),
        open: form.open,
        username: form.username.trim().to_ascii_lowercase(),
        password: form.password.clone(),
    };
    model.host.state = HostState::Starting;
    Effect::Host(options)
}

fn started(model: &mut Model, result: Result<(Running, Account), String>) -> Effect {
    match result {
        Ok((running, account)) => {
            model.host.form.password.clear();
            model.host.kept = true;
            model.host.state = HostState::Running(running);
            model.host.account = Some(account.id.clone());
            let shown = welcome::signed_in(model, &account);
            model.screen = Screen::Host;
            shown.and(page_opened(model))
        }
        Err(why) => {
            model.host.state = HostState::Off;
            model.host.form.error = Some(tr!("host-not-started", why = why));
            Effect::None
        }
    }
}

/// The host page comes to the front: it needs a link, and who there is.
pub(crate) fn page_opened(model: &mut Model) -> Effect {
    let wants_invite = model
        .host
        .running()
        .is_some_and(|running| !running.open && running.invite.is_none());
    let everybody = model
        .hosted_account()
        .map_or(Effect::None, |account| people::ask_everybody(account, None));
    if wants_invite {
        everybody.and(ask_invite(model))
    } else {
        everybody
    }
}

fn ask_invite(model: &mut Model) -> Effect {
    let now = model.now;
    let uses = model.host.uses;
    let Some(account) = model.hosted_account() else {
        return Effect::None;
    };
    if !account.link.is_connected() {
        return Effect::None;
    }
    Effect::Ask {
        account: account.id.clone(),
        question: Question::HostInvite,
        request: CreateInvite {
            role: None,
            uses: Some(uses),
            expires: Some(dialog::in_days(now, DAYS)),
        }
        .into(),
    }
}

/// An invite for the host page was made, or not.
pub(crate) fn invited(model: &mut Model, result: Result<Reply, RequestError>) -> Effect {
    match result {
        Ok(Reply::Invite { link, .. }) => {
            if let HostState::Running(running) = &mut model.host.state {
                running.take_invite(&link);
            }
        }
        Ok(_) => {}
        Err(error) => {
            let text = tr!("host-no-invite", why = words::request(&error));
            model.toasts.failed(text);
        }
    }
    Effect::None
}

fn copy(model: &mut Model) -> Effect {
    let link = model
        .host
        .running()
        .and_then(|running| running.shared_link().map(str::to_owned));
    let Some(link) = link else {
        return Effect::None;
    };
    let now = model.now;
    model.toasts.done(tr!("dialog-link-copied"), now);
    Effect::Copy(link)
}

/// Stops the server; the question was answered.
pub(crate) fn stop(model: &mut Model) -> Effect {
    if model.host.running().is_none() {
        return Effect::None;
    }
    model.host.state = HostState::Stopping;
    Effect::StopHosting
}

fn stopped(model: &mut Model, result: Result<(), String>) -> Effect {
    model.host.state = HostState::Off;
    let now = model.now;
    match result {
        Ok(()) => model.toasts.done(tr!("host-stopped"), now),
        Err(why) => model.toasts.failed(tr!("host-died", why = why)),
    }
    if matches!(model.screen, Screen::Host) {
        return super::settings::back(model);
    }
    Effect::None
}
