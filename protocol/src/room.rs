//! A room as one of its members sees it.

use serde::{Deserialize, Serialize};

use crate::{Notify, RoomKind, Time};

/// ROOM of the protocol, section 2.1. What depends on the member (`joined`,
/// `read_seq`, `mentions`, `notify`, `can_send`) is the receiver's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// The room's name, without `#`.
    pub room: String,
    /// What kind of room it is.
    pub kind: RoomKind,
    /// What it is about; empty if nothing was said.
    #[serde(default)]
    pub topic: String,
    /// Whether the receiver is in it.
    pub joined: bool,
    /// The `seq` of its newest log event; 0 if there is none.
    pub last_seq: u64,
    /// How far the receiver has read.
    #[serde(default)]
    pub read_seq: u64,
    /// Unread messages that mention the receiver.
    #[serde(default)]
    pub mentions: u64,
    /// How many people are in it.
    pub members: u64,
    /// What the receiver wants to be told about.
    #[serde(default = "notify_all")]
    pub notify: Notify,
    /// Whether the receiver may post.
    #[serde(default = "yes")]
    pub can_send: bool,
    /// The other one of a direct room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// When the room was made: a room deleted and made anew under the same
    /// name differs in it, so that a client knows to drop what it kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Time>,
    /// Whether the receiver moderates this room (sets the topic, removes people, deletes it).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moderator: bool,
}

fn notify_all() -> Notify {
    Notify::All
}

fn yes() -> bool {
    true
}
