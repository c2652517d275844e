//! The messages of one room or talk, as far as they are loaded, in their order.
//!
//! What is loaded is one run without a hole. At its ends, [`Edge`] says whether
//! there is more and how asking for it goes. After a jump far back the run ends
//! before the newest: what arrives then is only counted, until the reader
//! comes back to now.
//!
//! # Layout
//!
//! - [`entry`]: one line of it, kept small: a room may have 100,000.
//! - [`rows`]: what stands before and around a line: days, groups, the divider.
//! - [`posts`]: what went between devices, which no server has numbered.

pub(crate) mod entry;
pub(crate) mod posts;
pub(crate) mod rows;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use parlor_client::{HistoryPage, Item, Outgoing, OutgoingState, Place};

use crate::widget::virtual_list::{Send, Target, View};
use entry::{Authors, Body, Entry};

/// Whether there is more at an end of what is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Edge {
    /// Nothing more.
    End,
    /// There may be more; nobody asked yet.
    #[default]
    More,
    /// It was asked for.
    Asked,
    /// The rest is on the server, and there is no connection.
    Offline,
    /// Asking for it failed.
    Failed,
}

/// A message of one's own that is not in the log yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pending {
    /// Its place among them, for ever.
    pub(crate) number: u64,
    /// What the client knows of it.
    pub(crate) outgoing: Outgoing,
}

/// A page of lines, as it is taken in.
struct Page {
    entries: Vec<Entry>,
    more_before: bool,
    more_after: bool,
    offline: bool,
}

/// The messages of one room or talk.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    entries: VecDeque<Entry>,
    authors: Authors,
    /// The places of posts, by their marks.
    ids: HashMap<Box<str>, u64>,
    /// The place that is sought in what is older than what is loaded, and how many pages more.
    sought: Option<(u64, usize)>,
    pending: Vec<Pending>,
    numbered: u64,
    /// What is older than the first line.
    pub(crate) before: Edge,
    /// What is newer than the last line: `End`, unless one jumped back.
    after: Edge,
    /// How far one had read when the room was opened: the divider stands behind it.
    read_mark: Option<u64>,
    /// What is in sight.
    pub(crate) view: Option<View>,
    /// Messages that came while the end was out of sight.
    pub(crate) missed: u64,
    send: Option<Send>,
    serial: u64,
    /// The message that one jumped to.
    pub(crate) marked: Option<u64>,
}

impl Timeline {
    /// Nothing is loaded yet, and whatever comes is the newest.
    pub(crate) fn new() -> Self {
        Self {
            after: Edge::End,
            ..Self::default()
        }
    }

    /// Takes in the newest items that the local store holds.
    pub(crate) fn load(&mut self, items: Vec<Item>) {
        let page = Page {
            entries: self.entries_of(items),
            more_before: true,
            more_after: false,
            offline: false,
        };
        self.newest(page);
    }

    /// The lines for items. What of them was on its way is so no more.
    fn entries_of(&mut self, items: Vec<Item>) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(items.len());
        for item in items {
            self.forget_outgoing(&item);
            entries.push(self.authors.entry(item));
        }
        entries
    }

    /// Takes in items, new or changed, each as it now stands. What lies
    /// outside of what is loaded is fetched when it is wanted.
    pub(crate) fn put_items(&mut self, items: Vec<Item>) {
        let entries = self.entries_of(items);
        self.put_entries(entries);
    }

    fn put_entries(&mut self, entries: Vec<Entry>) {
        let seen_end = self.at_now() && self.view.is_none_or(|view| view.at_end);
        for entry in entries {
            let newest = self.entries.back().is_none_or(|last| entry.seq > last.seq);
            match (newest, self.after) {
                (true, Edge::End) => {
                    self.missed += u64::from(!seen_end && entry.message().is_some());
                    self.entries.push_back(entry);
                }
                (true, _) => self.missed += u64::from(entry.message().is_some()),
                (false, _) => self.replace(entry),
            }
        }
    }

    fn replace(&mut self, entry: Entry) {
        match self
            .entries
            .binary_search_by_key(&entry.seq, |entry| entry.seq)
        {
            Ok(at) => self.entries[at] = entry,
            Err(0) if self.before != Edge::End => {}
            Err(at) => self.entries.insert(at, entry),
        }
    }

    /// A message of one's own arrived: it is on its way no more.
    fn forget_outgoing(&mut self, item: &Item) {
        if let Item::Message(message) = item {
            self.pending
                .retain(|pending| pending.outgoing.nonce != message.nonce);
        }
    }

    /// Takes in how one's own message is going.
    pub(crate) fn put_outgoing(&mut self, outgoing: Outgoing) {
        let at = self
            .pending
            .iter()
            .position(|pending| pending.outgoing.nonce == outgoing.nonce);
        match (&outgoing.state, at) {
            (OutgoingState::Discarded, Some(at)) => {
                self.pending.remove(at);
            }
            // It may be in the log already: only what is known is kept.
            (OutgoingState::Sent { seq, .. }, Some(at)) => {
                if self.entry_of(*seq).is_some() || self.after != Edge::End {
                    self.pending.remove(at);
                } else {
                    self.pending[at].outgoing = outgoing;
                }
            }
            (_, Some(at)) => self.pending[at].outgoing = outgoing,
            (OutgoingState::Discarded | OutgoingState::Sent { .. }, None) => {}
            (_, None) => {
                self.numbered += 1;
                self.pending.push(Pending {
                    number: self.numbered,
                    outgoing,
                });
            }
        }
    }

    /// Everything up to `up_to` is stale; everything is, without it.
    pub(crate) fn stale(&mut self, up_to: Option<u64>) {
        let up_to = up_to.unwrap_or(u64::MAX);
        self.entries.retain(|entry| entry.seq > up_to);
        self.before = Edge::More;
        if self.entries.is_empty() {
            self.after = Edge::End;
        }
        self.read_mark = None;
    }

    /// Takes in a page, or learns that it did not come.
    pub(crate) fn paged(&mut self, place: Place, page: Option<HistoryPage>) {
        let Some(page) = page else {
            match place {
                Place::After(_) => self.after = Edge::Failed,
                _ => self.before = Edge::Failed,
            }
            return;
        };
        let page = Page {
            entries: self.entries_of(page.items),
            more_before: page.more_before,
            more_after: page.more_after,
            offline: page.offline,
        };
        match place {
            Place::Newest => self.newest(page),
            Place::Before(seq) => self.older(seq, page),
            Place::After(seq) => self.newer(seq, page),
            Place::Around(seq) => self.around(seq, page),
        }
    }

    fn newest(&mut self, page: Page) {
        if self.after == Edge::End && self.overlaps(&page) {
            return self.merge(page);
        }
        // What arrived while the page was on its way stands behind it.
        let end = page.entries.last().map_or(0, |entry| entry.seq);
        let mut later: Vec<Entry> = Vec::new();
        if self.after == Edge::End {
            later.extend(self.entries.drain(..).filter(|entry| entry.seq > end));
        }
        self.before = edge(page.more_before, page.offline);
        self.after = Edge::End;
        self.entries = page.entries.into();
        self.entries.extend(later);
    }

    /// Whether a page has some of what is loaded, so that no hole lies between.
    fn overlaps(&self, page: &Page) -> bool {
        match (
            self.entries.front(),
            self.entries.back(),
            page.entries.first(),
            page.entries.last(),
        ) {
            (Some(first), Some(last), Some(from), Some(to)) => {
                last.seq >= from.seq && first.seq <= to.seq
            }
            _ => false,
        }
    }

    /// Takes in a page that overlaps with what is loaded.
    fn merge(&mut self, page: Page) {
        let first = self.entries.front().map_or(0, |entry| entry.seq);
        let entries = page.entries.into_iter();
        let (older, newer): (Vec<Entry>, Vec<Entry>) = entries.partition(|entry| entry.seq < first);
        if !older.is_empty() {
            self.before = edge(page.more_before, page.offline);
        }
        for entry in older.into_iter().rev() {
            self.entries.push_front(entry);
        }
        for entry in newer {
            self.replace_or_add(entry);
        }
    }

    fn replace_or_add(&mut self, entry: Entry) {
        if self.entries.back().is_none_or(|last| entry.seq > last.seq) {
            self.entries.push_back(entry);
        } else {
            self.replace(entry);
        }
    }

    fn older(&mut self, before: u64, page: Page) {
        if self.entries.front().is_none_or(|first| first.seq != before) {
            return;
        }
        self.before = edge(page.more_before, page.offline);
        for entry in page.entries.into_iter().rev() {
            self.entries.push_front(entry);
        }
    }

    fn newer(&mut self, after: u64, page: Page) {
        if self.entries.back().is_none_or(|last| last.seq != after) {
            return;
        }
        self.after = edge(page.more_after, page.offline);
        for entry in page.entries {
            self.replace_or_add(entry);
        }
    }

    fn around(&mut self, seq: u64, page: Page) {
        if page.entries.is_empty() {
            return;
        }
        if self.entry_of(seq).is_none() {
            self.before = edge(page.more_before, page.offline);
            self.after = edge(page.more_after, page.offline);
            self.entries = page.entries.into();
        }
        self.mark(seq);
    }

    /// Whether the newest message is loaded.
    pub(crate) fn at_now(&self) -> bool {
        self.after == Edge::End
    }

    /// The page to ask for now, if the reader comes near an end; it counts as asked for.
    pub(crate) fn wants(&mut self) -> Option<Place> {
        if self.entries.is_empty() {
            return (self.before == Edge::More).then(|| {
                self.before = Edge::Asked;
                Place::Newest
            });
        }
        if let Some(older) = self.wants_sought() {
            return Some(older);
        }
        let view = self.view?;
        if view.near_start && self.before == Edge::More {
            self.before = Edge::Asked;
            return self.entries.front().map(|first| Place::Before(first.seq));
        }
        if view.near_end && self.after == Edge::More {
            self.after = Edge::Asked;
            return self.entries.back().map(|last| Place::After(last.seq));
        }
        None
    }

    /// What could not be fetched may be asked for again.
    pub(crate) fn ask_again(&mut self) {
        for edge in [&mut self.before, &mut self.after] {
            if matches!(edge, Edge::Offline | Edge::Failed) {
                *edge = Edge::More;
            }
        }
    }

    /// Whether something waits for a connection.
    pub(crate) fn waits_for_connection(&self) -> bool {
        self.before == Edge::Offline || self.after == Edge::Offline
    }

    /// Sends the list somewhere.
    pub(crate) fn go(&mut self, target: Target) {
        self.serial += 1;
        self.send = Some(Send {
            serial: self.serial,
            target,
        });
    }

    /// Where the list is sent.
    pub(crate) fn send(&self) -> Option<Send> {
        self.send
    }

    /// Shows a message that is loaded, marked.
    pub(crate) fn mark(&mut self, seq: u64) {
        self.marked = Some(seq);
        self.go(Target::Row(seq));
    }

    /// Sets the divider, once, on opening: what one has read ends at `read_seq`.
    pub(crate) fn set_divider(&mut self, read_seq: Option<u64>) {
        self.read_mark = read_seq;
    }

    /// What is in sight has changed.
    pub(crate) fn seen(&mut self, view: View) {
        self.view = Some(view);
        if view.at_end && self.at_now() {
            self.missed = 0;
        }
    }

    /// The line of this `seq`, if it is loaded.
    pub(crate) fn entry_of(&self, seq: u64) -> Option<&Entry> {
        let at = self
            .entries
            .binary_search_by_key(&seq, |entry| entry.seq)
            .ok()?;
        self.entries.get(at)
    }

    /// The text of a row, by its key: of a message in the log, or of one on its way.
    pub(crate) fn text_of(&self, row: u64) -> Option<&str> {
        if let Some(entry) = self.entry_of(row) {
            return entry.message().map(|message| &*message.text);
        }
        let pending = self
            .pending
            .iter()
            .find(|pending| rows::pending_key(pending) == row)?;
        Some(&pending.outgoing.text)
    }

    /// The last line loaded.
    pub(crate) fn last_seq(&self) -> Option<u64> {
        self.entries.back().map(|entry| entry.seq)
    }

    /// The author of a message: username, and display name when it was written.
    pub(crate) fn author(&self, entry: &Entry) -> (&str, &str) {
        self.authors.of(entry.author)
    }

    /// The newest message of this author that can be edited.
    pub(crate) fn last_by(&self, username: &str) -> Option<&Entry> {
        let is_theirs = |entry: &&Entry| {
            matches!(&entry.body, Body::Message(message) if !message.deleted && !message.is_peer_file())
                && self.author(entry).0 == username
        };
        self.entries.iter().rev().find(is_theirs)
    }
}

fn edge(more: bool, offline: bool) -> Edge {
    match (more, offline) {
        (false, _) => Edge::End,
        (true, false) => Edge::More,
        (true, true) => Edge::Offline,
    }
}
