//! Section 2.4: coming back.

use parlor_tests::parlord::Parlord;
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

fn seqs(log: &[Value]) -> Vec<u64> {
    log.iter()
        .map(|event| event["seq"].as_u64().expect("a seq"))
        .collect()
}

#[test]
fn every_missed_event_comes_once_and_in_order() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let bob = Wire::register(&server, "bob");
    let token = bob.token();
    let cursor = bob.room("general")["last_seq"].as_u64().expect("a seq");
    drop(bob);
    let sent: Vec<u64> = (0..500)
        .map(|n| alice.send("general", &n.to_string()))
        .collect();
    let mut bob = Wire::resume(&server, &token, &json!({"general": cursor, "nowhere": 3}));
    assert_eq!(bob.room("general")["last_seq"], sent[499]);
    let mut log = bob.log("general");
    let live = alice.send("general", "live");
    log.push(bob.event("message"));
    let mut expected: Vec<u64> = sent;
    expected.push(live);
    assert_eq!(seqs(&log), expected);
    assert!(
        log.iter().all(|event| event["type"] == "message"),
        "{:?}",
        log[0]
    );
}

#[test]
fn nothing_is_doubled_or_lost_while_others_write() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let token = Wire::register(&server, "bob").token();
    let writer = std::thread::spawn(move || {
        for n in 0..1500 {
            alice.send("general", &n.to_string());
        }
        alice
    });
    let mut cursor = 0;
    let mut came = Vec::new();
    while !writer.is_finished() {
        let mut bob = Wire::resume(&server, &token, &json!({"general": cursor}));
        for event in bob.log("general") {
            assert_eq!(event["seq"], cursor + 1, "a hole or a double: {event}");
            cursor += 1;
            came.push(event);
        }
    }
    writer.join().expect("the writer is well");
    let mut bob = Wire::resume(&server, &token, &json!({"general": cursor}));
    for event in bob.log("general") {
        assert_eq!(event["seq"], cursor + 1, "a hole or a double: {event}");
        cursor += 1;
        came.push(event);
    }
    let texts: Vec<&str> = came
        .iter()
        .filter(|e| e["type"] == "message")
        .map(|e| e["text"].as_str().expect("a text"))
        .collect();
    let expected: Vec<String> = (0..1500).map(|n| n.to_string()).collect();
    assert_eq!(texts, expected);
}

#[test]
fn a_room_not_named_begins_after_its_last_seq() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    alice.send("general", "before");
    let mut bob = Wire::resume(&server, &Wire::register(&server, "bob").token(), &json!({}));
    assert_eq!(bob.log("general"), Vec::<Value>::new());
    let seq = alice.send("general", "after");
    assert_eq!(bob.event("message")["seq"], seq);
}

#[test]
fn a_wide_gap_is_said_and_skipped() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let token = Wire::register(&server, "bob").token();
    let lines: String = (0..1200)
        .map(|n| format!("{}\n", json!({"type": "send", "room": "general", "text": n.to_string(), "nonce": format!("g{n}")})))
        .collect();
    alice.raw.write(lines.as_bytes());
    let last = alice.event_where("the last", |e| {
        e["type"] == "message" && e["text"] == "1199"
    })["seq"]
        .as_u64()
        .expect("a seq");

    let mut bob = Wire::resume(&server, &token, &json!({"general": 1}));
    let heard = bob.heard();
    let gap = heard
        .iter()
        .find(|e| e["type"] == "gap")
        .expect("a gap is said");
    assert_eq!(gap["room"], "general");
    let to = gap["to"].as_u64().expect("a cursor");
    let first_after = heard
        .iter()
        .position(|e| e["type"] == "gap")
        .map_or(0, |at| at + 1);
    let log: Vec<u64> = heard[first_after..]
        .iter()
        .filter_map(|e| e["seq"].as_u64())
        .collect();
    assert_eq!(
        log,
        (to + 1..=last).collect::<Vec<_>>(),
        "only what follows the gap"
    );
    assert!(
        !heard[..first_after].iter().any(|e| e["seq"].is_u64()),
        "nothing before it"
    );

    let mut near = Wire::resume(&server, &token, &json!({"general": last - 1000}));
    let heard = near.heard();
    assert!(
        !heard.iter().any(|e| e["type"] == "gap"),
        "1,000 missing are replayed"
    );
    assert_eq!(heard.iter().filter(|e| e["seq"].is_u64()).count(), 1000);
}

#[test]
fn a_cursor_above_the_end_is_reset() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let seq = alice.send("general", "the newest");
    let mut back = Wire::resume(&server, &alice.token(), &json!({"general": seq + 7}));
    let heard = back.heard();
    let reset = heard
        .iter()
        .find(|e| e["type"] == "reset")
        .expect("a reset is said");
    assert_eq!(reset["room"], "general");
    assert!(!heard.iter().any(|e| e["seq"].is_u64()), "{heard:?}");
    let next = alice.send("general", "and on");
    assert_eq!(back.event("message")["seq"], next);
}

#[test]
fn a_replayed_message_comes_as_it_now_stands() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let edited = alice.send("general", "frist");
    let deleted = alice.send("general", "oops");
    alice.get(
        "done",
        json!({"type": "edit", "room": "general", "target": edited, "text": "first"}),
    );
    alice.get(
        "done",
        json!({"type": "edit", "room": "general", "target": deleted, "text": "oops again"}),
    );
    alice.get(
        "done",
        json!({"type": "delete", "room": "general", "target": deleted}),
    );
    let mut back = Wire::resume(&server, &alice.token(), &json!({"general": edited - 1}));
    let log = back.log("general");
    assert_eq!(seqs(&log), (edited..edited + 5).collect::<Vec<_>>());
    assert_eq!(log[0]["text"], "first");
    assert!(log[0]["edited"].is_string(), "{}", log[0]);
    assert_eq!(
        (&log[1]["text"], &log[1]["deleted"]),
        (&json!(""), &json!(true))
    );
    assert!(
        !log.iter().any(|event| event.to_string().contains("oops")),
        "{log:?}"
    );
}

#[test]
fn a_room_that_one_left_is_skipped() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    alice.get("room", json!({"type": "create_room", "room": "work"}));
    bob.get("room", json!({"type": "join", "room": "work"}));
    bob.get("room", json!({"type": "leave", "room": "work"}));
    alice.send("work", "not for bob");
    let mut back = Wire::resume(&server, &bob.token(), &json!({"work": 1}));
    let heard = back.heard();
    assert!(!heard.iter().any(|e| e["room"] == "work"), "{heard:?}");
    assert!(!back.session.to_string().contains("work"));
}
