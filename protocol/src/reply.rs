//! What the server says to one connection: answers, and events outside any
//! room's log.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tracker::{TrackerAt, TrackerToken};
use crate::{
    ClaimedKey, DeviceId, ErrorLine, File, LogEvent, Message, Presence, RegisterPolicy, Role, Room,
    Signature, Time, User, VouchedCard,
};

/// An answer with its `re`, or an event without one, ready to be written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer<'a> {
    /// What is said.
    #[serde(flatten)]
    pub reply: &'a Reply,
    /// The `id` of the request it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub re: Option<u64>,
}

/// Every line of the server's that stands in no room's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// The first line of every connection.
    Welcome(Welcome),
    /// One is signed in.
    Session(Box<Session>),
    /// The session is ended.
    Bye {},
    /// A request was refused, or the connection is about to be closed.
    Error(ErrorLine),
    /// Done; there is nothing else to say.
    Done {},
    /// The sign of life.
    Pong {},
    /// A message is kept.
    Sent(Sent),
    /// Public rooms and one's own.
    Rooms {
        /// The rooms, by name.
        rooms: Vec<Room>,
        /// Whether there are more than a line holds.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        more: bool,
    },
    /// A room, as an answer, or because something of it changed for the receiver.
    Room(Room),
    /// A room is gone for everybody.
    RoomDeleted {
        /// Which.
        room: String,
    },
    /// Who is in a room.
    Members {
        /// The room.
        room: String,
        /// The users, by username.
        users: Vec<User>,
        /// Whether there are more after the last.
        more: bool,
    },
    /// Messages of a room, as they now stand, in rising `seq`.
    History {
        /// The room.
        room: String,
        /// The messages.
        messages: Vec<Message>,
        /// Whether there are more in the direction asked for.
        more: bool,
    },
    /// What a search found, the newest first.
    Found {
        /// The messages.
        hits: Vec<Hit>,
        /// Whether there are more before the last.
        more: bool,
    },
    /// Files, the newest first.
    Files {
        /// The files.
        files: Vec<File>,
        /// Whether there are more before the last.
        more: bool,
    },
    /// Another of one's connections read on.
    Read {
        /// The room.
        room: String,
        /// How far one has now read.
        read_seq: u64,
    },
    /// Somebody is writing.
    Typing {
        /// Where.
        room: String,
        /// Who.
        username: String,
    },
    /// Everybody.
    Users {
        /// The users, by username.
        users: Vec<User>,
        /// Whether there are more after the last.
        more: bool,
    },
    /// A user's profile, as an answer, or because it changed.
    User(User),
    /// People came, went, or turned away.
    Presence {
        /// The presence now, by username.
        changes: BTreeMap<String, Presence>,
    },
    /// One's sessions.
    Sessions {
        /// The sessions.
        sessions: Vec<SessionEntry>,
    },
    /// An invite was made.
    Invite {
        /// The whole link.
        link: String,
        /// The rank it gives.
        role: Role,
        /// How many may use it.
        uses: u64,
        /// Until when.
        expires: Time,
    },
    /// Somebody of rank says something to everybody.
    Alert {
        /// What.
        text: String,
        /// Who.
        by: String,
    },
    /// One is put off the server; the connection is closed next.
    Kicked {
        /// By whom.
        by: String,
        /// Why.
        reason: String,
    },
    /// What was done with rank.
    Audit {
        /// The entries, the newest first.
        entries: Vec<AuditEntry>,
        /// Whether there are more before the last.
        more: bool,
    },
    /// The device is known, and the server vouches for it.
    Device {
        /// The server's signature over `until`, a zero byte, and the card.
        server_sig: Signature,
        /// Until when.
        until: Time,
        /// How many one-time keys of the device are left.
        one_time_left: u64,
        /// What opens the trackers from now on: a connection may outlast the token of its `session`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracker_token: Option<TrackerToken>,
    },
    /// A user's devices.
    Devices {
        /// Those that hold.
        devices: Vec<VouchedCard>,
        /// Those that were ended.
        #[serde(default)]
        revoked: Vec<DeviceId>,
    },
    /// A device was ended by its user.
    DeviceRevoked {
        /// Whose.
        username: String,
        /// Which.
        device: DeviceId,
    },
    /// One key of each of a user's devices.
    Keys {
        /// The keys.
        keys: Vec<ClaimedKey>,
    },
    /// The sealed thing is kept.
    Held {},
    /// Something sealed for this device.
    Mail(Mail),
    /// The cursor was above the room's end (a restored server): drop what was kept of it.
    Reset {
        /// Which room.
        room: String,
    },
    /// Too much is missing: the cursor moves to `to`, what was cached up to there is stale.
    Gap {
        /// Which room.
        room: String,
        /// The new cursor.
        to: u64,
    },
}

/// The first line of every connection. Section 2.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// The protocol's version.
    pub protocol: u32,
    /// Who speaks.
    pub server: ServerInfo,
    /// What the server has beyond rooms.
    #[serde(default)]
    pub features: Vec<String>,
    /// How one signs in.
    pub auth: AuthInfo,
    /// The bounds.
    pub limits: Limits,
    /// The pins of keys to come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next_pins: Vec<String>,
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerInfo {
    /// The server's name, for people.
    pub name: String,
    /// The program's version.
    pub version: String,
}

/// How one signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthInfo {
    /// Whether by password.
    pub password: bool,
    /// Who may make an account.
    pub register: RegisterPolicy,
    /// Whether one may come as a guest.
    pub guests: bool,
    /// What a password must be, for people.
    #[serde(default)]
    pub password_rules: Vec<String>,
}

/// The bounds of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// A line from a client, in bytes with its newline.
    pub line_bytes: u64,
    /// A message's text, in bytes.
    pub text_bytes: u64,
    /// A file, in bytes; 0 where there are no files.
    #[serde(default)]
    pub file_bytes: u64,
}

/// The snapshot of what one has on the server. Sections 2.1 and 2.4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// What opens this session again; secret.
    pub token: String,
    /// When the session ends by itself.
    pub expires: Time,
    /// Oneself.
    pub user: User,
    /// The joined rooms.
    pub rooms: Vec<Room>,
    /// Their members, online first.
    pub users: Vec<User>,
    /// Whether there are more members than listed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_users: bool,
    /// The server's signing key (Ed25519, base64url).
    #[serde(default)]
    pub server_key: String,
    /// Where peers find each other.
    #[serde(default)]
    pub trackers: Vec<TrackerAt>,
    /// What opens them to this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracker_token: Option<TrackerToken>,
}

/// Something sealed for this device, held while it was away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its number here, for `taken`.
    pub n: u64,
    /// Who left it.
    pub from: String,
    /// From which of their devices.
    pub device: DeviceId,
    /// The mark of what is sealed.
    pub id: String,
    /// What is sealed, as base64url.
    pub body: String,
    /// When it was left.
    pub time: Time,
}

/// A message is kept. Section 2.3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The room.
    pub room: String,
    /// The message's place in its log.
    pub seq: u64,
    /// When it was kept.
    pub time: Time,
    /// Whether it was kept before, under this nonce.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicate: bool,
}

/// One message that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The room.
    pub room: String,
    /// Its place in the log.
    pub seq: u64,
    /// The author's username.
    pub from: String,
    /// When it was kept.
    pub time: Time,
    /// Its text now.
    pub text: String,
}

/// One of one's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEntry {
    /// Its public name, for `end_session`.
    pub session: String,
    /// What its user called it.
    pub label: String,
    /// The address it was last seen from.
    pub address: String,
    /// When it was made.
    pub created: Time,
    /// When it was last seen.
    pub seen: Time,
    /// Whether it is the asking one.
    pub current: bool,
}

/// One act of rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its place in the audit log.
    pub seq: u64,
    /// When.
    pub time: Time,
    /// Who did it; `server` for the command line.
    pub actor: String,
    /// What was done, by the request's type.
    pub action: String,
    /// To whom or what.
    pub target: String,
    /// With what.
    pub detail: String,
    /// From which address.
    pub address: String,
}

/// A line from the server, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The `id` of the request it answers.
    pub re: Option<u64>,
    /// What it says.
    pub line: ServerLine,
}

/// What a line of the server's can be.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerLine {
    /// An answer or an event outside any log.
    Reply(Reply),
    /// An event of a room's log.
    Log(LogEvent),
    /// A type this side does not know, and which stands in no log.
    Unknown {
        /// Its `type`.
        kind: String,
    },
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    re: Option<u64>,
    seq: Option<u64>,
    time: Option<serde::de::IgnoredAny>,
    room: Option<serde::de::IgnoredAny>,
}

impl Incoming {
    /// Reads one line of the server's, without its newline.
    ///
    /// # Errors
    ///
    /// What [`serde_json`] says of a line that breaks the protocol.
    pub fn read(line: &[u8]) -> serde_json::Result<Self> {
        let head: Head<'_> = serde_json::from_slice(line)?;
        let in_a_log = head.seq.is_some() && head.time.is_some() && head.room.is_some();
        let line = if in_a_log && head.kind != "sent" {
            ServerLine::Log(serde_json::from_slice(line)?)
        } else if Reply::TYPES.contains(&&*head.kind) {
            ServerLine::Reply(serde_json::from_slice(line)?)
        } else {
            ServerLine::Unknown {
                kind: head.kind.into_owned(),
            }
        };
        Ok(Self { re: head.re, line })
    }
}

impl Reply {
    /// Every `type` of [`Reply`].
    pub const TYPES: &[&str] = &[
        "welcome",
        "session",
        "bye",
        "error",
        "done",
        "pong",
        "sent",
        "rooms",
        "room",
        "room_deleted",
        "members",
        "history",
        "found",
        "files",
        "read",
        "typing",
        "users",
        "user",
        "presence",
        "sessions",
        "invite",
        "alert",
        "kicked",
        "audit",
        "reset",
        "gap",
        "device",
        "devices",
        "device_revoked",
        "keys",
        "held",
        "mail",
    ];

    /// The line, newline included, that answers the request `re`.
    ///
    /// # Errors
    ///
    /// None for values this crate can hold; [`serde_json`] says otherwise.
    pub fn encode(&self, re: Option<u64>) -> serde_json::Result<Vec<u8>> {
        crate::line::encode(&Answer { reply: self, re })
    }
}
