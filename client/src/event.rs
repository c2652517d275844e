//! What a session tells the app, as facts, in the order in which they happened.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use parlor_protocol::reply::Welcome;
use parlor_protocol::{ErrorLine, Presence, Room, User};

use crate::greet::Trust;
use crate::item::Item;
use crate::outgoing::Outgoing;
use crate::transfer::{Transfer, TransferId};

/// One fact. Events come in batches ([`crate::Events`]); the order within and
/// between batches is the order in which things happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// What the local store holds: the first event, also while offline. Only with
    /// [`crate::Follow::Store`].
    Loaded(Box<Snapshot>),
    /// How the connection stands.
    Connection(ConnectionState),
    /// A sign of life came back after this long.
    RoundTrip(Duration),
    /// The server let us in again: who we are there, and its bounds.
    SignedIn {
        /// Oneself.
        me: User,
        /// What the server said first.
        welcome: Box<Welcome>,
        /// Why this server is trusted.
        trust: Trust,
    },
    /// Every room one is in, as the server now has them; any other is gone.
    Rooms(Vec<RoomState>),
    /// Something of a room changed: its topic, its counts, its draft, its cursor.
    RoomChanged(RoomState),
    /// One is no longer in this room: one left, was put out, or it was deleted.
    RoomGone {
        /// Which.
        room: String,
        /// Whether it is gone for everybody.
        deleted: bool,
    },
    /// These people, as they now are. Those not named stay as they were.
    Users(Vec<User>),
    /// People came, went, or turned away. Those not named stay as they were.
    Presence(BTreeMap<String, Presence>),
    /// Items of one room, new or changed, by `seq`: each as it now stands.
    Messages {
        /// The room.
        room: String,
        /// The items; one whose `seq` is known replaces what was shown.
        items: Vec<Item>,
    },
    /// Too much was missed: everything shown of this room up to `up_to` is
    /// stale. Drop it and ask [`crate::Handle::history`] for the newest.
    Stale {
        /// The room.
        room: String,
        /// The last `seq` that is stale.
        up_to: u64,
    },
    /// The room's log began anew: drop everything shown of it.
    Reset {
        /// The room.
        room: String,
    },
    /// A message of one's own is on its way, sent, failed, or taken back.
    Outgoing(Outgoing),
    /// A transfer, new or changed: as it now stands. A running one is told of
    /// some times a second at most.
    Transfer(Box<Transfer>),
    /// A transfer was cancelled, or its line in the history cleared.
    TransferGone(TransferId),
    /// Somebody is writing; take it back after some seconds without another.
    Typing {
        /// Where.
        room: String,
        /// Who.
        username: String,
    },
    /// Somebody of rank says something to everybody.
    Alert {
        /// What.
        text: String,
        /// Who.
        by: String,
    },
    /// A line of the server's, byte for byte, without its newline. Only with
    /// [`crate::Options::raw`]; it comes before the events it caused.
    Raw(Bytes),
    /// The local store could not be written (a full disk, for one). Nothing is lost: the
    /// connection is made anew, and what could not be kept is asked for again.
    StoreFailed(String),
}

/// What the local store holds when a session starts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// Oneself, if the server ever said.
    pub me: Option<User>,
    /// The rooms one was in, by name.
    pub rooms: Vec<RoomState>,
    /// The people known.
    pub users: Vec<User>,
    /// The newest items of each room, by `seq`, without a hole up to the room's cursor.
    pub items: BTreeMap<String, Vec<Item>>,
    /// One's messages that are not sent yet, in the order written.
    pub outgoing: Vec<Outgoing>,
    /// Transfers that are not over, and the history of those that are, the oldest first.
    pub transfers: Vec<Transfer>,
}

/// A room as this client has it.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomState {
    /// The room as the server last said, kept up by its events since.
    pub room: Room,
    /// Messages of others after `room.read_seq`.
    pub unread: u64,
    /// Whether `unread` was counted, or (where not all of them were fetched yet) is a bound from above.
    pub unread_exact: bool,
    /// Unread messages that mention oneself.
    pub mentions: u64,
    /// How far the local store has followed the room's log.
    pub cursor: u64,
    /// What was written and not sent; empty if nothing.
    pub draft: String,
}

/// How the connection stands.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionState {
    /// On the way: the first attempt is 1.
    Connecting {
        /// Which attempt since the last connection.
        attempt: u32,
    },
    /// There, and signed in.
    Connected {
        /// The last measured round trip.
        round_trip: Duration,
    },
    /// Not there; the next attempt is at `retry_at` ([`crate::Handle::try_now`] brings it forward).
    Offline {
        /// When the next attempt begins.
        retry_at: SystemTime,
        /// Why.
        reason: OfflineReason,
    },
    /// Over: nothing more will be tried, and this is the last event.
    Ended(EndReason),
}

/// Why there is no connection, and another attempt is worth while.
#[derive(Debug, Clone, PartialEq)]
pub enum OfflineReason {
    /// The name could not be resolved.
    UnknownHost,
    /// Nothing listens at the address, or the network does not lead there.
    Unreachable(String),
    /// No answer in time.
    TimedOut,
    /// The connection was there, and broke.
    Lost,
    /// No sign of life came back.
    Silent,
    /// The server closed the connection for this reason, and may be tried again.
    Refused(ErrorLine),
    /// What answered does not speak as a Parlor server does.
    NotParlor(String),
    /// Something on this computer is in the way: a full disk, for one.
    Here(String),
}

impl fmt::Display for OfflineReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHost => f.write_str("the server's name could not be found"),
            Self::Unreachable(what) => write!(f, "the server cannot be reached ({what})"),
            Self::TimedOut => f.write_str("the server did not answer in time"),
            Self::Lost => f.write_str("the connection broke"),
            Self::Silent => f.write_str("the server gave no sign of life"),
            Self::Refused(error) => write!(f, "{error}"),
            Self::NotParlor(what) => write!(f, "what answers there is no Parlor server ({what})"),
            Self::Here(what) => f.write_str(what),
        }
    }
}

/// Why a session is over.
#[derive(Debug, Clone, PartialEq)]
pub enum EndReason {
    /// The user signed out here.
    SignedOut,
    /// The app dropped the session.
    Dropped,
    /// Somebody of rank put the user off the server.
    Kicked {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The user, or this address, is banned; the text is the server's.
    Banned(String),
    /// The session ended on the server (it expired, or was ended elsewhere): sign in again.
    TokenDead,
    /// The server shows another key than the one remembered. Nothing was told to it.
    KeyChanged(KeyChange),
    /// The server speaks a version of the protocol that this program does not.
    OtherProtocol {
        /// The server's version.
        theirs: u32,
    },
    /// The server refuses this session for good; the text is the server's.
    Refused(ErrorLine),
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut => f.write_str("signed out"),
            Self::Dropped => f.write_str("closed"),
            Self::Kicked { by, reason } => write!(f, "{by} put you off the server: {reason}"),
            Self::Banned(text) => f.write_str(text),
            Self::TokenDead => f.write_str("the session has ended: sign in again"),
            Self::KeyChanged(change) => change.fmt(f),
            Self::OtherProtocol { theirs } => write!(
                f,
                "the server speaks version {theirs} of the protocol, this program version {}: \
                 bring the older one up to date",
                parlor_protocol::limits::PROTOCOL
            ),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

/// A key that is not the one remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// Which of the server's keys.
    pub which: ServerKey,
    /// What was remembered; any of them would have fit.
    pub expected: Vec<String>,
    /// What was shown.
    pub shown: String,
}

impl fmt::Display for KeyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "refused: the key of this server has changed (it shows {}, {} was remembered). Ask its owner; \
             if that is right, forget the server and use a new link",
            self.shown,
            self.expected.join(" or ")
        )
    }
}

/// The keys of a server that a client remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKey {
    /// The key of its certificate: the pin.
    Certificate,
    /// The key with which it signs, as `session` said it.
    Signing,
}
