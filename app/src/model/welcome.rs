//! The first screen: a field for a link, recent servers, hosting.

use parlor_protocol::Time;

use crate::model::AccountId;

/// The first screen.
#[derive(Debug, Default)]
pub(crate) struct Welcome {
    /// What stands in the field.
    pub link: String,
    /// What was wrong with it, or with reaching it.
    pub error: Option<String>,
    /// The server that is being reached.
    pub reaching: Option<String>,
    /// Servers that were used before, the newest first.
    pub recent: Vec<Recent>,
}

/// A server that was used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recent {
    /// Its account on this computer.
    pub account: AccountId,
    /// What it calls itself.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Who one is there; `None` after signing out.
    pub username: Option<String>,
    /// When one was last there.
    pub last_here: Option<Time>,
    /// How it stands now.
    pub state: RecentState,
}

/// How a recent server stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RecentState {
    /// Nobody asked.
    #[default]
    Unknown,
    /// It is there.
    Here {
        /// The last round trip in milliseconds.
        ping: Option<u32>,
    },
    /// It does not answer.
    Silent,
    /// Its key is another than the one remembered.
    KeyChanged,
    /// The session is over; one must sign in again.
    SignedOut,
}
