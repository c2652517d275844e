//! Pages of a room's timeline.

use crate::item::Item;

/// Where a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The newest items.
    Newest,
    /// The items just before this `seq`, without it.
    Before(u64),
    /// The items just after this `seq`, without it.
    After(u64),
    /// The items around this `seq`, with it.
    Around(u64),
}

/// Some items of a room, by `seq`, with no message missing between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryPage {
    /// The items, in rising `seq`.
    pub items: Vec<Item>,
    /// Whether there are older messages before the first.
    pub more_before: bool,
    /// Whether there are newer messages after the last.
    pub more_after: bool,
    /// Whether the page ends early because the rest is on the server, and there is no connection.
    pub offline: bool,
}
