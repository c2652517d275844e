//! One room's talk, or one between devices: what was said, who writes, and what is being written.

use std::collections::BTreeSet;

use parlor_client::{HistoryPage, Item, Outgoing, Place};
use parlor_protocol::Time;

use crate::model::composer::Composer;
use crate::model::timeline::Timeline;

/// Whoever wrote so long ago, in milliseconds, writes no more: the server tells every 3 s at most.
const TYPING: i64 = 6_000;

/// One room's talk.
#[derive(Debug)]
pub(crate) struct Conversation {
    /// The room, or the talk.
    pub(crate) room: String,
    /// What was said.
    pub(crate) timeline: Timeline,
    /// What is being written.
    pub(crate) composer: Composer,
    /// Who writes, and when that was last heard.
    typing: Vec<(String, Time)>,
    /// What is open over a message.
    pub(crate) open: Option<Open>,
    /// The message that the keyboard chose, by its row's key.
    pub(crate) chosen: Option<u64>,
    /// Long messages that are shown whole, by their rows' keys.
    pub(crate) unfolded: BTreeSet<u64>,
    /// Whether somebody looks at it: it is in front, in a window that has the focus.
    pub(crate) watched: bool,
    /// How far the server was told that one has read.
    pub(crate) read: u64,
}

/// What is open over a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// The menu of this row.
    Menu(u64),
    /// The question whether to delete it.
    Delete(u64),
    /// The emoji to react with.
    React(u64),
}

impl Open {
    /// Over which row.
    pub(crate) fn row(self) -> u64 {
        match self {
            Self::Menu(row) | Self::Delete(row) | Self::React(row) => row,
        }
    }
}

impl Conversation {
    /// A conversation of which nothing is loaded yet.
    pub(crate) fn new(room: &str) -> Self {
        Self {
            room: room.to_owned(),
            timeline: Timeline::new(),
            composer: Composer::default(),
            typing: Vec::new(),
            open: None,
            chosen: None,
            unfolded: BTreeSet::new(),
            watched: false,
            read: 0,
        }
    }

    /// Takes in the newest items that the local store holds.
    pub(crate) fn load(&mut self, items: Vec<Item>) {
        self.timeline.load(items);
    }

    /// Takes in items, new or changed: each as it now stands.
    pub(crate) fn put_items(&mut self, items: Vec<Item>) {
        for item in &items {
            if let Some(message) = item.message() {
                self.typing
                    .retain(|(username, _)| *username != message.from);
            }
        }
        self.timeline.put_items(items);
    }

    /// Takes in how one's own message is going.
    pub(crate) fn put_outgoing(&mut self, outgoing: Outgoing) {
        self.timeline.put_outgoing(outgoing);
    }

    /// Takes in a page, or learns that it did not come.
    pub(crate) fn paged(&mut self, place: Place, page: Option<HistoryPage>) {
        self.timeline.paged(place, page);
    }

    /// Everything up to `up_to` is stale; everything is, without it.
    pub(crate) fn stale(&mut self, up_to: Option<u64>) {
        self.timeline.stale(up_to);
        self.open = None;
        self.chosen = None;
    }

    /// Somebody's post came, so that they write no more.
    pub(crate) fn wrote(&mut self, username: &str) {
        self.typing.retain(|(known, _)| known != username);
    }

    /// Somebody is writing.
    pub(crate) fn typing(&mut self, username: &str, now: Time) {
        self.typing.retain(|(known, _)| known != username);
        self.typing.push((username.to_owned(), now));
    }

    /// Forgets who has stopped writing.
    pub(crate) fn pass(&mut self, now: Time) {
        self.typing
            .retain(|(_, heard)| now.as_millis() - heard.as_millis() < TYPING);
    }

    /// Whether somebody writes, as far as was heard.
    pub(crate) fn someone_types(&self) -> bool {
        !self.typing.is_empty()
    }

    /// Who writes, the first heard first.
    pub(crate) fn who_types(&self) -> impl Iterator<Item = &str> {
        self.typing.iter().map(|(username, _)| username.as_str())
    }
}
