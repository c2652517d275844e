//! Section 5: devices, and the keys that they leave.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};

use parlor_tests::device::{Device, decode, encode, hold, person, verifies};
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

#[test]
fn the_server_says_whose_a_device_is() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let mut laptop = Device::new("laptop");
    let request = laptop.publication("alice", 3);
    let known = alice.get("device", request.clone());
    assert_eq!(known["one_time_left"], 3, "{known}");
    assert!(known["tracker_token"]["token"].is_string(), "{known}");
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
            let id = json!(encode(&hex(device)));
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
