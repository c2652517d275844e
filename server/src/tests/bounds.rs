//! Hostile and unlucky input: what is refused, what closes a connection, and
//! that nobody else is touched.

use std::sync::Arc;
use std::time::Duration;

use parlor_protocol::limits;
use serde_json::{Value, json};

use super::harness::TestServer;
use crate::config::{Config, Rate};
use crate::outbox::MAX_EVENTS;
use crate::storage::StorageError;
use crate::storage::sqlite::SqliteStorage;

#[tokio::test]
async fn wrong_lines_get_their_error_and_nothing_is_closed() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let check = [
        (&b"\n"[..], "bad_line", Value::Null),
        (b"hello\n", "bad_line", Value::Null),
        (b"[1]\n", "bad_line", Value::Null),
        (b"{\"type\":\"\xff\"}\n", "bad_line", Value::Null),
        (b"{\"id\":4}\n", "bad_line", Value::Null),
        (b"{\"type\":\"dance\",\"id\":4}\n", "unknown_type", json!(4)),
        (
            b"{\"type\":\"ping\",\"id\":0}\n",
            "bad_request",
            Value::Null,
        ),
        (b"{\"type\":\"join\",\"id\":5}\n", "bad_request", json!(5)),
        (
            b"{\"type\":\"join\",\"room\":5,\"id\":6}\r\n",
            "bad_request",
            json!(6),
        ),
    ];
    for (line, code, re) in check {
        alice.write_raw(line).await;
        let answer = alice.until("error").await;
        assert_eq!(
            (&answer["code"], &answer["re"]),
            (&json!(code), &re),
            "{line:?}"
        );
    }
    // Without an `id` the answer has no `re`.
    alice.write_raw(b"{\"type\":\"ping\"}\n").await;
    assert_eq!(alice.until("pong").await, json!({"type":"pong"}));
}

#[tokio::test]
async fn a_line_of_the_bound_passes_and_a_longer_one_closes() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let line = |bytes: usize| {
        let head = "{\"type\":\"ping\",\"id\":77,\"x\":\"";
        format!("{head}{}\"}}\n", "x".repeat(bytes - head.len() - 3))
    };
    alice
        .write_raw(line(limits::CLIENT_LINE_BYTES).as_bytes())
        .await;
    assert_eq!(alice.answer(77).await["type"], "pong");
    alice
        .write_raw(line(limits::CLIENT_LINE_BYTES + 1).as_bytes())
        .await;
    let last = alice.rest().await.pop().unwrap();
    assert_eq!(last["code"], "line_too_long");
    bob.expect("pong", json!({"type":"ping"})).await;
}

#[tokio::test]
async fn what_was_asked_before_the_end_of_lines_is_answered() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    for n in 0..20 {
        alice
            .send(json!({"type":"send","room":"general","text":"x","nonce":format!("n{n}")}))
            .await;
    }
    alice.send(json!({"type":"rooms"})).await;
    alice.finish().await;
    let lines = alice.rest().await;
    assert_eq!(
        lines.iter().filter(|line| line["type"] == "sent").count(),
        20
    );
    assert_eq!(lines.last().unwrap()["type"], "rooms");
}

#[tokio::test]
async fn a_reader_that_stalls_is_dropped_and_comes_back_whole() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    // Bob does not read. Alice is not delayed, and reads her own.
    let count = MAX_EVENTS + 2_000;
    for n in 0..count {
        let line = json!({"type":"send","room":"general","text":"x","nonce":format!("n{n}")});
        alice.send(line).await;
        if n % 200 == 199 {
            while alice.until("sent").await["seq"].as_u64().unwrap() < n as u64 + 3 {}
        }
    }
    while alice.until("sent").await["seq"].as_u64().unwrap() < count as u64 + 2 {}
    let lines = bob.rest().await;
    assert_eq!(lines.last().unwrap()["code"], "slow_consumer");
    let seqs: Vec<u64> = lines
        .iter()
        .filter_map(|line| line["seq"].as_u64())
        .collect();
    assert!(
        seqs.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "what came has no hole"
    );
    let last = *seqs.last().unwrap_or(&2);
    let (mut bob, _) = server
        .resume(&bob.token.clone(), json!({"general":last}))
        .await;
    let end = count as u64 + 2;
    let mut next = last + 1;
    if end - last > limits::REPLAY_LIMIT {
        assert_eq!(bob.until("gap").await["to"], end - limits::REPLAY_LIMIT);
        next = end - limits::REPLAY_LIMIT + 1;
    }
    while next <= end {
        assert_eq!(bob.until("message").await["seq"], next);
        next += 1;
    }
}

#[tokio::test]
async fn a_flood_is_told_to_wait() {
    let server = TestServer::with(|config| {
        config.rate_limits = true;
        config.rates.messages = Rate::new(1.0, 5.0);
        config.rates.requests = Rate::new(1.0, 5.0);
    })
    .await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let mut limited = 0;
    for n in 0..20 {
        let line = json!({"type":"send","room":"general","text":"x","nonce":format!("n{n}")});
        let answer = alice.ask(line).await;
        if answer["code"] == "rate_limited" {
            assert!(answer["retry_after"].as_f64().unwrap() > 0.0);
            limited += 1;
        }
    }
    assert!(limited >= 10, "{limited}");
    for _ in 0..20 {
        alice.write_raw(b"nonsense\n").await;
    }
    while alice.until("error").await["code"] != "rate_limited" {}
    bob.expect("pong", json!({"type":"ping"})).await;
}

#[tokio::test(start_paused = true)]
async fn who_does_not_sign_in_or_falls_silent_is_closed() {
    let server = TestServer::start().await;
    let mut door = server.connect().await;
    let opened = tokio::time::Instant::now();
    let lines = door.rest().await;
    assert_eq!(lines.last().unwrap()["code"], "not_signed_in");
    let waited = opened.elapsed();
    let limit = Duration::from_secs(limits::SIGN_IN_SECONDS);
    assert!(
        waited >= limit && waited <= limit + Duration::from_secs(2),
        "{waited:?}"
    );
}

#[tokio::test]
async fn a_sign_of_life_keeps_a_connection() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    tokio::time::pause();
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_secs(80)).await;
        alice.expect("pong", json!({"type":"ping"})).await;
    }
    let silent = tokio::time::Instant::now();
    alice.rest().await;
    let waited = silent.elapsed();
    let limit = Duration::from_secs(limits::SILENCE_SECONDS);
    assert!(
        waited >= limit - Duration::from_secs(1) && waited <= limit + Duration::from_secs(2),
        "{waited:?}"
    );
}

#[tokio::test]
async fn a_stop_answers_what_was_taken_in_and_says_bye() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut idle = server.connect().await;
    for n in 0..50 {
        alice
            .send(json!({"type":"send","room":"general","text":"x","nonce":format!("n{n}")}))
            .await;
    }
    while alice.until("sent").await["re"] != 51 {}
    server.state.stop().await;
    assert_eq!(idle.rest().await, [json!({"type":"bye"})]);
    assert_eq!(alice.rest().await.pop().unwrap(), json!({"type":"bye"}));
    assert_eq!(server.state.connection_count(), 0);
}

#[tokio::test]
async fn a_failing_storage_is_said_and_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let inner = SqliteStorage::open(folder.path().join("test.db"))
        .await
        .unwrap();
    let storage = Arc::new(super::failing::Failing::new(inner));
    let config = Config {
        register: parlor_protocol::RegisterPolicy::Open,
        rate_limits: false,
        ..Config::default()
    };
    let server = TestServer::on(folder, config, storage.clone()).await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    alice.say("general", "before").await;
    storage.fail(StorageError::Unavailable("the disk is full".into()));
    for request in [
        json!({"type":"send","room":"general","text":"lost?","nonce":"n1"}),
        json!({"type":"create_room","room":"lab"}),
        json!({"type":"profile","name":"New"}),
        json!({"type":"history","room":"general"}),
        json!({"type":"read","room":"general","seq":3}),
        json!({"type":"leave","room":"general"}),
        json!({"type":"logout"}),
    ] {
        assert_eq!(
            alice.refused(request.clone()).await,
            "storage_unavailable",
            "{request}"
        );
    }
    alice.expect("rooms", json!({"type":"rooms"})).await;
    storage.recover();
    let line = json!({"type":"send","room":"general","text":"kept","nonce":"n1"});
    let sent = alice.expect("sent", line).await;
    assert_eq!(sent["duplicate"], Value::Null, "nothing was kept before");
    let texts: Vec<Value> = vec![bob.until("message").await, bob.until("message").await];
    assert_eq!(
        (&texts[0]["text"], &texts[1]["text"]),
        (&json!("before"), &json!("kept"))
    );
    let history = bob
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_panic_costs_one_connection() {
    let folder = tempfile::tempdir().unwrap();
    let inner = SqliteStorage::open(folder.path().join("test.db"))
        .await
        .unwrap();
    let storage = Arc::new(super::failing::Failing::new(inner));
    let config = Config {
        register: parlor_protocol::RegisterPolicy::Open,
        rate_limits: false,
        ..Config::default()
    };
    let server = TestServer::on(folder, config, storage.clone()).await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    storage.panic_in_history();
    let id = alice.send(json!({"type":"history","room":"general"})).await;
    let answer = alice.answer(id).await;
    assert_eq!(
        (&answer["code"], &answer["re"]),
        (&json!("internal"), &json!(id))
    );
    alice.rest().await;
    bob.say("general", "still here").await;
}
