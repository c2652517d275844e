//! History and replays.

use parlor_protocol::Reaction;

use super::*;
use crate::storage::HistoryQuery;

fn everything(viewer: UserId) -> HistoryQuery {
    HistoryQuery {
        room: RoomId::GENERAL,
        before: None,
        after: None,
        limit: 100,
        viewer,
    }
}

pub(in crate::storage) async fn history_pages_both_ways(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    for n in 1..=10 {
        appended(&*storage, message(alice, &format!("n{n}"), "x")).await;
    }
    appended(&*storage, react(alice, 10, "👍", true)).await;
    let check = async |before, after, limit, expected: &[u64], more| {
        let query = HistoryQuery {
            before,
            after,
            limit,
            ..everything(alice)
        };
        let page = storage.history(query).await.unwrap();
        let seqs: Vec<u64> = page.messages.iter().map(|message| message.seq).collect();
        assert_eq!((&seqs[..], page.more), (expected, more), "{query:?}");
    };
    check(None, None, 3, &[8, 9, 10], true).await;
    check(Some(8), None, 3, &[5, 6, 7], true).await;
    check(Some(3), None, 3, &[1, 2], false).await;
    check(Some(3), None, 2, &[1, 2], false).await;
    check(Some(1), None, 3, &[], false).await;
    check(None, Some(0), 2, &[1, 2], true).await;
    check(None, Some(8), 3, &[9, 10], false).await;
    check(Some(6), Some(2), 10, &[3, 4, 5], false).await;
    check(Some(6), Some(2), 2, &[3, 4], true).await;
    check(Some(u64::MAX), None, 1, &[10], true).await;
    check(None, Some(u64::MAX), 1, &[], false).await;
}

pub(in crate::storage) async fn history_shows_reactions(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let kept = appended(&*storage, message(alice, "n", "Chào")).await;
    appended(&*storage, react(bob, 1, "🎉", true)).await;
    appended(&*storage, react(bob, 1, "👍", true)).await;
    appended(&*storage, react(alice, 1, "👍", true)).await;
    let edited = appended(&*storage, edit(alice, 1, "Chào bạn")).await;
    let page = storage.history(everything(alice)).await.unwrap();
    let reaction = |emoji: &str, by: &[&str], mine| Reaction {
        emoji: emoji.to_owned(),
        count: by.len() as u64,
        by: by.iter().map(|name| (*name).to_owned()).collect(),
        mine,
    };
    let expected = parlor_protocol::Message {
        seq: 1,
        time: kept.time,
        from: "alice".to_owned(),
        name: "Somebody".to_owned(),
        text: "Chào bạn".to_owned(),
        nonce: "n".to_owned(),
        reply_to: None,
        files: Vec::new(),
        edited: Some(edited.time),
        deleted: false,
        reactions: vec![
            reaction("🎉", &["bob"], false),
            reaction("👍", &["bob", "alice"], true),
        ],
    };
    assert_eq!(page.messages, [expected]);
}

pub(in crate::storage) async fn a_replay_tells_how_things_stand(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let carol = user(&*storage, "carol").await;
    let left = |by, user, reason: Option<&str>| {
        let reason = reason.map(str::to_owned);
        act(by, ActKind::Left { user, reason })
    };
    let joined = |by, user| {
        let name = "Newcomer".to_owned();
        act(by, ActKind::Joined { user, name })
    };
    let topic = "Design".to_owned();
    for step in [
        message(alice, "n1", "draft"),
        edit(alice, 1, "final"),
        message(bob, "n2", "gone"),
        edit(bob, 3, "going"),
        delete(bob, 3),
        react(bob, 1, "👍", false),
        react(bob, 1, "👍", true),
        left(alice, bob, Some("spam")),
        left(carol, carol, None),
        joined(alice, bob),
        joined(carol, carol),
        act(UserId::SERVER, ActKind::Topic { topic }),
    ] {
        append(&*storage, step).await;
    }
    let log = storage.events_after(RoomId::GENERAL, 0, 100).await.unwrap();
    let edited = log[1].time;
    let expected = [
        format!(r#"{{"type":"message","from":"alice","name":"Somebody","text":"final","nonce":"n1","edited":"{edited}"}}"#),
        r#"{"type":"edited","target":1,"text":"final","by":"alice"}"#.to_owned(),
        r#"{"type":"message","from":"bob","name":"Somebody","text":"","nonce":"n2","deleted":true}"#.to_owned(),
        r#"{"type":"edited","target":3,"text":"","by":"bob"}"#.to_owned(),
        r#"{"type":"deleted","target":3,"by":"bob"}"#.to_owned(),
        r#"{"type":"reaction","target":1,"emoji":"👍","by":"bob","on":true}"#.to_owned(),
        r#"{"type":"left","username":"bob","by":"alice","reason":"spam"}"#.to_owned(),
        r#"{"type":"left","username":"carol"}"#.to_owned(),
        r#"{"type":"joined","username":"bob","name":"Newcomer","by":"alice"}"#.to_owned(),
        r#"{"type":"joined","username":"carol","name":"Newcomer"}"#.to_owned(),
        r#"{"type":"topic","topic":"Design","by":"server"}"#.to_owned(),
    ];
    for (event, (seq, body)) in log.iter().zip((1..).zip(&expected)) {
        let line = serde_json::to_string(&event.body).unwrap();
        assert_eq!((event.seq, &line), (seq, body));
    }
    assert_eq!(log.len(), expected.len());
    let rest = storage.events_after(RoomId::GENERAL, 4, 2).await.unwrap();
    assert_eq!(rest.iter().map(|e| e.seq).collect::<Vec<_>>(), [5, 6]);
}
