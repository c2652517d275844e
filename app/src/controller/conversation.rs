//! One room's talk, or one between devices: what its reader and writer do.
//!
//! # Layout
//!
//! - `timeline`: reading: what is in sight, pages, jumps. `message`: what is done to one message.
//! - `composer`: writing. `slash`: commands.

mod composer;
mod message;
mod slash;
#[cfg(test)]
mod tests;
mod timeline;

use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::text_editor::Action;
use parlor_client::{HistoryPage, Place, RequestError};
use parlor_protocol::{Reply, Time};

use crate::controller::{attach, file, peer_file, safety, words};
use crate::effect::Effect;
use crate::locale::tr;
use crate::model::composer::Notice;
use crate::model::{Account, Conversation, Open};
use crate::widget::virtual_list::{Target, View};

pub(crate) use message::may_delete;
pub(crate) use slash::{usage as slash_usage, what as slash_what};

/// The id of the composer.
pub(crate) const COMPOSER: &str = "composer";

/// What its reader and writer do.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Something else is in sight.
    Seen(View),
    /// The list is to go somewhere.
    Scroll(Target),
    /// Back to the newest message.
    ToNow,
    /// What could not be fetched is to be asked for again.
    AskAgain,
    /// To the message of this `seq`.
    Jump(u64),
    /// A link was clicked.
    Link(String),
    /// Something opens over a message, or what is open closes.
    Open(Option<Open>),
    /// An answer to this message.
    Reply(u64),
    /// An emoji on this message: given, or taken back.
    React(u64, String),
    /// The whole of a long message is to be shown.
    Unfold(u64),
    /// The text of this row to the clipboard.
    Copy(u64),
    /// This message of one's own is to have another text.
    Edit(u64),
    /// This message is to be deleted; it was asked whether.
    Delete(u64),
    /// A failed message is to be sent again.
    Retry(String),
    /// A failed message is to be forgotten.
    Discard(String),
    /// The field was told something.
    Typed(Action),
    /// What is written is to be sent.
    Submit,
    /// The newest message of one's own is to be edited.
    EditLast,
    /// Another completion: the one before, or the next.
    StepCompletion {
        /// Backwards.
        back: bool,
    },
    /// The chosen completion, or the one of this number.
    Complete(Option<usize>),
    /// The emoji open or close.
    Picker(bool),
    /// An emoji is to stand where the cursor is.
    Emoji(String),
    /// The answer or edit is given up.
    Cancel,
    /// The notice above the field is read.
    NoticeClosed,
    /// Something with a file of a message.
    File(file::Message),
    /// Files are to be attached.
    Attach(attach::Message),
    /// This file of the next post does not go with it.
    Detach(usize),
    /// Something with a file between devices.
    PeerFile(peer_file::Message),
    /// Something about the safety of the talk.
    Safety(safety::Message),
}

/// Something was done in `room` of this account.
pub(crate) fn update(account: &mut Account, room: &str, message: Message, now: Time) -> Effect {
    match message {
        Message::Seen(view) => timeline::seen(account, room, view),
        Message::Scroll(target) => {
            account.conversation(room).timeline.go(target);
            Effect::None
        }
        Message::ToNow => timeline::to_now(account, room),
        Message::AskAgain => {
            account.conversation(room).timeline.ask_again();
            timeline::fetch(account, room)
        }
        Message::Jump(seq) => jump(account, room, seq, now),
        Message::Link(address) => Effect::Open(address),
        Message::Open(open) => {
            let talk = account.conversation(room);
            talk.open = open;
            talk.composer.picker = false;
            Effect::None
        }
        Message::Reply(seq) => message::reply(account, room, seq),
        Message::React(seq, emoji) => message::react(account, room, seq, emoji),
        Message::Unfold(row) => {
            account.conversation(room).unfolded.insert(row);
            Effect::None
        }
        Message::Copy(row) => message::copy(account, room, row),
        Message::Edit(seq) => message::edit(account, room, seq),
        Message::Delete(seq) => message::delete(account, room, seq),
        Message::Retry(mark) => message::retry(account, room, mark),
        Message::Discard(mark) => message::discard(account, room, mark),
        Message::Typed(action) => composer::typed(account, room, action, now),
        Message::Submit => composer::submit(account, room, now),
        Message::EditLast => message::edit_last(account, room),
        Message::StepCompletion { back } => {
            if let Some(completion) = &mut account.conversation(room).composer.completion {
                completion.step(back);
            }
            Effect::None
        }
        Message::Complete(number) => composer::complete(account, room, number),
        Message::Picker(open) => {
            account.conversation(room).composer.picker = open;
            Effect::None
        }
        Message::Emoji(emoji) => composer::emoji(account, room, &emoji, now),
        Message::Cancel => {
            account.conversation(room).composer.cancel();
            Effect::Focus(COMPOSER)
        }
        Message::NoticeClosed => {
            account.conversation(room).composer.notice = None;
            Effect::Focus(COMPOSER)
        }
        Message::Detach(at) => composer::detach(account, room, at),
        // The controller above took these already.
        Message::File(_) | Message::Attach(_) | Message::PeerFile(_) | Message::Safety(_) => {
            Effect::None
        }
    }
}

/// The room comes to the front.
pub(crate) fn opened(account: &mut Account, room: &str, _now: Time) -> Effect {
    let kept = match (account.rooms.get(room), account.peers.talks.get(room)) {
        (Some(state), _) => (state.draft.clone(), state.unread, state.room.read_seq),
        (None, Some(state)) => (state.draft.clone(), state.unread, state.read_place),
        (None, None) => return Effect::None,
    };
    let (draft, unread, read) = kept;
    let me = account.me.username.clone();
    let talk = account.conversation(room);
    talk.composer.begin(&draft);
    talk.read = talk.read.max(read);
    talk.timeline.set_divider((unread > 0).then_some(read));
    talk.timeline.view = None;
    let first_unread = talk.timeline.divider(&me);
    talk.timeline
        .go(first_unread.map_or(Target::End, Target::Row));
    timeline::fetch(account, room).and(Effect::Focus(COMPOSER))
}

/// Another room comes to the front.
pub(crate) fn left(account: &mut Account, room: &str, now: Time) -> Effect {
    account.previews.unbox();
    let talk = account.conversation(room);
    talk.timeline.set_divider(None);
    talk.timeline.marked = None;
    talk.open = None;
    talk.chosen = None;
    talk.unfolded.clear();
    talk.composer.completion = None;
    talk.composer.picker = false;
    composer::keep_draft(account, room, now, true)
}

/// A second passed while the room is in front.
pub(crate) fn ticked(account: &mut Account, room: &str, now: Time) -> Effect {
    let connected = account.link.is_connected();
    let talk = account.conversation(room);
    talk.pass(now);
    if connected && talk.timeline.waits_for_connection() {
        talk.timeline.ask_again();
    }
    timeline::fetch(account, room).and(composer::keep_draft(account, room, now, false))
}

/// The window has the system's focus again: what is in sight is read.
pub(crate) fn looked_at(account: &mut Account, room: &str) -> Effect {
    timeline::read(account, room)
}

/// A page of it came, or did not.
pub(crate) fn paged(
    account: &mut Account,
    room: &str,
    place: Place,
    result: Result<HistoryPage, RequestError>,
    _now: Time,
) -> Effect {
    timeline::paged(account, room, place, result)
}

/// A page of a talk came, or did not: what is wanted next is asked for.
pub(crate) fn came(account: &mut Account, room: &str) -> Effect {
    timeline::fetch(account, room).and(timeline::read(account, room))
}

/// A post did not take a new text, which comes back.
pub(crate) fn not_edited(
    account: &mut Account,
    room: &str,
    place: u64,
    text: &str,
    why: &str,
) -> Effect {
    let talk = account.conversation(room);
    talk.composer.give_edit_back(place, text);
    say(talk, true, tr!("act-failed", why = why));
    Effect::None
}

/// The server took a new text for a message, or did not: then it comes back.
pub(crate) fn edited(
    account: &mut Account,
    room: &str,
    seq: u64,
    text: &str,
    result: Result<Reply, RequestError>,
) -> Effect {
    if let Err(error) = result {
        let talk = account.conversation(room);
        talk.composer.give_edit_back(seq, text);
        let why = words::request(&error);
        say(talk, true, tr!("act-failed", why = why));
    }
    Effect::None
}

/// This computer could not keep a message that was to be sent: it comes back
/// into the field, so that nothing written is lost.
pub(crate) fn not_kept(
    account: &mut Account,
    room: &str,
    text: &str,
    reply_to: Option<u64>,
    why: String,
) -> Effect {
    let talk = account.conversation(room);
    talk.composer.give_back(text, reply_to);
    say(talk, true, tr!("send-not-kept", why = why));
    Effect::None
}

/// The server answered an act on a message, or a slash command.
pub(crate) fn answered(
    account: &mut Account,
    room: &str,
    result: Result<Reply, RequestError>,
    _now: Time,
) -> Effect {
    match result {
        Ok(Reply::Members { users, more, .. }) => slash::who(account, room, &users, more),
        Ok(_) => {}
        Err(error) => {
            let text = tr!("act-failed", why = words::request(&error));
            say(account.conversation(room), true, text);
        }
    }
    Effect::None
}

/// A message of it is to be shown, wherever it lies.
pub(crate) fn jump(account: &mut Account, room: &str, seq: u64, _now: Time) -> Effect {
    timeline::jump(account, room, seq)
}

/// Esc, when nothing else was open: closes what is open here, cancels what is
/// being written as an answer or an edit, then goes to the newest message.
pub(crate) fn escape(account: &mut Account, room: &str, _now: Time) -> Effect {
    let talk = account.conversation(room);
    let closed = talk.composer.completion.take().is_some()
        || std::mem::take(&mut talk.composer.picker)
        || talk.open.take().is_some()
        || talk.composer.notice.take().is_some()
        || talk.composer.cancel()
        || talk.chosen.take().is_some();
    if closed {
        return Effect::Focus(COMPOSER);
    }
    timeline::to_now(account, room)
}

/// A key that no widget took, while the timeline or the composer has the keyboard.
pub(crate) fn key(
    account: &mut Account,
    room: &str,
    in_timeline: bool,
    key: &Key,
    modifiers: Modifiers,
    now: Time,
) -> Effect {
    let target = match key {
        Key::Named(Named::PageUp) => Some(Target::PageUp),
        Key::Named(Named::PageDown) => Some(Target::PageDown),
        Key::Named(Named::Home) if in_timeline => Some(Target::Start),
        Key::Named(Named::End) if in_timeline => Some(Target::End),
        _ => None,
    };
    match target {
        Some(Target::End) => timeline::to_now(account, room),
        Some(target) => update(account, room, Message::Scroll(target), now),
        None if in_timeline => message::key(account, room, key, modifiers, now),
        None => Effect::None,
    }
}

/// Says something above the field.
pub(super) fn say(talk: &mut Conversation, failed: bool, text: String) {
    talk.composer.notice = Some(Notice { failed, text });
}
