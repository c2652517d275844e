//! The closed sets of words.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in rising order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word of the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord { one_of: &[$($word,)+] }),
                }
            }
        }
    };
}

/// A word outside the set; names the set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("say one of {}", one_of.join(", "))]
pub struct UnknownWord {
    /// The words there are.
    pub one_of: &'static [&'static str],
}

words! {
    /// What a user may do on a server. The order is the rank: one acts on lower ranks only.
    Role {
        /// Signed in without an account; gone with the session.
        Guest = "guest",
        /// Has an account.
        Member = "member",
        /// Kicks, mutes, deletes and alerts.
        Moderator = "moderator",
        /// Does everything but act on owners.
        Admin = "admin",
        /// Owns the server; the last one stays.
        Owner = "owner",
    }
}

words! {
    /// Whether a user is there. A user's most present connection counts.
    Presence {
        /// No connection.
        Offline = "offline",
        /// Connected, but away from the screen.
        Away = "away",
        /// Connected and there.
        Online = "online",
    }
}

words! {
    /// What a room is.
    RoomKind {
        /// Listed for everybody; anybody may join.
        Public = "public",
        /// Exists only for those who are in it; one is invited.
        Private = "private",
        /// Everybody is in it and cannot leave; few may post.
        Broadcast = "broadcast",
        /// Two people's talk, kept by the server.
        Direct = "direct",
    }
}

words! {
    /// What of a room its member wants to be told about.
    Notify {
        /// Nothing.
        None = "none",
        /// Only what mentions them.
        Mentions = "mentions",
        /// Every message.
        All = "all",
    }
}

words! {
    /// Who may make an account.
    RegisterPolicy {
        /// Nobody.
        Closed = "closed",
        /// Whoever has an invite.
        Invite = "invite",
        /// Anybody.
        Open = "open",
    }
}
