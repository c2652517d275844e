//! Appending.

use std::sync::Arc;

use parlor_protocol::limits::REACTIONS_PER_MESSAGE;

use super::*;
use crate::storage::{HistoryQuery, Refusal};

pub(in crate::storage) async fn seqs_count_from_one_without_holes(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    for n in 1..=5 {
        let kept = appended(&*storage, message(alice, &format!("n{n}"), "hello")).await;
        assert_eq!(kept.seq, n);
        // A refusal takes no number.
        let refused = append(&*storage, edit(alice, 99, "x")).await;
        assert_eq!(refused, Outcome::Refused(Refusal::NoSuchMessage));
    }
    let elsewhere = Act {
        room: RoomId::BROADCAST,
        ..message(alice, "n1", "hello")
    };
    assert_eq!(appended(&*storage, elsewhere).await.seq, 1);
    let nowhere = Act {
        room: RoomId(77),
        ..message(alice, "n1", "hello")
    };
    assert_eq!(
        append(&*storage, nowhere).await,
        Outcome::Refused(Refusal::NoSuchRoom)
    );
}

pub(in crate::storage) async fn a_nonce_is_kept_once_for_ever(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let first = appended(&*storage, message(alice, "same", "first")).await;
    let duplicate = Outcome::Duplicate {
        seq: first.seq,
        time: first.time,
    };
    let mut again = message(alice, "same", "another text");
    again.time = at(50);
    assert_eq!(append(&*storage, again.clone()).await, duplicate);
    // Another author's nonce is another nonce.
    assert_eq!(
        appended(&*storage, message(bob, "same", "bob's")).await.seq,
        2
    );
    // In one batch too.
    let batch = vec![message(alice, "twin", "a"), message(alice, "twin", "b")];
    let outcomes = storage.append(Arc::new(batch)).await.unwrap();
    assert!(matches!(outcomes[0], Outcome::Appended(ref a) if a.seq == 3));
    assert!(matches!(outcomes[1], Outcome::Duplicate { seq: 3, .. }));
    // After a deletion, and after a restart.
    appended(&*storage, delete(alice, 1)).await;
    assert_eq!(append(&*storage, again.clone()).await, duplicate);
    drop(storage);
    let storage = place.open();
    assert_eq!(append(&*storage, again).await, duplicate);
}

pub(in crate::storage) async fn a_batch_is_answered_in_order(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    let batch = vec![
        message(alice, "a", "one"),
        edit(alice, 1, "two"),
        react(alice, 1, "👍", true),
        react(alice, 9, "👍", true),
        delete(alice, 1),
        edit(alice, 1, "three"),
    ];
    let outcomes = storage.append(Arc::new(batch)).await.unwrap();
    let seqs: Vec<Option<u64>> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Appended(kept) => Some(kept.seq),
            _ => None,
        })
        .collect();
    assert_eq!(seqs, [Some(1), Some(2), Some(3), None, Some(4), None]);
    assert!(storage.append(Arc::default()).await.unwrap().is_empty());
}

pub(in crate::storage) async fn time_never_goes_back(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    let later = Act {
        time: at(1000),
        ..message(alice, "a", "x")
    };
    assert_eq!(appended(&*storage, later).await.time, at(1000));
    let earlier = Act {
        time: at(10),
        ..message(alice, "b", "x")
    };
    assert_eq!(appended(&*storage, earlier.clone()).await.time, at(1000));
    drop(storage);
    let storage = place.open();
    let earlier = Act {
        time: at(20),
        ..message(alice, "c", "x")
    };
    assert_eq!(appended(&*storage, earlier).await.time, at(1000));
}

pub(in crate::storage) async fn edits_are_the_authors(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    appended(&*storage, message(alice, "a", "mine")).await;
    let not_yours = Outcome::Refused(Refusal::NotYours);
    assert_eq!(append(&*storage, edit(bob, 1, "his")).await, not_yours);
    assert_eq!(append(&*storage, delete(bob, 1)).await, not_yours);
    let moderated = act(
        bob,
        ActKind::Delete {
            target: 1,
            may_moderate: true,
            files_stay: false,
        },
    );
    assert_eq!(appended(&*storage, moderated).await.seq, 2);
    // An event that is no message is no target.
    let none = Outcome::Refused(Refusal::NoSuchMessage);
    assert_eq!(append(&*storage, edit(alice, 2, "x")).await, none);
    assert_eq!(append(&*storage, delete(alice, 2)).await, none);
    assert_eq!(append(&*storage, delete(alice, u64::MAX)).await, none);
}

pub(in crate::storage) async fn what_changes_nothing_logs_nothing(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    appended(&*storage, message(alice, "a", "text")).await;
    let topic = |topic: &str| {
        act(
            alice,
            ActKind::Topic {
                topic: topic.to_owned(),
            },
        )
    };
    let joined = act(
        alice,
        ActKind::Joined {
            user: alice,
            name: "Alice".to_owned(),
        },
    );
    appended(&*storage, react(alice, 1, "👍", true)).await;
    appended(&*storage, topic("new")).await;
    for nothing in [
        edit(alice, 1, "text"),
        react(alice, 1, "👍", true),
        react(alice, 1, "🎉", false),
        topic("new"),
        joined,
    ] {
        assert_eq!(append(&*storage, nothing).await, Outcome::Unchanged);
    }
    appended(&*storage, delete(alice, 1)).await;
    assert_eq!(
        append(&*storage, delete(alice, 1)).await,
        Outcome::Unchanged
    );
    let end = storage.load().await.unwrap().rooms[0].last_seq;
    assert_eq!(end, 4);
}

pub(in crate::storage) async fn deletions_erase(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    appended(&*storage, message(alice, "a", "a secret")).await;
    appended(&*storage, edit(alice, 1, "another secret")).await;
    appended(&*storage, react(alice, 1, "👍", true)).await;
    appended(&*storage, delete(alice, 1)).await;
    let none = Outcome::Refused(Refusal::NoSuchMessage);
    assert_eq!(append(&*storage, edit(alice, 1, "again")).await, none);
    assert_eq!(append(&*storage, react(alice, 1, "👍", true)).await, none);
    let page = storage
        .history(HistoryQuery {
            room: RoomId::GENERAL,
            before: None,
            after: None,
            limit: 10,
            viewer: alice,
        })
        .await
        .unwrap();
    let [gone] = &page.messages[..] else {
        panic!("{page:?}")
    };
    assert!(gone.deleted && gone.text.is_empty() && gone.reactions.is_empty());
    assert_eq!(gone.edited, None);
    let log = storage.events_after(RoomId::GENERAL, 0, 10).await.unwrap();
    assert_eq!(log.len(), 4);
    assert!(!format!("{log:?}").contains("secret"));
}

pub(in crate::storage) async fn reactions_have_bounds(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    appended(&*storage, message(alice, "a", "x")).await;
    for n in 0..REACTIONS_PER_MESSAGE {
        appended(&*storage, react(alice, 1, &format!("e{n}"), true)).await;
    }
    let full = Outcome::Refused(Refusal::TooManyReactions);
    assert_eq!(append(&*storage, react(bob, 1, "more", true)).await, full);
    // One that is there already has its place; one taken back gives it free.
    appended(&*storage, react(bob, 1, "e3", true)).await;
    appended(&*storage, react(alice, 1, "e0", false)).await;
    appended(&*storage, react(bob, 1, "more", true)).await;
}

pub(in crate::storage) async fn replies_name_messages(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    let reply = |nonce: &str, to| {
        act(
            alice,
            ActKind::Message {
                text: "re".to_owned(),
                nonce: nonce.to_owned(),
                reply_to: Some(to),
                mentions: Vec::new(),
                files: Vec::new(),
            },
        )
    };
    let none = Outcome::Refused(Refusal::NoSuchMessage);
    assert_eq!(append(&*storage, reply("a", 1)).await, none);
    appended(&*storage, message(alice, "b", "x")).await;
    // A refused message kept nothing, not even its nonce.
    assert_eq!(appended(&*storage, reply("a", 1)).await.seq, 2);
    appended(&*storage, react(alice, 1, "👍", true)).await;
    assert_eq!(append(&*storage, reply("c", 3)).await, none);
}

pub(in crate::storage) async fn mentions_are_counted_until_read(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let count = async || {
        let members = storage.load().await.unwrap().members;
        let member = members.into_iter().find(|m| m.user == bob).unwrap();
        member.mentions
    };
    let mention = |nonce: &str| mentioning(alice, nonce, "@bob", &[bob, bob, alice, UserId(99)]);
    let first = appended(&*storage, mention("a")).await;
    assert_eq!(first.mentioned, [bob]);
    appended(&*storage, mention("b")).await;
    appended(&*storage, mention("c")).await;
    assert_eq!(count().await, 3);
    let gone = appended(&*storage, delete(alice, 2)).await;
    assert_eq!(gone.unmentioned, [bob]);
    assert_eq!(count().await, 2);
    let changed = appended(&*storage, edit(alice, 3, "nobody")).await;
    assert_eq!(changed.unmentioned, [bob]);
    assert_eq!(count().await, 1);
    let again = act(
        alice,
        ActKind::Edit {
            target: 3,
            text: "@bob after all".to_owned(),
            mentions: vec![bob],
        },
    );
    assert_eq!(appended(&*storage, again).await.mentioned, [bob]);
    let mark = |seq| crate::storage::ReadMark {
        room: RoomId::GENERAL,
        user: bob,
        seq,
    };
    let states = storage.mark_read(vec![mark(1), mark(3)]).await.unwrap();
    assert_eq!((states[0].mentions, states[1].mentions), (1, 0));
    assert_eq!(count().await, 0);
    // What is read already is not mentioned anew.
    let late = act(
        alice,
        ActKind::Edit {
            target: 1,
            text: "@bob once more".to_owned(),
            mentions: vec![bob],
        },
    );
    assert!(appended(&*storage, late).await.mentioned.is_empty());
}

pub(in crate::storage) async fn many_writers_share_one_log(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..20 {
        let storage = Arc::clone(&storage);
        tasks.spawn(async move {
            let mut seqs = Vec::new();
            for n in 0..20 {
                let nonce = format!("{task}-{n}");
                seqs.push(appended(&*storage, message(alice, &nonce, "x")).await.seq);
            }
            assert!(seqs.is_sorted());
            seqs
        });
    }
    let mut seqs: Vec<u64> = tasks.join_all().await.into_iter().flatten().collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=400).collect::<Vec<u64>>());
}

pub(in crate::storage) async fn everything_survives_a_crash(place: &dyn Place) {
    let before = place.open();
    let alice = user(&*before, "alice").await;
    for n in 0..100 {
        appended(&*before, message(alice, &format!("n{n}"), "kept")).await;
    }
    // The old one is still open, as if its process were only stopped.
    let after = place.open();
    let log = after.events_after(RoomId::GENERAL, 0, 1000).await.unwrap();
    assert_eq!(log.len(), 100);
    assert!(log.iter().zip(1..).all(|(event, seq)| event.seq == seq));
    drop(before);
    let again = append(&*after, message(alice, "n7", "kept")).await;
    assert!(matches!(again, Outcome::Duplicate { seq: 8, .. }));
    assert_eq!(appended(&*after, message(alice, "new", "x")).await.seq, 101);
}
