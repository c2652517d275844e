//! Whom one talks with, their devices, and the way to them.

use std::time::Duration;

use parlor_protocol::{DeviceId, SafetyNumber, Time};

/// How something came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// From device to device, within one network.
    Lan,
    /// From device to device.
    Direct,
    /// By a tracker's relay, which sees only ciphertext.
    Relay,
    /// Sealed, and held by the room server.
    Held,
}

impl Way {
    /// The word of `parlor-cli`: `lan`, `direct`, `relay`, `held`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lan => "lan",
            Self::Direct => "direct",
            Self::Relay => "relay",
            Self::Held => "held",
        }
    }
}

/// The way of a link that is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Which.
    pub way: Way,
    /// There and back.
    pub round_trip: Option<Duration>,
    /// The other side's address; of a relay, its tracker's host and port.
    pub at: String,
}

/// A person, as this device knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user.
    pub username: String,
    /// Their devices, by the time since when they are known; ended ones too.
    /// Empty for someone who has never used the desktop app.
    pub devices: Vec<KnownDevice>,
    /// The number to compare; none while one of the two has no device.
    pub safety: Option<SafetyNumber>,
    /// How far they are trusted.
    pub trust: Trust,
    /// Whether nothing of theirs is let in.
    pub blocked: bool,
    /// The best way there is to them now.
    pub path: Option<Path>,
    /// Posts that wait for them, sealed, at the room server.
    pub sealed: u64,
    /// When one of their devices was last dialled in vain, and when it is dialled next.
    pub dialled: Option<Dialled>,
}

/// Attempts to reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialled {
    /// The last one.
    pub last: Time,
    /// The next one.
    pub next: Option<Time>,
}

/// How far a person is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Their safety number was never compared.
    NotCompared,
    /// It was compared, and nothing changed since.
    Verified {
        /// When.
        at: Time,
    },
    /// A device came or changed after it was compared: nothing goes to that one until it is accepted.
    NewDevice {
        /// Since when.
        at: Time,
        /// Whether the number had been compared before.
        was_verified: bool,
    },
    /// It was compared, and differed.
    Differs {
        /// When.
        at: Time,
    },
}

/// A device, as this one knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// Its id.
    pub device: DeviceId,
    /// What it is called.
    pub label: String,
    /// Since when it is known here.
    pub since: Time,
    /// How it stands.
    pub standing: DeviceStanding,
    /// The way to it, if a link is up.
    pub path: Option<Path>,
}

/// How a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceStanding {
    /// Things go to it.
    Accepted,
    /// It is new: shown until answered. Things go to it unless its user was verified.
    New,
    /// Its keys changed: nothing goes to it until it is accepted.
    Changed,
    /// Its user ended it: nothing goes to it any more.
    Revoked,
}
