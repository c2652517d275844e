//! FILE wherever a line shows it: `files`, `message`, `history`, a replay.

use parlor_tests::parlord::Parlord;
use parlor_tests::shape::{FILE, all_fit, fits};
use parlor_tests::tus::Tus;
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

fn send(wire: &mut Wire, nonce: &str, text: &str, files: &Value) -> Value {
    wire.ask(
        json!({"type": "send", "room": "general", "text": text, "nonce": nonce, "files": files}),
    )
}

fn ids(list: &Value) -> Vec<String> {
    all_fit(list, FILE);
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|file| file["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// The files of a message in `history`.
fn of_message(wire: &mut Wire, seq: &Value) -> Option<Value> {
    let history = wire.whole_history("general");
    let message = history.into_iter().find(|m| m["seq"] == *seq);
    message.expect("the message is there").get("files").cloned()
}

#[test]
fn a_file_is_the_same_wherever_it_is_shown() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let tus = Tus::of(&server, &alice);
    let id = tus.upload("general", "Báo cáo.pdf", b"%PDF-1.7\nhello");
    let listed = bob.get("files", json!({"type": "files", "room": "general"}));
    let file = listed["files"][0].clone();
    fits(&file, FILE);
    assert_eq!(file["id"], id.as_str());
    assert_eq!(file["name"], "Báo cáo.pdf");
    assert_eq!(file["size"], 14);
    assert_eq!(file["mime"], "application/pdf");
    assert_eq!(
        (&file["by"], &file["room"]),
        (&json!("alice"), &json!("general"))
    );
    assert_eq!(
        file.as_object().map(serde_json::Map::len),
        Some(8),
        "FILE says nothing more: {file}"
    );
    assert!(
        bob.log("general").is_empty(),
        "an upload alone logs nothing"
    );

    let cursor = bob.room("general")["last_seq"].clone();
    let sent = send(&mut alice, "f1", "", &json!([id]));
    assert_eq!(
        sent["type"], "sent",
        "files may stand without a text: {sent}"
    );
    let again = send(&mut alice, "f1", "", &json!([id]));
    assert_eq!(
        (&again["seq"], &again["duplicate"]),
        (&sent["seq"], &json!(true))
    );
    for wire in [&mut alice, &mut bob] {
        let event = wire.event("message");
        assert_eq!(event["files"], json!([file]), "{event}");
        assert_eq!(event["seq"], sent["seq"]);
    }
    assert_eq!(of_message(&mut bob, &sent["seq"]), Some(json!([file])));
    let mut back = Wire::resume(&server, &bob.token(), &json!({"general": cursor}));
    assert_eq!(back.event("message")["files"], json!([file]), "by replay");
    let all = bob.get("files", json!({"type": "files"}));
    assert_eq!(all["files"], json!([file]));

    alice.get(
        "done",
        json!({"type": "edit", "room": "general", "target": sent["seq"], "text": "edited"}),
    );
    assert_eq!(of_message(&mut bob, &sent["seq"]), Some(json!([file])));
    alice.get(
        "done",
        json!({"type": "delete", "room": "general", "target": sent["seq"]}),
    );
    assert_eq!(
        of_message(&mut bob, &sent["seq"]),
        None,
        "a deleted message has no files"
    );
    let mut back = Wire::resume(&server, &bob.token(), &json!({"general": cursor}));
    let replayed = back.event("message");
    assert!(
        replayed.get("files").is_none(),
        "nor has it by replay: {replayed}"
    );
}

#[test]
fn several_files_keep_their_order() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let made: Vec<String> = (0..20)
        .map(|n| {
            tus.upload(
                "general",
                &format!("{n}.bin"),
                format!("content {n}").as_bytes(),
            )
        })
        .collect();
    let mut mixed = made;
    mixed.swap(3, 17);
    mixed.rotate_left(5);
    let sent = send(&mut alice, "many", "all of them", &json!(mixed));
    assert_eq!(sent["type"], "sent", "{sent}");
    assert_eq!(ids(&alice.event("message")["files"]), mixed);
}

#[test]
fn a_message_shows_only_ones_own_whole_files_of_its_room() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    for wire in [&mut alice, &mut bob] {
        let kind = if wire.username() == "alice" {
            "create_room"
        } else {
            "join"
        };
        wire.get("room", json!({"type": kind, "room": "second"}));
    }
    let (tus, bobs) = (Tus::of(&server, &alice), Tus::of(&server, &bob));
    let own = tus.upload("general", "own", b"own");
    let elsewhere = tus.upload("second", "elsewhere", b"elsewhere");
    let others = bobs.upload("general", "others", b"others");
    let half = tus.create("general", "half", 10);
    assert_eq!(tus.patch(&half, 0, b"12345").status, 204);
    let many: Vec<&String> = std::iter::repeat_n(&own, 21).collect();
    for (files, code) in [
        (json!([elsewhere]), "no_such_file"),
        (json!([others]), "no_such_file"),
        (json!([half]), "no_such_file"),
        (json!([own, others]), "no_such_file"),
        (json!(["AAAAAAAAAAAAAAAAAAAAAA"]), "no_such_file"),
        (json!([""]), "no_such_file"),
        (json!(["x".repeat(9_000)]), "no_such_file"),
        (json!(["../parlord.json"]), "no_such_file"),
        (json!([own, own]), "bad_request"),
        (json!(many), "bad_request"),
        (json!(own), "bad_request"),
        (json!([1]), "bad_request"),
        (json!([{"id": own}]), "bad_request"),
    ] {
        let answer = send(&mut alice, "n1", "text", &files);
        assert_eq!(answer["code"], code, "{files}: {answer}");
    }
    let nothing = send(&mut alice, "n1", "", &json!([]));
    assert_eq!(nothing["code"], "bad_request", "{nothing}");
    assert!(bob.log("general").is_empty(), "nothing of this was kept");
    let good = send(&mut alice, "n1", "", &json!([own]));
    assert_eq!(good["type"], "sent", "the nonce was not used up: {good}");
}

#[test]
fn files_are_listed_newest_first_in_pages() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    alice.get("room", json!({"type": "create_room", "room": "second"}));
    let mut made: Vec<(String, &str)> = (0..30)
        .map(|n| {
            let room = if n % 3 == 0 { "second" } else { "general" };
            (
                tus.upload(room, &format!("{n}"), format!("{n}").as_bytes()),
                room,
            )
        })
        .collect();
    made.reverse();
    let mut check = |room: Option<&str>, limit: usize| {
        let expected: Vec<String> = made
            .iter()
            .filter(|(_, of)| room.is_none_or(|room| room == *of))
            .map(|(id, _)| id.clone())
            .collect();
        let mut came: Vec<String> = Vec::new();
        loop {
            let mut request = json!({"type": "files", "limit": limit});
            if let Some(room) = room {
                request["room"] = json!(room);
            }
            if let Some(last) = came.last() {
                request["before"] = json!(last);
            }
            let page = alice.get("files", request);
            let page_ids = ids(&page["files"]);
            assert!(page_ids.len() <= limit, "{page}");
            came.extend(page_ids);
            assert_eq!(page["more"], json!(came.len() < expected.len()), "{page}");
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(came, expected);
    };
    check(Some("general"), 7);
    check(Some("second"), 10);
    check(None, 4);
    check(None, 200);
    for (request, code) in [
        (json!({"type": "files", "room": "nowhere"}), "no_such_room"),
        (json!({"type": "files", "room": 5}), "bad_request"),
        (json!({"type": "files", "limit": -1}), "bad_request"),
        (json!({"type": "files", "limit": "x"}), "bad_request"),
        (json!({"type": "delete_file"}), "bad_request"),
        (
            json!({"type": "delete_file", "file": "AAAAAAAAAAAAAAAAAAAAAA"}),
            "no_such_file",
        ),
        (
            json!({"type": "delete_file", "file": "../x"}),
            "no_such_file",
        ),
    ] {
        alice.refused(code, request);
    }
}

#[test]
fn a_deleted_file_goes_everywhere() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let tus = Tus::of(&server, &alice);
    let (gone, stays) = (
        tus.upload("general", "gone", b"gone"),
        tus.upload("general", "stays", b"stays"),
    );
    let cursor = bob.room("general")["last_seq"].clone();
    let sent = send(&mut alice, "two", "two files", &json!([gone, stays]));
    let alone = send(&mut alice, "one", "one file", &json!([gone]));
    bob.refused("forbidden", json!({"type": "delete_file", "file": gone}));
    alice.get("done", json!({"type": "delete_file", "file": gone}));
    alice.refused("no_such_file", json!({"type": "delete_file", "file": gone}));
    tus.get(&gone, &[])
        .refused(404, "no_such_file", "after its end");
    let listed = bob.get("files", json!({"type": "files"}));
    assert_eq!(ids(&listed["files"]), [&*stays]);
    let left = of_message(&mut bob, &sent["seq"]).expect("one is left");
    assert_eq!(ids(&left), [&*stays]);
    assert_eq!(of_message(&mut bob, &alone["seq"]), None);
    let mut back = Wire::resume(&server, &bob.token(), &json!({"general": cursor}));
    for _ in 0..2 {
        let replayed = back.event("message").to_string();
        assert!(!replayed.contains(&gone), "by replay: {replayed}");
    }
    let refused = send(&mut alice, "three", "again", &json!([gone]));
    assert_eq!(refused["code"], "no_such_file", "{refused}");
}
