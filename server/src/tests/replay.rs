//! Coming back: no hole, no event twice, whatever happens meanwhile.

use std::sync::Arc;

use parlor_protocol::{Time, limits};
use serde_json::{Value, json};

use super::harness::{Client, TestServer};
use crate::storage::{Act, ActKind, RoomId};

/// Log events of `#general`, as (type, seq).
fn events(lines: &[Value]) -> Vec<(String, u64)> {
    lines
        .iter()
        .filter(|line| line["room"] == "general" && line["seq"].is_u64())
        .map(|line| {
            (
                line["type"].as_str().unwrap().to_owned(),
                line["seq"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn seqs(lines: &[Value]) -> Vec<u64> {
    events(lines).into_iter().map(|(_, seq)| seq).collect()
}

/// Reads until the event of this `seq` in `#general`, and answers every line.
async fn read_to(client: &mut Client, seq: u64) -> Vec<Value> {
    let mut lines = Vec::new();
    loop {
        let line = client.next().await;
        assert!(!line.is_null(), "closed after {lines:?}");
        let is_last = line["room"] == "general" && line["seq"] == seq;
        lines.push(line);
        if is_last {
            return lines;
        }
    }
}

/// Stores messages as a restarted server would find them.
async fn store(server: &TestServer, count: u64, text: &str) {
    let alice = server
        .state
        .directory
        .read(|t| t.by_username("alice").unwrap().record.id);
    let acts: Vec<Act> = (0..count)
        .map(|n| Act {
            room: RoomId::GENERAL,
            by: alice,
            name: "Alice".into(),
            time: Time::from_millis(0),
            kind: ActKind::Message {
                text: text.into(),
                nonce: format!("stored-{n}"),
                reply_to: None,
                mentions: Vec::new(),
                files: Vec::new(),
            },
        })
        .collect();
    server.state.storage.append(Arc::new(acts)).await.unwrap();
}

#[tokio::test]
async fn a_cursor_brings_what_followed_and_then_goes_on_live() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let bob = server.user("bob").await;
    let token = bob.token.clone();
    drop(bob);
    for n in 0..5 {
        alice.say("general", &n.to_string()).await;
    }
    // Once from what the bus remembers, once from storage after a restart.
    let (mut bob, session) = server.resume(&token, json!({"general":4})).await;
    let general = session["rooms"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["room"] == "general");
    assert_eq!(general.unwrap()["last_seq"], 7);
    let live = alice.say("general", "live").await;
    assert_eq!(seqs(&read_to(&mut bob, live).await), [5, 6, 7, 8]);

    let alices = alice.token.clone();
    let server = server.restart().await;
    let (mut bob, _) = server.resume(&token, json!({"general":4})).await;
    let (mut alice, _) = server.resume(&alices, json!({})).await;
    let live = alice.say("general", "live again").await;
    assert_eq!(seqs(&read_to(&mut bob, live).await), [5, 6, 7, 8, 9]);
    // A room that is not named begins after its `last_seq`.
    let (mut other, _) = server.resume(&token, json!({})).await;
    let live = alice.say("general", "once more").await;
    assert_eq!(seqs(&read_to(&mut other, live).await), [10]);
}

#[tokio::test]
async fn a_cursor_at_the_end_misses_nothing() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (mut again, _) = server
        .resume(&alice.token, json!({"general":1,"nowhere":5}))
        .await;
    assert!(again.settled().await.is_empty());
    let seq = again.say("general", "x").await;
    assert_eq!(seqs(&again.settled().await), [seq]);
}

#[tokio::test]
async fn too_much_is_a_gap_and_too_far_is_a_reset() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    store(&server, limits::REPLAY_LIMIT + 50, "x").await;
    let server = server.restart().await;
    let last = limits::REPLAY_LIMIT + 51;
    let (mut client, _) = server.resume(&alice.token, json!({"general":1})).await;
    let gap = client.next().await;
    assert_eq!(gap, json!({"type":"gap","room":"general","to":51}));
    let lines = read_to(&mut client, last).await;
    let expected: Vec<u64> = (52..=last).collect();
    assert_eq!(seqs(&lines), expected);
    // Exactly as many as the limit need no gap.
    let (mut client, _) = server.resume(&alice.token, json!({"general":51})).await;
    assert_eq!(read_to(&mut client, last).await[0]["seq"], 52);

    let (mut client, _) = server
        .resume(&alice.token, json!({"general":last + 1}))
        .await;
    assert_eq!(
        client.next().await,
        json!({"type":"reset","room":"general"})
    );
    let seq = client.say("general", "after").await;
    assert_eq!(seqs(&client.settled().await), [seq]);
}

#[tokio::test]
async fn a_replayed_message_comes_as_it_now_stands() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let edited = alice.say("general", "draft").await;
    let deleted = alice.say("general", "secret").await;
    let edit = json!({"type":"edit","room":"general","target":edited,"text":"final"});
    alice.expect("done", edit).await;
    let edit = json!({"type":"edit","room":"general","target":deleted,"text":"still secret"});
    alice.expect("done", edit).await;
    alice
        .expect(
            "done",
            json!({"type":"delete","room":"general","target":deleted}),
        )
        .await;
    let (mut again, _) = server
        .resume(&alice.token.clone(), json!({"general":1}))
        .await;
    let lines = read_to(&mut again, 6).await;
    assert_eq!(seqs(&lines), [2, 3, 4, 5, 6]);
    assert_eq!(lines[0]["text"], "final");
    assert!(lines[0]["edited"].is_string());
    assert_eq!(
        (&lines[1]["text"], &lines[1]["deleted"]),
        (&json!(""), &json!(true))
    );
    assert_eq!(
        (&lines[3]["type"], &lines[3]["text"]),
        (&json!("edited"), &json!(""))
    );
    let all = format!("{lines:?}");
    assert!(!all.contains("secret") && !all.contains("draft"), "{all}");
}

#[tokio::test]
async fn live_events_wait_behind_a_long_replay() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    // Far more than a stream holds, so that the replay is still under way
    // while the live events are published.
    store(&server, 900, &"x".repeat(2_000)).await;
    let server = server.restart().await;
    let (mut writer, _) = server.resume(&alice.token, json!({})).await;
    let (mut reader, _) = server.resume(&alice.token, json!({"general":1})).await;
    // Requests are answered beside the replay.
    reader.expect("pong", json!({"type":"ping"})).await;
    let mut last = 0;
    for n in 0..50 {
        last = writer.say("general", &format!("live {n}")).await;
    }
    let lines = read_to(&mut reader, last).await;
    let expected: Vec<u64> = (2..=last).collect();
    assert_eq!(seqs(&lines), expected);
    let last = writer.say("general", "after").await;
    assert_eq!(seqs(&read_to(&mut reader, last).await), [last]);
}

#[tokio::test]
async fn a_replay_does_not_count_towards_the_bound() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    store(&server, 1_000, &"x".repeat(12_000)).await;
    let server = server.restart().await;
    let (mut reader, _) = server.resume(&alice.token, json!({"general":1})).await;
    let lines = read_to(&mut reader, 1_001).await;
    assert_eq!(lines.len(), 1_000);
}

#[tokio::test]
async fn who_is_put_out_during_a_replay_hears_up_to_that_and_no_more() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    alice
        .expect("room", json!({"type":"create_room","room":"lab"}))
        .await;
    bob.expect("room", json!({"type":"join","room":"lab"}))
        .await;
    for n in 0..400 {
        let text = "x".repeat(2_000);
        alice
            .send(json!({"type":"send","room":"lab","text":text,"nonce":format!("n{n}")}))
            .await;
        alice.read().await;
        alice.read().await;
    }
    alice.settled().await;
    let tokens = (alice.token.clone(), bob.token.clone());
    drop((alice, bob));
    let server = server.restart().await;
    let (mut alice, _) = server.resume(&tokens.0, json!({})).await;
    let (mut bob, _) = server.resume(&tokens.1, json!({"lab":1})).await;
    let out = json!({"type":"remove_from_room","room":"lab","username":"bob","reason":"x"});
    alice.expect("done", out).await;
    alice.say("lab", "not for bob").await;
    let mut seen = 1;
    loop {
        let line = bob.next().await;
        if line["room"] == "lab" && line["seq"].is_u64() {
            seen += 1;
            assert_eq!(line["seq"], seen);
            if line["type"] == "left" {
                break;
            }
        }
    }
    assert!(bob.settled().await.iter().all(|line| line["room"] != "lab"));
}
