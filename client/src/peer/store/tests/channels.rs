//! Peer channels: chains of entries.

use super::*;

/// Alice in #trip, who knows Bob's and Carol's devices.
pub(super) async fn in_channel() -> Fixture {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    alice.knows("carol", &[3]).await;
    alice.join("trip").await.unwrap();
    alice
}

pub(super) async fn take(store: &PeerStore, entry: &Entry) -> bool {
    store
        .take_entry(entry.clone(), Way::Direct, now(0))
        .await
        .unwrap()
}

pub(super) fn say(n: u8, from: &str, before: Option<&Entry>, text: &str) -> Entry {
    let id = format!("{text}-{n}");
    entry(from, n, before, EntryKind::Message, (&id, text, None))
}

#[tokio::test]
async fn entries_come_in_order_once_and_wait_for_those_before() {
    let alice = in_channel().await;
    let one = say(2, "bob", None, "one");
    let two = say(2, "bob", Some(&one), "two");
    let three = say(2, "bob", Some(&two), "three");
    assert!(take(&alice, &three).await);
    assert!(!take(&alice, &three).await);
    assert!(alice.texts("#trip").await.is_empty());
    assert!(take(&alice, &one).await);
    assert_eq!(alice.have("trip").await.unwrap(), [(device(2), 1)]);
    assert!(take(&alice, &two).await);
    assert_eq!(alice.texts("#trip").await, ["one", "two", "three"]);
    assert_eq!(alice.have("trip").await.unwrap(), [(device(2), 3)]);
    assert_eq!(alice.members("trip").await.unwrap(), ["bob"]);
    let some = alice.entries("trip", device(2), 2, u64::MAX).await.unwrap();
    assert_eq!(some, [two.signed, three.signed]);
}

#[tokio::test]
async fn what_is_not_of_the_channel_is_not_taken() {
    let alice = in_channel().await;
    let fine = say(2, "bob", None, "one");
    let with = |change: &dyn Fn(&mut EntryBody)| {
        let mut body = fine.body.clone();
        change(&mut body);
        entry_of(body)
    };
    for refused in [
        with(&|body| body.channel = "other".into()),
        with(&|body| body.from = "carol".into()),
        with(&|body| body.device = device(9)),
        with(&|body| body.n = u64::MAX),
    ] {
        assert!(!take(&alice, &refused).await, "{refused:?}");
    }
    alice.block("bob", true).await.unwrap();
    assert!(!take(&alice, &fine).await);
    alice.block("bob", false).await.unwrap();
    assert!(take(&alice, &fine).await);
    // What breaks the rules keeps its place in the chain, and is not shown.
    let long = "x".repeat(16_385);
    let two = entry(
        "bob",
        2,
        Some(&fine),
        EntryKind::Message,
        ("long", &long, None),
    );
    let three = entry(
        "bob",
        2,
        Some(&two),
        EntryKind::Unknown,
        ("what", "?", None),
    );
    let four = say(2, "bob", Some(&three), "four");
    for entry in [&two, &three, &four] {
        assert!(take(&alice, entry).await);
    }
    assert_eq!(alice.texts("#trip").await, ["one", "four"]);
}

#[tokio::test]
async fn a_broken_chain_is_refused_and_a_fork_is_shown_once() {
    let alice = in_channel().await;
    let one = say(2, "bob", None, "one");
    let other = say(2, "bob", None, "other");
    let two = say(2, "bob", Some(&one), "two");
    let after_other = say(2, "bob", Some(&other), "after other");
    assert!(take(&alice, &one).await);
    // It does not follow from what is here.
    assert!(!take(&alice, &after_other).await);
    assert!(take(&alice, &two).await);
    assert!(!take(&alice, &other).await);
    assert!(!take(&alice, &after_other).await);
    let texts = alice.texts("#trip").await;
    assert_eq!(texts.len(), 3);
    assert_eq!(texts[2], format!("Forked {{ device: {:?} }}", device(2)));
    assert_eq!(alice.have("trip").await.unwrap(), [(device(2), 2)]);

    // One that waited and does not follow is dropped, so that the right one can come.
    let carols = say(3, "carol", None, "c1");
    let wrong = say(3, "carol", Some(&say(3, "carol", None, "c0")), "wrong");
    assert!(take(&alice, &wrong).await);
    assert!(take(&alice, &carols).await);
    let right = say(3, "carol", Some(&carols), "right");
    assert!(take(&alice, &right).await);
    assert_eq!(alice.texts("#trip").await[3..], ["c1", "right"]);
}

#[tokio::test]
async fn changes_in_a_channel_are_their_authors() {
    let alice = in_channel().await;
    let one = say(2, "bob", None, "one");
    take(&alice, &one).await;
    let id = one.body.id.as_str();
    let steal = entry(
        "carol",
        3,
        None,
        EntryKind::Edited,
        ("c1", "stolen", Some(id)),
    );
    let gone = entry(
        "carol",
        3,
        Some(&steal),
        EntryKind::Deleted,
        ("c2", "", Some(id)),
    );
    let like = entry(
        "carol",
        3,
        Some(&gone),
        EntryKind::Reaction,
        ("c3", "👍", Some(id)),
    );
    for entry in [&steal, &gone, &like] {
        assert!(take(&alice, entry).await);
    }
    let post = alice.posts("#trip").await.remove(0);
    assert_eq!(post.body, PostBody::Text("one".into()));
    assert_eq!(post.reactions[0].by, ["carol"]);
    let unlike = entry(
        "carol",
        3,
        Some(&like),
        EntryKind::Unreaction,
        ("c4", "👍", Some(id)),
    );
    let edit = entry(
        "bob",
        2,
        Some(&one),
        EntryKind::Edited,
        ("b2", "new", Some(id)),
    );
    take(&alice, &unlike).await;
    take(&alice, &edit).await;
    let post = alice.posts("#trip").await.remove(0);
    assert_eq!(post.body, PostBody::Text("new".into()));
    assert!(post.reactions.is_empty());
}

/// The entry that a node signs for what is asked first.
async fn sign_next(store: &PeerStore) -> Entry {
    let unsigned = store.unsigned().await.unwrap().remove(0);
    let (n, prev) = store.next_entry(&unsigned.channel).await.unwrap();
    entry_of(EntryBody {
        device: device(1),
        n,
        prev,
        kind: unsigned.kind,
        id: unsigned.id,
        from: "alice".into(),
        channel: unsigned.channel,
        message: unsigned.message,
        time: unsigned.time,
        target: unsigned.target,
    })
}

#[tokio::test]
async fn ones_own_posts_are_signed_in_order_and_delivered_by_members() {
    let alice = in_channel().await;
    assert!(
        alice
            .send(at("#other"), "x".into(), None, now(0))
            .await
            .is_err()
    );
    let first = alice
        .send(at("#trip"), "one".into(), None, now(0))
        .await
        .unwrap();
    alice
        .edit(at("#trip"), first.clone(), "uno".into(), now(1))
        .await
        .unwrap();
    alice
        .send(at("#trip"), "two".into(), None, now(2))
        .await
        .unwrap();
    let kinds: Vec<EntryKind> = alice
        .unsigned()
        .await
        .unwrap()
        .iter()
        .map(|u| u.kind)
        .collect();
    assert_eq!(
        kinds,
        [EntryKind::Message, EntryKind::Edited, EntryKind::Message]
    );
    let stale = sign_next(&alice).await;
    for _ in 0..3 {
        let entry = sign_next(&alice).await;
        assert!(alice.signed(entry).await.unwrap());
    }
    assert!(!alice.signed(stale).await.unwrap());
    assert!(alice.unsigned().await.unwrap().is_empty());
    assert_eq!(alice.texts("#trip").await, ["uno", "two"]);
    assert_eq!(alice.have("trip").await.unwrap(), [(device(1), 3)]);

    // Who is not in the channel says nothing about it.
    alice
        .acked(device(2), vec![first.clone()], Way::Lan)
        .await
        .unwrap();
    assert_eq!(alice.state("#trip").await, PostState::OnItsWay);
    alice.add_members("trip", vec!["bob".into()]).await.unwrap();
    alice.acked(device(2), vec![first], Way::Lan).await.unwrap();
    assert_eq!(alice.state("#trip").await, PostState::Delivered(Way::Lan));
    alice
        .has_ours("trip", device(2), 2, Way::Relay)
        .await
        .unwrap();
    assert_eq!(alice.posts("#trip").await[1].state, PostState::OnItsWay);
    alice
        .has_ours("trip", device(2), 3, Way::Relay)
        .await
        .unwrap();
    assert_eq!(
        alice.posts("#trip").await[1].state,
        PostState::Delivered(Way::Relay)
    );
}

#[tokio::test]
async fn what_is_taken_back_before_it_is_signed_never_was() {
    let alice = in_channel().await;
    let send = |text: &str| alice.send(at("#trip"), text.into(), None, now(2));
    let second = send("two").await.unwrap();
    let entry = sign_next(&alice).await;
    assert!(alice.signed(entry).await.unwrap());
    let third = alice
        .send(at("#trip"), "three".into(), None, now(3))
        .await
        .unwrap();
    alice
        .react(at("#trip"), third.clone(), "👍".into(), true, now(4))
        .await
        .unwrap();
    alice.delete(at("#trip"), third, now(5)).await.unwrap();
    assert!(alice.unsigned().await.unwrap().is_empty());
    alice.delete(at("#trip"), second, now(5)).await.unwrap();
    assert_eq!(alice.unsigned().await.unwrap()[0].kind, EntryKind::Deleted);
}

#[tokio::test]
async fn a_restored_device_goes_on_after_its_own_entries() {
    let alice = in_channel().await;
    let one = say(1, "alice", None, "one");
    let two = say(1, "alice", Some(&one), "two");
    // The second comes back first.
    assert!(take(&alice, &two).await);
    assert_eq!(
        alice.next_entry("trip").await.unwrap(),
        (3, two.hash.clone())
    );
    alice
        .send(at("#trip"), "three".into(), None, now(0))
        .await
        .unwrap();
    let three = sign_next(&alice).await;
    assert!(alice.signed(three).await.unwrap());
    assert!(take(&alice, &one).await);
    assert_eq!(alice.have("trip").await.unwrap(), [(device(1), 3)]);
    let mut texts = alice.texts("#trip").await;
    texts.sort();
    assert_eq!(texts, ["one", "three", "two"]);
    let states: Vec<PostState> = alice
        .posts("#trip")
        .await
        .into_iter()
        .map(|p| p.state)
        .collect();
    assert_eq!(
        states,
        [PostState::OnItsWay, PostState::Here, PostState::Here]
    );
}

#[tokio::test]
async fn who_left_and_comes_back_writes_no_number_twice() {
    let alice = in_channel().await;
    alice
        .send(at("#trip"), "one".into(), None, now(0))
        .await
        .unwrap();
    let one = sign_next(&alice).await;
    assert!(alice.signed(one.clone()).await.unwrap());
    assert!(alice.leave("trip").await.unwrap());
    assert!(!alice.leave("trip").await.unwrap());
    assert!(alice.channels().await.unwrap().is_empty());
    assert!(!take(&alice, &say(2, "bob", None, "unheard")).await);
    alice.join("trip").await.unwrap();
    assert!(alice.posts("#trip").await.is_empty() && alice.have("trip").await.unwrap().is_empty());
    assert_eq!(
        alice.next_entry("trip").await.unwrap(),
        (2, one.hash.clone())
    );
    assert!(take(&alice, &one).await);
    assert_eq!(alice.texts("#trip").await, ["one"]);
}
