//! What an account's peers are told or asked.

use std::path::PathBuf;

use parlor_client::peer::Talk;
use parlor_protocol::DeviceId;

use super::Upload;

/// What an account's peers are told or asked. What is told is kept by the client: it is done
/// whenever it can be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PeerCommand {
    /// The talk is looked at: its people are dialled.
    Open(Talk),
    /// A page of posts; it comes back as `peer::Message::Paged`.
    Page {
        /// In which talk.
        talk: Talk,
        /// Those before this place; the newest without it.
        before: Option<u64>,
    },
    /// Looks for words in the talks of this computer; it comes back as `peer::Message::Found`.
    Search {
        /// Which search this is.
        asked: u64,
        /// The words.
        words: String,
        /// In one talk, or in all.
        talk: Option<Talk>,
    },
    /// Writes a post.
    Send {
        /// In which talk.
        talk: Talk,
        /// The text.
        text: String,
        /// The mark and the place of the post that it answers.
        reply_to: Option<(String, u64)>,
    },
    /// Gives a post of one's own a new text.
    Edit {
        /// In which talk.
        talk: Talk,
        /// Which.
        id: String,
        /// Where it stands, for its text comes back where it is not taken.
        place: u64,
        /// The text.
        text: String,
    },
    /// Takes a post of one's own back.
    Delete(Talk, String),
    /// Gives a reaction, or takes it back.
    React {
        /// In which talk.
        talk: Talk,
        /// To which post.
        id: String,
        /// The emoji.
        emoji: String,
        /// Given, or taken back.
        on: bool,
    },
    /// Tries a failed post again.
    Retry(Talk, String),
    /// Says that one is writing.
    Typing(Talk),
    /// One has read up to this place.
    Read(Talk, u64),
    /// Keeps what stands in the composer; an empty text takes the draft away.
    Draft(Talk, String),
    /// Looks at a file that is to go with the next post; it comes back as `peer::Message::Looked`.
    Look(Talk, Upload),
    /// Offers a file to a person.
    SendFile(Talk, PathBuf),
    /// Asks the user where to put an offered file; it comes back as `peer::Message::Placed`.
    Place {
        /// The offer.
        id: String,
        /// The file's name.
        name: String,
    },
    /// Accepts an offered file, to this path.
    Accept {
        /// The offer.
        id: String,
        /// The path, as chosen or typed.
        to: PathBuf,
    },
    /// Declines an offered file, or takes one's own back.
    CancelFile(String),
    /// Holds a file up, or lets it go on.
    PauseFile(String, bool),
    /// Asks about a person whom one wants to talk with; it comes back as `peer::Message::Met`.
    Meet(String),
    /// Asks about a person, whose changes are told as events.
    Learn(String),
    /// The safety number was compared: whether it is the same.
    Compared(String, bool),
    /// Accepts a new or changed device without comparing.
    AcceptDevice(String, DeviceId),
    /// Lets nothing of a user in, or lets it in again.
    Block(String, bool),
    /// Ends one of one's own devices.
    Revoke(DeviceId),
    /// Comes into a peer channel; how that went comes back as `peer::Message::Joined`.
    Join(String),
    /// Leaves a peer channel.
    Leave(String),
    /// Removes a talk on this computer.
    Forget(Talk),
    /// Changes how this device behaves, as the preferences say.
    Behave {
        /// What it is called.
        label: String,
        /// Whether it looks for others on the LAN.
        lan: bool,
        /// Whether it goes by relays only.
        relay_only: bool,
    },
}
