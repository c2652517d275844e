//! Coming back: nothing missing, nothing twice.

use parlor_client::{
    ConnectionState, EndReason, Event, Follow, OfflineReason, Options, connect_with,
};
use serde_json::json;

use crate::fake::Fake;
use crate::person::{Person, Watching};

#[tokio::test]
async fn what_was_missed_is_replayed_once() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.message("general", "one");
    app.until_shown("one").await;
    fake.go_down();
    app.until_offline().await;
    fake.message("general", "two");
    fake.event("general", json!({"type":"confetti"}));
    fake.message("general", "three");
    fake.come_up();
    app.handle.try_now();
    app.until_shown("three").await;
    fake.message("general", "four");
    app.until_shown("four").await;
    let shown: Vec<_> = app.shown.into_iter().collect();
    let expected = [(1, "one"), (2, "two"), (4, "three"), (5, "four")];
    assert_eq!(shown, expected.map(|(seq, text)| (seq, text.to_owned())));
    let resumes = fake.asked("resume");
    assert_eq!(resumes.last().unwrap()["rooms"], json!({"general":1}));
}

#[tokio::test]
async fn a_new_app_opens_full_while_offline() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.message("general", "kept");
    fake.event("general", json!({"type":"topic","topic":"Lab","by":"bob"}));
    app.until(
        "topic",
        |event| matches!(event, Event::RoomChanged(s) if s.room.topic == "Lab"),
    )
    .await;
    app.handle
        .save_draft("general", "half a thou")
        .await
        .unwrap();
    app.end().await;
    fake.go_down();
    let mut app = alice.open();
    let loaded = app
        .until("loaded", |event| matches!(event, Event::Loaded(_)))
        .await;
    let Event::Loaded(snapshot) = loaded else {
        unreachable!()
    };
    let room = &snapshot.rooms[0];
    assert_eq!(
        (room.room.topic.as_str(), room.draft.as_str()),
        ("Lab", "half a thou")
    );
    assert_eq!((room.unread, room.unread_exact), (1, true));
    assert_eq!(snapshot.items["general"].len(), 2);
    assert_eq!(snapshot.me.unwrap().username, "alice");
    app.until_offline().await;
}

#[tokio::test]
async fn reconnecting_resumes_the_tls_session() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    app.until("a round trip", |event| matches!(event, Event::RoundTrip(_)))
        .await;
    fake.break_all();
    app.until_offline().await;
    app.handle.try_now();
    app.until_connected().await;
    assert_eq!(fake.lock().resumed_handshakes, 1);
}

#[tokio::test]
async fn after_a_gap_what_was_cached_is_stale() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.message("general", "old");
    app.until_shown("old").await;
    fake.go_down();
    app.until_offline().await;
    fake.lock().replay_limit = 5;
    fake.event(
        "general",
        json!({"type":"edited","target":1,"text":"old, mended","by":"bob"}),
    );
    for n in 0..50 {
        fake.message("general", &format!("m{n}"));
    }
    fake.come_up();
    app.handle.try_now();
    app.until("stale", |event| matches!(event, Event::Stale { .. }))
        .await;
    app.until_shown("m49").await;
    assert!(app.shown.values().all(|text| text != "old"));
    let page = app
        .handle
        .history("general", parlor_client::Place::Newest, 200)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 51);
    assert_eq!(page.items[0].message().unwrap().text, "old, mended");
    assert!(!page.more_before && !page.more_after && !page.offline);
}

#[tokio::test]
async fn a_restored_server_resets_the_room() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.message("general", "one");
    fake.message("general", "two");
    app.until_shown("two").await;
    fake.go_down();
    app.until_offline().await;
    fake.lock()
        .rooms
        .get_mut("general")
        .unwrap()
        .log
        .truncate(1);
    fake.come_up();
    app.handle.try_now();
    app.until("reset", |event| matches!(event, Event::Reset { .. }))
        .await;
    fake.message("general", "another two");
    app.until_shown("another two").await;
    assert_eq!(app.shown.into_values().collect::<Vec<_>>(), ["another two"]);
}

#[tokio::test]
async fn a_room_made_anew_under_the_same_name_is_another() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.message("general", "of the old room");
    app.until_shown("of the old room").await;
    fake.go_down();
    app.until_offline().await;
    {
        let mut state = fake.lock();
        let room = state.rooms.get_mut("general").unwrap();
        room.created = crate::fake::stamp(99);
        room.log.clear();
    }
    fake.message("general", "of the new room");
    fake.message("general", "and on");
    fake.come_up();
    app.handle.try_now();
    app.until_shown("and on").await;
    let page = app
        .handle
        .history("general", parlor_client::Place::Newest, 50)
        .await
        .unwrap();
    assert_eq!(
        crate::person::text_of(&page.items),
        ["of the new room", "and on"]
    );
}

#[tokio::test]
async fn edits_reactions_and_deletions_are_shown_as_they_stand() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.message("general", "helo");
    fake.message("general", "secret");
    fake.event(
        "general",
        json!({"type":"edited","target":1,"text":"hello","by":"bob"}),
    );
    fake.event(
        "general",
        json!({"type":"reaction","target":1,"emoji":"👍","by":"alice","on":true}),
    );
    fake.event("general", json!({"type":"deleted","target":2,"by":"bob"}));
    app.until("the deletion", |event| {
        matches!(event, Event::Messages { items, .. }
            if items.iter().any(|i| i.message().is_some_and(|m| m.deleted)))
    })
    .await;
    let first = app.handle.message("general", 1).await.unwrap().unwrap();
    assert_eq!(
        (first.text.as_str(), first.edited.is_some()),
        ("hello", true)
    );
    assert!(first.reactions[0].mine);
    let second = app.handle.message("general", 2).await.unwrap().unwrap();
    assert_eq!((second.text.as_str(), second.deleted), ("", true));
}

#[tokio::test]
async fn a_dead_token_ends_the_session_and_is_dropped() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    fake.lock().tokens.clear();
    let mut app = alice.open();
    assert_eq!(app.until_ended().await, EndReason::TokenDead);
    assert!(!alice.home.accounts()[0].signed_in);
}

#[tokio::test]
async fn being_kicked_ends_the_session() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.say(json!({"type":"kicked","by":"carol","reason":"Enough."}));
    let kicked = EndReason::Kicked {
        by: "carol".into(),
        reason: "Enough.".into(),
    };
    assert_eq!(app.until_ended().await, kicked);
}

#[tokio::test]
async fn signing_out_leaves_nothing_behind() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    app.handle.sign_out().await.unwrap();
    assert_eq!(app.until_ended().await, EndReason::SignedOut);
    assert!(alice.home.accounts().is_empty());
    assert_eq!(alice.home.servers().len(), 1);
    assert!(fake.lock().tokens.is_empty());
}

#[tokio::test]
async fn read_marks_are_kept_and_told() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.message("general", "one");
    fake.message("general", "@alice two");
    app.until(
        "unread",
        |event| matches!(event, Event::RoomChanged(s) if (s.unread, s.mentions) == (2, 1)),
    )
    .await;
    fake.go_down();
    app.until_offline().await;
    app.handle.read("general", 2);
    app.until(
        "read",
        |event| matches!(event, Event::RoomChanged(s) if s.unread == 0),
    )
    .await;
    fake.come_up();
    app.handle.try_now();
    app.until_connected().await;
    app.until("a round trip", |event| matches!(event, Event::RoundTrip(_)))
        .await;
    app.handle
        .ask(parlor_protocol::request::Ping {}.into())
        .await
        .unwrap();
    assert_eq!(fake.lock().rooms["general"].read, 2);
}

#[tokio::test]
async fn lines_in_memory_are_neither_lost_nor_doubled() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    for n in 0..10 {
        fake.message("general", &format!("m{n}"));
    }
    let options = Options {
        follow: Follow::Memory,
        raw: true,
        since: [("general".to_owned(), 4)].into(),
        ..Options::default()
    };
    let (handle, events) = connect_with(&alice.home, &alice.account, options).unwrap();
    let mut tail = Watching::new(handle, events);
    let raw = |text: &'static str| move |event: &Event| matches!(event, Event::Raw(line) if String::from_utf8_lossy(line).contains(text));
    tail.until("m9", raw("\"m9\"")).await;
    fake.break_all();
    tail.until_offline().await;
    fake.message("general", "after");
    tail.handle.try_now();
    tail.until("after", raw("\"after\"")).await;
    let seqs: Vec<u64> = tail
        .all
        .iter()
        .filter_map(|event| match event {
            Event::Raw(line) => {
                let line: serde_json::Value = serde_json::from_slice(line).unwrap();
                (line["type"] == "message").then(|| line["seq"].as_u64().unwrap())
            }
            _ => None,
        })
        .collect();
    assert_eq!(seqs, (5..=11).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_stops_says_goodbye_and_is_waited_for() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    fake.say(json!({"type":"bye"}));
    app.until_offline().await;
    assert!(alice.home.accounts()[0].signed_in);
    app.handle.try_now();
    app.until_connected().await;
    // The same word, of a session that was ended elsewhere.
    fake.lock().tokens.clear();
    fake.say(json!({"type":"bye"}));
    assert_eq!(app.until_ended().await, EndReason::TokenDead);
}

#[tokio::test]
async fn a_link_that_died_silently_is_noticed() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    app.until("a round trip", |event| matches!(event, Event::RoundTrip(_)))
        .await;
    fake.lock().deaf = true;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let silent = loop {
        let batch = app.events.next().await.unwrap();
        let offline = batch.into_iter().find_map(|event| match event {
            Event::Connection(ConnectionState::Offline { reason, .. }) => Some(reason),
            _ => None,
        });
        if let Some(reason) = offline {
            break reason;
        }
    };
    assert_eq!(silent, OfflineReason::Silent);
    let waited = begun.elapsed().as_secs();
    assert!((40..=50).contains(&waited), "{waited} s");
}

#[tokio::test]
async fn an_app_that_does_not_look_loses_nothing() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    // Far more than is gathered for an app, in one go, over a connection that breaks in between.
    for n in 1..=4_000 {
        fake.event(
            "general",
            json!({"type":"reaction","target":1,"emoji":"👍","by":format!("u{n}"),"on":true}),
        );
    }
    for n in 1..=4_000 {
        fake.say(json!({"type":"typing","room":"general","username":format!("u{n}")}));
    }
    fake.message("general", "in the middle");
    for n in 1..=2_000 {
        fake.say(json!({"type":"typing","room":"general","username":format!("u{n}")}));
    }
    let asked = app.handle.clone();
    let busy = tokio::spawn(async move { asked.request(parlor_protocol::request::Ping {}).await });
    app.until_shown("in the middle").await;
    fake.break_all();
    fake.message("general", "at the end");
    app.until_shown("at the end").await;
    let shown: Vec<_> = app.shown.into_iter().collect();
    let expected = [(4_001, "in the middle"), (4_002, "at the end")];
    assert_eq!(shown, expected.map(|(seq, text)| (seq, text.to_owned())));
    // The question was answered, or its loss was said.
    let _ = busy.await.unwrap();
}
