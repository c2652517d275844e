//! What happens: facts and the user's verbs, and what follows from them.
//! Each file owns its `Message`; this one hands every message to its file.

mod answers;
pub(crate) mod attach;
pub(crate) mod conversation;
pub(crate) mod dialog;
pub(crate) mod file;
pub(crate) mod files;
pub(crate) mod header;
pub(crate) mod host;
pub(crate) mod keys;
pub(crate) mod menu;
pub(crate) mod peer;
pub(crate) mod peer_file;
pub(crate) mod people;
pub(crate) mod safety;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod sidebar;
pub(crate) mod sign_in;
pub(crate) mod switcher;
pub(crate) mod talk;
pub(crate) mod transfers;
pub(crate) mod welcome;
pub(crate) mod window;
pub(crate) mod words;

use iced::widget::text_editor::{Action, Edit};
use parlor_client::{AccountId, HistoryPage, Place, RequestError, TransferId};
use parlor_protocol::{Reply, Time};

use crate::effect::{Effect, Question};
use crate::model::local_path;
use crate::model::{LinkState, Middle, Model, Panel, Screen};

/// Everything that can happen.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// A second passed.
    Ticked(Time),
    /// Something about the window.
    Window(window::Message),
    /// A key that no widget took, or that is the app's own.
    Key(keys::Pressed),
    /// On the first screen.
    Welcome(welcome::Message),
    /// On the sign-in screen.
    SignIn(sign_in::Message),
    /// About the server inside the app.
    Host(host::Message),
    /// In the sidebar.
    Sidebar(sidebar::Message),
    /// In the header.
    Header(header::Message),
    /// In the people panel.
    People(people::Message),
    /// In the search panel.
    Search(search::Message),
    /// In "jump to".
    Switcher(switcher::Message),
    /// On the settings screen.
    Settings(settings::Message),
    /// While files are chosen to be uploaded.
    Attach(attach::Message),
    /// About one file.
    File(file::Message),
    /// In the list of files.
    Files(files::Message),
    /// In the panel of transfers.
    Transfers(transfers::Message),
    /// In a dialog.
    Dialog(dialog::Message),
    /// In a menu.
    Menu(menu::Message),
    /// A notice is closed.
    ToastClosed(u64),
    /// "Try now" in the status bar.
    TryNow,
    /// "Sign in again" in the status bar.
    SignInAgain,
    /// In the talk in front.
    Conversation(conversation::Message),
    /// A session told something.
    Session(AccountId, session::Message),
    /// The peers' side of an account told something.
    Peer(AccountId, peer::Message),
    /// About talks that no server keeps.
    Talk(talk::Message),
    /// About the safety of the talk in front.
    Safety(safety::Message),
    /// About a file between devices.
    PeerFile(peer_file::Message),
    /// The server answered.
    Answered {
        /// Whose connection asked.
        account: AccountId,
        /// What it was about.
        question: Question,
        /// The answer.
        result: Result<Reply, RequestError>,
    },
    /// A page of a room came.
    Paged {
        /// Whose.
        account: AccountId,
        /// The room.
        room: String,
        /// Where the page lies.
        place: Place,
        /// The page.
        result: Result<HistoryPage, RequestError>,
    },
    /// The clipboard was read.
    Pasted(Option<String>),
    /// The app was started again, perhaps with a link: it comes to the front.
    StartedAgain(Option<String>),
    /// Something asked for in the background failed; in plain words.
    Failed(String),
    /// This computer could not keep a message that was to be sent.
    NotKept {
        /// Whose.
        account: AccountId,
        /// The room.
        room: String,
        /// The message.
        text: String,
        /// What it answers.
        reply_to: Option<u64>,
        /// The uploads that were to go with it.
        files: Vec<TransferId>,
        /// Why, in plain words.
        why: String,
    },
}

/// Takes in what happened.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Ticked(now) => ticked(model, now),
        Message::Window(message) => window::update(model, &message),
        Message::Key(pressed) => keys::update(model, &pressed),
        Message::Welcome(message) => welcome::update(model, message),
        Message::SignIn(message) => sign_in::update(model, message),
        Message::Host(message) => host::update(model, message),
        Message::Sidebar(message) => sidebar::update(model, message),
        Message::Header(message) => header::update(model, &message),
        Message::People(message) => people::update(model, message),
        Message::Search(message) => search::update(model, message),
        Message::Switcher(message) => switcher::update(model, message),
        Message::Settings(message) => settings::update(model, message),
        Message::Attach(message) => attach::update(model, message),
        Message::File(message) => file::update(model, message),
        Message::Files(message) => files::update(model, message),
        Message::Transfers(message) => transfers::update(model, &message),
        Message::Dialog(message) => dialog::update(model, message),
        Message::Menu(message) => menu::update(model, message),
        Message::ToastClosed(id) => {
            model.toasts.close(id);
            Effect::None
        }
        Message::TryNow => try_now(model),
        Message::SignInAgain => match model.front() {
            Some(account) => {
                let address = account.server.address.clone();
                welcome::again(model, &address)
            }
            None => Effect::None,
        },
        Message::Conversation(message) => in_conversation(model, message),
        Message::Session(account, message) => session::update(model, &account, message),
        Message::Peer(account, message) => peer::update(model, &account, message),
        Message::Talk(message) => talk::update(model, message),
        Message::Safety(message) => safety::update(model, message),
        Message::PeerFile(message) => peer_file::update(model, message),
        Message::Answered {
            account,
            question,
            result,
        } => answers::update(model, &account, question, result),
        Message::Paged {
            account,
            room,
            place,
            result,
        } => paged(model, &account, &room, place, result),
        Message::Pasted(text) => welcome::pasted(model, text),
        Message::StartedAgain(link) => started_again(model, link),
        Message::Failed(text) => {
            model.toasts.failed(text);
            Effect::None
        }
        Message::NotKept {
            account,
            room,
            text,
            reply_to,
            files,
            why,
        } => match model.account_mut(&account) {
            Some(account) => {
                account.transfers.give_back(&files);
                conversation::not_kept(account, &room, &text, reply_to, why)
            }
            None => Effect::None,
        },
    }
}

fn ticked(model: &mut Model, now: Time) -> Effect {
    model.now = now;
    model.toasts.pass(now);
    let away = window::passed(model);
    let ticked = in_front(model, |account, room| {
        conversation::ticked(account, room, now)
    });
    away.and(ticked)
}

fn try_now(model: &mut Model) -> Effect {
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    if account.link == LinkState::KeyChanged {
        // That session is over; a new one finds the old key again, or refuses again.
        account.sign_in += 1;
        account.link = LinkState::Connecting;
        return Effect::None;
    }
    Effect::Tell(account.id.clone(), crate::effect::Command::TryNow)
}

fn in_conversation(model: &mut Model, message: conversation::Message) -> Effect {
    let now = model.now;
    // A server's link is followed here; the system may know no program for it.
    if let conversation::Message::Link(link) = &message
        && link.starts_with("parlor://")
    {
        return welcome::follow(model, link);
    }
    // Files are the window's too: they open over it, and say in notices what failed.
    match message {
        conversation::Message::File(message) => return file::update(model, message),
        conversation::Message::Attach(message) => return attach::update(model, message),
        conversation::Message::PeerFile(message) => return peer_file::update(model, message),
        conversation::Message::Safety(message) => return safety::update(model, message),
        conversation::Message::Typed(Action::Edit(Edit::Paste(text)))
            if local_path::pasted(&text).is_some() =>
        {
            return attach::paste_text(model, &text);
        }
        _ => {}
    }
    in_front(model, |account, room| {
        conversation::update(account, room, message, now)
    })
}

/// Does something in the room in front, which knows whether it is looked at.
pub(crate) fn in_front(
    model: &mut Model,
    act: impl FnOnce(&mut crate::model::Account, &str) -> Effect,
) -> Effect {
    let watched = model.window.focused
        && matches!(model.screen, Screen::Main)
        && model.window.middle == Middle::Talk;
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    let Some(room) = account.room.clone() else {
        return Effect::None;
    };
    account.conversation(&room).watched = watched;
    act(account, &room)
}

fn paged(
    model: &mut Model,
    account: &AccountId,
    room: &str,
    place: Place,
    result: Result<HistoryPage, RequestError>,
) -> Effect {
    let now = model.now;
    match model.account_mut(account) {
        // A page of a room that was left meanwhile is of no use.
        Some(account) if account.rooms.contains_key(room) => {
            conversation::paged(account, room, place, result, now)
        }
        _ => Effect::None,
    }
}

fn started_again(model: &mut Model, link: Option<String>) -> Effect {
    match link {
        Some(link) => Effect::Raise.and(welcome::follow(model, &link)),
        None => Effect::Raise,
    }
}

/// Brings an account to the front, on its main screen.
pub(crate) fn show_account(model: &mut Model, account: &AccountId) -> Effect {
    model.screen = Screen::Main;
    model.current = Some(account.clone());
    model.preferences.account = Some(account.to_string());
    let room = model.account(account).and_then(|a| a.room.clone());
    let opened = match room {
        Some(room) => show_room(model, &room),
        None => Effect::None,
    };
    opened.and(keep(model))
}

/// Brings a room or talk of the account in front to the front.
pub(crate) fn show_room(model: &mut Model, room: &str) -> Effect {
    let now = model.now;
    model.menu = None;
    model.screen = Screen::Main;
    model.window.middle = Middle::Talk;
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    if !account.has(room) {
        return Effect::None;
    }
    let left = match account.room.replace(room.to_owned()) {
        Some(before) if before != room => conversation::left(account, &before, now),
        _ => Effect::None,
    };
    let opened = conversation::opened(account, room, now);
    let asked = match account.front_talk() {
        Some(talk) => peer::opened(account, &talk),
        None => people::ask(account),
    };
    let beside = match account.front_person() {
        Some(_) => Panel::Safety,
        None => Panel::People,
    };
    let id = account.id.to_string();
    model.preferences.rooms.insert(id, room.to_owned());
    let people = model.preferences.people;
    model.window.stand_beside(beside, people);
    model.window.region = crate::model::Region::Composer;
    left.and(opened).and(asked).and(keep(model))
}

/// Writes the user's choices.
pub(crate) fn keep(model: &Model) -> Effect {
    Effect::Keep(Box::new(model.preferences.clone()))
}
