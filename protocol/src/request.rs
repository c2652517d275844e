//! What a client may ask, and how a wrong line is named. Sections 2.1 to 2.6.
//!
//! A line is read in two steps: its head (`type`, `id`), by which even a
//! refused request can be answered, then the members of that type.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits::MAX_INTEGER;
use crate::{Code, ErrorLine, Notify, Presence, Role, RoomKind, Time};

/// A request and the number by which its answer is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RequestLine {
    /// What is asked.
    #[serde(flatten)]
    pub request: Request,
    /// The client's number for it: 1 to 2^53-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
}

/// Why a line is no request: what to answer, and to which `id`.
#[derive(Debug, Clone, PartialEq)]
pub struct BadRequest {
    /// The line's `id`, where it could be read.
    pub re: Option<u64>,
    /// The answer.
    pub error: ErrorLine,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    id: Option<serde_json::Value>,
}

impl RequestLine {
    /// Reads one line, without its newline.
    ///
    /// # Errors
    ///
    /// The `error` line to answer: `bad_line`, `unknown_type`, or `bad_request`
    /// with a message that names the member.
    pub fn read(line: &[u8]) -> Result<Self, BadRequest> {
        let head = read_head(line)?;
        let re = head.id.as_ref().and_then(integer);
        if head.id.is_some() && re.is_none() {
            let message = format!("id: an integer from 1 to {MAX_INTEGER} is wanted.");
            return Err(BadRequest {
                re,
                error: ErrorLine::new(Code::BadRequest, message),
            });
        }
        match Request::read(&head.kind, line) {
            Ok(request) => Ok(Self { request, id: re }),
            Err(error) => Err(BadRequest { re, error }),
        }
    }
}

fn integer(value: &serde_json::Value) -> Option<u64> {
    value.as_u64().filter(|n| (1..=MAX_INTEGER).contains(n))
}

fn read_head(line: &[u8]) -> Result<Head<'_>, BadRequest> {
    let bad_line = |message: &str| BadRequest {
        re: None,
        error: ErrorLine::new(Code::BadLine, message),
    };
    // A sequence would be read as a struct's members in order; only an object is a line.
    if line.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Err(bad_line("A line is one JSON object."));
    }
    if std::str::from_utf8(line).is_err() {
        return Err(bad_line("A line is UTF-8."));
    }
    serde_json::from_slice(line).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => bad_line("A line has one string `type`."),
        _ => bad_line("A line is one JSON object."),
    })
}

/// Reads the members of a request. The path is worked out only for a wrong
/// line, because tracking it costs more than reading.
fn members<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, ErrorLine> {
    if let Ok(request) = serde_json::from_slice(line) {
        return Ok(request);
    }
    let mut reader = serde_json::Deserializer::from_slice(line);
    let message = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => "The line ends in something else.".to_owned(),
        Err(error) => {
            let path = error.path().to_string();
            let inner = error.inner().to_string();
            let what = inner
                .rsplit_once(" at line ")
                .map_or(inner.as_str(), |(what, _)| what);
            if path == "." {
                format!("{what}.")
            } else {
                format!("{path}: {what}.")
            }
        }
    };
    Err(ErrorLine::new(Code::BadRequest, message))
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
                    $($word => members(line).map(Self::$variant),)+
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wrong_lines_are_named() {
        let check = |line: &str, re: Option<u64>, code: Code, names: &str| {
            let bad = RequestLine::read(line.as_bytes()).unwrap_err();
            assert_eq!((bad.re, bad.error.code), (re, code), "{line}");
            assert!(
                bad.error.message.contains(names),
                "{line}: {}",
                bad.error.message
            );
        };
        check("", None, Code::BadLine, "");
        check("hello", None, Code::BadLine, "");
        check("[]", None, Code::BadLine, "");
        check(r#"["ping",1]"#, None, Code::BadLine, "");
        check(r#"{"type":"ping"} x"#, None, Code::BadLine, "");
        check(r#"{"type":"ping""#, None, Code::BadLine, "");
        check(r#"{"id":1}"#, None, Code::BadLine, "type");
        check(r#"{"type":7,"id":1}"#, None, Code::BadLine, "type");
        check(
            r#"{"type":"dance","id":1}"#,
            Some(1),
            Code::UnknownType,
            "dance",
        );
        check(r#"{"type":"ping","id":0}"#, None, Code::BadRequest, "id");
        check(r#"{"type":"ping","id":"7"}"#, None, Code::BadRequest, "id");
        check(r#"{"type":"ping","id":1.5}"#, None, Code::BadRequest, "id");
        check(
            r#"{"type":"ping","id":9007199254740992}"#,
            None,
            Code::BadRequest,
            "id",
        );
        check(
            r#"{"type":"send","id":2,"room":"a","nonce":"n"}"#,
            Some(2),
            Code::BadRequest,
            "text",
        );
        check(
            r#"{"type":"send","id":2,"room":5,"text":"","nonce":"n"}"#,
            Some(2),
            Code::BadRequest,
            "room",
        );
        check(
            r#"{"type":"react","id":2,"room":"a","target":-1,"emoji":"x","on":true}"#,
            Some(2),
            Code::BadRequest,
            "target",
        );
        check(
            r#"{"type":"resume","id":2,"token":"x","rooms":{"a":"b"}}"#,
            Some(2),
            Code::BadRequest,
            "rooms.a",
        );
        check(
            r#"{"type":"role","id":2,"username":"a","role":"king"}"#,
            Some(2),
            Code::BadRequest,
            "role",
        );
        assert_eq!(
            RequestLine::read(b"{\"type\":\"\xff\"}")
                .unwrap_err()
                .error
                .code,
            Code::BadLine
        );
    }

    #[test]
    fn unknown_members_are_ignored() {
        let line = br#"{"type":"join","room":"general","id":9007199254740991,"new":{"x":[1]}}"#;
        let read = RequestLine::read(line).unwrap();
        assert_eq!(read.id, Some(MAX_INTEGER));
        assert_eq!(
            read.request,
            Request::Join(Join {
                room: "general".into()
            })
        );
    }

    #[test]
    fn a_request_is_written_as_the_page_shows_it() {
        let line = RequestLine {
            request: SendMessage {
                room: "general".into(),
                text: "Chào".into(),
                nonce: "n1".into(),
                reply_to: Some(4),
                files: Vec::new(),
            }
            .into(),
            id: Some(7),
        };
        let text =
            r#"{"type":"send","room":"general","text":"Chào","nonce":"n1","reply_to":4,"id":7}"#;
        assert_eq!(serde_json::to_string(&line).unwrap(), text);
        assert_eq!(RequestLine::read(text.as_bytes()).unwrap(), line);
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = RequestLine::read(&bytes);
        }

        #[test]
        fn any_text_goes_round(text in any::<String>(), id in 1..=MAX_INTEGER) {
            let line = RequestLine {
                request: Edit { room: "a".into(), target: id, text }.into(),
                id: Some(id),
            };
            let written = serde_json::to_vec(&line).unwrap();
            prop_assert!(!written.contains(&b'\n'));
            prop_assert_eq!(RequestLine::read(&written).unwrap(), line);
        }
    }
}
