//! A message as it now stands.

use serde::{Deserialize, Serialize};

use crate::{File, Time};

/// MESSAGE of the protocol, section 2.3: what `history` lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its place in the room's log.
    pub seq: u64,
    /// When the server kept it.
    pub time: Time,
    /// The author's username.
    pub from: String,
    /// The author's display name when they wrote it.
    pub name: String,
    /// The text; empty once deleted.
    pub text: String,
    /// The author's mark for it: (room, from, nonce) is unique for ever.
    pub nonce: String,
    /// The `seq` of the message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u64>,
    /// The files it shows, in the order sent; none once deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// When it was last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Time>,
    /// Whether it was deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Its reactions, the first given first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// One emoji on one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// How many people gave it.
    pub count: u64,
    /// At most [`crate::limits::REACTION_USERS`] of them, the first first.
    pub by: Vec<String>,
    /// Whether the receiver is one of them.
    #[serde(default)]
    pub mine: bool,
}
