//! Parlor's wire, version 1: the types of every line and how lines are cut,
//! read and written. `docs/protocol.md` is the same contract for people.
//!
//! This crate opens no socket and reads no clock, so that the server, the
//! client, and tests share one reading of the protocol.
//!
//! # Layout
//!
//! - [`names`]: what usernames, display names, room names and nonces may be.
//! - [`time`]: instants as the wire writes them.
//! - [`kinds`]: the closed sets of words: roles, presence, kinds of room.
//! - [`user`], [`room`], [`message`], [`file`]: the nouns that lines carry.
//! - [`file_name`]: what a file may be called.
//! - [`request`]: what a client may ask, and how a wrong line is named.
//! - [`reply`]: what the server says to one connection.
//! - [`event`]: what a room's log tells all of its members.
//! - [`error`]: the error codes and the `error` line.
//! - [`line`]: cutting a byte stream into lines, with a bound.
//! - [`mention`]: who is named in a text.
//! - [`signature`]: Ed25519 signatures in their contexts.
//! - [`device`]: devices and their cards; [`safety`]: the number that people compare.
//! - [`peer`]: what devices say to each other.
//! - [`tracker`]: the tracker's calls.
//! - [`limits`]: every number both sides must agree on.
#![warn(missing_docs)]

pub mod device;
pub mod error;
pub mod event;
pub mod file;
pub mod file_name;
pub mod kinds;
pub mod limits;
pub mod line;
pub mod mention;
pub mod message;
pub mod names;
pub mod peer;
pub mod reply;
pub mod request;
pub mod room;
pub mod safety;
pub mod signature;
pub mod time;
pub mod tracker;
pub mod user;

pub use device::{Card, ClaimedKey, DeviceCard, DeviceId, SignedKey, VouchedCard};
pub use error::{Code, ErrorLine};
pub use event::{LogBody, LogEvent};
pub use file::File;
pub use kinds::{Notify, Presence, RegisterPolicy, Role, RoomKind};
pub use line::{LineBuffer, LineTooLong};
pub use message::{Message, Reaction};
pub use reply::{Incoming, Reply, ServerLine};
pub use request::{Request, RequestLine};
pub use room::Room;
pub use safety::SafetyNumber;
pub use signature::{CurveKey, PublicKey, Signature};
pub use time::Time;
pub use user::User;
