//! What two devices say to each other over their link, and what is sealed for one that is
//! away. Section 5.

mod entry;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use entry::{BadEntry, Entry, EntryBody, EntryKind, SignedEntry};

use crate::device::{DeviceId, VouchedCard};
use crate::{ErrorLine, Time};

/// The ALPN name of a link.
pub const ALPN: &[u8] = b"parlor-p2p/1";
/// The `channel` of what is said between two users.
pub const DIRECT: &str = "direct";
/// Entries that one `want` may ask for.
pub const WANT_ENTRIES: u64 = 1_000;
/// What is sealed for one device, as base64url, in bytes.
pub const SEALED_BYTES: usize = 48 * 1024;

/// A line of a link. Unknown members are ignored; so is a line of an unknown type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PeerLine {
    /// The first line of who dialled.
    Handshake(Hello),
    /// The first line of who was dialled.
    HandshakeAck(Hello),
    /// A message between two users.
    Chat(Chat),
    /// A message of one's own gets a new text.
    Edited(Edited),
    /// A message of one's own is deleted.
    Deleted(Deleted),
    /// A reaction is given or taken back.
    Reaction(Reacted),
    /// A file is offered.
    FileOffer(FileOffer),
    /// These are stored here.
    Ack {
        /// The ids of what was stored.
        ids: Vec<String>,
    },
    /// Somebody is writing.
    Typing {
        /// Who.
        from: String,
        /// `direct`, or the peer channel.
        channel: String,
    },
    /// An entry of a peer channel.
    Broadcast(Broadcast),
    /// What is here of a peer channel.
    Have {
        /// The channel.
        channel: String,
        /// The highest `n` without a hole, of each author's device.
        authors: BTreeMap<DeviceId, u64>,
    },
    /// Entries that are missing here, of one author's device.
    Want {
        /// The channel.
        channel: String,
        /// The author's device.
        device: DeviceId,
        /// The first `n` that is missing.
        from: u64,
        /// The last one that is asked for: at most [`WANT_ENTRIES`] in all.
        to: u64,
    },
    /// The card of an author whom the other side may not know.
    Card(VouchedCard),
    /// The file may come, from this byte on.
    FileAccept {
        /// The offer's id.
        id: String,
        /// The first byte that is missing.
        offset: u64,
    },
    /// The file is not wanted, or not any more.
    FileReject {
        /// The offer's id.
        id: String,
        /// Why, for people; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The file is here, and its hash is right.
    FileDone {
        /// The offer's id.
        id: String,
    },
    /// A line was refused; or, before the close, why the link ends.
    Error(ErrorLine),
    /// A type that this side does not know.
    #[serde(other)]
    Unknown,
}

/// Who one is: the first line each way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The username, which the card says too.
    pub username: String,
    /// The card; its device must be the key that the link proved.
    #[serde(flatten)]
    pub card: VouchedCard,
}

/// A message between two users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// Its mark, new for each message: a duplicate is the same author device and id.
    pub id: String,
    /// The author's username.
    pub from: String,
    /// To whom it goes: also the author's other devices must know.
    pub to: String,
    /// [`DIRECT`].
    pub channel: String,
    /// The text.
    pub message: String,
    /// When it was written, by the author's clock.
    pub time: Time,
    /// The id of the message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

/// A message gets a new text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// The mark of this change.
    pub id: String,
    /// The author's username.
    pub from: String,
    /// The other one of the talk.
    pub to: String,
    /// [`DIRECT`].
    pub channel: String,
    /// The id of the message.
    pub target: String,
    /// Its new text.
    pub message: String,
    /// When.
    pub time: Time,
}

/// A message is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The mark of this change.
    pub id: String,
    /// The author's username.
    pub from: String,
    /// The other one of the talk.
    pub to: String,
    /// [`DIRECT`].
    pub channel: String,
    /// The id of the message or the file's offer.
    pub target: String,
    /// When.
    pub time: Time,
}

/// A reaction is given or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reacted {
    /// The mark of this change.
    pub id: String,
    /// Who reacts.
    pub from: String,
    /// The other one of the talk.
    pub to: String,
    /// [`DIRECT`].
    pub channel: String,
    /// The id of the message.
    pub target: String,
    /// The emoji.
    pub emoji: String,
    /// Give, or take back.
    pub on: bool,
    /// When.
    pub time: Time,
}

/// A file is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOffer {
    /// Its mark.
    pub id: String,
    /// Who offers it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// [`DIRECT`].
    pub channel: String,
    /// The file's name, cleaned by [`crate::file_name::clean`].
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The BLAKE3 of its bytes, 64 lower-case hex digits.
    pub blake3: String,
    /// When.
    pub time: Time,
    /// Where it waits, if it was sealed for somebody who is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<SealedFile>,
}

/// Where the encrypted bytes of an offered file wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedFile {
    /// The id of the upload at the room server.
    pub file: String,
    /// The key: base64url of 32 bytes, for XChaCha20-Poly1305 in STREAM-BE32.
    pub key: String,
}

/// The first line of the stream that carries a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "file")]
pub struct FileHead {
    /// The offer's id.
    pub id: String,
    /// The first byte that follows.
    pub offset: u64,
}

/// What is sealed for a device that is away: the link's object, and for whom it was
/// sealed, so that it cannot be passed on as somebody else's. `to` of the line and
/// `device` are checked against the card whose Olm key it was sealed for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealedLine {
    /// What is said.
    #[serde(flatten)]
    pub line: PeerLine,
    /// The device for which it was sealed.
    pub device: DeviceId,
}

/// An entry of a peer channel, beside what it says in plain members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broadcast {
    /// The author's username.
    pub from: String,
    /// The channel.
    pub channel: String,
    /// The text.
    pub message: String,
    /// The entry's mark.
    pub id: String,
    /// When it was written, by the author's clock.
    pub time: Time,
    /// The entry, signed.
    #[serde(flatten)]
    pub entry: SignedEntry,
}

impl PeerLine {
    /// Reads a line, without its newline.
    ///
    /// # Errors
    ///
    /// What serde says of a line that is none.
    pub fn read(line: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(line)
    }

    /// The line with its newline.
    ///
    /// # Errors
    ///
    /// None that a line of these types could cause; what serde says.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }

    /// The mark by which it is acknowledged and told from a duplicate, of what is stored.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Chat(Chat { id, .. })
            | Self::Edited(Edited { id, .. })
            | Self::Deleted(Deleted { id, .. })
            | Self::Reaction(Reacted { id, .. })
            | Self::FileOffer(FileOffer { id, .. })
            | Self::Broadcast(Broadcast { id, .. }) => Some(id),
            _ => None,
        }
    }

    /// From whom and to whom, of what is stored and goes between two users.
    pub fn ends(&self) -> Option<(&str, &str)> {
        match self {
            Self::Chat(Chat { from, to, .. })
            | Self::Edited(Edited { from, to, .. })
            | Self::Deleted(Deleted { from, to, .. })
            | Self::Reaction(Reacted { from, to, .. })
            | Self::FileOffer(FileOffer { from, to, .. }) => Some((from, to)),
            _ => None,
        }
    }
}
