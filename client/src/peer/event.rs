//! What the peers' side of an account tells the app, as facts.

use parlor_protocol::DeviceId;
use serde::{Deserialize, Serialize};

use super::person::Person;
use super::post::Post;
use super::talk::{Talk, TalkState};

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub enum PeerEvent {
    /// Everything that is here: the first event.
    Loaded(Box<PeerSnapshot>),
    /// Posts, new or changed, by place: each as it now stands.
    Posts {
        /// In which talk.
        talk: Talk,
        /// The posts.
        posts: Vec<Post>,
    },
    /// A talk, new or changed.
    Talk(TalkState),
    /// A talk is gone: its channel was left, or it was removed here.
    TalkGone(Talk),
    /// A person, new or changed: devices, trust, way.
    Person(Box<Person>),
    /// Somebody is writing; take it back after some seconds without another.
    Typing {
        /// Where.
        talk: Talk,
        /// Who.
        username: String,
    },
    /// How this device stands among the others.
    Standing(Standing),
}

/// What an app shows first.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerSnapshot {
    /// This device.
    pub device: DeviceId,
    /// What it is called.
    pub label: String,
    /// The talks.
    pub talks: Vec<TalkState>,
    /// The people of which something is known.
    pub people: Vec<Person>,
    /// How this device stands.
    pub standing: Standing,
}

/// How this device stands among the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Whether the room server vouches for it: without, nobody lets it in.
    pub vouched: bool,
    /// The trackers, and why one is not reached.
    pub trackers: Vec<TrackerStanding>,
    /// Whether it looks for others on the LAN.
    pub lan: bool,
    /// Whether it shows its address to nobody.
    pub relay_only: bool,
    /// Where its keys are kept: in the system's keyring, or in a file.
    pub in_keyring: bool,
}

/// How a tracker stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerStanding {
    /// `HOST:PORT`.
    pub address: String,
    /// Why it is not reached; `None` if it is.
    pub trouble: Option<String>,
}
