//! Section 5: devices, their keys, and what is held for them.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};

use parlor_tests::device::{Device, decode, encode, hold, verifies};
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

fn devices(wire: &mut Wire, username: &str) -> Value {
    wire.get("devices", json!({"type": "devices", "username": username}))
}

fn claim(wire: &mut Wire, username: &str) -> Vec<Value> {
    let keys = wire.get("keys", json!({"type": "claim_keys", "username": username}));
    keys["keys"].as_array().expect("a list").clone()
}

/// A user whose session is a device.
fn person(server: &Parlord, name: &str, keys: usize) -> (Wire, Device) {
    let mut wire = Wire::register(server, name);
    let mut device = Device::new(&format!("{name}-laptop"));
    device.publish(&mut wire, keys);
    (wire, device)
}

#[test]
fn the_server_says_whose_a_device_is() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let mut laptop = Device::new("laptop");
    let request = laptop.publication("alice", 3);
    let known = alice.get("device", request.clone());
    assert_eq!(known["one_time_left"], 3, "{known}");
    let until = known["until"].as_str().expect("a time");
    let card = decode(&request["card"]);
    let vouched = [until.as_bytes(), &[0], &card].concat();
    let key = &alice.session["server_key"];
    assert!(verifies(
        key,
        "parlor-server-1",
        &vouched,
        &known["server_sig"]
    ));
    assert!(!verifies(
        key,
        "parlor-card-1",
        &vouched,
        &known["server_sig"]
    ));

    let listed = devices(&mut bob, "ALICE");
    let expected = json!([{"card": request["card"], "device_sig": request["device_sig"],
        "server_sig": known["server_sig"], "until": until}]);
    assert_eq!(listed["devices"], expected);
    assert_eq!(listed["revoked"], json!([]));
    assert_eq!(devices(&mut alice, "bob")["devices"], json!([]));
    bob.refused(
        "no_such_user",
        json!({"type": "devices", "username": "nobody"}),
    );
    bob.refused(
        "no_such_user",
        json!({"type": "claim_keys", "username": "nobody"}),
    );
}

#[test]
fn what_is_wrong_with_a_publication_is_said() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut laptop = Device::new("laptop");
    let whole = laptop.publication("alice", 2);
    let mut check = |code: &str, member: &str, wrong: Value| {
        let mut request = whole.clone();
        request[member] = wrong;
        let refused = alice.refused(code, request);
        let message = refused["message"].as_str().expect("a text");
        assert!(code == "forbidden" || message.contains(member), "{refused}");
    };
    check("bad_request", "card", json!("AAAA"));
    check("bad_request", "card", json!("not base64!"));
    check("bad_request", "card", json!(7));
    check("bad_request", "card", json!("A".repeat(4_000)));
    check("bad_request", "device_sig", json!("AAAA"));
    let sig = laptop.sign("parlor-server-1", &decode(&whole["card"]));
    // The member that is named is the card, for whose the signature is.
    check("bad_request", "card", whole["device_sig"].clone());
    check("bad_request", "fallback_key", Value::Null);
    check("bad_request", "fallback_key", laptop.key("parlor-key-1"));
    check(
        "bad_request",
        "fallback_key",
        Device::new("x").key("parlor-fallback-1"),
    );
    check(
        "bad_request",
        "one_time_keys",
        json!([laptop.key("parlor-fallback-1")]),
    );
    check(
        "bad_request",
        "one_time_keys",
        json!([{"key": "AAAA", "sig": sig}]),
    );
    let zero = json!({"key": encode(&[0; 32]), "sig": laptop.sign("parlor-key-1", &[0; 32])});
    check("bad_request", "one_time_keys", json!([zero]));
    let many: Vec<Value> = (0..101).map(|_| laptop.key("parlor-key-1")).collect();
    check("bad_request", "one_time_keys", json!(many));
    let mut wrong_sig = whole.clone();
    wrong_sig["device_sig"] = json!(sig);
    alice.refused("bad_request", wrong_sig);

    let cards: [(&str, &str, Value); 8] = [
        ("bad_request", "v", json!(2)),
        ("bad_request", "label", json!("")),
        ("bad_request", "device", json!(Device::new("other").id())),
        ("bad_request", "device", json!(laptop.id().to_uppercase())),
        ("bad_request", "olm_curve25519", json!(encode(&[0; 32]))),
        ("bad_request", "olm_ed25519", json!(encode(&[0; 32]))),
        ("bad_request", "issued", json!("yesterday")),
        ("forbidden", "username", json!("bob")),
    ];
    for (code, member, wrong) in cards {
        let mut card = laptop.card("alice");
        card[member] = wrong;
        let request = laptop.publication_of(&card, 0);
        alice.refused(code, request);
    }
    assert_eq!(devices(&mut alice, "alice")["devices"], json!([]));
    alice.get("device", whole);
}

#[test]
fn a_device_is_one_users_for_ever() {
    let server = Parlord::open();
    let (mut alice, mut laptop) = person(&server, "alice", 2);
    let mut bob = Wire::register(&server, "bob");
    let stolen = laptop.publication("bob", 0);
    bob.refused("forbidden", stolen);
    // Other Olm keys only by a newer card.
    let mut card = laptop.card("alice");
    card["olm_curve25519"] = json!(encode(&[9; 32]));
    alice.refused("forbidden", laptop.publication_of(&card, 1));
    card["issued"] = json!("2026-11-21T00:00:00.000Z");
    let known = alice.get("device", laptop.publication_of(&card, 1));
    assert_eq!(known["one_time_left"], 1, "the old account's keys are gone");
    let back = laptop.publication("alice", 1);
    alice.refused("forbidden", back);

    for n in 1..20 {
        Device::new(&format!("alice-{n}")).publish(&mut alice, 0);
    }
    let one_more = Device::new("alice-20").publication("alice", 0);
    alice.refused("forbidden", one_more);
    let listed = devices(&mut bob, "alice");
    assert_eq!(listed["devices"].as_array().map(Vec::len), Some(20));
}

#[test]
fn guests_have_no_devices() {
    let server = Setup::default().arg("--guests").start();
    let (mut alice, laptop) = person(&server, "alice", 1);
    let mut guest = Wire::open(server.dial(), json!({"type": "guest", "nickname": "G"}));
    let name = guest.username();
    let publication = Device::new("guest").publication(&name, 0);
    for request in [
        publication,
        json!({"type": "devices", "username": "alice"}),
        json!({"type": "claim_keys", "username": "alice"}),
        json!({"type": "revoke_device", "device": laptop.id()}),
        hold("alice", &laptop, "a", b"x"),
    ] {
        guest.refused("forbidden", request);
    }
    assert_eq!(devices(&mut alice, &name)["devices"], json!([]));
    assert!(claim(&mut alice, &name).is_empty());
    alice.refused("forbidden", hold(&name, &laptop, "a", b"x"));
}

#[test]
fn keys_are_given_once_and_then_the_fallback_key() {
    let server = Parlord::open();
    let (mut alice, mut laptop) = person(&server, "alice", 7);
    let mut desktop = Device::new("desktop");
    let mut second = Wire::login(&server, "alice");
    desktop.publish(&mut second, 0);
    let mut bob = Wire::register(&server, "bob");
    let mut given = HashSet::new();
    for _ in 0..5 {
        let keys = claim(&mut bob, "alice");
        assert_eq!(keys.len(), 2, "one for each device: {keys:?}");
        for key in keys {
            let device = key["device"].as_str().expect("an id");
            let context = if device == laptop.id() {
                "parlor-key-1"
            } else {
                "parlor-fallback-1"
            };
            let id: Vec<u8> = (0..32)
                .map(|n| u8::from_str_radix(&device[2 * n..2 * n + 2], 16).expect("hex"))
                .collect();
            let id = json!(encode(&id));
            assert!(
                verifies(&id, context, &decode(&key["key"]), &key["sig"]),
                "{key}"
            );
            if device == laptop.id() {
                assert!(given.insert(key["key"].to_string()), "given twice: {key}");
            }
        }
    }
    let fallback = |wire: &mut Wire| {
        let keys = claim(wire, "alice");
        let key = keys.into_iter().find(|key| key["device"] == laptop.id());
        let key = key.expect("the laptop's");
        let id = json!(encode(&hex(&laptop.id())));
        verifies(&id, "parlor-fallback-1", &decode(&key["key"]), &key["sig"])
    };
    assert!(fallback(&mut bob), "five an hour");
    // Another session of his is no other claimer; a device is.
    assert!(fallback(&mut Wire::login(&server, "bob")));
    let mut phone = Wire::login(&server, "bob");
    Device::new("bob-phone").publish(&mut phone, 0);
    assert!(!fallback(&mut phone));
    let left = laptop.publish(&mut alice, 0);
    assert_eq!(left["one_time_left"], 1);
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("hex");
        u8::from_str_radix(pair, 16).expect("hex")
    };
    digits.map(byte).collect()
}

#[test]
fn fifty_who_claim_at_once_get_fifty_keys() {
    const CLAIMERS: usize = 50;
    let server = Parlord::open();
    let (_alice, laptop) = person(&server, "alice", 60);
    let wires: Vec<Wire> = (0..CLAIMERS)
        .map(|n| Wire::register(&server, &format!("claimer-{n}")))
        .collect();
    let start = Arc::new(Barrier::new(CLAIMERS));
    let threads: Vec<_> = wires
        .into_iter()
        .map(|mut wire| {
            let start = Arc::clone(&start);
            std::thread::spawn(move || {
                start.wait();
                claim(&mut wire, "alice").remove(0)
            })
        })
        .collect();
    let mut given = HashSet::new();
    for thread in threads {
        let key = thread.join().expect("it claimed");
        assert_eq!(key["device"], laptop.id());
        assert!(given.insert(key["key"].to_string()), "given twice: {key}");
    }
}

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

#[test]
fn a_revoked_device_is_none_any_more() {
    let server = Parlord::open();
    let (mut alice, laptop) = person(&server, "alice", 2);
    let (mut bob, phone) = person(&server, "bob", 0);
    let mut lost = Device::new("lost");
    let mut thief = Wire::login(&server, "alice");
    lost.publish(&mut thief, 2);
    bob.get("held", hold("alice", &lost, "a", b"x"));
    let revoke = |device: &Device| json!({"type": "revoke_device", "device": device.id()});
    bob.refused("forbidden", revoke(&lost));
    alice.refused("forbidden", revoke(&Device::new("none")));
    alice.get("done", revoke(&lost));
    let event = json!({"type": "device_revoked", "username": "alice", "device": lost.id()});
    assert_eq!(bob.event("device_revoked"), event);
    assert_eq!(alice.event("device_revoked"), event);
    assert!(thief.ended().iter().any(|line| line["code"] == "bad_token"));
    alice.get("done", revoke(&lost));
    assert!(
        !bob.heard()
            .iter()
            .any(|line| line["type"] == "device_revoked")
    );

    let listed = devices(&mut bob, "alice");
    assert_eq!(listed["revoked"], json!([lost.id()]));
    assert_eq!(listed["devices"].as_array().map(Vec::len), Some(1));
    let claimed = claim(&mut bob, "alice");
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0]["device"], laptop.id());
    let refused = bob.refused("forbidden", hold("alice", &lost, "b", b"x"));
    assert!(
        refused["message"]
            .as_str()
            .is_some_and(|text| text.contains("ended"))
    );
    let mut anew = Wire::login(&server, "alice");
    let back = lost.publication("alice", 0);
    anew.refused("forbidden", back);
    // One's own device goes with its session, and the answer comes still.
    let answer = bob.ask(revoke(&phone));
    assert_eq!(answer["type"], "done");
    bob.ended();
}

#[test]
fn who_is_kept_out_is_not_reached() {
    let server = Setup::default().start();
    let mut owner = Wire::owner(&server, "owner");
    let (_bob, phone) = person(&server, "bob", 2);
    let (mut carol, _) = person(&server, "carol", 0);
    owner.get(
        "done",
        json!({"type": "ban", "username": "bob", "reason": "spam"}),
    );
    assert_eq!(devices(&mut carol, "bob")["devices"], json!([]));
    assert!(claim(&mut carol, "bob").is_empty());
    carol.refused("forbidden", hold("bob", &phone, "a", b"x"));
    owner.get("done", json!({"type": "unban", "username": "bob"}));
    assert_eq!(claim(&mut carol, "bob").len(), 1);
    // Who may not write leaves nothing for others, but for their own devices.
    owner.get("done", json!({"type": "mute", "username": "carol"}));
    carol.refused("muted", hold("bob", &phone, "a", b"x"));
    carol.get(
        "held",
        hold("carol", &Device::new("carol-laptop"), "a", b"x"),
    );
}
