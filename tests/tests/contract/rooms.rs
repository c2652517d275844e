//! Section 2.2: rooms.

use parlor_tests::parlord::Parlord;
use parlor_tests::shape::{ROOM, USER, all_fit, fits};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

fn create(wire: &mut Wire, room: &str, kind: &str) -> Value {
    wire.get(
        "room",
        json!({"type": "create_room", "room": room, "kind": kind}),
    )
}

/// Every request that names a room.
fn naming(room: &str) -> Vec<Value> {
    vec![
        json!({"type": "join", "room": room}),
        json!({"type": "leave", "room": room}),
        json!({"type": "invite_to_room", "room": room, "username": "olga"}),
        json!({"type": "remove_from_room", "room": room, "username": "alice", "reason": "x"}),
        json!({"type": "set_topic", "room": room, "topic": "x"}),
        json!({"type": "set_notify", "room": room, "notify": "none"}),
        json!({"type": "delete_room", "room": room}),
        json!({"type": "members", "room": room}),
        json!({"type": "send", "room": room, "text": "x", "nonce": "n"}),
        json!({"type": "edit", "room": room, "target": 1, "text": "x"}),
        json!({"type": "delete", "room": room, "target": 1}),
        json!({"type": "react", "room": room, "target": 1, "emoji": "👍", "on": true}),
        json!({"type": "history", "room": room}),
        json!({"type": "search", "query": "secret", "room": room}),
        json!({"type": "read", "room": room, "seq": 1}),
    ]
}

#[test]
fn a_room_is_made_joined_and_left() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut elsewhere = Wire::login(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let made = alice.get(
        "room",
        json!({"type": "create_room", "room": "thiết-kế", "topic": "Vỏ hộp"}),
    );
    fits(&made, ROOM);
    assert_eq!(made["kind"], "public", "a room is public unless said");
    assert_eq!(
        (&made["topic"], &made["joined"]),
        (&json!("Vỏ hộp"), &json!(true))
    );
    let told = elsewhere.event("room");
    assert_eq!(
        told["room"], "thiết-kế",
        "the list of one's rooms changed on all connections"
    );

    let listed = bob.get("rooms", json!({"type": "rooms"}));
    all_fit(&listed["rooms"], ROOM);
    let of_list = listed["rooms"]
        .as_array()
        .and_then(|rooms| rooms.iter().find(|r| r["room"] == "thiết-kế"));
    assert_eq!(
        of_list.map(|room| &room["joined"]),
        Some(&json!(false)),
        "{listed}"
    );

    let joined = bob.get("room", json!({"type": "join", "room": "thiết-kế"}));
    assert_eq!(
        (&joined["joined"], &joined["members"]),
        (&json!(true), &json!(2))
    );
    let event = alice.event_where("bob's joining", |e| {
        e["type"] == "joined" && e["room"] == "thiết-kế" && e["username"] == "bob"
    });
    fits(&event, "username:s name:s room:s seq:n time:t");
    assert!(event.get("by").is_none());
    let again = bob.get("room", json!({"type": "join", "room": "thiết-kế"}));
    assert_eq!(
        again["last_seq"], joined["last_seq"],
        "what changes nothing logs nothing"
    );

    let left = bob.get("room", json!({"type": "leave", "room": "thiết-kế"}));
    assert_eq!(left["joined"], false);
    let gone = alice.event("left");
    fits(&gone, "username:s room:s seq:n time:t");
    assert_eq!(
        gone["seq"].as_u64(),
        event["seq"].as_u64().map(|seq| seq + 1)
    );
    bob.event_where("one's own leaving", |e| {
        e["type"] == "left" && e["username"] == "bob"
    });
    alice.send("thiết-kế", "nobody else hears");
    let heard = bob.heard();
    assert!(!heard.iter().any(|e| e["type"] == "message"), "{heard:?}");
    bob.refused("not_a_member", json!({"type": "leave", "room": "thiết-kế"}));
}

#[test]
fn the_room_comes_before_its_events() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    create(&mut alice, "den", "private");
    alice.send("den", "before bob");
    bob.heard();
    let answer = alice.get(
        "room",
        json!({"type": "invite_to_room", "room": "den", "username": "bob"}),
    );
    assert_eq!(answer["members"], 2);
    let heard: Vec<Value> = bob
        .heard()
        .into_iter()
        .filter(|e| e["room"] == "den")
        .collect();
    assert_eq!(heard[0]["type"], "room", "{heard:?}");
    fits(&heard[0], ROOM);
    assert!(heard[0].get("re").is_none());
    assert_eq!(heard[1]["type"], "joined", "{heard:?}");
    assert_eq!(
        (&heard[1]["username"], &heard[1]["by"]),
        (&json!("bob"), &json!("alice"))
    );
    let history = bob.get("history", json!({"type": "history", "room": "den"}));
    assert_eq!(
        history["messages"][0]["text"], "before bob",
        "members see the whole history"
    );
}

#[test]
fn room_names_have_rules() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let long = "a".repeat(49);
    for bad in [
        "",
        "Upper",
        "a b",
        "#a",
        "~a",
        "a.b",
        "a/b",
        "É",
        &long,
        "a\u{202e}b",
        "😀",
    ] {
        alice.refused("bad_room_name", json!({"type": "create_room", "room": bad}));
    }
    let longest = "ж".repeat(48);
    for good in ["a", "0", "thiết-kế", "软件", "x_y-9", &longest] {
        alice.get("room", json!({"type": "create_room", "room": good}));
    }
    alice.refused("room_exists", json!({"type": "create_room", "room": "a"}));
    alice.refused(
        "room_exists",
        json!({"type": "create_room", "room": "general"}),
    );
}

#[test]
fn a_private_room_does_not_exist_for_others() {
    let server = Parlord::open();
    let mut owner = Wire::owner(&server, "olga");
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    create(&mut alice, "den", "private");
    alice.send("den", "secret words");
    bob.heard();
    for outsider in [&mut bob, &mut owner] {
        let unknown = outsider.refused("no_such_room", json!({"type": "join", "room": "nowhere"}));
        for request in naming("den") {
            let answer = outsider.refused("no_such_room", request.clone());
            let as_unknown = unknown["message"]
                .as_str()
                .map(|m| m.replace("nowhere", "den"));
            assert_eq!(
                answer["message"].as_str(),
                as_unknown.as_deref(),
                "{request}"
            );
        }
        let rooms = outsider.get("rooms", json!({"type": "rooms"}));
        assert!(!rooms.to_string().contains("den"), "{rooms}");
        let found = outsider.get("found", json!({"type": "search", "query": "secret"}));
        assert_eq!(found["hits"], json!([]));
        let heard = outsider.heard();
        assert!(!heard.iter().any(|e| e["room"] == "den"), "{heard:?}");
        outsider.refused("room_exists", json!({"type": "create_room", "room": "den"}));
    }
}

#[test]
fn a_public_room_may_be_read_but_not_written_from_outside() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    create(&mut alice, "open", "public");
    alice.send("open", "hello");
    let history = bob.get("history", json!({"type": "history", "room": "open"}));
    assert_eq!(history["messages"][0]["text"], "hello");
    let members = bob.get("members", json!({"type": "members", "room": "open"}));
    all_fit(&members["users"], USER);
    for request in naming("open") {
        let kind = request["type"].as_str().expect("a type").to_owned();
        if ["join", "members", "history", "search"].contains(&kind.as_str()) {
            continue;
        }
        bob.refused("not_a_member", request);
    }
    let heard = bob.heard();
    assert!(!heard.iter().any(|e| e["room"] == "open"), "{heard:?}");
}

#[test]
fn topics_removal_and_deletion_are_the_moderators() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let mut carol = Wire::register(&server, "carol");
    create(&mut alice, "work", "public");
    bob.get("room", json!({"type": "join", "room": "work"}));
    carol.get("room", json!({"type": "join", "room": "work"}));

    bob.refused(
        "forbidden",
        json!({"type": "set_topic", "room": "work", "topic": "x"}),
    );
    bob.refused(
        "forbidden",
        json!({"type": "remove_from_room", "room": "work", "username": "carol", "reason": "x"}),
    );
    bob.refused("forbidden", json!({"type": "delete_room", "room": "work"}));
    bob.refused(
        "forbidden",
        json!({"type": "delete_room", "room": "general"}),
    );

    let room = alice.get(
        "room",
        json!({"type": "set_topic", "room": "work", "topic": "2.4"}),
    );
    assert_eq!(room["topic"], "2.4");
    let topic = bob.event("topic");
    fits(&topic, "topic:s by:s room:s seq:n time:t");
    assert_eq!(
        (&topic["topic"], &topic["by"]),
        (&json!("2.4"), &json!("alice"))
    );
    alice.ask(json!({"type": "set_topic", "room": "work", "topic": "2.4"}));
    let again: Vec<Value> = bob.log("work");
    assert!(
        !again.iter().any(|e| e["type"] == "topic"),
        "the same topic again logs nothing: {again:?}"
    );

    alice.get("done", json!({"type": "remove_from_room", "room": "work", "username": "carol", "reason": "done here"}));
    let left = bob.event("left");
    assert_eq!(
        (&left["by"], &left["reason"]),
        (&json!("alice"), &json!("done here"))
    );
    let own = carol.event("left");
    assert_eq!(own["username"], "carol");
    alice.send("work", "carol is out");
    assert!(!carol.heard().iter().any(|e| e["type"] == "message"));
    alice.refused(
        "no_such_user",
        json!({"type": "invite_to_room", "room": "work", "username": "nobody"}),
    );

    alice.get("done", json!({"type": "delete_room", "room": "work"}));
    assert_eq!(bob.event("room_deleted")["room"], "work");
    bob.refused("no_such_room", json!({"type": "history", "room": "work"}));
    let found = alice.get("found", json!({"type": "search", "query": "carol"}));
    assert_eq!(found["hits"], json!([]));
}

#[test]
fn everybody_is_in_broadcast_and_few_may_post() {
    let server = Parlord::open();
    let mut owner = Wire::owner(&server, "olga");
    let mut alice = Wire::register(&server, "alice");
    alice.refused("forbidden", json!({"type": "leave", "room": "broadcast"}));
    alice.refused(
        "forbidden",
        json!({"type": "send", "room": "broadcast", "text": "x", "nonce": "n"}),
    );
    assert_eq!(owner.room("broadcast")["can_send"], true);
    owner.send("broadcast", "hear ye");
    let event = alice.event_where("the broadcast", |e| e["type"] == "message");
    assert_eq!(
        (&event["room"], &event["text"]),
        (&json!("broadcast"), &json!("hear ye"))
    );
    owner.refused(
        "forbidden",
        json!({"type": "delete_room", "room": "broadcast"}),
    );
    owner.refused(
        "forbidden",
        json!({"type": "delete_room", "room": "general"}),
    );
}

#[test]
fn a_direct_room_is_one_for_each_pair() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let mut carol = Wire::register(&server, "carol");
    let room = alice.get("room", json!({"type": "open_direct", "username": "bob"}));
    fits(&room, ROOM);
    let name = room["room"].as_str().expect("a name").to_owned();
    assert!(name.starts_with('~'), "{name}");
    assert_eq!(
        (&room["kind"], &room["with"]),
        (&json!("direct"), &json!("bob"))
    );
    let same = bob.get("room", json!({"type": "open_direct", "username": "ALICE"}));
    assert_eq!(
        (&same["room"], &same["with"]),
        (&room["room"], &json!("alice"))
    );
    alice.send(&name, "just us");
    let event = bob.event("message");
    assert_eq!(
        (&event["room"], &event["text"]),
        (&room["room"], &json!("just us"))
    );
    alice.refused("forbidden", json!({"type": "leave", "room": name}));
    for request in naming(&name) {
        carol.refused("no_such_room", request);
    }
    assert!(!carol.heard().iter().any(|e| e["type"] == "message"));
    alice.refused(
        "no_such_user",
        json!({"type": "open_direct", "username": "nobody"}),
    );
    alice.refused(
        "bad_request",
        json!({"type": "open_direct", "username": "alice"}),
    );
}

#[test]
fn members_come_by_pages() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    for name in ["bob", "carol", "dave"] {
        Wire::register(&server, name);
    }
    let mut all = Vec::new();
    let mut after = json!(null);
    loop {
        let mut request = json!({"type": "members", "room": "general", "limit": 3});
        if after.is_string() {
            request["after"] = after;
        }
        let page = alice.get("members", request);
        fits(&page, "room:s users:a more:b");
        let users = page["users"].as_array().expect("a list").clone();
        all.extend(
            users
                .iter()
                .map(|u| u["username"].as_str().expect("a name").to_owned()),
        );
        if page["more"] == false {
            break;
        }
        after = users.last().expect("a page with more is not empty")["username"].clone();
    }
    assert_eq!(all, ["alice", "bob", "carol", "dave"]);
}

#[test]
fn notify_is_ones_own() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut elsewhere = Wire::login(&server, "alice");
    alice.get(
        "done",
        json!({"type": "set_notify", "room": "general", "notify": "mentions"}),
    );
    let told = elsewhere.event("room");
    assert_eq!(
        (&told["room"], &told["notify"]),
        (&json!("general"), &json!("mentions"))
    );
    let later = Wire::login(&server, "alice");
    assert_eq!(later.room("general")["notify"], "mentions");
    assert_eq!(
        Wire::register(&server, "bob").room("general")["notify"],
        "all"
    );
}
