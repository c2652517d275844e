//! The list of files.

use iced::keyboard::{Key, key::Named};
use parlor_client::{AccountId, RequestError};
use parlor_protocol::request::Files;
use parlor_protocol::{Reply, limits};

use crate::controller::{conversation, file, sidebar, words};
use crate::effect::{Effect, Question};
use crate::locale::tr;
use crate::model::file_kind::FileKind;
use crate::model::files::{Listed, PAGE, Sort};
use crate::model::{Account, Menu, Middle, Model, Region};

/// What happens in the list of files.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The list is to be shown, or the talk again.
    Toggle,
    /// Only of the room in front, or of all.
    Here(bool),
    /// The name was edited.
    Query(String),
    /// Only of this kind.
    Kind(Option<FileKind>),
    /// In this order.
    Sort(Sort),
    /// More lines.
    More,
    /// The list is to be asked for again.
    Again,
    /// The menu of a file.
    Menu(String),
}

/// The id of the field for a name.
pub(crate) const FIELD: &str = "files-query";

/// Something happened in the list of files.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Toggle if model.window.middle == Middle::Files => return close(model),
        Message::Toggle => return open(model),
        Message::Menu(id) => {
            if let Some(account) = model.front_mut() {
                account.files.chosen = Some(id.clone());
            }
            return sidebar::toggle(model, Menu::File(id));
        }
        _ => {}
    }
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    match message {
        Message::Here(here) => {
            let room = account.room.clone().filter(|_| here);
            begin(account, room)
        }
        Message::Again => {
            let room = account.files.room.clone();
            begin(account, room)
        }
        Message::Query(query) => {
            account.files.query = query;
            more(account)
        }
        Message::Kind(kind) => {
            account.files.kind = kind;
            more(account)
        }
        Message::Sort(sort) => {
            account.files.sort = sort;
            more(account)
        }
        Message::More => {
            account.files.lines += PAGE;
            more(account)
        }
        Message::Toggle | Message::Menu(_) => Effect::None,
    }
}

/// Shows the list of the room in front.
pub(crate) fn open(model: &mut Model) -> Effect {
    model.menu = None;
    model.window.region = Region::Timeline;
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    let room = account.room.clone();
    let asked = begin(account, room);
    model.window.middle = Middle::Files;
    asked.and(Effect::Unfocus)
}

/// Back to the talk.
pub(crate) fn close(model: &mut Model) -> Effect {
    model.menu = None;
    model.window.middle = Middle::Talk;
    model.window.region = Region::Composer;
    Effect::Focus(conversation::COMPOSER)
}

fn begin(account: &mut Account, room: Option<String>) -> Effect {
    let asked = account.files.begin(room);
    ask(account, asked, None)
}

/// Asks for older files, if what shows calls for them.
fn more(account: &mut Account) -> Effect {
    let Some(last) = account.files.next().map(str::to_owned) else {
        return Effect::None;
    };
    let asked = account.files.asked;
    account.files.state = Listed::Waits;
    ask(account, asked, Some(last))
}

fn ask(account: &Account, asked: u64, before: Option<String>) -> Effect {
    Effect::Ask {
        account: account.id.clone(),
        question: Question::Files {
            asked,
            first: before.is_none(),
        },
        request: Files {
            room: account.files.room.clone(),
            before,
            limit: Some(limits::FILES_LIMIT as u64),
        }
        .into(),
    }
}

/// A page came, or did not.
pub(crate) fn answered(
    model: &mut Model,
    id: &AccountId,
    asked: u64,
    first: bool,
    result: Result<Reply, RequestError>,
) -> Effect {
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    if account.files.asked != asked {
        return Effect::None;
    }
    match result {
        Ok(Reply::Files { files, more: rest }) => {
            if account.files.page(first, files, rest) {
                return more(account);
            }
        }
        Ok(_) => {}
        Err(error) => {
            let why = words::request(&error);
            account.files.state = Listed::Failed(tr!("files-failed", why = why));
        }
    }
    Effect::None
}

/// A key that no widget took, while the list is in front.
pub(crate) fn key(model: &mut Model, key: &Key) -> Effect {
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    match key {
        Key::Named(arrow @ (Named::ArrowUp | Named::ArrowDown)) => {
            account.files.step(*arrow == Named::ArrowUp);
            Effect::None
        }
        Key::Character(letter) if letter.eq_ignore_ascii_case("d") => {
            let chosen = account.files.chosen.as_deref();
            match chosen.and_then(|id| account.files.get(id)) {
                Some(found) => {
                    let found = Box::new(found.clone());
                    file::update(model, file::Message::Download(found))
                }
                None => Effect::None,
            }
        }
        Key::Named(Named::Enter | Named::Delete) => {
            let chosen = account.files.chosen.as_deref();
            let Some(found) = chosen.and_then(|id| account.files.get(id)) else {
                return Effect::None;
            };
            let found = Box::new(found.clone());
            if *key == Key::Named(Named::Enter) {
                file::update(model, file::Message::View(found))
            } else if account.may_delete_file(&found) {
                file::update(model, file::Message::Delete(found))
            } else {
                Effect::None
            }
        }
        _ => Effect::None,
    }
}
