//! Devices that talk with each other, end to end encrypted: direct messages, peer
//! channels and files, without a server in between. Section 5 of the protocol.
//!
//! Everything that must survive is in a store of its own beside the account's
//! (`peer.db`), and every process of a home writes there what it wishes. One of them, which
//! holds the lock of the device, is its *node*: it has the keys and the links, and does
//! what the store says is to be done. When it ends, another takes over.
//!
//! # Layout
//!
//! - [`talk`], [`post`], [`person`]: the nouns; [`event`]: what is told.
//! - [`handle`]: [`Peers`], to ask by; [`PeerEvents`], to listen.
//! - `options`: how a node behaves.
//! - `ask`: what handles ask of a node in their own process.
//! - `store`: what is known, was said, and is to be done.
//! - `vault`, `olm`: this device's keys, and sealing for those who are away.
//! - `files`: files on their way between devices.
//! - `node`: the process that does all this. `net`: links to other devices, and how they are found.

mod ask;
pub mod event;
mod events;
mod files;
pub mod handle;
mod net;
mod node;
mod olm;
mod options;
pub mod person;
pub mod post;
mod store;
pub mod talk;
mod vault;

pub use event::{PeerEvent, PeerSnapshot, Standing, TrackerStanding};
pub use events::PeerEvents;
pub(crate) use files::RoomDepot;
pub use handle::{PeerError, Peers};
pub use node::NodeState;
pub use options::PeerOptions;
pub use person::{DeviceStanding, Dialled, KnownDevice, Path, Person, Trust, Way};
pub use post::{Notice, PeerFile, PeerFileState, Post, PostBody, PostReaction, PostState};
pub use talk::{BadTalk, ChannelMember, Talk, TalkState};
