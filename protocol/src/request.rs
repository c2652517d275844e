//! What a client may ask. Sections 2.1 to 2.6.
//!
//! # Layout
//!
//! - this file: every request, and its members.
//! - `read`: reading a line as one, and naming what is wrong with it.

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

pub use read::BadRequest;

use crate::{
    Code, DeviceId, ErrorLine, Notify, Presence, Role, RoomKind, Signature, SignedKey, Time,
};

/// A request and the number by which its answer is known. It is written as `id`;
/// in `hold`, whose `id` is the mark of what is sealed, as `request`.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestLine {
    /// What is asked.
    pub request: Request,
    /// The client's number for it: 1 to 2^53-1.
    pub id: Option<u64>,
}

impl Serialize for RequestLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Line<'a> {
            #[serde(flatten)]
            line: &'a Request,
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            request: Option<u64>,
        }
        let has_mark = matches!(self.request, Request::Hold(_));
        Line {
            line: &self.request,
            id: self.id.filter(|_| !has_mark),
            request: self.id.filter(|_| has_mark),
        }
        .serialize(serializer)
    }
}

macro_rules! requests {
    ($(
        $(#[$doc:meta])*
        $word:literal => $variant:ident { $($(#[$mdoc:meta])* $member:ident : $kind:ty,)* }
    )+) => {
        /// Every request there is.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "type")]
        pub enum Request {
            $($(#[$doc])* #[serde(rename = $word)] $variant($variant),)+
        }

        impl Request {
            /// Every `type` of the wire.
            pub const TYPES: &[&str] = &[$($word,)+];

            /// The `type` of this request.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $word,)+ }
            }

            fn read(kind: &str, line: &[u8]) -> Result<Self, ErrorLine> {
                match kind {
                    $($word => read::members(line).map(Self::$variant),)+
                    _ => Err(ErrorLine::new(
                        Code::UnknownType,
                        format!("There is no request of type {kind:?}."),
                    )),
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $variant { $($(#[$mdoc])* pub $member: $kind,)* }

            impl From<$variant> for Request {
                fn from(request: $variant) -> Self {
                    Self::$variant(request)
                }
            }
        )+
    };
}

requests! {
    /// Makes an account and signs in. Answer: `session`.
    "register" => Register {
        /// The username wished for.
        username: String,
        /// The password.
        password: String,
        /// The display name; the username if none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The invite's code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invite: Option<String>,
        /// What the session is called in lists ("alice-desktop").
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    }
    /// Signs in. Answer: `session`.
    "login" => Login {
        /// The username.
        username: String,
        /// The password.
        password: String,
        /// What the session is called in lists.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    }
    /// Comes in without an account. Answer: `session`.
    "guest" => Guest {
        /// The display name wished for.
        nickname: String,
        /// What the session is called in lists.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    }
    /// Comes back with a token. Answer: `session`, then what was missed.
    "resume" => Resume {
        /// The session's token. Over `/ws` the cookie stands for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// The last `seq` seen of each room.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        rooms: BTreeMap<String, u64>,
    }
    /// Ends this session. Answer: `bye`.
    "logout" => Logout {}
    /// Lists public rooms and one's own. Answer: `rooms`.
    "rooms" => Rooms {}
    /// Makes a room. Answer: `room`.
    "create_room" => CreateRoom {
        /// Its name.
        room: String,
        /// Its kind; public if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<RoomKind>,
        /// Its topic.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
    }
    /// Comes into a public room. Answer: `room`.
    "join" => Join {
        /// The room.
        room: String,
    }
    /// Leaves a room. Answer: `room`.
    "leave" => Leave {
        /// The room.
        room: String,
    }
    /// Brings somebody into a room. Answer: `room`.
    "invite_to_room" => InviteToRoom {
        /// The room.
        room: String,
        /// Whom.
        username: String,
    }
    /// Puts somebody out of a room. Answer: `done`.
    "remove_from_room" => RemoveFromRoom {
        /// The room.
        room: String,
        /// Whom.
        username: String,
        /// Why.
        reason: String,
    }
    /// Says what a room is about. Answer: `room`.
    "set_topic" => SetTopic {
        /// The room.
        room: String,
        /// The topic; may be empty.
        topic: String,
    }
    /// Says what one wants to be told of a room. Answer: `done`.
    "set_notify" => SetNotify {
        /// The room.
        room: String,
        /// All, mentions, or none.
        notify: Notify,
    }
    /// Deletes a room and all in it. Answer: `done`.
    "delete_room" => DeleteRoom {
        /// The room.
        room: String,
    }
    /// Lists who is in a room, by username. Answer: `members`.
    "members" => Members {
        /// The room.
        room: String,
        /// Only usernames after this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// How many at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u64>,
    }
    /// Opens the room of two. Answer: `room`.
    "open_direct" => OpenDirect {
        /// The other one.
        username: String,
    }
    /// Writes a message. Answer: `sent`.
    "send" => SendMessage {
        /// The room.
        room: String,
        /// The text, kept byte for byte.
        text: String,
        /// The mark of this message, kept over every retry.
        nonce: String,
        /// The `seq` of the message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<u64>,
        /// The files it shows.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    }
    /// Gives one's message a new text. Answer: `done`.
    "edit" => Edit {
        /// The room.
        room: String,
        /// The message's `seq`.
        target: u64,
        /// The new text.
        text: String,
    }
    /// Deletes a message. Answer: `done`.
    "delete" => Delete {
        /// The room.
        room: String,
        /// The message's `seq`.
        target: u64,
    }
    /// Gives a reaction or takes it back. Answer: `done`.
    "react" => React {
        /// The room.
        room: String,
        /// The message's `seq`.
        target: u64,
        /// The emoji.
        emoji: String,
        /// Give, or take back.
        on: bool,
    }
    /// Lists messages as they now stand. Answer: `history`.
    "history" => History {
        /// The room.
        room: String,
        /// Only messages before this `seq`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
        /// Only messages after this `seq`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u64>,
        /// How many at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u64>,
    }
    /// Finds messages, the newest first. Answer: `found`.
    "search" => Search {
        /// The words, all of which must stand in the text.
        query: String,
        /// Only in this room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<String>,
        /// Only by this user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// Only what is older.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Before>,
        /// How many at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u64>,
    }
    /// Lists files, the newest first. Answer: `files`.
    "files" => Files {
        /// Only those of this room; without it, all that one may see.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<String>,
        /// Only what is older than the file with this id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        /// How many at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u64>,
    }
    /// Deletes a file: it goes from its room and from the messages that show it. Answer: `done`.
    "delete_file" => DeleteFile {
        /// The file's id.
        file: String,
    }
    /// Says how far one has read. Answer: `done`.
    "read" => Read {
        /// The room.
        room: String,
        /// The last `seq` read.
        seq: u64,
    }
    /// Says that one is writing. No answer.
    "typing" => Typing {
        /// The room.
        room: String,
    }
    /// Lists everybody, by username. Answer: `users`.
    "users" => Users {
        /// Only usernames after this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// How many at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u64>,
    }
    /// Changes one's display name or status. Answer: `user`.
    "profile" => Profile {
        /// The new display name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The new status line; may be empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
    }
    /// Says whether one is there. Answer: `done`.
    "presence" => SetPresence {
        /// Online or away.
        presence: Presence,
    }
    /// Changes one's password and ends one's other sessions. Answer: `done`.
    "change_password" => ChangePassword {
        /// The password until now.
        old: String,
        /// The new one.
        new: String,
    }
    /// Lists one's sessions. Answer: `sessions`.
    "sessions" => Sessions {}
    /// Ends one of one's sessions. Answer: `done`.
    "end_session" => EndSession {
        /// Which, as `sessions` named it.
        session: String,
    }
    /// Asks for a sign of life. Answer: `pong`.
    "ping" => Ping {}
    /// Puts somebody off the server: all their sessions end. Answer: `done`.
    "kick" => Kick {
        /// Whom.
        username: String,
        /// Why.
        reason: String,
    }
    /// Keeps a user or an address out. Answer: `done`.
    "ban" => Ban {
        /// The user; or else `ip`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        /// The address; or else `username`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ip: Option<String>,
        /// Why.
        reason: String,
        /// Until when; for good if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    }
    /// Lets a user or an address in again. Answer: `done`.
    "unban" => Unban {
        /// The user; or else `ip`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        /// The address; or else `username`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ip: Option<String>,
    }
    /// Keeps a user from writing. Answer: `done`.
    "mute" => Mute {
        /// Whom.
        username: String,
        /// Until when; for good if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    }
    /// Lets a user write again. Answer: `done`.
    "unmute" => Unmute {
        /// Whom.
        username: String,
    }
    /// Gives a user a rank. Answer: `done`.
    "role" => SetRole {
        /// Whom.
        username: String,
        /// The rank.
        role: Role,
    }
    /// Makes an invite. Answer: `invite`.
    "create_invite" => CreateInvite {
        /// The rank of who uses it; member if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// How many may use it; one if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uses: Option<u64>,
        /// Until when; seven days if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Time>,
    }
    /// Makes this session's device known and renews the server's word for it. Answer: `device`.
    "publish_device" => PublishDevice {
        /// The base64url of the device's card.
        card: String,
        /// The device's signature over it.
        device_sig: Signature,
        /// Keys for who writes while the device is away, each to be given once.
        #[serde(default)]
        one_time_keys: Vec<SignedKey>,
        /// The key to be given where none of these is left.
        fallback_key: SignedKey,
    }
    /// Lists a user's devices. Answer: `devices`.
    "devices" => Devices {
        /// Whose.
        username: String,
    }
    /// Ends one of one's devices: its card is none any more. Answer: `done`.
    "revoke_device" => RevokeDevice {
        /// Which.
        device: DeviceId,
    }
    /// Takes one key of each of a user's devices. Answer: `keys`.
    "claim_keys" => ClaimKeys {
        /// Whose.
        username: String,
    }
    /// Leaves something sealed for a device that is away. Answer: `held`. As `id`
    /// is the mark here, a number for the answer's `re` is `request`.
    "hold" => Hold {
        /// For whom.
        to: String,
        /// For which of their devices.
        device: DeviceId,
        /// The mark of what is sealed.
        #[serde(deserialize_with = "read::mark")]
        id: String,
        /// What is sealed, as base64url.
        body: String,
    }
    /// Erases held mail that is now stored here. Answer: `done`.
    "taken" => Taken {
        /// The `n` of each.
        ns: Vec<u64>,
    }
    /// Ends all sessions of a user. Answer: `done`.
    "revoke_sessions" => RevokeSessions {
        /// Whose.
        username: String,
    }
    /// Says something to everybody who is there. Answer: `done`.
    "alert" => SendAlert {
        /// What.
        text: String,
    }
    /// Lists what was done with rank, the newest first. Answer: `audit`.
    "audit" => Audit {
        /// Only entries before this `seq`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
        /// How many at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u64>,
    }
}

/// The bound of a search: the `seq` in the one room named, or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Before {
    /// Only messages before this `seq`; `room` must be named.
    Seq(u64),
    /// Only messages kept before this time.
    Time(Time),
}
