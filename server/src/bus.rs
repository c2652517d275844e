//! Who hears what: published pieces go to the outboxes of all subscribers of
//! a topic.
//!
//! A piece is encoded once, by its publisher, and its bytes are shared. The
//! bus of one process is [`LocalBus`]; a broker between several processes can
//! stand behind the same trait.

use std::fmt;
use std::sync::Arc;

use crate::outbox::{Outbox, Piece};
use crate::storage::{RoomId, UserId};

mod local;

pub(crate) use local::LocalBus;

/// What one can subscribe to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    /// A room's log and what is said about it; for its members.
    Room(RoomId),
    /// What concerns one user, on all of their connections.
    User(UserId),
    /// What everybody who is signed in hears.
    Everyone,
}

/// A run of a room's log, published as one piece.
#[derive(Debug, Clone)]
pub(crate) struct LogPiece {
    /// The encoded events, in `seq` order and without holes.
    pub(crate) piece: Piece,
    /// The `seq` of the first of them.
    pub(crate) first_seq: u64,
    /// The `seq` of the last of them.
    pub(crate) last_seq: u64,
    /// Whether it changes earlier events (an edit, a deletion), so that
    /// nothing kept of the room from before may be sent again.
    pub(crate) rewrites: bool,
}

/// The subscriber's cursor lies before what the bus still has: it must first
/// read the log up to `newest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behind {
    /// The `seq` of the newest event, which storage has.
    pub(crate) newest: u64,
}

/// Carries pieces from publishers to outboxes.
///
/// Within one room every subscriber hears the pieces in the order published,
/// each once, from its cursor on and without holes.
pub(crate) trait Bus: Send + Sync + fmt::Debug {
    /// Sends a run of a room's log to the room's subscribers.
    fn publish_log(&self, room: RoomId, piece: LogPiece);

    /// What was published of a room is no longer as it was (a file that a
    /// message showed is gone): nothing kept of it may be sent again.
    fn outdate(&self, room: RoomId);

    /// Sends what stands in no log to a topic's subscribers, but for `except`.
    fn publish(&self, topic: Topic, piece: &Piece, except: &[u64]);

    /// Subscribes to a room's log after the event `after`, which the caller
    /// has sent, or told its receiver to begin at. `last_seq` is the room's
    /// newest event that the caller knows of, published or about to be.
    /// Subscribing twice changes nothing.
    ///
    /// # Errors
    ///
    /// [`Behind`] where events after `after` were published that the bus no longer has.
    fn follow(
        &self,
        room: RoomId,
        outbox: &Arc<Outbox>,
        after: u64,
        last_seq: u64,
    ) -> Result<(), Behind>;

    /// Subscribes to what stands in no log.
    fn subscribe(&self, topic: Topic, outbox: &Arc<Outbox>);

    /// Ends a subscription.
    fn unsubscribe(&self, topic: Topic, outbox: u64);

    /// Forgets a topic and all its subscriptions: its room is gone.
    fn forget(&self, topic: Topic);
}
