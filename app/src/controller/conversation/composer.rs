//! Writing.

use iced::widget::text_editor::Action;
use parlor_client::TransferState;
use parlor_protocol::Time;
use parlor_protocol::limits::FILES_PER_MESSAGE;
use parlor_protocol::request::Edit;

use super::{COMPOSER, say, slash, timeline};
use crate::controller::talk;
use crate::effect::{Command, Effect, PeerCommand, Question};
use crate::locale::tr;
use crate::model::Account;
use crate::model::composer::Mode;
use crate::model::composer::completion::{Completion, Stock};
use crate::model::composer::slash::{Command as Word, is_command, unescaped};
use crate::model::peer::talk_of;

/// The field was told something.
pub(super) fn typed(account: &mut Account, room: &str, action: Action, now: Time) -> Effect {
    let talk = account.conversation(room);
    if !talk.composer.perform(action) {
        talk.composer.completion = None;
        return Effect::None;
    }
    talk.chosen = None;
    offer(account, room);
    let id = account.id.clone();
    let typing = match talk_of(room) {
        _ if !account.conversation(room).composer.tells_typing(now) => Effect::None,
        Some(talk) => Effect::Peer(id, PeerCommand::Typing(talk)),
        None => {
            let room = room.to_owned();
            Effect::Tell(id, Command::Typing { room })
        }
    };
    typing.and(keep_draft(account, room, now, false))
}

/// Offers what can complete the word before the cursor.
fn offer(account: &mut Account, room: &str) {
    let (before, first_line) = account.conversation(room).composer.before_cursor();
    let found = Completion::of(&before, first_line, &stock(account, room));
    account.conversation(room).composer.completion = found;
}

/// What there is to complete with: people of this room before others.
fn stock<'a>(account: &'a Account, room: &str) -> Stock<'a> {
    let commands = match account.rooms.get(room) {
        Some(state) => Word::ALL
            .into_iter()
            .filter(|word| word.is_allowed(&account.me, &state.room))
            .collect(),
        None if talk_of(room).is_some() => Vec::new(),
        None => return Stock::default(),
    };
    let here: std::collections::BTreeSet<&str> = account.people.of(room).collect();
    let mut users: Vec<_> = account
        .users
        .values()
        .filter(|user| user.username != account.me.username)
        .collect();
    users.sort_by_cached_key(|user| {
        (
            !here.contains(user.username.as_str()),
            user.name.to_lowercase(),
        )
    });
    Stock {
        commands,
        people: users
            .iter()
            .map(|user| (user.username.as_str(), user.name.as_str()))
            .collect(),
        rooms: account
            .rooms
            .keys()
            .filter(|room| !room.starts_with('~'))
            .map(String::as_str)
            .collect(),
    }
}

/// The chosen completion, or the one of this number.
pub(super) fn complete(account: &mut Account, room: &str, number: Option<usize>) -> Effect {
    let composer = &mut account.conversation(room).composer;
    if let (Some(number), Some(completion)) = (number, &mut composer.completion) {
        completion.selected = number;
    }
    composer.accept();
    offer(account, room);
    Effect::Focus(COMPOSER)
}

/// An emoji where the cursor is.
pub(super) fn emoji(account: &mut Account, room: &str, emoji: &str, now: Time) -> Effect {
    let composer = &mut account.conversation(room).composer;
    composer.insert(emoji);
    composer.picker = false;
    keep_draft(account, room, now, false).and(Effect::Focus(COMPOSER))
}

/// Writes the draft to disk, if it is due.
pub(super) fn keep_draft(account: &mut Account, room: &str, now: Time, at_once: bool) -> Effect {
    match account
        .conversation(room)
        .composer
        .draft_to_keep(now, at_once)
    {
        Some(text) => match talk_of(room) {
            Some(talk) => Effect::Peer(account.id.clone(), PeerCommand::Draft(talk, text)),
            None => {
                let room = room.to_owned();
                Effect::Tell(account.id.clone(), Command::Draft { room, text })
            }
        },
        None => Effect::None,
    }
}

/// What is written is to be sent.
pub(super) fn submit(account: &mut Account, room: &str, now: Time) -> Effect {
    let bound = account.server.text_bytes;
    let talk = account.conversations.get(room);
    let edits = talk.is_some_and(|talk| matches!(talk.composer.mode, Mode::Edit { .. }));
    if !edits && let Some(waits) = files_first(account, room) {
        return waits;
    }
    let has_files = !edits && has_files(account, room);
    let talk = account.conversation(room);
    if talk.composer.is_blank() && !has_files {
        return Effect::None;
    }
    let text = talk.composer.text().trim_end().to_owned();
    let mode = talk.composer.mode.clone();
    if is_command(&text) && !matches!(mode, Mode::Edit { .. }) {
        return match talk_of(room) {
            Some(talk) => in_talk(account, &talk.to_string(), &text, now),
            None => slash::run(account, room, &text, now),
        };
    }
    let text = if matches!(mode, Mode::Edit { .. }) {
        text.as_str()
    } else {
        unescaped(&text)
    };
    if text.len() > bound {
        let over = text.len() - bound;
        say(talk, true, tr!("send-too-long", over = over, bound = bound));
        return Effect::None;
    }
    match mode {
        Mode::Edit { seq, .. } => edited(account, room, seq, text, now),
        Mode::Reply(seq) => send(account, room, text.to_owned(), Some(seq), now),
        Mode::New => send(account, room, text.to_owned(), None, now),
    }
}

/// Whether files go with the next message.
fn has_files(account: &Account, room: &str) -> bool {
    let talk = account.conversations.get(room);
    let attached = talk.is_some_and(|talk| !talk.composer.attached.is_empty());
    attached || account.transfers.drafts(room).next().is_some()
}

/// A command in a talk: there is no server to do it but what one says of oneself.
fn in_talk(account: &mut Account, room: &str, text: &str, now: Time) -> Effect {
    if text.starts_with("/me ") {
        return send(account, room, text.to_owned(), None, now);
    }
    let word = text.split_whitespace().next().unwrap_or_default();
    say(
        account.conversation(room),
        true,
        tr!("slash-not-between-devices", word = word),
    );
    Effect::None
}

/// A file of the next post does not go with it.
pub(super) fn detach(account: &mut Account, room: &str, at: usize) -> Effect {
    let attached = &mut account.conversation(room).composer.attached;
    if at < attached.len() {
        attached.remove(at);
    }
    Effect::Focus(COMPOSER)
}

/// What is in the way of sending the files in the composer; `None` if nothing is.
fn files_first(account: &mut Account, room: &str) -> Option<Effect> {
    if talk_of(room).is_some() {
        return talk::files_first(account, room);
    }
    let count = account.transfers.drafts(room).count();
    let failed = account
        .transfers
        .drafts(room)
        .find(|transfer| matches!(transfer.state, TransferState::Failed(_)))
        .map(|transfer| transfer.name.clone());
    let composer = &mut account.conversation(room).composer;
    if composer.starting > 0 {
        // A file was chosen just now: the message waits until it is among the drafts.
        composer.sends_then = true;
        return Some(Effect::None);
    }
    let words = match failed {
        Some(name) => tr!("send-failed-file", name = name),
        None if count > FILES_PER_MESSAGE => tr!(
            "send-too-many-files",
            most = FILES_PER_MESSAGE,
            over = count - FILES_PER_MESSAGE
        ),
        None => return None,
    };
    say(account.conversation(room), true, words);
    Some(Effect::None)
}

fn edited(account: &mut Account, room: &str, seq: u64, text: &str, now: Time) -> Effect {
    let talk = account.conversation(room);
    let before = talk.timeline.text_of(seq).unwrap_or_default();
    let changed = before != text;
    talk.composer.sent();
    let draft = keep_draft(account, room, now, true);
    if !changed {
        return draft;
    }
    let given = text.to_owned();
    let edit = |talk, id| PeerCommand::Edit {
        talk,
        id,
        place: seq,
        text: given,
    };
    if let Some(effect) = talk::on_post(account, room, seq, edit) {
        return draft.and(effect);
    }
    draft.and(Effect::Ask {
        account: account.id.clone(),
        question: Question::Edit {
            room: room.to_owned(),
            seq,
            text: text.to_owned(),
        },
        request: Edit {
            room: room.to_owned(),
            target: seq,
            text: text.to_owned(),
        }
        .into(),
    })
}

/// Puts a message into the outbox, and goes to where it will stand.
pub(super) fn send(
    account: &mut Account,
    room: &str,
    text: String,
    reply_to: Option<u64>,
    now: Time,
) -> Effect {
    let files = account.transfers.send(room);
    let talk = account.conversation(room);
    talk.composer.sent();
    talk.timeline.set_divider(None);
    let draft = keep_draft(account, room, now, true);
    let shown = timeline::to_now(account, room);
    if let Some(talk) = talk_of(room) {
        return talk::send(account, &talk, text, reply_to)
            .and(draft)
            .and(shown);
    }
    let send = Command::Send {
        room: room.to_owned(),
        text,
        reply_to,
        files,
    };
    Effect::Tell(account.id.clone(), send).and(draft).and(shown)
}
