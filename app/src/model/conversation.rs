//! One room's talk.

use parlor_client::{Item, Outgoing};

/// One room's talk.
#[derive(Debug)]
pub(crate) struct Conversation {
    /// The room.
    pub room: String,
}

impl Conversation {
    /// A conversation of which nothing is loaded yet.
    pub(crate) fn new(room: &str) -> Self {
        Self {
            room: room.to_owned(),
        }
    }

    /// Takes in the newest items that the local store holds.
    pub(crate) fn load(&mut self, _items: Vec<Item>) {}

    /// Takes in items, new or changed: each as it now stands.
    pub(crate) fn put_items(&mut self, _items: Vec<Item>) {}

    /// Takes in how one's own message is going.
    pub(crate) fn put_outgoing(&mut self, _outgoing: Outgoing) {}

    /// Everything up to `up_to` is stale; everything is, without it.
    pub(crate) fn stale(&mut self, _up_to: Option<u64>) {}

    /// Somebody is writing.
    pub(crate) fn typing(&mut self, _username: &str, _now: parlor_protocol::Time) {}

    /// Whether somebody writes, as far as was heard.
    pub(crate) fn someone_types(&self) -> bool {
        false
    }
}
