//! A message that the user wrote arrives exactly once.

use parlor_client::{Event, OutgoingState};
use serde_json::json;

use crate::fake::{Fake, Fault};
use crate::person::Person;

#[tokio::test]
async fn a_message_is_sent_and_comes_back_under_its_nonce() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    let nonce = app
        .handle
        .send("general", "Chào mọi người!", None)
        .await
        .unwrap();
    app.until_sent(&nonce).await;
    app.until_shown("Chào mọi người!").await;
    assert_eq!(fake.texts("general"), ["Chào mọi người!"]);
    let mine = app.count(|event| {
        matches!(event, Event::Messages { items, .. }
            if items.iter().any(|i| i.message().is_some_and(|m| m.nonce == nonce)))
    });
    assert!(mine >= 1);
}

#[tokio::test]
async fn a_broken_connection_neither_loses_nor_doubles() {
    for fault in [Fault::KeepAndBreak, Fault::LoseAndBreak] {
        let fake = Fake::start().await;
        let alice = Person::sign_in(&fake).await;
        let mut app = alice.online().await;
        fake.lock().faults.push(fault.clone());
        let first = app.handle.send("general", "one", None).await.unwrap();
        let second = app.handle.send("general", "two", None).await.unwrap();
        app.until_sent(&first).await;
        app.until_sent(&second).await;
        assert_eq!(fake.texts("general"), ["one", "two"], "{fault:?}");
    }
}

#[tokio::test]
async fn what_was_written_offline_goes_out_in_order_later() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    fake.go_down();
    let mut app = alice.open();
    app.until_offline().await;
    let mut nonces = Vec::new();
    for n in 0..20 {
        nonces.push(
            app.handle
                .send("general", &format!("m{n}"), None)
                .await
                .unwrap(),
        );
    }
    fake.come_up();
    app.handle.try_now();
    app.until_sent(&nonces[19]).await;
    let expected: Vec<String> = (0..20).map(|n| format!("m{n}")).collect();
    assert_eq!(fake.texts("general"), expected);
}

#[tokio::test]
async fn what_an_ended_app_left_is_sent_by_the_next() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    fake.go_down();
    let mut app = alice.open();
    app.until_offline().await;
    let nonce = app
        .handle
        .send("general", "still here", None)
        .await
        .unwrap();
    // The handle outlives its session, as it may in an app.
    let old = app.handle.clone();
    drop(app);
    fake.come_up();
    let mut again = alice.open();
    again.until_sent(&nonce).await;
    assert_eq!(fake.texts("general"), ["still here"]);
    drop(old);
}

#[tokio::test]
async fn a_refused_message_stays_until_it_is_retried_or_discarded() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    let muted = json!({"type":"error","code":"muted","message":"You may not write for now."});
    fake.lock()
        .faults
        .extend([Fault::Refuse(muted.clone()), Fault::Refuse(muted)]);
    let first = app.handle.send("general", "one", None).await.unwrap();
    let second = app.handle.send("general", "two", None).await.unwrap();
    let failed = |state: &OutgoingState| matches!(state, OutgoingState::Failed(_));
    app.until_outgoing(&first, failed).await;
    app.until_outgoing(&second, failed).await;
    // They survive the app.
    app.end().await;
    let mut app = alice.open();
    let loaded = app
        .until("loaded", |event| matches!(event, Event::Loaded(_)))
        .await;
    let Event::Loaded(snapshot) = loaded else {
        unreachable!()
    };
    assert_eq!(snapshot.outgoing.len(), 2);
    assert!(app.handle.discard(&first).await.unwrap());
    assert!(app.handle.retry(&second).await.unwrap());
    app.until_sent(&second).await;
    assert_eq!(fake.texts("general"), ["two"]);
    assert!(!app.handle.discard(&first).await.unwrap());
}

#[tokio::test]
async fn too_fast_waits_and_keeps_the_order() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    let limited =
        json!({"type":"error","code":"rate_limited","message":"Slow down.","retry_after":0.2});
    fake.lock().faults.push(Fault::Refuse(limited));
    let first = app.handle.send("general", "one", None).await.unwrap();
    let second = app.handle.send("general", "two", None).await.unwrap();
    app.until_sent(&second).await;
    assert_eq!(fake.texts("general"), ["one", "two"]);
    let failed = |event: &Event| matches!(event, Event::Outgoing(o) if matches!(o.state, OutgoingState::Failed(_)));
    assert_eq!(app.count(failed), 0);
    assert_ne!(first, second);
}

#[tokio::test]
async fn two_processes_share_one_account() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut one = alice.online().await;
    let mut two = alice.online().await;
    let from_one = one.handle.send("general", "from one", None).await.unwrap();
    let from_two = two.handle.send("general", "from two", None).await.unwrap();
    one.until_sent(&from_one).await;
    two.until_sent(&from_two).await;
    for app in [&mut one, &mut two] {
        app.until_shown("from one").await;
        app.until_shown("from two").await;
    }
    let sends = fake.asked("send").len();
    assert_eq!((fake.texts("general").len(), sends), (2, 2));
}

#[tokio::test]
async fn a_caller_may_send_again_under_its_own_nonce() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    for _ in 0..2 {
        app.handle
            .send_as("mine-1".into(), "general", "once", None)
            .await
            .unwrap();
        app.until_sent("mine-1").await;
    }
    assert_eq!(fake.texts("general"), ["once"]);
}

#[tokio::test]
async fn a_long_queue_goes_out_whole_and_in_order() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    fake.go_down();
    let mut app = alice.open();
    app.until_offline().await;
    let mut last = String::new();
    for n in 0..600 {
        last = app
            .handle
            .send("general", &format!("m{n}"), None)
            .await
            .unwrap();
    }
    fake.come_up();
    app.handle.try_now();
    app.until_sent(&last).await;
    let expected: Vec<String> = (0..600).map(|n| format!("m{n}")).collect();
    assert_eq!(fake.texts("general"), expected);
}

#[tokio::test]
async fn whatever_breaks_each_message_arrives_once_and_in_order() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    let limited =
        json!({"type":"error","code":"rate_limited","message":"Slow down.","retry_after":0.1});
    let full = json!({"type":"error","code":"storage_unavailable","message":"The disk is full."});
    fake.lock().faults.extend([
        Fault::KeepAndBreak,
        Fault::KeepAndBreak,
        Fault::Refuse(limited.clone()),
        Fault::LoseAndBreak,
        Fault::Refuse(full),
        Fault::KeepAndBreak,
        Fault::LoseAndBreak,
        Fault::Refuse(limited),
        Fault::KeepAndBreak,
    ]);
    let mut last = String::new();
    for n in 0..12 {
        last = app
            .handle
            .send("general", &format!("m{n}"), None)
            .await
            .unwrap();
    }
    // Somebody who looks at "offline" presses "now" each time.
    let impatient = app.handle.clone();
    let pressing = tokio::spawn(async move {
        let mut every = tokio::time::interval(std::time::Duration::from_millis(20));
        loop {
            every.tick().await;
            impatient.try_now();
        }
    });
    app.until_sent(&last).await;
    pressing.abort();
    let expected: Vec<String> = (0..12).map(|n| format!("m{n}")).collect();
    assert_eq!(fake.texts("general"), expected);
    let shown: Vec<String> = app.shown.into_values().collect();
    assert!(
        expected.starts_with(&shown[..11.min(shown.len())]),
        "{shown:?}"
    );
}
