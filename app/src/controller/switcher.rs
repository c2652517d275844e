//! "Jump to": rooms, people and commands by a few letters.

use crate::controller::{dialog, people, search, settings, show_room, talk, welcome};
use crate::effect::Effect;
use crate::locale::tr;
use crate::model::{
    AppCommand, Dialog, Jump, Model, Rows, Screen, Switcher, ThemeChoice, may_invite,
};

/// What happens in "jump to".
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// What was typed.
    Edited(String),
    /// The row above or below.
    Step {
        /// Above.
        back: bool,
    },
    /// Enter.
    Submit,
    /// A row was clicked.
    Chosen(usize),
    /// Search all messages for what was typed.
    SearchAll,
}

/// The id of the field.
pub(crate) const FIELD: &str = "switcher-query";

/// Opens "jump to" for the account in front.
pub(crate) fn open(model: &mut Model) -> Effect {
    model.menu = None;
    let Some(account) = model.front() else {
        return Effect::None;
    };
    let asked = people::ask_everybody(account, None);
    model.dialog = Some(Dialog::Switcher(Switcher::default()));
    Effect::Focus(FIELD).and(asked)
}

/// The commands one may use now, with their words.
pub(crate) fn commands(model: &Model) -> Vec<(AppCommand, String)> {
    let Some(account) = model.front() else {
        return Vec::new();
    };
    let guest = account.me.role == parlor_protocol::Role::Guest;
    AppCommand::ALL
        .into_iter()
        .filter(|command| match command {
            AppCommand::Invite => may_invite(&account.me),
            AppCommand::CreateRoom => !guest,
            _ => true,
        })
        .map(|command| (command, words(command)))
        .collect()
}

fn words(command: AppCommand) -> String {
    match command {
        AppCommand::Light => tr!("command-light"),
        AppCommand::Dark => tr!("command-dark"),
        AppCommand::Settings => tr!("command-settings"),
        AppCommand::CreateRoom => tr!("command-create-room"),
        AppCommand::Channel => tr!("command-channel"),
        AppCommand::BrowseRooms => tr!("command-browse-rooms"),
        AppCommand::Search => tr!("command-search"),
        AppCommand::Invite => tr!("command-invite"),
        AppCommand::Servers => tr!("command-servers"),
    }
}

/// What fits what was typed.
pub(crate) fn rows(model: &Model, switcher: &Switcher) -> Rows {
    match model.front() {
        Some(account) => switcher.rows(account, &commands(model)),
        None => Rows::default(),
    }
}

/// Something happened in "jump to".
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    let Some(Dialog::Switcher(switcher)) = &model.dialog else {
        return Effect::None;
    };
    let mut switcher = switcher.clone();
    match message {
        Message::Edited(query) => {
            switcher.query = query;
            switcher.at = 0;
        }
        Message::Step { back } => {
            let count = rows(model, &switcher).all().count();
            switcher.step(back, count);
        }
        Message::Submit => {
            let at = switcher.at;
            return choose(model, &switcher, at);
        }
        Message::Chosen(at) => return choose(model, &switcher, at),
        Message::SearchAll => return search_all(model, &switcher.query),
    }
    model.dialog = Some(Dialog::Switcher(switcher));
    Effect::None
}

fn choose(model: &mut Model, switcher: &Switcher, at: usize) -> Effect {
    let Some(row) = rows(model, switcher).get(at).cloned() else {
        return Effect::None;
    };
    model.dialog = None;
    match row.does {
        Jump::Room(room) => show_room(model, &room),
        Jump::Person(username) => talk::with(model, username),
        Jump::Command(command) => run(model, command),
    }
}

fn run(model: &mut Model, command: AppCommand) -> Effect {
    match command {
        AppCommand::Light => settings::set_theme(model, ThemeChoice::Light),
        AppCommand::Dark => settings::set_theme(model, ThemeChoice::Dark),
        AppCommand::Settings => settings::open(model),
        AppCommand::CreateRoom => dialog::open_create(model),
        AppCommand::Channel => talk::update(model, talk::Message::Channel),
        AppCommand::BrowseRooms => dialog::open_browse(model),
        AppCommand::Search => search::open(model, false),
        AppCommand::Invite => dialog::open_invite(model),
        AppCommand::Servers => {
            model.screen = Screen::Welcome;
            Effect::Focus(welcome::LINK_FIELD)
        }
    }
}

fn search_all(model: &mut Model, query: &str) -> Effect {
    model.dialog = None;
    let opened = search::open(model, false);
    let Some(account) = model.front_mut() else {
        return opened;
    };
    query.trim().clone_into(&mut account.search.query);
    opened.and(search::begin(account))
}
