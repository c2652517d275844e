//! What a controller wants done, as data. `perform.rs` alone turns it into
//! iced tasks, so that a test asserts on the model and the effect.

mod peer;

use std::path::PathBuf;

use parlor_client::{AccountId, Credentials, Greeting, Link, Place, Purpose, TransferId};
use parlor_protocol::{File, Presence, Request};

use crate::model::{LanguageChoice, Preferences};

pub(crate) use peer::PeerCommand;

/// What is to be done after an update.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Effect {
    /// Nothing.
    #[default]
    None,
    /// Several things, in this order.
    Batch(Vec<Effect>),
    /// Something for an account's client, which keeps it while offline where that makes sense.
    Tell(AccountId, Command),
    /// A request whose answer comes back as `Message::Answered` with `question`.
    Ask {
        /// Whose connection asks.
        account: AccountId,
        /// What the answer will be about.
        question: Question,
        /// The line to send.
        request: Request,
    },
    /// Puts a text on the clipboard.
    Copy(String),
    /// Reads the clipboard's text; it comes back as `Message::Pasted`.
    Paste,
    /// Opens a web address in the system's browser.
    Open(String),
    /// Gives the keyboard to the widget of this id.
    Focus(&'static str),
    /// Gives the keyboard to the next widget in order, or the one before.
    FocusNext {
        /// Backwards.
        back: bool,
    },
    /// Takes the keyboard from whichever widget has it.
    Unfocus,
    /// Selects the whole text of the input of this id.
    SelectAll(&'static str),
    /// Says everything in this language from now on.
    Speak(LanguageChoice),
    /// Writes the preferences.
    Keep(Box<Preferences>),
    /// Connects without signing in, to learn who answers and with which key.
    Greet(Link),
    /// Remembers a server's key, which the user compared.
    Remember(Box<Greeting>),
    /// Brings the window to the front.
    Raise,
    /// Forgets a server: its key, its accounts and everything kept of it on this computer.
    Forget(String),
    /// Signs in, by what the form says.
    SignIn {
        /// The server.
        link: Link,
        /// How.
        with: Credentials,
    },
    /// Ends the session on the server and drops what was kept of it here.
    SignOut(AccountId),
    /// A page of a room; it comes back as `Message::Paged`.
    Page {
        /// Whose.
        account: AccountId,
        /// The room.
        room: String,
        /// Where the page lies.
        place: Place,
    },
    /// Starts the server inside the app.
    Host(HostOptions),
    /// Stops the server inside the app.
    StopHosting,
    /// Something for an account's peers.
    Peer(AccountId, PeerCommand),
    /// Something with files.
    Files(AccountId, FileEffect),
    /// Opens a file of this computer with the program that the system has for it.
    OpenFile(PathBuf),
    /// Shows a file of this computer in its folder.
    ShowInFolder(PathBuf),
    /// Closes the window; what waits is on disk already.
    Quit,
}

/// What is to be done with files, for an account.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FileEffect {
    /// Asks the user which files to upload; what they chose comes back as `attach::Message::Picked`.
    Pick {
        /// The room.
        room: String,
        /// What the uploads are for.
        purpose: Purpose,
    },
    /// Begins to upload a file; how that went comes back as `attach::Message::Begun`.
    Upload {
        /// The room.
        room: String,
        /// Which.
        what: Upload,
        /// What the upload is for.
        purpose: Purpose,
    },
    /// Begins to download a file into the user's folder for downloads.
    Download(Box<File>),
    /// Asks the user where to put a file, and begins to download it.
    SaveAs(Box<File>),
    /// Fetches a picture, small for its message or in full; it comes back as `file::Message::Came`.
    Picture {
        /// Which.
        file: Box<File>,
        /// In full.
        full: bool,
    },
    /// Stops a transfer for now.
    Pause(TransferId),
    /// Lets a transfer go on.
    Resume(TransferId),
    /// Gives a transfer up, or clears it from the history.
    Cancel(TransferId),
    /// Clears the history.
    Clear,
}

/// What is uploaded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Upload {
    /// A file of this computer's.
    Path(PathBuf),
    /// A file of this computer's, by the path that the user typed.
    Typed(String),
    /// The picture on the clipboard, if there is one.
    Clipboard,
}

/// How the server inside the app is to run.
#[derive(Clone, PartialEq)]
pub(crate) struct HostOptions {
    /// The server's name, for people.
    pub name: String,
    /// Whether anybody with the plain link may make an account.
    pub open: bool,
    /// The owner's account, which is made at the first start.
    pub username: String,
    /// The owner's password.
    pub password: String,
}

impl std::fmt::Debug for HostOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostOptions")
            .field("name", &self.name)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

/// What an account's client is told; each is kept or retried by the client itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Command {
    /// Puts a message into the outbox on disk, from where it is sent exactly once.
    Send {
        /// The room.
        room: String,
        /// The text.
        text: String,
        /// The message it answers.
        reply_to: Option<u64>,
        /// The uploads that go with it.
        files: Vec<TransferId>,
    },
    /// Sends a failed message again, under its own nonce.
    Retry {
        /// The message's mark.
        nonce: String,
    },
    /// Takes a failed message out of the outbox.
    Discard {
        /// The message's mark.
        nonce: String,
    },
    /// Says how far one has read.
    Read {
        /// The room.
        room: String,
        /// The last `seq` read.
        seq: u64,
    },
    /// Says that one is writing.
    Typing {
        /// The room.
        room: String,
    },
    /// Keeps what stands in the composer.
    Draft {
        /// The room.
        room: String,
        /// The text; an empty one takes the draft away.
        text: String,
    },
    /// Says whether one is there.
    Presence(Presence),
    /// Tries to connect at once.
    TryNow,
}

/// What a request was about, so that its answer finds its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Question {
    /// A message of this room was to have a new text, which comes back where
    /// the server does not take it.
    Edit {
        /// The room.
        room: String,
        /// The message.
        seq: u64,
        /// The new text.
        text: String,
    },
    /// A message was deleted or reacted to in this room.
    Act {
        /// The room.
        room: String,
    },
    /// A slash command of this room's composer.
    Slash {
        /// The room.
        room: String,
    },
    /// Who is in this room.
    Members(String),
    /// Everybody on the server.
    Users,
    /// Which rooms there are.
    Browse,
    /// A room of this name was made.
    CreateRoom(String),
    /// A room was joined.
    Join(String),
    /// A room was left.
    Leave(String),
    /// A room of two was opened, and perhaps something is to be sent there.
    Direct {
        /// With whom.
        username: String,
        /// What to send there.
        text: Option<String>,
    },
    /// The n-th search.
    Search(u64),
    /// The profile was changed.
    Profile,
    /// The password was changed.
    Password,
    /// One's sessions.
    Sessions,
    /// One of one's sessions was ended.
    EndSession,
    /// An invite was made, in the dialog.
    Invite,
    /// An invite was made, for the host page.
    HostInvite,
    /// Something was done with rank, or to a room.
    Moderation(Done),
    /// The n-th question for the list of files: its first page, or what is older.
    Files {
        /// Which question.
        asked: u64,
        /// The first page.
        first: bool,
    },
    /// A file was deleted.
    DeleteFile(Box<File>),
}

/// What was done, for the words that say so.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Done {
    /// Kicked from the server.
    Kicked(String),
    /// Banned.
    Banned(String),
    /// Muted.
    Muted(String),
    /// May write again.
    Unmuted(String),
    /// Given a rank.
    Ranked(String),
    /// Put out of a room.
    Removed(String),
    /// Brought into a room.
    Added(String),
    /// A room's topic was set.
    Topic,
    /// A room was deleted.
    Deleted(String),
    /// What one is told about was set.
    Notify,
    /// Everybody was told something.
    Alerted,
}

impl Effect {
    /// This, then that; nothing is dropped from the list.
    pub(crate) fn and(self, next: Self) -> Self {
        match (self, next) {
            (Self::None, other) | (other, Self::None) => other,
            (Self::Batch(mut all), Self::Batch(more)) => {
                all.extend(more);
                Self::Batch(all)
            }
            (Self::Batch(mut all), one) => {
                all.push(one);
                Self::Batch(all)
            }
            (one, Self::Batch(more)) => {
                let mut all = vec![one];
                all.extend(more);
                Self::Batch(all)
            }
            (one, other) => Self::Batch(vec![one, other]),
        }
    }
}
