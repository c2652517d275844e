//! Section 2 and 2.7: lines, and what wrong ones get.

use parlor_tests::parlord::Parlord;
use parlor_tests::raw::Heard;
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

/// Lines that are no request at all.
const NO_OBJECT: &[&[u8]] = &[
    b"",
    b" ",
    b"hello",
    b"null",
    b"7",
    b"\"ping\"",
    b"[]",
    b"[{\"type\":\"ping\"}]",
    b"{",
    b"}",
    b"{}",
    b"{\"id\":1}",
    b"{\"type\":null}",
    b"{\"type\":7,\"id\":1}",
    b"{\"type\":[\"ping\"]}",
    b"{\"type\":\"ping\"}{\"type\":\"ping\"}",
    b"{\"type\":\"ping\"} x",
    b"{\"type\":\"ping\",}",
    b"{'type':'ping'}",
    b"{\"type\":\"ping\"\x00}",
    b"\xef\xbb\xbf{\"type\":\"ping\"}",
    b"{\"type\":\"\xff\xfe\"}",
    b"{\"type\":\"send\",\"room\":\"general\",\"text\":\"\xc3\x28\",\"nonce\":\"n\"}",
    b"{\"type\":\"send\",\"room\":\"general\",\"text\":\"\xed\xa0\x80\",\"nonce\":\"n\"}",
    b"GET / HTTP/1.1",
];

/// Requests with a member missing or of the wrong kind, and the member that
/// the message must name. `<N>` stands for N letters.
const WRONG_MEMBERS: &[(&str, &str)] = &[
    ("id", r#""type":"ping","id":0"#),
    ("id", r#""type":"ping","id":-1"#),
    ("id", r#""type":"ping","id":1.5"#),
    ("id", r#""type":"ping","id":"1""#),
    ("id", r#""type":"ping","id":9007199254740992"#),
    ("room", r#""type":"join","id":5"#),
    ("room", r#""type":"join","id":5,"room":7"#),
    ("room", r#""type":"join","id":5,"room":null"#),
    ("room", r#""type":"leave","id":5"#),
    ("room", r#""type":"create_room","id":5"#),
    (
        "kind",
        r#""type":"create_room","id":5,"room":"r","kind":"secret""#,
    ),
    (
        "kind",
        r#""type":"create_room","id":5,"room":"r","kind":"direct""#,
    ),
    (
        "kind",
        r#""type":"create_room","id":5,"room":"r","kind":"broadcast""#,
    ),
    (
        "topic",
        r#""type":"create_room","id":5,"room":"r","topic":"<501>""#,
    ),
    (
        "username",
        r#""type":"invite_to_room","id":5,"room":"general""#,
    ),
    (
        "reason",
        r#""type":"remove_from_room","id":5,"room":"general","username":"a""#,
    ),
    ("topic", r#""type":"set_topic","id":5,"room":"general""#),
    (
        "notify",
        r#""type":"set_notify","id":5,"room":"general","notify":"loud""#,
    ),
    ("username", r#""type":"open_direct","id":5"#),
    (
        "text",
        r#""type":"send","id":5,"room":"general","nonce":"n""#,
    ),
    (
        "text",
        r#""type":"send","id":5,"room":"general","nonce":"n","text":"""#,
    ),
    (
        "text",
        r#""type":"send","id":5,"room":"general","nonce":"n","text":{}"#,
    ),
    (
        "nonce",
        r#""type":"send","id":5,"room":"general","text":"x""#,
    ),
    (
        "nonce",
        r#""type":"send","id":5,"room":"general","text":"x","nonce":"""#,
    ),
    (
        "nonce",
        r#""type":"send","id":5,"room":"general","text":"x","nonce":"a b""#,
    ),
    (
        "nonce",
        r#""type":"send","id":5,"room":"general","text":"x","nonce":"é""#,
    ),
    (
        "nonce",
        r#""type":"send","id":5,"room":"general","text":"x","nonce":"<65>""#,
    ),
    (
        "reply_to",
        r#""type":"send","id":5,"room":"general","text":"x","nonce":"n","reply_to":"1""#,
    ),
    (
        "files",
        r#""type":"send","id":5,"room":"general","text":"x","nonce":"n","files":"f""#,
    ),
    (
        "target",
        r#""type":"edit","id":5,"room":"general","text":"x""#,
    ),
    (
        "target",
        r#""type":"edit","id":5,"room":"general","text":"x","target":-1"#,
    ),
    (
        "target",
        r#""type":"delete","id":5,"room":"general","target":1.5"#,
    ),
    (
        "emoji",
        r#""type":"react","id":5,"room":"general","target":1,"on":true"#,
    ),
    (
        "emoji",
        r#""type":"react","id":5,"room":"general","target":1,"emoji":"","on":true"#,
    ),
    (
        "emoji",
        r#""type":"react","id":5,"room":"general","target":1,"emoji":"<65>","on":true"#,
    ),
    (
        "on",
        r#""type":"react","id":5,"room":"general","target":1,"emoji":"x""#,
    ),
    (
        "limit",
        r#""type":"history","id":5,"room":"general","limit":0"#,
    ),
    (
        "limit",
        r#""type":"history","id":5,"room":"general","limit":"all""#,
    ),
    (
        "before",
        r#""type":"history","id":5,"room":"general","before":"now""#,
    ),
    ("query", r#""type":"search","id":5"#),
    ("seq", r#""type":"read","id":5,"room":"general""#),
    ("limit", r#""type":"users","id":5,"limit":0"#),
    ("name", r#""type":"profile","id":5,"name":"a\u202eb""#),
    ("status", r#""type":"profile","id":5,"status":"<141>""#),
    ("presence", r#""type":"presence","id":5,"presence":"busy""#),
    ("new", r#""type":"change_password","id":5,"old":"x""#),
    ("session", r#""type":"end_session","id":5"#),
    ("reason", r#""type":"kick","id":5,"username":"a""#),
    (
        "role",
        r#""type":"role","id":5,"username":"a","role":"king""#,
    ),
    ("text", r#""type":"alert","id":5"#),
];

/// A member list of the table as a line.
fn line_of(members: &str) -> String {
    let mut line = format!("{{{members}}}");
    for count in [65, 141, 501] {
        line = line.replace(&format!("<{count}>"), &"x".repeat(count));
    }
    line
}

#[test]
fn every_wrong_line_gets_its_error_and_disturbs_nobody() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let mut wrong = Wire::register(&server, "wrong");
    witness.event("joined");
    witness.heard();

    for line in NO_OBJECT {
        wrong.raw.write(&[line, &b"\n"[..]].concat());
        let answer = wrong.event("error");
        assert_eq!(
            answer["code"],
            "bad_line",
            "{}: {answer}",
            line.escape_ascii()
        );
    }
    wrong.raw.say(&json!({"type": "dance", "id": 3}));
    let answer = wrong.event_where("the answer to 3", |line| line["re"] == 3);
    assert_eq!(answer["code"], "unknown_type");
    for (member, members) in WRONG_MEMBERS {
        let line: Value = serde_json::from_str(&line_of(members)).expect("the table is JSON");
        wrong.raw.say(&line);
        let answer = wrong.event("error");
        assert_eq!(answer["code"], "bad_request", "{line} got {answer}");
        let message = answer["message"].as_str().expect("a message");
        assert!(message.contains(member), "{line} got {answer}");
        let whole = line["id"].as_u64().filter(|id| (1..1 << 53).contains(id));
        assert_eq!(answer["re"].as_u64(), whole, "{line} got {answer}");
    }
    assert!(wrong.is_alive(), "wrong lines close nothing");
    let heard = witness.log("general");
    assert_eq!(
        heard,
        Vec::<Value>::new(),
        "another connection hears nothing of it"
    );
}

#[test]
fn a_line_has_a_bound() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let mut alice = Wire::register(&server, "alice");
    let filled = |bytes: usize| {
        let head = r#"{"type":"ping","id":77,"pad":""#;
        let pad = "x".repeat(bytes - head.len() - 3);
        let line = format!("{head}{pad}\"}}\n");
        assert_eq!(line.len(), bytes);
        line
    };
    alice.raw.write(filled(65_536).as_bytes());
    assert_eq!(alice.event_where("pong", |l| l["re"] == 77)["type"], "pong");
    alice.raw.write(filled(65_537).as_bytes());
    let end = alice.ended();
    assert_eq!(
        end.last().map(|l| &l["code"]),
        Some(&json!("line_too_long")),
        "{end:?}"
    );

    let mut endless = Wire::login(&server, "alice");
    let piece = vec![b'x'; 1 << 20];
    // The server may close while we still write; what counts is that the error could be read.
    let _ = endless.raw.try_write(&piece);
    let end = endless.ended();
    assert_eq!(
        end.last().map(|l| &l["code"]),
        Some(&json!("line_too_long")),
        "{end:?}"
    );
    assert!(witness.is_alive());
}

#[test]
fn lines_may_come_in_any_pieces() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    alice.raw.write(b"{\"type\":\"ping\",\"id\":50}\r\n");
    assert_eq!(alice.event_where("50", |l| l["re"] == 50)["type"], "pong");
    for byte in b"{\"type\":\"ping\",\"id\":51}\n" {
        alice.raw.write(&[*byte]);
    }
    assert_eq!(alice.event_where("51", |l| l["re"] == 51)["type"], "pong");
    let many: String = (52..152)
        .map(|id| format!("{{\"type\":\"ping\",\"id\":{id}}}\n"))
        .collect();
    alice.raw.write(many.as_bytes());
    for id in 52..152 {
        assert_eq!(
            alice.event_where("a pong", |l| l["re"] == id)["type"],
            "pong"
        );
    }
    alice.raw.write(b"{\"type\":\"ping\"}\n");
    let pong = alice.event("pong");
    assert!(
        pong.get("re").is_none(),
        "without `id` there is no `re`: {pong}"
    );
    let most = (1_u64 << 53) - 1;
    alice
        .raw
        .say(&json!({"type": "ping", "id": most, "new": {"in": ["version", 2]}}));
    assert_eq!(
        alice.event_where("the largest id", |l| l["re"] == most)["type"],
        "pong"
    );
}

#[test]
fn hostile_json_is_survived() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let mut alice = Wire::register(&server, "alice");
    let deep = format!(
        "{{\"type\":\"ping\",\"x\":{}{}}}",
        "[".repeat(30_000),
        "]".repeat(30_000)
    );
    let deeper = format!("{{\"type\":\"ping\",\"x\":{}", "{\"a\":".repeat(13_000));
    let lines = [
        deep,
        deeper,
        "{\"type\":\"ping\",\"type\":\"ping\"}".to_owned(),
        format!("{{\"type\":\"ping\",\"id\":{}}}", "9".repeat(5000)),
        "{\"type\":\"ping\",\"id\":1e400}".to_owned(),
        "{\"type\":\"history\",\"room\":\"general\",\"before\":18446744073709551615,\"id\":4}".to_owned(),
        "{\"type\":\"history\",\"room\":\"general\",\"after\":18446744073709551615,\"id\":4}".to_owned(),
        "{\"type\":\"read\",\"room\":\"general\",\"seq\":18446744073709551615,\"id\":4}".to_owned(),
        "{\"type\":\"edit\",\"room\":\"general\",\"target\":18446744073709551615,\"text\":\"x\",\"id\":4}".to_owned(),
        "{\"type\":\"resume\",\"token\":\"x\",\"rooms\":{\"general\":18446744073709551615},\"id\":4}".to_owned(),
        "{\"type\":\"search\",\"query\":\"\\\"' OR 1=1 -- * ( ) NEAR AND NOT ^ :\",\"id\":4}".to_owned(),
        "{\"type\":\"search\",\"query\":\"\\u0000\",\"id\":4}".to_owned(),
        "{\"type\":\"join\",\"room\":\"'; DROP TABLE rooms; --\",\"id\":4}".to_owned(),
        "{\"type\":\"\\ud800\"}".to_owned(),
    ];
    for line in lines {
        alice.raw.write(line.as_bytes());
        alice.raw.write(b"\n");
        assert!(
            alice.is_alive(),
            "closed by {}",
            &line[..line.len().min(80)]
        );
        for answer in alice.events.drain(..) {
            assert_ne!(
                answer["code"],
                "internal",
                "{}",
                &line[..line.len().min(80)]
            );
        }
    }
    assert!(witness.is_alive());
}

#[test]
fn half_a_line_and_a_hang_up_leave_nothing() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let mut alice = Wire::register(&server, "alice");
    witness.event("joined");
    alice
        .raw
        .write(b"{\"type\":\"send\",\"room\":\"general\",\"text\":\"half\",\"nonce\":\"h1\"");
    drop(alice);
    until("alice being offline", SOON, || {
        let users = witness.get("users", json!({"type": "users"}));
        let offline = users["users"].as_array().is_some_and(|users| {
            users
                .iter()
                .any(|u| u["username"] == "alice" && u["presence"] == "offline")
        });
        offline.then_some(())
    });
    let log = witness.log("general");
    assert_eq!(log, Vec::<Value>::new());
    let history = witness.get("history", json!({"type": "history", "room": "general"}));
    assert_eq!(history["messages"], json!([]));
}

#[test]
fn texts_are_kept_byte_for_byte() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let texts = [
        "  spaces stay  ",
        "two\nlines\r\nand\ta tab",
        "Chào cả nhà, đường phố",
        "e\u{301} is not é",
        "连续的中文没有空格",
        "français : œuvre, « ça »",
        "مرحبا \u{202e} rtl",
        "👩‍👩‍👧‍👦 🏳️‍🌈",
        "a\u{0}b",
        "\u{feff}bom",
        "\\\"quotes\\\" and \u{2028}",
        "'; DROP TABLE messages; --",
        "\u{10ffff}",
    ];
    for text in texts {
        alice.send("general", text);
        assert_eq!(alice.event("message")["text"], text);
    }
    let history = alice.whole_history("general");
    let kept: Vec<&str> = history
        .iter()
        .map(|m| m["text"].as_str().expect("a text"))
        .collect();
    assert_eq!(kept, texts);
}

#[test]
fn a_silent_witness_is_not_told_of_errors() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let mut alice = Wire::register(&server, "alice");
    witness.event("joined");
    alice.refused(
        "no_such_room",
        json!({"type": "send", "room": "nowhere", "text": "x", "nonce": "n"}),
    );
    alice.refused(
        "text_too_long",
        json!({"type": "send", "room": "general", "text": "x".repeat(16_385), "nonce": "n"}),
    );
    alice.refused(
        "text_too_long",
        json!({"type": "send", "room": "general", "text": "é".repeat(8_193), "nonce": "n"}),
    );
    assert_eq!(
        alice.send("general", &"é".repeat(8_192)),
        witness.event("message")["seq"]
    );
    assert_eq!(witness.log("general"), Vec::<Value>::new());
    assert_ne!(alice.raw.hear(SOON), Heard::Closed);
}
