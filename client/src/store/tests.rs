//! What is kept, told and told again.

use std::path::Path;

use parlor_protocol::reply::Session;
use parlor_protocol::{Incoming, Message, ServerLine, Time};
use serde_json::{Value, json};

use super::{Change, Page, Store};
use crate::event::Event;
use crate::item::Item;
use crate::outgoing::{Outgoing, OutgoingState};

fn open(dir: &Path) -> Store {
    let path = dir.join("store.db");
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .unwrap();
    let running = dir.join("running");
    std::fs::create_dir_all(&running).unwrap();
    Store::open(&path, &running, "me").unwrap()
}

fn time() -> Time {
    Time::from_millis(1_700_000_000_000)
}

fn session(last_seq: u64) -> Change {
    let session: Session = serde_json::from_value(json!({
        "token":"t","expires":time(),
        "user":{"username":"me","name":"Me","role":"member","presence":"online"},
        "rooms":[{"room":"a","kind":"public","joined":true,"last_seq":last_seq,"members":2}],
        "users":[],
    }))
    .unwrap();
    Change::Session(Box::new(session))
}

fn event(seq: u64, mut body: Value) -> Change {
    body["room"] = json!("a");
    body["seq"] = json!(seq);
    body["time"] = json!(time());
    match Incoming::read(body.to_string().as_bytes()).unwrap().line {
        ServerLine::Log(event) => Change::Log(event),
        line => panic!("{line:?}"),
    }
}

fn message(seq: u64, from: &str) -> Change {
    event(
        seq,
        json!({"type":"message","from":from,"name":from,"text":format!("m{seq}"),"nonce":format!("n{seq}")}),
    )
}

fn page(before: u64, seqs: std::ops::RangeInclusive<u64>, more: bool) -> Page {
    let message = |seq| Message {
        seq,
        time: time(),
        from: "bob".into(),
        name: "Bob".into(),
        text: format!("p{seq}"),
        nonce: format!("n{seq}"),
        reply_to: None,
        files: Vec::new(),
        edited: None,
        deleted: false,
        reactions: Vec::new(),
    };
    Page {
        room: "a".into(),
        before: Some(before),
        after: None,
        messages: seqs.map(message).collect(),
        more,
        meanwhile: Vec::new(),
    }
}

fn shown(events: &[Event]) -> Vec<u64> {
    let items = events.iter().filter_map(|event| match event {
        Event::Messages { items, .. } => Some(items),
        _ => None,
    });
    items.flatten().map(Item::seq).collect()
}

#[tokio::test]
async fn an_event_is_kept_once_and_told_each_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.apply(vec![session(0)]).await.unwrap();
    let reaction = || json!({"type":"reaction","target":1,"emoji":"👍","by":"bob","on":true});
    let all = || vec![message(1, "bob"), event(2, reaction()), message(3, "bob")];
    assert_eq!(shown(&store.apply(all()).await.unwrap()), [1, 3]);
    // Another process of the same account gets the same lines.
    assert_eq!(shown(&store.apply(all()).await.unwrap()), [1, 3]);
    let Some(Item::Message(first)) = store.item("a", 1).await.unwrap() else {
        panic!("not kept")
    };
    assert_eq!(first.reactions[0].count, 1);
    assert_eq!(store.cursor("a").await.unwrap(), Some(3));
}

#[tokio::test]
async fn a_hole_in_the_log_makes_what_was_before_it_stale() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store
        .apply(vec![session(0), message(1, "bob")])
        .await
        .unwrap();
    let events = store.apply(vec![message(5, "bob")]).await.unwrap();
    let stale = |event: &Event| matches!(event, Event::Stale { up_to: 4, .. });
    assert!(events.iter().any(stale), "{events:?}");
    let newest = store.page_before("a", 5, 10).await.unwrap();
    assert_eq!((newest.messages, newest.lacks), (1, Some(5)));
    assert_eq!(store.item("a", 1).await.unwrap(), None);
}

#[tokio::test]
async fn a_page_that_is_older_than_an_event_does_not_undo_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.apply(vec![session(10)]).await.unwrap();
    let edited = event(
        11,
        json!({"type":"edited","target":9,"text":"new","by":"bob"}),
    );
    let Change::Log(meanwhile) = edited.clone() else {
        unreachable!()
    };
    // The edit came while the page, read before it, was on its way.
    let late = Page {
        meanwhile: vec![meanwhile],
        ..page(11, 6..=10, true)
    };
    store.apply(vec![edited, Change::Page(late)]).await.unwrap();
    let Some(Item::Message(mended)) = store.item("a", 9).await.unwrap() else {
        panic!("not kept")
    };
    assert_eq!(mended.text, "new");
    let kept = store.page_before("a", 11, 10).await.unwrap();
    assert_eq!((kept.messages, kept.lacks, kept.more), (5, Some(6), true));
    let rest = page(6, 2..=5, false);
    store.apply(vec![Change::Page(rest)]).await.unwrap();
    let kept = store.page_before("a", 11, 10).await.unwrap();
    assert_eq!((kept.messages, kept.lacks, kept.more), (9, None, false));
}

#[tokio::test]
async fn what_is_kept_survives_and_belongs_to_the_living() {
    let dir = tempfile::tempdir().unwrap();
    let outgoing = |nonce: &str| Outgoing {
        nonce: nonce.into(),
        room: "a".into(),
        text: "mine".into(),
        reply_to: Some(3),
        files: Vec::new(),
        written: time(),
        state: OutgoingState::Waiting,
    };
    let first = open(dir.path());
    first
        .apply(vec![session(0), message(1, "bob")])
        .await
        .unwrap();
    first.queue(outgoing("x1")).await.unwrap();
    let second = open(dir.path());
    second.queue(outgoing("x2")).await.unwrap();
    let snapshot = second.snapshot(true).await.unwrap();
    let nonces = |outgoing: &[Outgoing]| -> Vec<String> {
        outgoing.iter().map(|o| o.nonce.clone()).collect()
    };
    assert_eq!(nonces(&snapshot.outgoing), ["x2"]);
    assert_eq!(second.discard("x1".into()).await.unwrap(), None);
    drop(first);
    // The first is gone, as if it had been killed: its message is taken over.
    assert_eq!(
        second.claim_abandoned(true).await.unwrap()[0].outgoing,
        outgoing("x1")
    );
    let snapshot = second.snapshot(true).await.unwrap();
    assert_eq!(nonces(&snapshot.outgoing), ["x1", "x2"]);
    assert_eq!(snapshot.items["a"].len(), 1);
    // The message itself comes back before the answer: it is out of the outbox.
    let echo = json!({"type":"message","from":"me","name":"Me","text":"mine","nonce":"x1"});
    let events = second.apply(vec![event(2, echo)]).await.unwrap();
    let sent = |event: &Event| {
        matches!(event, Event::Outgoing(o)
            if matches!(o.state, OutgoingState::Sent { seq: 2, .. }))
    };
    assert_eq!(events.iter().filter(|e| sent(e)).count(), 1);
    assert_eq!(
        nonces(&second.snapshot(true).await.unwrap().outgoing),
        ["x2"]
    );
}

#[tokio::test]
async fn unread_is_counted_where_everything_is_here() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.apply(vec![session(100)]).await.unwrap();
    let state = |events: Vec<Event>| {
        let mut states = events.into_iter().filter_map(|event| match event {
            Event::RoomChanged(state) => Some((state.unread, state.unread_exact)),
            _ => None,
        });
        states.next_back().unwrap()
    };
    let events = store.apply(vec![message(101, "bob")]).await.unwrap();
    assert_eq!(state(events), (101, false));
    store.read([("a".to_owned(), 99)].into()).await.unwrap();
    let events = store
        .apply(vec![Change::Page(page(101, 90..=95, true))])
        .await
        .unwrap();
    assert_eq!(state(events), (1, true));
    let events = store.apply(vec![message(102, "me")]).await.unwrap();
    assert_eq!(state(events), (1, true));
    assert_eq!(store.reads_to_tell().await.unwrap()["a"], 99);
    let events = store
        .apply(vec![Change::Read {
            room: "a".into(),
            seq: 102,
        }])
        .await
        .unwrap();
    assert_eq!(state(events), (0, true));
    assert!(store.reads_to_tell().await.unwrap().is_empty());
}

#[tokio::test]
async fn numbers_that_no_store_can_hold_are_refused_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store
        .apply(vec![session(0), message(1, "bob")])
        .await
        .unwrap();
    let huge = message(u64::MAX, "bob");
    assert!(store.apply(vec![message(2, "bob"), huge]).await.is_err());
    assert_eq!(store.cursor("a").await.unwrap(), Some(1));
}

#[tokio::test]
async fn people_who_come_and_go_are_counted_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let joined = |seq, username: &str| {
        event(
            seq,
            json!({"type":"joined","username":username,"name":username}),
        )
    };
    let left = json!({"type":"left","username":"bob"});
    // The snapshot has two members, one of them oneself, whose `joined` comes after it.
    let all = vec![
        session(0),
        joined(1, "me"),
        joined(2, "bob"),
        joined(3, "carol"),
        event(4, left),
    ];
    store.apply(all).await.unwrap();
    let rooms = store.snapshot(true).await.unwrap().rooms;
    assert_eq!(rooms[0].room.members, 3);
}
