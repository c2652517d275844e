//! Section 5: what is held for a device that is away.

use std::collections::HashSet;

use parlor_tests::device::{Device, encode, hold, person};
use parlor_tests::parlord::Parlord;
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

/// Reads mail until this id, and gives the ids.
fn mail_until(wire: &mut Wire, last: &str) -> Vec<Value> {
    let mut came = Vec::new();
    loop {
        let mail = wire.event("mail");
        let is_last = mail["id"] == last;
        came.push(mail);
        if is_last {
            return came;
        }
    }
}

fn ids(mail: &[Value]) -> Vec<&str> {
    mail.iter().filter_map(|mail| mail["id"].as_str()).collect()
}

fn taken(wire: &mut Wire, mail: &[Value]) {
    let ns: Vec<&Value> = mail.iter().map(|mail| &mail["n"]).collect();
    wire.get("done", json!({"type": "taken", "ns": ns}));
}

#[test]
fn what_is_held_comes_until_it_is_taken() {
    let server = Parlord::open();
    let (mut alice, laptop) = person(&server, "alice", 0);
    let (mut bob, phone) = person(&server, "bob", 0);
    bob.get("held", hold("alice", &laptop, "first", b"sealed"));
    let mail = alice.event("mail");
    let (n, time) = (&mail["n"], &mail["time"]);
    let expected = json!({"type": "mail", "n": n, "from": "bob", "device": phone.id(),
        "id": "first", "body": encode(b"sealed"), "time": time});
    assert_eq!(mail, expected);
    // The same again is held once.
    bob.get("held", hold("alice", &laptop, "first", b"sealed"));
    for id in ["second", "third"] {
        bob.get("held", hold("alice", &laptop, id, id.as_bytes()));
    }
    assert_eq!(ids(&mail_until(&mut alice, "third")), ["second", "third"]);
    taken(&mut alice, &[mail]);

    // A later connection of the session hears the rest, the oldest first, after `session`.
    let token = alice.token();
    drop(alice);
    bob.get("held", hold("ALICE", &laptop, "fourth", b"x"));
    let mut alice = Wire::resume(&server, &token, &json!({}));
    let rest = mail_until(&mut alice, "fourth");
    assert_eq!(ids(&rest), ["second", "third", "fourth"]);
    // So does another at once, and both hear what comes.
    let mut other = Wire::resume(&server, &token, &json!({}));
    assert_eq!(mail_until(&mut other, "fourth").len(), 3);
    bob.get("held", hold("alice", &laptop, "fifth", b"x"));
    for wire in [&mut alice, &mut other] {
        assert_eq!(ids(&mail_until(wire, "fifth")), ["fifth"]);
    }
    taken(&mut alice, &rest);
    // A new session hears nothing before it says which device it is.
    let mut anew = Wire::login(&server, "alice");
    bob.get("held", hold("alice", &laptop, "sixth", b"x"));
    assert!(!anew.heard().iter().any(|line| line["type"] == "mail"));
    anew.refused("bad_request", json!({"type": "taken", "ns": [1]}));
    Device::new("alice-laptop").publish(&mut anew, 0);
    assert_eq!(ids(&mail_until(&mut anew, "sixth")), ["fifth", "sixth"]);
    // Publishing again tells nothing twice.
    Device::new("alice-laptop").publish(&mut anew, 0);
    bob.get("held", hold("alice", &laptop, "seventh", b"x"));
    assert_eq!(ids(&mail_until(&mut anew, "seventh")), ["seventh"]);
}

#[test]
fn the_mark_answers_where_there_is_no_number() {
    let server = Parlord::open();
    let (mut alice, laptop) = person(&server, "alice", 0);
    let (mut bob, _) = person(&server, "bob", 0);
    bob.raw.say(&hold("alice", &laptop, "m1", b"x"));
    assert_eq!(bob.event("held"), json!({"type": "held", "re": "m1"}));
    bob.raw.say(&hold("nobody", &laptop, "m2", b"x"));
    let refused = bob.event("error");
    assert_eq!(
        (&refused["re"], &refused["code"]),
        (&json!("m2"), &json!("no_such_user"))
    );
    // A number is the request's, and the mark too.
    let mut numbered = hold("alice", &laptop, "", b"x");
    numbered["id"] = json!(77);
    bob.raw.say(&numbered);
    assert_eq!(bob.event("held"), json!({"type": "held", "re": 77}));
    assert_eq!(ids(&mail_until(&mut alice, "77")), ["m1", "77"]);
}

#[test]
fn what_cannot_be_held_is_refused() {
    let server = Parlord::open();
    let (mut alice, laptop) = person(&server, "alice", 0);
    let (mut bob, phone) = person(&server, "bob", 0);
    let with = |member: &str, value: Value| {
        let mut request = hold("alice", &laptop, "a", b"x");
        request[member] = value;
        request
    };
    for (code, request) in [
        ("no_such_user", with("to", json!("nobody"))),
        ("no_such_user", with("to", json!("bob"))),
        (
            "no_such_user",
            with("device", json!(Device::new("none").id())),
        ),
        ("bad_request", with("device", json!("none"))),
        ("bad_request", with("id", json!(""))),
        ("bad_request", with("id", json!("a b"))),
        ("bad_request", with("id", json!("a".repeat(65)))),
        ("bad_request", with("body", json!(""))),
        ("bad_request", with("body", json!("AA=="))),
        ("bad_request", with("body", json!("++++"))),
        (
            "bad_request",
            with("body", json!("A".repeat(48 * 1024 + 4))),
        ),
    ] {
        bob.refused(code, request);
    }
    bob.get("held", with("body", json!("A".repeat(48 * 1024))));
    let longest = alice.event("mail");
    assert_eq!(longest["body"].as_str().map(str::len), Some(48 * 1024));
    // Mail is taken by its device alone.
    bob.get("done", json!({"type": "taken", "ns": [longest["n"]]}));
    alice.get("done", json!({"type": "taken", "ns": []}));
    let mut again = Wire::resume(&server, &alice.token(), &json!({}));
    assert_eq!(again.event("mail"), longest);
    let many: Vec<u64> = (0..1_001).collect();
    alice.refused("bad_request", json!({"type": "taken", "ns": many}));
    // One's own other devices are reached the same way.
    let mut second = Wire::login(&server, "bob");
    second.refused("bad_request", hold("bob", &phone, "own", b"x"));
    Device::new("desk").publish(&mut second, 0);
    second.get("held", hold("bob", &phone, "own", b"x"));
    assert_eq!(bob.event("mail")["from"], "bob");
}

#[test]
fn a_sender_holds_a_hundred_for_a_device() {
    let server = Parlord::open();
    let (mut alice, laptop) = person(&server, "alice", 0);
    let (mut bob, _) = person(&server, "bob", 0);
    for n in 0..100 {
        bob.get(
            "held",
            hold("alice", &laptop, &format!("m{n}"), &[7; 30_000]),
        );
    }
    bob.refused("hold_full", hold("alice", &laptop, "over", b"x"));
    bob.get("held", hold("alice", &laptop, "m5", b"x"));
    // Others are not in the way.
    let (mut carol, _) = person(&server, "carol", 0);
    carol.get("held", hold("alice", &laptop, "hers", b"x"));
    let all = mail_until(&mut alice, "hers");
    assert_eq!(all.len(), 101, "in order, each once");
    let numbers: Vec<u64> = all.iter().filter_map(|mail| mail["n"].as_u64()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    taken(&mut alice, &all[..1]);
    bob.get("held", hold("alice", &laptop, "over", b"x"));
}

#[test]
fn nothing_that_was_held_is_lost_to_kill_9() {
    let mut server = Parlord::open();
    let (mut alice, laptop) = person(&server, "alice", 0);
    let (bob, _) = person(&server, "bob", 0);
    let (hers, his) = (alice.token(), bob.token());
    let mut expected: Vec<String> = Vec::new();
    let mut sent = 0;
    for round in 0..3 {
        let mut bob = Wire::resume(&server, &his, &json!({}));
        for n in 0..10 {
            let id = format!("r{round}-{n}");
            bob.get("held", hold("alice", &laptop, &id, b"sealed"));
            expected.push(id);
        }
        // These may be held, or not: they were not answered.
        for n in 0..5 {
            bob.tell(hold("alice", &laptop, &format!("u{round}-{n}"), b"sealed"));
            sent += 1;
        }
        server.kill();
        server.start_again();
        alice = Wire::resume(&server, &hers, &json!({}));
        let last = expected.last().expect("ten").clone();
        let came = mail_until(&mut alice, &last);
        let sure: Vec<&str> = ids(&came)
            .into_iter()
            .filter(|id| id.starts_with('r'))
            .collect();
        assert_eq!(sure, expected);
        let distinct: HashSet<&str> = ids(&came).into_iter().collect();
        assert_eq!(distinct.len(), came.len(), "each once");
        assert!(came.len() <= expected.len() + sent);
        // What is taken stays so.
        taken(&mut alice, &came);
        expected.clear();
    }
    server.kill();
    server.start_again();
    let mut bob = Wire::resume(&server, &his, &json!({}));
    alice = Wire::resume(&server, &hers, &json!({}));
    bob.get("held", hold("alice", &laptop, "end", b"x"));
    let came = mail_until(&mut alice, "end");
    assert!(
        ids(&came)
            .iter()
            .all(|id| id.starts_with('u') || *id == "end"),
        "{came:?}"
    );
}
