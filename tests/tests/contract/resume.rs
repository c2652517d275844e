//! Section 2.4: coming back.

use parlor_tests::parlord::Parlord;
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

fn seqs(log: &[Value]) -> Vec<u64> {
    log.iter()
        .filter_map(|event| event["seq"].as_u64())
        .collect()
}

/// The log events of `#general` up to this one.
fn replay(wire: &mut Wire, to: u64) -> Vec<Value> {
    let mut came = wire.until_seq("general", to);
    came.retain(|event| event["room"] == "general");
    came
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
    let live = alice.send("general", "live");
    let log = replay(&mut bob, live);
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
        for n in 0..1_500 {
            alice.send("general", &n.to_string());
        }
        alice
    });
    // Each comes back at another moment, reads its replay, and stays.
    let mut held = Vec::new();
    while !writer.is_finished() && held.len() < 12 {
        let mut bob = Wire::resume(&server, &token, &json!({"general": 0}));
        let last = bob.room("general")["last_seq"].as_u64().expect("a seq");
        let mut came = replay(&mut bob, last);
        // What came live meanwhile belongs to it too.
        came.extend(bob.log("general"));
        held.push((bob, came));
    }
    let mut alice = writer.join().expect("the writer is well");
    let last = alice.send("general", "1500");
    let bob = Wire::resume(&server, &token, &json!({"general": last - 900}));
    held.push((bob, Vec::new()));
    for (mut bob, mut came) in held {
        came.extend(replay(&mut bob, last));
        let mut cursor = None;
        for event in &came {
            if event["type"] == "gap" {
                cursor = event["to"].as_u64();
                continue;
            }
            let seq = event["seq"].as_u64().expect("a seq");
            assert!(
                cursor.is_none_or(|cursor| seq == cursor + 1),
                "a hole or a double: {event}"
            );
            cursor = Some(seq);
        }
        assert_eq!(cursor, Some(last));
    }
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
    let heard = replay(&mut bob, last);
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
    let heard = replay(&mut near, last);
    assert!(
        !heard.iter().any(|e| e["type"] == "gap"),
        "1,000 missing are replayed"
    );
    assert_eq!(seqs(&heard), (last - 999..=last).collect::<Vec<_>>());
}

#[test]
fn a_cursor_above_the_end_is_reset() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let seq = alice.send("general", "the newest");
    let mut back = Wire::resume(&server, &alice.token(), &json!({"general": seq + 7}));
    let next = alice.send("general", "and on");
    let heard = replay(&mut back, next);
    assert_eq!(
        (&heard[0]["type"], &heard[0]["room"]),
        (&json!("reset"), &json!("general"))
    );
    assert_eq!(seqs(&heard), [next]);
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
    let log = replay(&mut back, edited + 4);
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
    let live = alice.send("general", "live");
    let heard = back.until_seq("general", live);
    assert!(!heard.iter().any(|e| e["room"] == "work"), "{heard:?}");
    assert!(!back.session.to_string().contains("work"));
}
