//! One room's talk.

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
}
