//! A transfer under way ends with its session.

use std::time::{Duration, Instant};

use parlor_tests::http::{Http, Missing};
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::tus::{Tus, noise};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

/// More than all sockets between the two hold.
const LARGE: usize = 48 << 20;

/// Ways in which a session ends; the owner, or another session of the user, says so.
fn endings() -> Vec<(&'static str, bool, Value)> {
    vec![
        (
            "kick",
            true,
            json!({"type": "kick", "username": "alice", "reason": "x"}),
        ),
        (
            "revoke",
            true,
            json!({"type": "revoke_sessions", "username": "alice"}),
        ),
        ("end_session", false, json!({"type": "end_session"})),
        (
            "change_password",
            false,
            json!({"type": "change_password", "old": PASSWORD, "new": PASSWORD}),
        ),
    ]
}

/// Reads what still comes of a download until it is cut. False if it was all of it.
fn is_cut(http: &mut Http, already: usize) -> bool {
    let mut got = already;
    loop {
        match http.some_body(SOON) {
            Ok(bytes) if bytes.is_empty() => return got < LARGE,
            Ok(bytes) => got += bytes.len(),
            Err(Missing::Closed) => return got < LARGE,
            Err(Missing::Silence) => panic!("the download neither goes on nor ends"),
        }
        if got >= LARGE {
            return false;
        }
    }
}

fn end(root: &mut Wire, server: &Parlord, by_owner: bool, mut request: Value, session: &Wire) {
    if by_owner {
        root.get("done", request);
        return;
    }
    let mut other = Wire::login(server, "alice");
    if request["type"] == "end_session" {
        let list = other.get("sessions", json!({"type": "sessions"}));
        let theirs = list["sessions"]
            .as_array()
            .and_then(|list| list.iter().find(|s| s["label"] == "transfers"))
            .unwrap_or_else(|| panic!("{} is not in {list}", session.username()));
        request["session"] = theirs["session"].clone();
    }
    other.get("done", request);
}

fn sign_in(server: &Parlord) -> (Wire, Tus) {
    let login =
        json!({"type": "login", "username": "alice", "password": PASSWORD, "label": "transfers"});
    let wire = Wire::open(server.dial(), login);
    let tus = Tus::of(server, &wire);
    (wire, tus)
}

#[test]
fn transfers_end_with_their_session() {
    let server = Setup::default().start();
    let mut root = Wire::owner(&server, "root");
    let alice = Wire::register(&server, "alice");
    let bytes = noise(20, LARGE);
    let id = Tus::of(&server, &alice).upload("general", "large.bin", &bytes);
    drop(alice);
    for (what, by_owner, request) in endings() {
        let (mut wire, tus) = sign_in(&server);
        let (mut down, got) = tus.begin_get(&id, 1 << 20);
        let half = tus.create("general", "half.bin", LARGE as u64);
        let mut up = tus.begin(&half, 0, LARGE as u64);
        up.raw.write(&bytes[..2 << 20]);
        end(&mut root, &server, by_owner, request, &wire);
        wire.ended();
        assert!(is_cut(&mut down, got.len()), "{what}: the download went on");
        let start = Instant::now();
        let mut at = 2 << 20;
        // It may have been told why; it must not be able to send the rest.
        while at < LARGE && up.raw.try_write(&bytes[at..at + (1 << 20)]).is_ok() {
            at += 1 << 20;
        }
        match up.try_answer(false, SOON) {
            Ok(answer) => answer.refused(403, "transfer_ended", what),
            Err(missing) => assert_eq!(missing, Missing::Closed, "{what}"),
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{what}: at once");
        let (mut back, tus) = sign_in(&server);
        let offset = tus.offset(&half);
        assert!(offset < LARGE as u64, "{what}: {offset}");
        let listed = back.get("files", json!({"type": "files"}));
        assert_eq!(listed["files"].as_array().map(Vec::len), Some(1), "{what}");
        back.get("bye", json!({"type": "logout"}));
    }
}

#[test]
fn a_stop_of_the_server_keeps_what_arrived() {
    let mut server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let bytes = noise(21, 4 << 20);
    let id = tus.create("general", "a.bin", 4 << 20);
    let mut up = tus.begin(&id, 0, 4 << 20);
    up.raw.write(&bytes[..3 << 20]);
    // A probe may end the stale request, so the folder is looked at instead.
    let before = parlor_tests::files::weight(server.data());
    until("the bytes on the disk", SOON, || {
        (parlor_tests::files::weight(server.data()) >= before.max(2 << 20)).then_some(())
    });
    assert_eq!(server.stop(), Some(0));
    server.start_again();
    let offset = tus.offset(&id);
    assert!(offset >= 2 << 20, "{offset}");
    tus.finish(&id, &bytes);
    assert_eq!(tus.get(&id, &[]).body, bytes);
}
