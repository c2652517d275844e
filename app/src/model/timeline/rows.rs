//! What stands before and around a line: days, groups, the unread divider.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use parlor_client::OutgoingState;
use parlor_protocol::Time;

use super::entry::{Body, Entry};
use super::{Edge, Pending, Timeline};

/// A group is one author within so many milliseconds.
const GROUP: i64 = 5 * 60 * 1_000;
/// The keys of messages that are not in the log: above every `seq` (2^53).
const PENDING: u64 = 1 << 60;
/// The key of what stands behind everything.
const TAIL: u64 = u64::MAX;

/// One row of the list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row<'a> {
    /// The day that begins with it.
    pub(crate) day: Option<Date>,
    /// Whether the unread divider stands before it.
    pub(crate) divider: bool,
    /// Whether it begins a group.
    pub(crate) head: bool,
    /// What it is.
    pub(crate) what: What<'a>,
}

/// What a row is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What<'a> {
    /// What is older, or that nothing is.
    Start(Edge),
    /// A line of the log.
    Entry(&'a Entry),
    /// A message of one's own that is not in the log yet.
    Pending(&'a Pending),
    /// What is newer.
    Tail(Edge),
}

impl Timeline {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        1 + self.entries.len() + self.pending.len() + usize::from(!self.at_now())
    }

    /// Whether there is nothing to show but what an empty room shows.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.pending.is_empty() && self.before == Edge::End
    }

    /// The key of a row: it rises, and names the row for ever.
    pub(crate) fn key(&self, index: usize) -> u64 {
        let Some(at) = index.checked_sub(1) else {
            return 0;
        };
        if let Some(entry) = self.entries.get(at) {
            return entry.seq;
        }
        match self.pending.get(at - self.entries.len()) {
            Some(pending) => pending_key(pending),
            None => TAIL,
        }
    }

    /// The row at an index; `zone` says where a day begins, `me` who never sees a divider for their own.
    pub(crate) fn row(&self, index: usize, zone: &TimeZone, me: &str) -> Row<'_> {
        let plain = |what| Row {
            day: None,
            divider: false,
            head: false,
            what,
        };
        let Some(at) = index.checked_sub(1) else {
            return plain(What::Start(self.before));
        };
        if let Some(entry) = self.entries.get(at) {
            return self.entry_row(at, entry, zone, me);
        }
        let number = at - self.entries.len();
        match self.pending.get(number) {
            Some(pending) => self.pending_row(number, pending, zone, me),
            None => plain(What::Tail(self.after)),
        }
    }

    fn entry_row<'a>(&'a self, at: usize, entry: &'a Entry, zone: &TimeZone, me: &str) -> Row<'a> {
        let before = at.checked_sub(1).and_then(|at| self.entries.get(at));
        let divider = self.divider_at(me) == Some(at);
        // Before the first line stands what is not loaded: its day is not known to begin here.
        let begins_day = match before {
            Some(before) => day(before.time, zone) != day(entry.time, zone),
            None => self.before == Edge::End,
        };
        let joins = before.is_some_and(|before| {
            matches!((&before.body, &entry.body), (Body::Message(_), Body::Message(message)) if !message.answers())
                && self.author(before).0 == self.author(entry).0
                && within(before.time, entry.time)
        });
        Row {
            day: begins_day.then(|| day(entry.time, zone)),
            divider,
            head: !joins || begins_day || divider,
            what: What::Entry(entry),
        }
    }

    fn pending_row<'a>(
        &'a self,
        number: usize,
        pending: &'a Pending,
        zone: &TimeZone,
        me: &str,
    ) -> Row<'a> {
        let written = pending.outgoing.written;
        let (before, joins) = match number.checked_sub(1).and_then(|n| self.pending.get(n)) {
            Some(before) => (
                Some(before.outgoing.written),
                within(before.outgoing.written, written),
            ),
            None => {
                let last = self.entries.back();
                let mine =
                    last.is_some_and(|last| last.message().is_some() && self.author(last).0 == me);
                (
                    last.map(|last| last.time),
                    mine && last.is_some_and(|last| within(last.time, written)),
                )
            }
        };
        let begins_day = before.is_some_and(|before| day(before, zone) < day(written, zone));
        let answers = pending.outgoing.reply_to.is_some();
        Row {
            day: begins_day.then(|| day(written, zone)),
            divider: false,
            head: !joins || begins_day || answers,
            what: What::Pending(pending),
        }
    }

    /// Where the unread divider stands: before the first message of others after
    /// what was read, if everything between is loaded.
    fn divider_at(&self, me: &str) -> Option<usize> {
        let mark = self.read_mark?;
        let from = self.entries.partition_point(|entry| entry.seq <= mark);
        if from == 0 && self.before != Edge::End {
            return None;
        }
        (from..self.entries.len()).find(|at| {
            let entry = &self.entries[*at];
            entry.message().is_some() && self.author(entry).0 != me
        })
    }

    /// The `seq` before which the unread divider stands.
    pub(crate) fn divider(&self, me: &str) -> Option<u64> {
        self.divider_at(me).map(|at| self.entries[at].seq)
    }

    /// The `seq` of the last message that `me` wrote, which alone shows that it is kept.
    pub(crate) fn last_kept(&self, me: &str) -> Option<u64> {
        // Behind one's own failed or waiting message, "kept" would be read as its state.
        let failed = |pending: &Pending| matches!(pending.outgoing.state, OutgoingState::Failed(_));
        if self.pending.iter().any(failed) {
            return None;
        }
        let last = self.last_by(me)?;
        // What went between devices says by itself how far it is.
        let kept = last
            .message()
            .is_some_and(|message| message.posted().is_none());
        kept.then_some(last.seq)
    }

    /// The row above or below, for the keyboard: a message, or one that is not in the log yet.
    pub(crate) fn neighbour(&self, key: Option<u64>, back: bool) -> Option<u64> {
        let messages = (0..self.len()).filter(|index| match index.checked_sub(1) {
            None => false,
            Some(at) => match self.entries.get(at) {
                Some(entry) => entry.message().is_some_and(|message| !message.deleted),
                None => at - self.entries.len() < self.pending.len(),
            },
        });
        let keys: Vec<u64> = messages.map(|index| self.key(index)).collect();
        let Some(key) = key else {
            return keys.last().copied();
        };
        let at = keys.partition_point(|k| *k < key);
        let next = if back { at.checked_sub(1)? } else { at + 1 };
        keys.get(next).copied()
    }
}

/// The key of a message that is not in the log.
pub(super) fn pending_key(pending: &Pending) -> u64 {
    PENDING + pending.number
}

/// The day on which an instant lies.
pub(crate) fn day(time: Time, zone: &TimeZone) -> Date {
    zone.to_datetime(time.timestamp()).date()
}

fn within(before: Time, after: Time) -> bool {
    (after.as_millis() - before.as_millis()).abs() <= GROUP
}
