//! The search panel: words go to the server, hits come back, a click jumps.

use parlor_client::{AccountId, RequestError};
use parlor_protocol::request::{Before, Search};
use parlor_protocol::{Reply, limits};

use crate::controller::{session, words};
use crate::effect::{Effect, PeerCommand, Question};
use crate::locale::tr;
use crate::model::peer::talk_of;
use crate::model::{Account, Found, Model, Panel, Region};

/// What happens in the search panel.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The words were edited.
    Edited(String),
    /// Search.
    Submit,
    /// Only in the room in front, or everywhere.
    Here(bool),
    /// A hit was chosen.
    Hit(String, u64),
    /// More hits.
    More,
    /// What was found in the talks of this computer.
    ShowHere,
}

/// The id of the field for words.
pub(crate) const FIELD: &str = "search-query";

/// Opens the panel, in the room in front or everywhere.
pub(crate) fn open(model: &mut Model, here: bool) -> Effect {
    model.menu = None;
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    account.search.room = account.room.clone().filter(|_| here);
    model.window.panel = Some(Panel::Search);
    model.window.region = Region::Panel;
    Effect::Focus(FIELD).and(Effect::SelectAll(FIELD))
}

/// Something happened in the search panel.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    match message {
        Message::Edited(query) => {
            account.search.query = query;
            Effect::None
        }
        Message::Submit => begin(account),
        Message::Here(here) => {
            account.search.room = account.room.clone().filter(|_| here);
            begin(account)
        }
        Message::Hit(room, seq) => {
            account.search.chosen = Some((room.clone(), seq));
            session::jump(model, &room, seq)
        }
        Message::More => more(account),
        Message::ShowHere => show_here(account),
    }
}

/// Begins the search for what stands in the field.
pub(crate) fn begin(account: &mut Account) -> Effect {
    match account.search.begin() {
        None => Effect::Focus(FIELD),
        Some(asked) => {
            let here = ask_here(account, asked);
            match account.search.room.as_deref().and_then(talk_of) {
                Some(_) => here,
                None => ask(account, asked, None).and(here),
            }
        }
    }
}

/// Looks through the talks of this computer: the one in front, or all with everywhere.
fn ask_here(account: &Account, asked: u64) -> Effect {
    let talk = match &account.search.room {
        Some(room) => match talk_of(room) {
            Some(talk) => Some(talk),
            // A room of the server is the server's.
            None => return Effect::None,
        },
        None => None,
    };
    let search = PeerCommand::Search {
        asked,
        words: account.search.query.trim().to_owned(),
        talk,
    };
    Effect::Peer(account.id.clone(), search)
}

/// What was found in the talks of this computer stands in the list.
fn show_here(account: &mut Account) -> Effect {
    let hits = std::mem::take(&mut account.search.here);
    account.search.found = Found::Hits { hits, more: false };
    Effect::None
}

fn more(account: &mut Account) -> Effect {
    let Found::Hits { hits, more: true } = &account.search.found else {
        return Effect::None;
    };
    let Some(last) = hits.last() else {
        return Effect::None;
    };
    // Within one room the place is exact; over rooms only the time orders.
    let before = match account.search.room {
        Some(_) => Before::Seq(last.seq),
        None => Before::Time(last.time),
    };
    ask(account, account.search.asked, Some(before))
}

fn ask(account: &Account, asked: u64, before: Option<Before>) -> Effect {
    Effect::Ask {
        account: account.id.clone(),
        question: Question::Search(asked),
        request: Search {
            query: account.search.query.trim().to_owned(),
            room: account.search.room.clone(),
            from: None,
            before,
            limit: Some(limits::SEARCH_LIMIT as u64),
        }
        .into(),
    }
}

/// The server answered a search.
pub(crate) fn answered(
    model: &mut Model,
    account: &AccountId,
    asked: u64,
    result: Result<Reply, RequestError>,
) -> Effect {
    let Some(account) = model.account_mut(account) else {
        return Effect::None;
    };
    let found = match result {
        Ok(Reply::Found { hits, more }) => account.search.with(hits, more),
        Ok(_) => return Effect::None,
        Err(error) => Found::Failed(tr!("search-failed", why = words::request(&error))),
    };
    account.search.answer(asked, found);
    Effect::None
}
