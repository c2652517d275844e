//! The error codes, and the `error` line that carries one.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)+) => {
        /// Why a request was refused: for programs. Section 2.7.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
            /// A code that this side does not know.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Code {
            /// Every code that the server may send.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word of the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ Self::Unknown => "unknown" }
            }
        }
    };
}

codes! {
    /// Not one JSON object with a string `type`, or not UTF-8.
    BadLine = "bad_line",
    /// The line passes the bound; the connection is closed.
    LineTooLong = "line_too_long",
    /// The server does not know the request's type.
    UnknownType = "unknown_type",
    /// A member is missing or of the wrong kind; the message names it.
    BadRequest = "bad_request",
    /// There is no session on this connection yet.
    NotSignedIn = "not_signed_in",
    /// Unknown user or wrong password; which of the two is not said.
    BadCredentials = "bad_credentials",
    /// The token opens no session.
    BadToken = "bad_token",
    /// The username is or was somebody's.
    UsernameTaken = "username_taken",
    /// The username breaks the rules.
    BadUsername = "bad_username",
    /// The password breaks `rules`.
    WeakPassword = "weak_password",
    /// One registers here with an invite.
    InviteRequired = "invite_required",
    /// The invite is wrong, used up, or expired.
    BadInvite = "bad_invite",
    /// Nobody registers here.
    RegistrationClosed = "registration_closed",
    /// There are no guests here.
    GuestsNotAllowed = "guests_not_allowed",
    /// The server allows one session a user, and there is one.
    AlreadyOnline = "already_online",
    /// The user or the address is banned.
    Banned = "banned",
    /// The user may not write for now.
    Muted = "muted",
    /// There is no such room, or not for this user.
    NoSuchRoom = "no_such_room",
    /// A room of this name exists.
    RoomExists = "room_exists",
    /// The room's name breaks the rules.
    BadRoomName = "bad_room_name",
    /// One must join first.
    NotAMember = "not_a_member",
    /// There is no such user.
    NoSuchUser = "no_such_user",
    /// There is no such message in this room.
    NoSuchMessage = "no_such_message",
    /// There is no such file, or not for this user.
    NoSuchFile = "no_such_file",
    /// The text passes `limits.text_bytes`.
    TextTooLong = "text_too_long",
    /// The rank or the room does not allow it.
    Forbidden = "forbidden",
    /// Too many; `retry_after` says how long to wait.
    RateLimited = "rate_limited",
    /// The connection reads too slowly; it is closed, and may resume.
    SlowConsumer = "slow_consumer",
    /// The receiver's held mail is at its bound.
    HoldFull = "hold_full",
    /// Disk full or database away: nothing was kept, try again.
    StorageUnavailable = "storage_unavailable",
    /// The server's own fault.
    Internal = "internal",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The body of an `error` line; `re` stands beside it ([`crate::Incoming`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorLine {
    /// For programs.
    pub code: Code,
    /// For people: what happened and what to do.
    #[serde(default)]
    pub message: String,
    /// Seconds to wait before trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// With `weak_password`: each rule that was not met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
}

impl ErrorLine {
    /// An error with a code and its message, and nothing else.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after: None,
            rules: Vec::new(),
        }
    }
}

impl fmt::Display for ErrorLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.message.is_empty() {
            self.code.as_str()
        } else {
            &self.message
        })
    }
}

impl std::error::Error for ErrorLine {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_is_read_as_unknown() {
        let line: ErrorLine = serde_json::from_str(r#"{"code":"brand_new"}"#).unwrap();
        assert_eq!(line.code, Code::Unknown);
    }

    #[test]
    fn words_and_serde_agree() {
        for code in Code::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
        }
    }
}
