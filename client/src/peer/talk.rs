//! A talk: with one person, or in a peer channel.

use std::fmt;
use std::str::FromStr;

use parlor_protocol::Time;
use parlor_protocol::names;

/// Names a talk: `@bob` with one person, `#field-trip` in a peer channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Talk {
    /// With this user.
    Direct(String),
    /// In this peer channel.
    Channel(String),
}

/// Text that names no talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a talk: @USER or #CHANNEL")]
pub struct BadTalk;

impl FromStr for Talk {
    type Err = BadTalk;

    fn from_str(text: &str) -> Result<Self, BadTalk> {
        if let Some(user) = text.strip_prefix('@') {
            return names::username(user).map(Self::Direct).ok_or(BadTalk);
        }
        let channel = text.strip_prefix('#').ok_or(BadTalk)?;
        match names::is_room_name(channel) {
            true => Ok(Self::Channel(channel.to_owned())),
            false => Err(BadTalk),
        }
    }
}

impl fmt::Display for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(user) => write!(f, "@{user}"),
            Self::Channel(channel) => write!(f, "#{channel}"),
        }
    }
}

/// How a talk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkState {
    /// Which.
    pub talk: Talk,
    /// The place of its newest post; 0 if there is none.
    pub last_place: u64,
    /// The place up to which its user has read.
    pub read_place: u64,
    /// Posts of others after that.
    pub unread: u64,
    /// When something was last said.
    pub last_time: Option<Time>,
    /// What was begun and not sent.
    pub draft: String,
    /// Of a peer channel: who is in it, as far as is known, oneself too.
    pub members: Vec<ChannelMember>,
}

/// One who is in a peer channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelMember {
    /// The user.
    pub username: String,
    /// Whether a link to one of their devices is up.
    pub here: bool,
}
