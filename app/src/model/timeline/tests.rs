//! What is kept of a room, and what stands around it.

use jiff::tz::TimeZone;
use parlor_client::{
    Failure, Happening, HistoryPage, Item, Outgoing, OutgoingState, Place, SystemLine,
};
use parlor_protocol::{Code, ErrorLine, Message, Time};

use super::rows::What;
use super::{Edge, Timeline};
use crate::widget::virtual_list::{Target, View};

const MINUTE: i64 = 60_000;
/// An evening in Greenwich, which is the next morning further east.
const EVENING: i64 = 1_795_118_400_000;

fn said_at(seq: u64, from: &str, minutes: i64) -> Item {
    Item::Message(Box::new(Message {
        seq,
        time: Time::from_millis(EVENING + minutes * MINUTE),
        from: from.into(),
        name: from.to_uppercase(),
        text: format!("text {seq}"),
        nonce: format!("n{seq}"),
        reply_to: None,
        files: Vec::new(),
        edited: None,
        deleted: false,
        reactions: Vec::new(),
    }))
}

fn said(seq: u64) -> Item {
    said_at(seq, "bob", i64::try_from(seq).unwrap())
}

fn page(seqs: impl IntoIterator<Item = u64>, more_before: bool, more_after: bool) -> HistoryPage {
    HistoryPage {
        items: seqs.into_iter().map(said).collect(),
        more_before,
        more_after,
        offline: false,
    }
}

fn loaded(seqs: impl IntoIterator<Item = u64>) -> Timeline {
    let mut timeline = Timeline::new();
    timeline.load(seqs.into_iter().map(said).collect());
    timeline
}

fn seqs(timeline: &Timeline) -> Vec<u64> {
    timeline.entries.iter().map(|entry| entry.seq).collect()
}

fn outgoing(nonce: &str, state: OutgoingState) -> Outgoing {
    Outgoing {
        nonce: nonce.into(),
        room: "general".into(),
        text: "mine".into(),
        reply_to: None,
        files: Vec::new(),
        written: Time::from_millis(EVENING),
        state,
    }
}

fn view(at_end: bool, near_start: bool, near_end: bool) -> View {
    View {
        first: 1,
        last: 1,
        at_end,
        far: !at_end,
        near_start,
        near_end,
        len: 1,
    }
}

#[test]
fn items_come_in_order_and_replace_what_they_change() {
    let mut timeline = loaded([3, 5]);
    timeline.put_items(vec![said(6), said(9)]);
    let mut changed = Message {
        text: "new".into(),
        ..said(5).message().unwrap().clone()
    };
    changed.edited = Some(Time::default());
    timeline.put_items(vec![Item::Message(Box::new(changed)), said(4)]);
    assert_eq!(seqs(&timeline), [3, 4, 5, 6, 9]);
    assert_eq!(timeline.text_of(5), Some("new"));
    // What is older than what is loaded is fetched when it is wanted.
    timeline.put_items(vec![said(1)]);
    assert_eq!(seqs(&timeline), [3, 4, 5, 6, 9]);
}

#[test]
fn pages_join_or_are_of_no_use() {
    let mut timeline = loaded([10, 11]);
    timeline.paged(Place::Before(10), Some(page([8, 9], true, true)));
    timeline.paged(Place::Before(10), Some(page([8, 9], true, true)));
    assert_eq!(seqs(&timeline), [8, 9, 10, 11]);
    timeline.paged(Place::Newest, Some(page([11, 12], true, false)));
    timeline.paged(Place::Newest, Some(page([6, 7, 8], true, false)));
    assert_eq!(seqs(&timeline), [6, 7, 8, 9, 10, 11, 12]);
    timeline.entries.drain(..2);
    assert_eq!(seqs(&timeline), [8, 9, 10, 11, 12]);
    // The newest page does not reach what was loaded: a hole would stand between.
    timeline.paged(Place::Newest, Some(page([90, 91], true, false)));
    assert_eq!(seqs(&timeline), [90, 91]);
    timeline.paged(Place::Before(90), Some(page([], false, true)));
    assert_eq!(timeline.before, Edge::End);
}

#[test]
fn far_back_what_arrives_is_counted_and_not_shown() {
    let mut timeline = loaded([1_000]);
    timeline.paged(Place::Around(50), Some(page(45..55, true, true)));
    assert_eq!(timeline.marked, Some(50));
    assert!(!timeline.at_now());
    timeline.put_items(vec![said(1_001)]);
    assert_eq!((timeline.last_seq(), timeline.missed), (Some(54), 1));
    timeline.seen(view(true, true, true));
    assert_eq!(timeline.missed, 1, "its end is not now");
    assert_eq!(timeline.wants(), Some(Place::Before(45)));
    assert_eq!(timeline.wants(), Some(Place::After(54)));
    assert_eq!(timeline.wants(), None, "each is asked for once");
    timeline.paged(Place::After(54), Some(page([1_000, 1_001], true, false)));
    assert!(timeline.at_now());
    timeline.seen(view(true, false, true));
    assert_eq!(timeline.missed, 0);
}

#[test]
fn back_to_now_keeps_what_came_while_the_page_was_on_its_way() {
    let mut timeline = loaded([]);
    assert_eq!(timeline.wants(), Some(Place::Newest));
    timeline.put_items(vec![said(8)]);
    timeline.paged(Place::Newest, Some(page([5, 6, 7], false, false)));
    assert_eq!(seqs(&timeline), [5, 6, 7, 8]);
}

#[test]
fn stale_is_dropped() {
    let mut timeline = loaded([1, 2, 9]);
    timeline.stale(Some(5));
    assert_eq!((seqs(&timeline), timeline.before), (vec![9], Edge::More));
    timeline.stale(None);
    assert_eq!(timeline.wants(), Some(Place::Newest));
}

#[test]
fn what_could_not_be_fetched_is_asked_for_again() {
    let mut timeline = loaded([5]);
    timeline.seen(view(true, true, true));
    assert_eq!(timeline.wants(), Some(Place::Before(5)));
    timeline.paged(Place::Before(5), None);
    assert_eq!((timeline.before, timeline.wants()), (Edge::Failed, None));
    timeline.ask_again();
    assert_eq!(timeline.wants(), Some(Place::Before(5)));
    let offline = HistoryPage {
        offline: true,
        ..page([], true, true)
    };
    timeline.paged(Place::Before(5), Some(offline));
    assert!(timeline.waits_for_connection());
}

#[test]
fn a_message_of_ones_own_is_shown_once() {
    let mut timeline = loaded([1]);
    timeline.put_outgoing(outgoing("n2", OutgoingState::Waiting));
    timeline.put_outgoing(outgoing("n2", OutgoingState::Sending));
    assert_eq!((timeline.len(), timeline.pending.len()), (3, 1));
    let sent = OutgoingState::Sent {
        seq: 2,
        time: Time::default(),
        answer: None,
    };
    // The answer and the message itself come in either order.
    timeline.put_outgoing(outgoing("n2", sent.clone()));
    assert_eq!(timeline.pending.len(), 1);
    timeline.put_items(vec![said(2)]);
    assert_eq!((timeline.pending.len(), timeline.len()), (0, 3));
    timeline.put_outgoing(outgoing("n2", sent));
    assert_eq!(timeline.pending.len(), 0);
    timeline.put_outgoing(outgoing("n9", OutgoingState::Waiting));
    timeline.put_outgoing(outgoing("n9", OutgoingState::Discarded));
    assert_eq!(timeline.pending.len(), 0);
}

#[test]
fn keys_rise_and_name_a_row() {
    let mut timeline = loaded([4, 7]);
    timeline.put_outgoing(outgoing("a", OutgoingState::Waiting));
    timeline.put_outgoing(outgoing("b", OutgoingState::Waiting));
    let keys: Vec<u64> = (0..timeline.len())
        .map(|index| timeline.key(index))
        .collect();
    assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
    let b = keys[4];
    timeline.put_outgoing(outgoing("a", OutgoingState::Discarded));
    assert_eq!(timeline.key(3), b);
    assert_eq!(timeline.text_of(b), Some("mine"));
}

/// What stands before each message: a day, the divider, a head.
fn around(timeline: &Timeline, zone: &TimeZone) -> Vec<(bool, bool, bool)> {
    (1..timeline.len())
        .map(|index| timeline.row(index, zone, "me"))
        .map(|row| (row.day.is_some(), row.divider, row.head))
        .collect()
}

#[test]
fn groups_are_of_one_author_within_five_minutes() {
    let mut timeline = Timeline::new();
    timeline.load(vec![
        said_at(1, "bob", 0),
        said_at(2, "bob", 5),
        said_at(3, "bob", 11),
        said_at(4, "eve", 11),
    ]);
    let what = Happening::Left {
        username: "x".into(),
        by: None,
        reason: None,
    };
    let line = SystemLine {
        seq: 5,
        time: Time::from_millis(EVENING + 12 * MINUTE),
        what,
    };
    timeline.put_items(vec![Item::System(line), said_at(6, "eve", 12)]);
    let heads: Vec<bool> = around(&timeline, &TimeZone::UTC)
        .into_iter()
        .map(|row| row.2)
        .collect();
    assert_eq!(heads, [true, false, true, true, true, true]);
}

#[test]
fn a_day_begins_where_the_reader_is() {
    let mut timeline = Timeline::new();
    timeline.load(vec![said_at(1, "bob", 239), said_at(2, "bob", 240)]);
    let days = |timeline: &Timeline, zone: &TimeZone| {
        around(timeline, zone)
            .into_iter()
            .map(|row| row.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(days(&timeline, &TimeZone::UTC), [false, true]);
    let east = TimeZone::fixed(jiff::tz::offset(7));
    assert_eq!(days(&timeline, &east), [false, false]);
    // Once nothing is older, the first message begins its day.
    timeline.paged(Place::Before(1), Some(page([], false, true)));
    assert_eq!(days(&timeline, &east), [true, false]);
}

#[test]
fn the_divider_stands_before_the_first_unread_of_others() {
    let mut timeline = Timeline::new();
    timeline.load(vec![
        said_at(5, "bob", 0),
        said_at(6, "me", 1),
        said_at(7, "bob", 2),
        said_at(8, "bob", 3),
    ]);
    timeline.set_divider(Some(5));
    assert_eq!(timeline.divider("me"), Some(7));
    let rows: Vec<bool> = around(&timeline, &TimeZone::UTC)
        .into_iter()
        .map(|row| row.1)
        .collect();
    assert_eq!(rows, [false, false, true, false]);
    // What arrives does not move it, and it is not shown where it may stand further up.
    timeline.put_items(vec![said(9)]);
    assert_eq!(timeline.divider("me"), Some(7));
    timeline.set_divider(Some(2));
    assert_eq!(timeline.divider("me"), None);
    timeline.set_divider(None);
    assert_eq!(timeline.divider("me"), None);
}

#[test]
fn only_the_last_own_message_says_that_it_is_kept() {
    let mut timeline = Timeline::new();
    timeline.load(vec![
        said_at(1, "me", 0),
        said_at(2, "me", 1),
        said_at(3, "bob", 1),
    ]);
    assert_eq!(timeline.last_kept("me"), Some(2));
    let failure = Failure {
        error: ErrorLine::new(Code::Internal, ""),
        retryable: true,
    };
    timeline.put_outgoing(outgoing("f", OutgoingState::Failed(failure)));
    assert_eq!(timeline.last_kept("me"), None);
}

#[test]
fn the_keyboard_goes_from_message_to_message() {
    let mut timeline = loaded([3, 5, 8]);
    timeline.put_outgoing(outgoing("a", OutgoingState::Waiting));
    let last = timeline.neighbour(None, true).unwrap();
    assert_eq!(timeline.text_of(last), Some("mine"));
    assert_eq!(timeline.neighbour(Some(last), true), Some(8));
    assert_eq!(timeline.neighbour(Some(5), true), Some(3));
    assert_eq!(timeline.neighbour(Some(3), true), None);
    assert_eq!(timeline.neighbour(Some(3), false), Some(5));
    assert_eq!(timeline.neighbour(Some(last), false), None);
}

#[test]
fn an_empty_room_is_known_to_be_empty() {
    let mut timeline = Timeline::new();
    assert!(!timeline.is_empty(), "nobody looked yet");
    timeline.paged(Place::Newest, Some(page([], false, false)));
    assert!(timeline.is_empty());
    assert!(matches!(
        timeline.row(0, &TimeZone::UTC, "me").what,
        What::Start(Edge::End)
    ));
}

#[test]
fn each_wish_is_another() {
    let mut timeline = loaded([1]);
    timeline.go(Target::End);
    let first = timeline.send();
    timeline.go(Target::End);
    assert_ne!(first, timeline.send());
}
