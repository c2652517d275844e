//! What is done in rooms, and what becomes of it.

use parlor_protocol::{File, LogBody, Message, Time, request::Before};

use super::{RoomId, UserId};

/// Something done in a room, to be appended to its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The room.
    pub room: RoomId,
    /// Who does it.
    pub by: UserId,
    /// The display name of who does it, now.
    pub name: String,
    /// Now. A room's log never goes back in time: an earlier one becomes the
    /// time of the room's last event.
    pub time: Time,
    /// What is done.
    pub kind: ActKind,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActKind {
    /// Writes a message.
    Message {
        /// The text.
        text: String,
        /// The author's mark: (room, author, nonce) is unique for ever.
        nonce: String,
        /// The `seq` of the message it answers; it must exist in the room.
        reply_to: Option<u64>,
        /// Whom the text mentions; the author and doubles are left out by the store.
        mentions: Vec<UserId>,
        /// The ids of the files it shows, in order, without doubles: the
        /// author's own of this room.
        files: Vec<String>,
    },
    /// Gives one's own message a new text.
    Edit {
        /// The message's `seq`.
        target: u64,
        /// The new text.
        text: String,
        /// Whom the new text mentions.
        mentions: Vec<UserId>,
    },
    /// Deletes a message: its text is erased from the store and its index,
    /// its reactions and mentions go.
    Delete {
        /// The message's `seq`.
        target: u64,
        /// Whether others' messages may be deleted too.
        may_moderate: bool,
        /// Whether a file stays for a while that no other message shows;
        /// otherwise it is deleted with the message.
        files_stay: bool,
    },
    /// Gives a reaction or takes it back.
    React {
        /// The message's `seq`.
        target: u64,
        /// The emoji.
        emoji: String,
        /// Give, or take back.
        on: bool,
    },
    /// Comes into the room, or is brought in by `Act::by`. The membership is
    /// stored with it, read up to this event.
    Joined {
        /// Who comes in.
        user: UserId,
        /// Their display name.
        name: String,
    },
    /// Leaves the room, or is put out by `Act::by`. The membership goes with it.
    Left {
        /// Who goes.
        user: UserId,
        /// Why they are put out.
        reason: Option<String>,
    },
    /// Gives the room a topic.
    Topic {
        /// The topic.
        topic: String,
    },
}

/// What became of an [`Act`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It stands in the log, flushed to stable storage.
    Appended(Appended),
    /// The message was kept before, under this nonce.
    Duplicate {
        /// Its place.
        seq: u64,
        /// When it was kept.
        time: Time,
    },
    /// It would have changed nothing, so nothing was logged.
    Unchanged,
    /// It was refused; nothing was logged.
    Refused(Refusal),
}

/// An act's place in its room's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The place: from 1, without holes.
    pub seq: u64,
    /// When it was kept.
    pub time: Time,
    /// Whom the message (this one, or the act's target) newly mentions: a
    /// member who has not read as far as that message has one more mention.
    pub mentioned: Vec<UserId>,
    /// Whom the act's target no longer mentions: a member who has not read as
    /// far as that message has one mention fewer.
    pub unmentioned: Vec<UserId>,
    /// The files that the message shows.
    pub files: Vec<File>,
}

/// Why an act was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The room was deleted meanwhile.
    NoSuchRoom,
    /// There is no such message in the room, or it is deleted.
    NoSuchMessage,
    /// The message is somebody else's.
    NotYours,
    /// One of the files is none of the author's in this room.
    NoSuchFile,
    /// The message would have neither a text nor files.
    Empty,
    /// The message has as many different reactions as it may have.
    TooManyReactions,
}

/// Which messages of a room to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryQuery {
    /// The room.
    pub room: RoomId,
    /// Only messages before this `seq`.
    pub before: Option<u64>,
    /// Only messages after this `seq`. With it the oldest of them are listed,
    /// without it the newest.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
    /// Whose own reactions are marked `mine`.
    pub viewer: UserId,
}

/// Messages as they now stand, in rising `seq`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistoryPage {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether there are more in the direction asked for.
    pub more: bool,
}

/// An event of a room's log, as a replay tells it: a message edited or
/// deleted since as it now stands, an edit with the text as it now stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the log.
    pub seq: u64,
    /// When it was kept.
    pub time: Time,
    /// What happened.
    pub body: LogBody,
}

/// What to search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchQuery {
    /// The words, as the user typed them. Every word must stand in the
    /// message; a word of an alphabet may be the beginning of one; case and
    /// marks do not count. Nothing in it is syntax.
    pub words: String,
    /// The rooms the user may read; nothing outside of them is found.
    pub rooms: Vec<RoomId>,
    /// Only messages by this user.
    pub from: Option<UserId>,
    /// Only messages before this `seq` (of the one room in `rooms`) or time.
    pub before: Option<Before>,
    /// How many at most.
    pub limit: usize,
}

/// What a search found, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchPage {
    /// The messages.
    pub hits: Vec<FoundMessage>,
    /// Whether there are more before the last.
    pub more: bool,
}

/// One message that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMessage {
    /// The room.
    pub room: RoomId,
    /// Its place in the log.
    pub seq: u64,
    /// The author's username.
    pub from: String,
    /// When it was kept.
    pub time: Time,
    /// Its text now.
    pub text: String,
}
