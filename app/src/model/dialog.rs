//! What lies over the window and must be answered, and menus.

use parlor_client::{AccountId, Greeting, Link, Purpose};
use parlor_protocol::{DeviceId, File, Role, Room, RoomKind};

use crate::model::Switcher;
use crate::model::previews::Picture;

/// What lies over the window. The focus is on the safe button first.
#[derive(Debug)]
pub(crate) enum Dialog {
    /// A server shows a key that this computer has not seen: trust on first use.
    Trust(Box<Trust>),
    /// A server shows another key than the one remembered. There is no way to accept it here.
    KeyChanged {
        /// The server's address, by which it can be forgotten.
        address: String,
    },
    /// Are you sure?
    Confirm(Confirm),
    /// A new room.
    CreateRoom(NewRoom),
    /// Rooms that one may join.
    Browse(Browse),
    /// An invite to the server.
    Invite(InviteForm),
    /// Somebody is to be brought into a room.
    AddPerson(OneLine),
    /// A room's topic.
    Topic(OneLine),
    /// Jump to.
    Switcher(Switcher),
    /// A file to upload, by its path.
    AttachPath(AttachPath),
    /// A picture in full.
    Viewer(Box<Viewer>),
    /// A new peer channel, or one that others are in.
    Channel(OneLine),
    /// Somebody is to be talked with.
    Person(OneLine),
    /// Somebody has no device: the private room by the server is offered.
    NoDevice {
        /// Who.
        username: String,
    },
    /// Where an offered file is to go, by its path.
    SaveFile(SaveFile),
}

/// Where an offered file is to go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SaveFile {
    /// The offer.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// The path, as typed.
    pub text: String,
    /// What was wrong with it.
    pub error: Option<String>,
    /// Whether it is being accepted.
    pub waits: bool,
}

/// A file to upload, by its path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AttachPath {
    /// The room.
    pub room: String,
    /// What the upload is for.
    pub purpose: Purpose,
    /// The path, as typed.
    pub text: String,
    /// What was wrong with it.
    pub error: Option<String>,
    /// Whether the file is being looked at.
    pub waits: bool,
}

/// A picture in full.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Viewer {
    /// Which file.
    pub file: File,
    /// How far it is.
    pub state: Viewed,
}

/// How far a picture in full is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Viewed {
    /// On its way.
    Waits,
    /// There.
    Shown(Picture),
    /// Why not, in words.
    Failed(String),
}

/// Trust on first use.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trust {
    /// The server, as the link names it.
    pub link: Link,
    /// What it said, and the key it showed.
    pub greeting: Greeting,
}

/// A pin in groups of four, as it is compared by eye or by phone.
pub(crate) fn fours(pin: &str) -> Vec<&str> {
    let mut groups = Vec::new();
    let mut rest = pin;
    while !rest.is_empty() {
        let cut = rest.char_indices().nth(4).map_or(rest.len(), |(at, _)| at);
        groups.push(&rest[..cut]);
        rest = &rest[cut..];
    }
    groups
}

/// A question before something that cannot be taken back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Confirm {
    /// What is to be done.
    pub what: Deliberate,
    /// Why, where those concerned are told.
    pub reason: String,
    /// Whether Enter presses the safe button, which it does until Tab or an arrow moves on.
    pub safe: bool,
}

/// What is done only after a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Deliberate {
    /// Puts somebody off the server.
    Kick(String),
    /// Keeps somebody out for good.
    Ban(String),
    /// Keeps somebody from writing.
    Mute(String),
    /// Gives a rank.
    Rank(String, Role),
    /// Puts somebody out of a room.
    RemoveFromRoom {
        /// The room.
        room: String,
        /// Whom.
        username: String,
    },
    /// Leaves a room.
    LeaveRoom {
        /// The room.
        room: String,
        /// Whether one can come back by oneself.
        public: bool,
    },
    /// Deletes a room and all in it.
    DeleteRoom(String),
    /// Ends the session of this computer.
    SignOut(AccountId),
    /// Ends another session.
    EndSession {
        /// Its public name.
        session: String,
        /// What it is called.
        label: String,
    },
    /// Forgets a server (its address) and everything kept of it here.
    Forget(String),
    /// Stops the server inside the app.
    StopHosting,
    /// Closes the app while it hosts.
    QuitHosting,
    /// Closes the app while transfers run.
    QuitTransfers,
    /// Deletes a file for everybody.
    DeleteFile(Box<File>),
    /// Ends one of one's own devices.
    Revoke {
        /// Which.
        device: DeviceId,
        /// What it is called.
        label: String,
    },
    /// Leaves a peer channel, which removes what is here of it.
    LeaveChannel(String),
    /// Removes a talk on this computer.
    ForgetTalk(String),
    /// Lets nothing of a user in any more.
    Block(String),
    /// Says that a safety number differs.
    Differs(String),
}

impl Deliberate {
    /// Whether those concerned are told why.
    pub(crate) fn wants_reason(&self) -> bool {
        matches!(
            self,
            Self::Kick(_) | Self::Ban(_) | Self::RemoveFromRoom { .. }
        )
    }
}

/// A new room.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewRoom {
    /// Its name.
    pub name: String,
    /// Its kind: public or private.
    pub kind: RoomKind,
    /// Its topic.
    pub topic: String,
    /// What was wrong with it.
    pub error: Option<String>,
    /// Whether the server was asked.
    pub waits: bool,
}

impl Default for NewRoom {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: RoomKind::Public,
            topic: String::new(),
            error: None,
            waits: false,
        }
    }
}

/// Rooms that one may join.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Browse {
    /// The rooms; `None` until the server answered.
    pub rooms: Option<Vec<Room>>,
    /// What their names or topics must hold.
    pub filter: String,
    /// Why there is no list.
    pub error: Option<String>,
}

/// An invite to the server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InviteForm {
    /// The rank it gives.
    pub role: Role,
    /// How many may use it.
    pub uses: u64,
    /// For how many days.
    pub days: i64,
    /// The link, once made.
    pub link: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// Whether the server was asked.
    pub waits: bool,
}

impl Default for InviteForm {
    fn default() -> Self {
        Self {
            role: Role::Member,
            uses: 1,
            days: 7,
            link: None,
            error: None,
            waits: false,
        }
    }
}

/// One line of text about a room.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct OneLine {
    /// The room.
    pub room: String,
    /// The text.
    pub text: String,
    /// What was wrong with it.
    pub error: Option<String>,
    /// Whether the server was asked.
    pub waits: bool,
}

/// A menu that hangs from a button; a click beside it or Esc closes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Menu {
    /// From the server's name: accounts, invite, hosting, sign out.
    Server,
    /// From a room's header: what one may do with it.
    Room,
    /// From a person: what one may do to them.
    Person {
        /// Whom.
        username: String,
        /// Whether the ranks are unfolded.
        ranks: bool,
    },
    /// From a recent server of the first screen, by its address.
    Recent(String),
    /// From the new-room button.
    Rooms,
    /// From a line of the list of files, by the file's id.
    File(String),
    /// From the safety panel: what one may do to the person of the talk in front.
    Safety,
    /// From the header of a peer channel.
    Channel,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_shown_in_fours() {
        assert_eq!(fours("lS3vQ9kTz0b"), ["lS3v", "Q9kT", "z0b"]);
    }
}
