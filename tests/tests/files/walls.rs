//! No file leaves its room, by any call.

use parlor_tests::parlord::Parlord;
use parlor_tests::tus::{BYTES, Tus, VERSION, path};
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

/// An id that no file has.
const NONE: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// Holds every call to giving this user the same about a file as about none at all.
fn sees_nothing(who: &str, eve: &mut Wire, tus: &Tus, id: &str, room: &str) {
    let requests: [(&str, &[(&str, &str)]); 9] = [
        ("GET", &[]),
        ("GET", &[("Range", "bytes=0-0")]),
        ("GET", &[("Range", "bytes=999999999-")]),
        ("GET", &[("If-None-Match", "*")]),
        ("GET", &[VERSION]),
        ("HEAD", &[]),
        ("HEAD", &[VERSION]),
        ("PATCH", &[VERSION, BYTES, ("Upload-Offset", "0")]),
        ("DELETE", &[VERSION]),
    ];
    for (method, headers) in requests {
        let answer = tus.ask(method, &path(id), headers, b"");
        let of_none = tus.ask(method, &path(NONE), headers, b"");
        let what = format!("{who}: {method} {headers:?}");
        assert_eq!(answer.status, 404, "{what}: {}", answer.text());
        let names = |answer: &parlor_tests::http::Answer| -> Vec<(String, String)> {
            let mut fields = answer.headers.clone();
            fields.retain(|(name, _)| name != "date");
            fields
        };
        assert_eq!(names(&answer), names(&of_none), "{what}");
        assert_eq!(
            answer.text().replace(id, "ID"),
            of_none.text().replace(NONE, "ID"),
            "{what}"
        );
    }
    eve.refused("no_such_file", json!({"type": "delete_file", "file": id}));
    let of_room = eve.ask(json!({"type": "files", "room": room}));
    assert_eq!(of_room["code"], "no_such_room", "{who}: {of_room}");
    for request in [
        json!({"type": "files"}),
        json!({"type": "files", "limit": 200}),
        json!({"type": "files", "before": id}),
        json!({"type": "rooms"}),
        json!({"type": "history", "room": room}),
        json!({"type": "history", "room": "general"}),
        json!({"type": "search", "query": "secret"}),
        json!({"type": "send", "room": "general", "text": "", "nonce": "steal1", "files": [id]}),
        json!({"type": "send", "room": "general", "text": "x", "nonce": "steal2", "files": [id]}),
        json!({"type": "send", "room": room, "text": "x", "nonce": "steal3", "files": [id]}),
    ] {
        let answer = eve.ask(request.clone());
        let text = answer.to_string();
        assert!(!text.contains("secret.txt"), "{who}: {request} got {text}");
        if request["type"] == "send" {
            let code = answer["code"].as_str().unwrap_or_default();
            assert!(
                matches!(code, "no_such_file" | "no_such_room"),
                "{who}: {request} got {answer}"
            );
        }
        if request["before"].is_string() {
            let none = eve.ask(json!({"type": "files", "before": NONE}));
            assert_eq!(answer["code"], none["code"], "{who}: {answer}");
        }
    }
    for event in eve.heard() {
        assert!(!event.to_string().contains("secret.txt"), "{who}: {event}");
    }
}

fn register(server: &Parlord, name: &str) -> (Wire, Tus) {
    let wire = Wire::register(server, name);
    let tus = Tus::of(server, &wire);
    (wire, tus)
}

fn invite(wire: &mut Wire, room: &str, username: &str) {
    wire.get(
        "room",
        json!({"type": "invite_to_room", "room": room, "username": username}),
    );
}

fn show(wire: &mut Wire, room: &str, nonce: &str, id: &str) -> Value {
    wire.get(
        "sent",
        json!({"type": "send", "room": room, "text": "secret", "nonce": nonce, "files": [id]}),
    )
}

/// A private room of alice and bob, with a file of alice's that a message shows.
fn private(server: &Parlord) -> ((Wire, Tus), (Wire, Tus), String) {
    let (mut alice, tus) = register(server, "alice");
    let (bob, bobs) = register(server, "bob");
    alice.get(
        "room",
        json!({"type": "create_room", "room": "secret", "kind": "private"}),
    );
    invite(&mut alice, "secret", "bob");
    let id = tus.upload("secret", "secret.txt", b"the secret");
    show(&mut alice, "secret", "s1", &id);
    assert_eq!(bobs.get(&id, &[]).body, b"the secret", "a member reads it");
    ((alice, tus), (bob, bobs), id)
}

#[test]
fn a_private_rooms_file_is_none_for_who_was_never_in() {
    let server = Parlord::open();
    let (_alice, _bob, id) = private(&server);
    let (mut eve, tus) = register(&server, "eve");
    sees_nothing("never in", &mut eve, &tus, &id, "secret");
    let (mut owner, of_owner) = {
        let wire = Wire::owner(&server, "root");
        let tus = Tus::of(&server, &wire);
        (wire, tus)
    };
    sees_nothing("the owner", &mut owner, &of_owner, &id, "secret");
}

#[test]
fn it_is_none_for_who_left_or_was_removed() {
    let server = Parlord::open();
    let ((mut alice, tus), (mut bob, bobs), id) = private(&server);
    let own = bobs.upload("secret", "secret.txt", b"of bob");
    let half = bobs.create("secret", "secret.txt", 10);
    assert_eq!(bobs.patch(&half, 0, b"12345").status, 204);
    alice.get(
        "done",
        json!({"type": "remove_from_room", "room": "secret", "username": "bob", "reason": "x"}),
    );
    bob.heard();
    sees_nothing("removed", &mut bob, &bobs, &id, "secret");
    sees_nothing("removed, own file", &mut bob, &bobs, &own, "secret");
    bobs.patch(&half, 5, b"67890").refused(
        403,
        "transfer_ended",
        "no file comes into a room that one is not in",
    );
    assert_eq!(tus.get(&own, &[]).status, 200, "the room keeps it");
    let listed = alice.get("files", json!({"type": "files", "room": "secret"}));
    assert_eq!(
        listed["files"].as_array().map(Vec::len),
        Some(2),
        "{listed}"
    );

    invite(&mut alice, "secret", "bob");
    bob.heard();
    assert_eq!(
        bobs.get(&id, &[]).status,
        200,
        "who is in again reads it again"
    );
    bob.get("room", json!({"type": "leave", "room": "secret"}));
    bob.heard();
    sees_nothing("left", &mut bob, &bobs, &id, "secret");
}

#[test]
fn it_goes_with_its_room() {
    let server = Parlord::open();
    let ((mut alice, tus), (mut bob, bobs), id) = private(&server);
    let half = tus.create("secret", "secret.txt", 10);
    assert_eq!(tus.patch(&half, 0, b"12345").status, 204);
    alice.get("done", json!({"type": "delete_room", "room": "secret"}));
    alice.heard();
    bob.heard();
    for (who, wire, tus) in [("its maker", &mut alice, &tus), ("bob", &mut bob, &bobs)] {
        sees_nothing(who, wire, tus, &id, "secret");
        sees_nothing(who, wire, tus, &half, "secret");
    }
    // A room of the same name has nothing of the old one.
    bob.get("room", json!({"type": "create_room", "room": "secret"}));
    let listed = bob.get("files", json!({"type": "files", "room": "secret"}));
    assert_eq!(listed["files"], json!([]), "{listed}");
    assert_eq!(bobs.get(&id, &[]).status, 404);
}

#[test]
fn a_direct_rooms_file_is_for_two() {
    let server = Parlord::open();
    let (mut alice, tus) = register(&server, "alice");
    let (mut bob, bobs) = register(&server, "bob");
    let (mut eve, eves) = register(&server, "eve");
    let room = alice.get("room", json!({"type": "open_direct", "username": "bob"}));
    let room = room["room"].as_str().expect("a name").to_owned();
    let id = tus.upload(&room, "secret.txt", b"for bob");
    show(&mut alice, &room, "d1", &id);
    assert_eq!(bobs.get(&id, &[]).body, b"for bob");
    let listed = bob.get("files", json!({"type": "files", "room": room}));
    assert_eq!(listed["files"][0]["id"], id.as_str());
    sees_nothing("a third", &mut eve, &eves, &id, &room);
    let into = eves.try_create(&room, "x", 1);
    into.refused(404, "no_such_room", "nor does anything come in");
    bob.refused(
        "no_such_file",
        json!({"type": "send", "room": room, "text": "", "nonce": "b1", "files": [id]}),
    );
}

#[test]
fn a_public_rooms_file_is_read_by_all_and_touched_by_few() {
    let server = Parlord::open();
    let (mut alice, tus) = register(&server, "alice");
    let (mut eve, eves) = register(&server, "eve");
    alice.get("room", json!({"type": "create_room", "room": "open"}));
    let id = tus.upload("open", "public.txt", b"public");
    assert_eq!(
        eves.get(&id, &[]).body,
        b"public",
        "history may be read, so may this"
    );
    let listed = eve.get("files", json!({"type": "files", "room": "open"}));
    assert_eq!(listed["files"][0]["id"], id.as_str());
    eve.refused("forbidden", json!({"type": "delete_file", "file": id}));
    eve.refused(
        "not_a_member",
        json!({"type": "send", "room": "open", "text": "", "nonce": "p1", "files": [id]}),
    );
    eves.try_create("open", "x", 1)
        .refused(403, "not_a_member", "an upload by who is not in");
    for method in ["PATCH", "DELETE"] {
        let headers = [VERSION, BYTES, ("Upload-Offset", "6")];
        let answer = eves.ask(method, &path(&id), &headers, b"");
        assert!(matches!(answer.status, 403 | 404), "{method}: {answer:?}");
    }
    assert_eq!(tus.get(&id, &[]).body, b"public");
    eve.get("room", json!({"type": "join", "room": "open"}));
    eve.refused("forbidden", json!({"type": "delete_file", "file": id}));
    let own = eves.upload("open", "of eve", b"of eve");
    alice.get("done", json!({"type": "delete_file", "file": own}));
    assert_eq!(
        eves.get(&own, &[]).status,
        404,
        "the room's moderator may delete it"
    );
}

#[test]
fn an_unfinished_upload_is_its_owners_alone() {
    let server = Parlord::open();
    let (mut alice, tus) = register(&server, "alice");
    let (mut bob, bobs) = register(&server, "bob");
    let id = tus.create("general", "half.txt", 10);
    assert_eq!(tus.patch(&id, 0, b"12345").status, 204);
    for (method, headers) in [
        ("GET", &[][..]),
        ("HEAD", &[]),
        ("HEAD", &[VERSION]),
        ("PATCH", &[VERSION, BYTES, ("Upload-Offset", "5")]),
        ("DELETE", &[VERSION]),
    ] {
        let answer = bobs.ask(method, &path(&id), headers, b"");
        assert_eq!(
            answer.status,
            404,
            "{method} {headers:?}: {}",
            answer.text()
        );
    }
    for wire in [&mut alice, &mut bob] {
        wire.refused("no_such_file", json!({"type": "delete_file", "file": id}));
        let listed = wire.get("files", json!({"type": "files"}));
        assert_eq!(listed["files"], json!([]));
    }
    assert_eq!(tus.get(&id, &[]).status, 404, "not even to its owner");
    assert_eq!(tus.ask("HEAD", &path(&id), &[], b"").status, 404);
    // Another session of the same user goes on with it.
    let other = Tus::of(&server, &Wire::login(&server, "alice"));
    assert_eq!(other.offset(&id), 5);
    assert_eq!(other.patch(&id, 5, b"67890").status, 204);
    assert_eq!(bobs.get(&id, &[]).body, b"1234567890");
}

#[test]
fn a_dead_token_opens_nothing() {
    let server = Parlord::open();
    let mut root = Wire::owner(&server, "root");
    let (mut alice, tus) = register(&server, "alice");
    let id = tus.upload("general", "a.txt", b"content");
    let half = tus.create("general", "half.txt", 10);
    let dead = |tus: &Tus, why: &str| {
        for (method, path) in [
            ("GET", path(&id)),
            ("POST", "/files".to_owned()),
            ("PATCH", path(&half)),
            ("DELETE", path(&half)),
        ] {
            tus.tus(method, &path, &[], b"").refused(
                401,
                "bad_token",
                &format!("{method} after {why}"),
            );
        }
        assert_eq!(tus.probe(&half).status, 401, "{why}");
    };
    alice.get("bye", json!({"type": "logout"}));
    dead(&tus, "logout");
    let again = || {
        let wire = Wire::login(&server, "alice");
        let tus = Tus::of(&server, &wire);
        (wire, tus)
    };
    let (_wire, tus) = again();
    root.get(
        "done",
        json!({"type": "revoke_sessions", "username": "alice"}),
    );
    dead(&tus, "revoke_sessions");
    let (_wire, tus) = again();
    root.get(
        "done",
        json!({"type": "kick", "username": "alice", "reason": "x"}),
    );
    dead(&tus, "kick");
    let (mut first, tus) = again();
    let mut second = Wire::login(&server, "alice");
    second.get(
        "done",
        json!({"type": "change_password", "old": PASSWORD, "new": PASSWORD.to_owned() + "x"}),
    );
    first.ended();
    dead(&tus, "change_password");
    let tus = Tus::of(&server, &second);
    assert_eq!(tus.get(&id, &[]).body, b"content", "the live one does");
    root.get(
        "done",
        json!({"type": "ban", "username": "alice", "reason": "x"}),
    );
    let banned = tus.get(&id, &[]);
    assert!(matches!(banned.status, 401 | 403), "{banned:?}");
}
