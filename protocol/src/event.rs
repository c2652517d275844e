//! What a room's log tells all of its members, in `seq` order.

use serde::{Deserialize, Serialize};

use crate::{File, Time};

/// One entry of a room's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    /// What happened; its members stand beside the others, `type` among them.
    #[serde(flatten)]
    pub body: LogBody,
    /// The room whose log this is.
    pub room: String,
    /// Its place in the log: from 1, without holes.
    pub seq: u64,
    /// When it was kept, by the server's clock.
    pub time: Time,
}

/// The types of log events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LogBody {
    /// Somebody wrote.
    Message(MessageEvent),
    /// A message has a new text.
    Edited {
        /// The message's `seq`.
        target: u64,
        /// Its text now; empty in a replay if it was deleted since.
        text: String,
        /// Who did it.
        by: String,
    },
    /// A message is gone.
    Deleted {
        /// The message's `seq`.
        target: u64,
        /// Who did it.
        by: String,
    },
    /// A reaction was given or taken back.
    Reaction {
        /// The message's `seq`.
        target: u64,
        /// The emoji.
        emoji: String,
        /// Whose it is.
        by: String,
        /// Given, or taken back.
        on: bool,
    },
    /// Somebody came into the room.
    Joined {
        /// Who.
        username: String,
        /// Their display name then.
        name: String,
        /// Who brought them in, if they did not come by themselves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Somebody left the room.
    Left {
        /// Who.
        username: String,
        /// Who put them out, if they did not leave by themselves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Why they were put out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The room has a new topic.
    Topic {
        /// The topic now.
        topic: String,
        /// Who set it.
        by: String,
    },
    /// A type that this side does not know: the cursor moves, nothing else.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// A message when it was kept; in a replay, as it now stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageEvent {
    /// The author's username.
    pub from: String,
    /// The author's display name when they wrote it.
    pub name: String,
    /// The text.
    pub text: String,
    /// The author's mark for it.
    pub nonce: String,
    /// The `seq` of the message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u64>,
    /// The files it shows, in the order sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// In a replay: when it was last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Time>,
    /// In a replay: whether it was deleted since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}
