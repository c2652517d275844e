//! A post: what stands in the timeline of a talk.

use std::path::PathBuf;

use parlor_protocol::{DeviceId, Time};

use super::person::Way;
use super::talk::Talk;

/// What stands in the timeline of a talk.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// In which talk.
    pub talk: Talk,
    /// Its place in this device's timeline of it: rises, with holes, and stays.
    pub place: u64,
    /// Its mark: unique together with the author's device. Empty for a notice.
    pub id: String,
    /// The author's username; of a notice, whom it is about.
    pub from: String,
    /// The author's device.
    pub device: Option<DeviceId>,
    /// When it was written, by the author's clock.
    pub time: Time,
    /// What it says.
    pub body: PostBody,
    /// The id of the post that it answers.
    pub reply_to: Option<String>,
    /// When it was last given a new text.
    pub edited: Option<Time>,
    /// Whether it was taken back: its text is then empty.
    pub deleted: bool,
    /// Its reactions, in the order of the first of each.
    pub reactions: Vec<PostReaction>,
    /// How far it is on its way, or how it came.
    pub state: PostState,
}

/// One emoji on a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostReaction {
    /// The emoji.
    pub emoji: String,
    /// By whom.
    pub by: Vec<String>,
}

/// What a post says.
#[derive(Debug, Clone, PartialEq)]
pub enum PostBody {
    /// A text.
    Text(String),
    /// A file.
    File(Box<PeerFile>),
    /// Something happened to the talk.
    Notice(Notice),
}

/// Something that happened to a talk. `Post::from` says about whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The user has a new device.
    NewDevice {
        /// Which.
        device: DeviceId,
        /// What it is called.
        label: String,
    },
    /// A device that was known shows other keys, or the server's key changed:
    /// somebody may stand between.
    KeyChanged {
        /// Which.
        device: DeviceId,
        /// What it is called.
        label: String,
    },
    /// The user ended a device.
    DeviceRevoked {
        /// Which.
        device: DeviceId,
        /// What it was called.
        label: String,
    },
    /// The safety number was compared, and is the same.
    Compared,
    /// The safety number was compared, and differs.
    Differs,
    /// A device wrote two entries of a peer channel with one number: only the first stays.
    Forked {
        /// Which.
        device: DeviceId,
    },
}

/// How far a post is on its way, or how it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostState {
    /// Of oneself: no device of the other's has it yet.
    OnItsWay,
    /// Of oneself: sealed, and kept by the room server for every device that has it not.
    Sealed,
    /// Of oneself: a device of the other's has stored it.
    Delivered(Way),
    /// Of oneself: it is not sent, and will not be by itself; why, for people.
    Failed(String),
    /// Of another: how it came.
    Received(Way),
    /// A notice, or written by another device of one's own.
    Here,
}

/// A file in a talk.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerFile {
    /// Its offer's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The BLAKE3 of its bytes, 64 lower-case hex digits; empty while it is being hashed.
    pub blake3: String,
    /// How it stands.
    pub state: PeerFileState,
    /// Bytes that have arrived, at the other side if it is one's own.
    pub done: u64,
    /// Bytes a second, while it runs.
    pub rate: Option<u64>,
    /// Where it is on this computer.
    pub path: Option<PathBuf>,
}

/// How a file in a talk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerFileState {
    /// One's own: it is being read to know its hash.
    Hashing,
    /// Offered: who receives it has not said yes or no.
    Offered,
    /// Accepted; it waits for a link.
    Waiting,
    /// Its bytes pass from device to device.
    Running,
    /// One's own: it is being sealed and uploaded, or is; the other's: it is being fetched.
    Sealing,
    /// One's own: it waits at the room server, sealed.
    Sealed,
    /// Held up by who receives or sends it here.
    Paused,
    /// It is there, and its hash is right.
    Done,
    /// Who was to receive it said no.
    Declined,
    /// It was taken back by who sent it.
    Cancelled,
    /// It will not come by itself; why, for people.
    Failed(String),
}
