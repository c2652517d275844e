//! What stands in a room's timeline.

use parlor_protocol::{Message, Time};

/// One line of a timeline, known by its `seq`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A message as it now stands: its text, edits, deletion and reactions.
    Message(Box<Message>),
    /// Something that happened in the room.
    System(SystemLine),
}

impl Item {
    /// Its place in the room's log.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Message(message) => message.seq,
            Self::System(line) => line.seq,
        }
    }

    /// When the server kept it.
    pub fn time(&self) -> Time {
        match self {
            Self::Message(message) => message.time,
            Self::System(line) => line.time,
        }
    }

    /// The message, if it is one.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Message(message) => Some(message),
            Self::System(_) => None,
        }
    }
}

/// Something that happened in a room, other than a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemLine {
    /// Its place in the room's log.
    pub seq: u64,
    /// When the server kept it.
    pub time: Time,
    /// What happened.
    pub what: Happening,
}

/// What happened in a room.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// Somebody came in.
    Joined {
        /// Who.
        username: String,
        /// Their display name then.
        name: String,
        /// Who brought them in, if they did not come by themselves.
        by: Option<String>,
    },
    /// Somebody left.
    Left {
        /// Who.
        username: String,
        /// Who put them out, if they did not leave by themselves.
        by: Option<String>,
        /// Why they were put out.
        reason: Option<String>,
    },
    /// The room has a new topic.
    Topic {
        /// The topic now.
        topic: String,
        /// Who set it.
        by: String,
    },
}
