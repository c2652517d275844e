//! Section 2.3: messages.

use parlor_tests::parlord::Parlord;
use parlor_tests::shape::{MESSAGE, fits};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

fn pair() -> (Parlord, Wire, Wire) {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    bob.heard();
    (server, alice, bob)
}

fn one_message(wire: &mut Wire, room: &str, seq: u64) -> Value {
    let page = wire.get(
        "history",
        json!({"type": "history", "room": room, "after": seq - 1, "limit": 1}),
    );
    assert_eq!(page["messages"][0]["seq"], seq, "{page}");
    page["messages"][0].clone()
}

#[test]
fn a_message_reaches_every_connection_of_every_member() {
    let (server, mut alice, mut bob) = pair();
    let mut elsewhere = Wire::login(&server, "alice");
    let sent = alice.get(
        "sent",
        json!({"type": "send", "room": "general", "text": "Chào cả nhà", "nonce": "b7c1-0001"}),
    );
    fits(&sent, "re:n room:s seq:n time:t");
    assert!(sent.get("duplicate").is_none(), "{sent}");
    for wire in [&mut alice, &mut elsewhere, &mut bob] {
        let event = wire.event("message");
        fits(&event, "room:s seq:n time:t from:s name:s text:s nonce:s");
        assert_eq!(
            (&event["from"], &event["nonce"]),
            (&json!("alice"), &json!("b7c1-0001"))
        );
        assert_eq!(
            (&event["seq"], &event["time"]),
            (&sent["seq"], &sent["time"])
        );
        assert!(
            event.get("re").is_none() && event.get("reply_to").is_none(),
            "{event}"
        );
    }
    let reply = bob.get(
        "sent",
        json!({"type": "send", "room": "general", "text": "Salut", "nonce": "r", "reply_to": sent["seq"]}),
    );
    assert_eq!(alice.event("message")["reply_to"], sent["seq"]);
    let kept = one_message(&mut bob, "general", reply["seq"].as_u64().expect("a seq"));
    fits(&kept, MESSAGE);
    assert_eq!(kept["reply_to"], sent["seq"]);
    bob.refused(
        "no_such_message",
        json!({"type": "send", "room": "general", "text": "x", "nonce": "s", "reply_to": 4_000}),
    );
}

#[test]
fn a_nonce_is_kept_once_for_ever() {
    let (mut server, mut alice, mut bob) = pair();
    let request = json!({"type": "send", "room": "general", "text": "once", "nonce": "same"});
    let first = alice.get("sent", request.clone());
    let second = alice.get("sent", request.clone());
    assert_eq!(second["duplicate"], true);
    assert_eq!(
        (&second["seq"], &second["time"]),
        (&first["seq"], &first["time"])
    );
    let other = json!({"type": "send", "room": "general", "text": "another text", "nonce": "same"});
    assert_eq!(alice.get("sent", other.clone())["seq"], first["seq"]);
    let by_bob = bob.get("sent", other);
    assert!(
        by_bob.get("duplicate").is_none(),
        "a nonce is its sender's own: {by_bob}"
    );
    alice.get("room", json!({"type": "create_room", "room": "elsewhere"}));
    let there = json!({"type": "send", "room": "elsewhere", "text": "x", "nonce": "same"});
    assert!(
        alice.get("sent", there).get("duplicate").is_none(),
        "and its room's own"
    );

    // Both in one batch, of which the second finds the first not yet flushed.
    let twice =
        json!({"type": "send", "room": "general", "text": "t", "nonce": "twice", "id": 901});
    let mut again = twice.clone();
    again["id"] = json!(902);
    alice.raw.write(format!("{twice}\n{again}\n").as_bytes());
    let one = alice.event_where("901", |l| l["re"] == 901);
    let two = alice.event_where("902", |l| l["re"] == 902);
    assert_eq!(
        (&one["seq"], &two["duplicate"]),
        (&two["seq"], &json!(true))
    );

    server.kill();
    server.start_again();
    let mut back = Wire::login(&server, "alice");
    let third = back.get("sent", request);
    assert_eq!(
        (&third["seq"], &third["duplicate"]),
        (&first["seq"], &json!(true))
    );
    let texts: Vec<Value> = back
        .whole_history("general")
        .iter()
        .map(|m| m["text"].clone())
        .collect();
    assert_eq!(texts, ["once", "another text", "t"]);
}

#[test]
fn a_deleted_messages_nonce_stays_used() {
    let (_server, mut alice, _bob) = pair();
    let request = json!({"type": "send", "room": "general", "text": "gone", "nonce": "d"});
    let sent = alice.get("sent", request.clone());
    alice.get(
        "done",
        json!({"type": "delete", "room": "general", "target": sent["seq"]}),
    );
    let again = alice.get("sent", request);
    assert_eq!(
        (&again["seq"], &again["duplicate"]),
        (&sent["seq"], &json!(true))
    );
}

#[test]
fn requests_of_one_connection_take_effect_in_order() {
    let (_server, mut alice, mut bob) = pair();
    let lines: String = (0..300)
        .map(|n| {
            let line = json!({"type": "send", "room": "general", "text": n.to_string(), "nonce": format!("o{n}"), "id": 1000 + n});
            format!("{line}\n")
        })
        .collect();
    alice.raw.write(lines.as_bytes());
    let mut last = None;
    for n in 0..300 {
        let event = bob.event("message");
        assert_eq!(event["text"], n.to_string());
        let seq = event["seq"].as_u64().expect("a seq");
        assert!(
            last.is_none_or(|last| seq == last + 1),
            "a hole before {event}"
        );
        last = Some(seq);
    }
    // A message and its edit, its reaction and its deletion at once: each finds the one before.
    let seq = last.expect("300 came") + 1;
    let burst = [
        json!({"type": "send", "room": "general", "text": "a", "nonce": "burst", "id": 1}),
        json!({"type": "edit", "room": "general", "target": seq, "text": "b", "id": 2}),
        json!({"type": "react", "room": "general", "target": seq, "emoji": "👍", "on": true, "id": 3}),
        json!({"type": "delete", "room": "general", "target": seq, "id": 4}),
    ];
    let lines: String = burst.iter().map(|line| format!("{line}\n")).collect();
    alice.raw.write(lines.as_bytes());
    for (kind, at) in (seq..)
        .zip(["message", "edited", "reaction", "deleted"])
        .map(|(a, k)| (k, a))
    {
        assert_eq!(bob.event(kind)["seq"], at);
    }
}

#[test]
fn edits_are_the_authors() {
    let (_server, mut alice, mut bob) = pair();
    let seq = alice.send("general", "frist");
    bob.refused(
        "forbidden",
        json!({"type": "edit", "room": "general", "target": seq, "text": "x"}),
    );
    alice.refused(
        "no_such_message",
        json!({"type": "edit", "room": "general", "target": 4_000, "text": "x"}),
    );
    alice.refused(
        "no_such_message",
        json!({"type": "edit", "room": "general", "target": 1, "text": "a joining is no message"}),
    );
    alice.refused(
        "bad_request",
        json!({"type": "edit", "room": "general", "target": seq, "text": ""}),
    );
    alice.refused(
        "text_too_long",
        json!({"type": "edit", "room": "general", "target": seq, "text": "x".repeat(16_385)}),
    );
    alice.get(
        "done",
        json!({"type": "edit", "room": "general", "target": seq, "text": "first"}),
    );
    let event = bob.event("edited");
    fits(&event, "target:n text:s by:s room:s seq:n time:t");
    assert_eq!(
        (&event["target"], &event["text"]),
        (&json!(seq), &json!("first"))
    );
    let now = one_message(&mut bob, "general", seq);
    assert_eq!(
        (&now["text"], &now["edited"]),
        (&json!("first"), &event["time"])
    );
    alice.get(
        "done",
        json!({"type": "edit", "room": "general", "target": seq, "text": "first"}),
    );
    assert_eq!(
        bob.log("general")
            .iter()
            .filter(|e| e["type"] == "edited")
            .count(),
        0,
        "the same text logs nothing"
    );
}

#[test]
fn deletions_erase() {
    let server = Parlord::open();
    let mut owner = Wire::owner(&server, "olga");
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let seq = alice.send("general", "marmalade");
    alice.get(
        "done",
        json!({"type": "edit", "room": "general", "target": seq, "text": "marzipan"}),
    );
    bob.refused(
        "forbidden",
        json!({"type": "delete", "room": "general", "target": seq}),
    );
    owner.get(
        "done",
        json!({"type": "delete", "room": "general", "target": seq}),
    );
    let event = bob.event("deleted");
    fits(&event, "target:n by:s room:s seq:n time:t");
    assert_eq!(
        (&event["target"], &event["by"]),
        (&json!(seq), &json!("olga"))
    );
    let now = one_message(&mut bob, "general", seq);
    assert_eq!((&now["text"], &now["deleted"]), (&json!(""), &json!(true)));
    for word in ["marmalade", "marzipan"] {
        let found = bob.get("found", json!({"type": "search", "query": word}));
        assert_eq!(found["hits"], json!([]), "{word}");
    }
    let edit = json!({"type": "edit", "room": "general", "target": seq, "text": "x"});
    alice.refused("no_such_message", edit);
    alice.refused(
        "no_such_message",
        json!({"type": "react", "room": "general", "target": seq, "emoji": "🎉", "on": true}),
    );
    alice.ask(json!({"type": "delete", "room": "general", "target": seq}));
    assert_eq!(
        bob.log("general")
            .iter()
            .filter(|e| e["type"] == "deleted")
            .count(),
        0,
        "once is enough"
    );

    let mut replay = Wire::resume(&server, &bob.token(), &json!({"general": 0}));
    let last = alice.send("general", "the last");
    let log = replay.until_seq("general", last);
    assert!(
        !log.iter().any(|e| e.to_string().contains("mar")),
        "the text is erased: {log:?}"
    );
    let replayed = log
        .iter()
        .find(|e| e["seq"] == seq)
        .expect("it is replayed");
    assert_eq!(
        (&replayed["text"], &replayed["deleted"]),
        (&json!(""), &json!(true))
    );
    drop(server);
}

#[test]
fn deleted_text_is_not_left_in_the_files() {
    let mut server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let word = "xylophonquartzwaltz";
    let seq = alice.send("general", word);
    alice.get("found", json!({"type": "search", "query": word}));
    alice.get(
        "done",
        json!({"type": "delete", "room": "general", "target": seq}),
    );
    assert_eq!(server.stop(), Some(0));
    for entry in std::fs::read_dir(server.data()).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("it is readable");
            let there = bytes.windows(word.len()).any(|w| w == word.as_bytes());
            assert!(!there, "{} still holds the text", path.display());
        }
    }
}

#[test]
fn reactions_are_counted() {
    let (_server, mut alice, mut bob) = pair();
    let seq = alice.send("general", "cake?");
    let react = |emoji: &str, on: bool| json!({"type": "react", "room": "general", "target": seq, "emoji": emoji, "on": on});
    bob.get("done", react("👍", true));
    let event = alice.event("reaction");
    fits(&event, "target:n emoji:s by:s on:b room:s seq:n time:t");
    assert_eq!(
        (&event["emoji"], &event["by"], &event["on"]),
        (&json!("👍"), &json!("bob"), &json!(true))
    );
    bob.get("done", react("👍", true));
    alice.get("done", react("👍", true));
    let now = one_message(&mut alice, "general", seq);
    assert_eq!(
        now["reactions"],
        json!([{"emoji": "👍", "count": 2, "by": ["bob", "alice"], "mine": true}])
    );
    bob.get("done", react("👍", false));
    let now = one_message(&mut bob, "general", seq);
    let reaction = &now["reactions"][0];
    assert_eq!(
        (&reaction["count"], &reaction["by"]),
        (&json!(1), &json!(["alice"]))
    );
    assert_ne!(reaction["mine"], true);
    let log = alice.log("general");
    let events = log.iter().filter(|e| e["type"] == "reaction").count();
    assert_eq!(events, 2, "giving it twice logs it once: {log:?}");
    for n in 0..19 {
        bob.get("done", react(&format!("{n}🍰"), true));
    }
    bob.refused("bad_request", react("🎂", true));
    bob.get("done", react("👍", true));
    bob.refused(
        "no_such_message",
        json!({"type": "react", "room": "general", "target": 1, "emoji": "🎉", "on": true}),
    );
}

#[test]
fn read_marks_go_forward_and_to_ones_other_connections() {
    let (server, mut alice, mut bob) = pair();
    let mut elsewhere = Wire::login(&server, "alice");
    let first = bob.send("general", "hello @alice");
    let second = bob.send("general", "and @alice again, not @alicia");
    let now = Wire::login(&server, "alice");
    assert_eq!(now.room("general")["mentions"], 2);
    alice.get(
        "done",
        json!({"type": "read", "room": "general", "seq": second}),
    );
    let told = elsewhere.event("read");
    fits(&told, "room:s read_seq:n");
    assert_eq!(told["read_seq"], second);
    alice.get(
        "done",
        json!({"type": "read", "room": "general", "seq": first}),
    );
    let own = alice.heard();
    assert!(
        !own.iter().any(|e| e["type"] == "read"),
        "not to the one that said it: {own:?}"
    );
    let again = elsewhere.heard();
    assert!(
        !again.iter().any(|e| e["type"] == "read"),
        "it never goes back: {again:?}"
    );
    assert!(
        !bob.heard().iter().any(|e| e["type"] == "read"),
        "it is nobody else's"
    );
    let now = Wire::login(&server, "alice");
    assert_eq!(
        (
            &now.room("general")["read_seq"],
            &now.room("general")["mentions"]
        ),
        (&json!(second), &json!(0))
    );
}

#[test]
fn typing_reaches_the_others_once_in_a_while() {
    let (_server, mut alice, mut bob) = pair();
    for _ in 0..5 {
        alice.raw.say(&json!({"type": "typing", "room": "general"}));
    }
    let event = bob.event("typing");
    assert_eq!(
        (&event["room"], &event["username"]),
        (&json!("general"), &json!("alice"))
    );
    assert!(alice.is_alive());
    let more = bob.heard().iter().filter(|e| e["type"] == "typing").count();
    assert_eq!(more, 0, "at most one in 3 seconds");
    let own = alice.heard();
    assert!(
        !own.iter().any(|e| e["type"] == "typing"),
        "nobody is told of their own: {own:?}"
    );
    alice.refused("no_such_room", json!({"type": "typing", "room": "nowhere"}));
}
