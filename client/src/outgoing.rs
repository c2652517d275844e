//! A message of one's own on its way to the server.
//!
//! It is on disk before [`crate::Handle::send`] returns, goes out in order
//! within its room, keeps its nonce over every retry, and leaves the outbox
//! only when the server has said that it is kept. A message of one's own that
//! arrives as an [`crate::Item`] has the nonce of the [`Outgoing`] it was.

use bytes::Bytes;
use parlor_protocol::{ErrorLine, Time};

use crate::transfer::TransferId;

/// The mark of one message, kept over every retry.
pub type Nonce = String;

/// One message that the user wrote, and how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its mark.
    pub nonce: Nonce,
    /// Where it goes.
    pub room: String,
    /// The text.
    pub text: String,
    /// The `seq` of the message it answers.
    pub reply_to: Option<u64>,
    /// The uploads that go with it. It is not sent before all of them are done;
    /// if one fails, it fails.
    pub files: Vec<TransferId>,
    /// When it was written, by this computer's clock.
    pub written: Time,
    /// How far it is.
    pub state: OutgoingState,
}

/// How far a message is.
#[derive(Debug, Clone, PartialEq)]
pub enum OutgoingState {
    /// On disk, waiting for a connection or for the one before it.
    Waiting,
    /// Told to the server, which has not answered yet.
    Sending,
    /// The server has kept it. It is out of the outbox.
    Sent {
        /// Its place in the room's log.
        seq: u64,
        /// When the server kept it.
        time: Time,
        /// The `sent` line, byte for byte; none if the message itself came back first.
        answer: Option<Bytes>,
    },
    /// It stays here until it is retried or discarded.
    Failed(Failure),
    /// The user took it back; it was not sent.
    Discarded,
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// What the server said.
    pub error: ErrorLine,
    /// Whether the same message may pass later (a full disk there, for one);
    /// what is not retryable will be refused again until something changes.
    pub retryable: bool,
}
