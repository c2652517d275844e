//! What is done to one message.

use iced::keyboard::{Key, Modifiers, key::Named};
use parlor_protocol::Time;
use parlor_protocol::request::{Delete, React, Request};

use super::{COMPOSER, Message, update};
use crate::controller::talk;
use crate::effect::{Command, Effect, PeerCommand, Question};
use crate::model::peer::talk_of;
use crate::model::{Account, Open};
use crate::widget::virtual_list::Target;

/// Asks the server for an act on a message.
fn act(account: &Account, room: &str, request: impl Into<Request>) -> Effect {
    Effect::Ask {
        account: account.id.clone(),
        question: Question::Act {
            room: room.to_owned(),
        },
        request: request.into(),
    }
}

/// Begins an answer.
pub(super) fn reply(account: &mut Account, room: &str, seq: u64) -> Effect {
    let talk = account.conversation(room);
    talk.open = None;
    talk.composer.reply(seq);
    Effect::Focus(COMPOSER)
}

/// Gives a reaction, or takes it back.
pub(super) fn react(account: &mut Account, room: &str, seq: u64, emoji: String) -> Effect {
    let talk = account.conversation(room);
    talk.open = None;
    let Some(message) = talk
        .timeline
        .entry_of(seq)
        .and_then(|entry| entry.message())
    else {
        return Effect::None;
    };
    let on = !message
        .reactions()
        .iter()
        .any(|reaction| reaction.emoji == emoji && reaction.mine);
    let given = emoji.clone();
    let react = |talk, id| PeerCommand::React {
        talk,
        id,
        emoji: given,
        on,
    };
    if let Some(effect) = talk::on_post(account, room, seq, react) {
        return effect;
    }
    let react = React {
        room: room.to_owned(),
        target: seq,
        emoji,
        on,
    };
    act(account, room, react)
}

/// A message's text to the clipboard.
pub(super) fn copy(account: &mut Account, room: &str, row: u64) -> Effect {
    let talk = account.conversation(room);
    talk.open = None;
    match talk.timeline.text_of(row) {
        Some(text) => Effect::Copy(text.to_owned()),
        None => Effect::None,
    }
}

/// Begins an edit of a message of one's own.
pub(super) fn edit(account: &mut Account, room: &str, seq: u64) -> Effect {
    let me = account.me.username.clone();
    let talk = account.conversation(room);
    talk.open = None;
    let Some(entry) = talk.timeline.entry_of(seq) else {
        return Effect::None;
    };
    let can = |message: &&crate::model::timeline::entry::Message| {
        !message.deleted && !message.is_peer_file()
    };
    let Some(message) = entry.message().filter(can) else {
        return Effect::None;
    };
    if talk.timeline.author(entry).0 != me {
        return Effect::None;
    }
    let text = message.text.to_string();
    talk.composer.edit(seq, &text);
    Effect::Focus(COMPOSER)
}

/// Begins an edit of the newest message of one's own.
pub(super) fn edit_last(account: &mut Account, room: &str) -> Effect {
    let me = account.me.username.clone();
    match account
        .conversation(room)
        .timeline
        .last_by(&me)
        .map(|entry| entry.seq)
    {
        Some(seq) => {
            account.conversation(room).timeline.go(Target::Reveal(seq));
            edit(account, room, seq)
        }
        None => Effect::None,
    }
}

/// Deletes a message.
pub(super) fn delete(account: &mut Account, room: &str, seq: u64) -> Effect {
    account.conversation(room).open = None;
    if let Some(effect) = talk::on_post(account, room, seq, PeerCommand::Delete) {
        return effect;
    }
    let delete = Delete {
        room: room.to_owned(),
        target: seq,
    };
    act(account, room, delete)
}

/// Sends a failed message again.
pub(super) fn retry(account: &mut Account, room: &str, mark: String) -> Effect {
    let id = account.id.clone();
    match talk_of(room) {
        Some(talk) => Effect::Peer(id, PeerCommand::Retry(talk, mark)),
        None => Effect::Tell(id, Command::Retry { nonce: mark }),
    }
}

/// Forgets a failed message.
pub(super) fn discard(account: &mut Account, room: &str, mark: String) -> Effect {
    account.conversation(room).open = None;
    let id = account.id.clone();
    match talk_of(room) {
        Some(talk) => Effect::Peer(id, PeerCommand::Delete(talk, mark)),
        None => Effect::Tell(id, Command::Discard { nonce: mark }),
    }
}

/// Whether `me` may delete a message: one's own, or any where one moderates.
pub(crate) fn may_delete(account: &Account, room: &str, author: &str) -> bool {
    let moderates = account
        .rooms
        .get(room)
        .is_some_and(|state| state.room.moderator);
    // Nobody has a rank between devices.
    let ranks = talk_of(room).is_none() && account.me.role >= parlor_protocol::Role::Moderator;
    author == account.me.username || moderates || ranks
}

/// Keys that act on the message that the keyboard chose.
pub(super) fn key(
    account: &mut Account,
    room: &str,
    key: &Key,
    modifiers: Modifiers,
    now: Time,
) -> Effect {
    let me = account.me.username.clone();
    let talk = account.conversation(room);
    if let Key::Named(arrow @ (Named::ArrowUp | Named::ArrowDown)) = key {
        if let Some(next) = talk
            .timeline
            .neighbour(talk.chosen, *arrow == Named::ArrowUp)
        {
            talk.chosen = Some(next);
            talk.timeline.go(Target::Reveal(next));
        }
        return Effect::None;
    }
    let Some(chosen) = talk.chosen else {
        return Effect::None;
    };
    let Some(entry) = talk.timeline.entry_of(chosen) else {
        return Effect::None;
    };
    let author = talk.timeline.author(entry).0.to_owned();
    let letter = match key {
        Key::Character(letter) => letter.to_ascii_lowercase(),
        Key::Named(Named::Delete) if may_delete(account, room, &author) => {
            return update(
                account,
                room,
                Message::Open(Some(Open::Delete(chosen))),
                now,
            );
        }
        _ => return Effect::None,
    };
    let message = match (letter.as_str(), modifiers.command()) {
        ("c", true) => Message::Copy(chosen),
        ("r", false) => Message::Reply(chosen),
        ("e", false) if author == me => Message::Edit(chosen),
        ("e", false) => Message::Open(Some(Open::React(chosen))),
        _ => return Effect::None,
    };
    update(account, room, message, now)
}
