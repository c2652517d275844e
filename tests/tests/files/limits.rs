//! Limits, with a server that has small ones.

use std::time::Duration;

use parlor_tests::http::Http;
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::tus::{BYTES, Tus, VERSION, metadata, noise, path};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::json;
use tempfile::TempDir;

const SMALL: &str = "[files]\nfile_bytes = 100000\nuser_bytes = 250000\ntotal_bytes = 400000\n\
                     uploads = 3\ntransfers = 2\n";

fn small(settings: &str) -> (TempDir, Parlord) {
    let folder = TempDir::new().expect("a folder");
    let server = Setup::bare()
        .arg("--register")
        .arg("open")
        .config(folder.path(), settings)
        .start();
    (folder, server)
}

fn user(server: &Parlord, name: &str) -> (Wire, Tus) {
    let wire = Wire::register(server, name);
    let tus = Tus::of(server, &wire);
    (wire, tus)
}

#[test]
fn a_file_has_a_largest_size() {
    let (_folder, server) = small(SMALL);
    let mut raw = server.dial();
    assert_eq!(raw.welcome()["limits"]["file_bytes"], 100_000);
    let (_alice, tus) = user(&server, "alice");
    let options = tus.ask("OPTIONS", "/files", &[], b"");
    assert_eq!(options.header("tus-max-size"), Some("100000"));
    tus.try_create("general", "large", 100_001)
        .refused(413, "file_too_large", "a byte too many");
    tus.upload("general", "just", &noise(50, 100_000));
}

#[test]
fn a_user_has_a_total() {
    let (_folder, server) = small(SMALL);
    let (mut alice, tus) = user(&server, "alice");
    let first = tus.upload("general", "1", &noise(51, 100_000));
    // The same content counts again: who shares it is not to learn that it was there.
    tus.upload("general", "2", &noise(51, 100_000));
    tus.try_create("general", "3", 50_001)
        .refused(507, "quota_full", "250,000 bytes a user");
    let half = tus.create("general", "3", 50_000);
    tus.try_create("general", "4", 1)
        .refused(507, "quota_full", "what is announced counts");
    assert_eq!(tus.tus("DELETE", &path(&half), &[], b"").status, 204);
    alice.get("done", json!({"type": "delete_file", "file": first}));
    tus.upload("general", "5", &noise(52, 100_000));
}

#[test]
fn the_server_has_a_total() {
    let (_folder, server) = small(SMALL);
    let (_alice, tus) = user(&server, "alice");
    let (_bob, bobs) = user(&server, "bob");
    tus.upload("general", "1", &noise(53, 100_000));
    tus.upload("general", "2", &noise(54, 100_000));
    bobs.upload("general", "3", &noise(55, 100_000));
    let last = bobs.create("general", "4", 100_000);
    tus.try_create("general", "5", 1)
        .refused(507, "server_full", "400,000 bytes in all");
    assert_eq!(bobs.tus("DELETE", &path(&last), &[], b"").status, 204);
    tus.upload("general", "5", b"x");
}

#[test]
fn a_user_has_few_unfinished_uploads() {
    let (_folder, server) = small(SMALL);
    let (_alice, tus) = user(&server, "alice");
    let (_bob, bobs) = user(&server, "bob");
    let mut ids: Vec<String> = (0..3).map(|_| tus.create("general", "x", 10)).collect();
    let refused = tus.try_create("general", "x", 10);
    refused.refused(429, "too_many_uploads", "three at once");
    bobs.create("general", "x", 10);
    assert_eq!(tus.patch(&ids[0], 0, b"0123456789").status, 204);
    let last = ids.pop().expect("three");
    ids.push(tus.create("general", "x", 10));
    tus.try_create("general", "x", 10)
        .refused(429, "too_many_uploads", "three again");
    assert_eq!(tus.tus("DELETE", &path(&last), &[], b"").status, 204);
    tus.create("general", "x", 10);
}

#[test]
fn a_user_has_few_transfers_at_once() {
    let (_folder, server) = small(SMALL);
    let (_alice, tus) = user(&server, "alice");
    let (_bob, bobs) = user(&server, "bob");
    let id = tus.upload("general", "a", b"content");
    let running: Vec<Http> = (0..2)
        .map(|n| {
            let half = tus.create("general", &format!("{n}"), 10);
            until("an upload that runs", SOON, || {
                let mut up = tus.begin(&half, 0, 10);
                up.raw.write(b"01234");
                // The place of what is done is free a moment after its answer: till then one more is refused.
                let answered = up.try_answer(false, Duration::from_millis(200));
                answered.is_err().then_some(up)
            })
        })
        .collect();
    tus.get(&id, &[])
        .refused(429, "rate_limited", "two at once");
    assert_eq!(
        bobs.get(&id, &[]).body,
        b"content",
        "others are not concerned"
    );
    drop(running);
    until("the place to be free again", SOON, || {
        (tus.get(&id, &[]).status == 200).then_some(())
    });
}

#[test]
fn a_flood_of_requests_is_slowed() {
    let (_folder, server) = small("[rates]\nfiles = { per_second = 1.0, burst = 20.0 }\n");
    let (_alice, tus) = user(&server, "alice");
    let (_bob, bobs) = user(&server, "bob");
    let id = tus.upload("general", "a", b"content");
    let statuses: Vec<u16> = (0..40).map(|_| tus.get(&id, &[]).status).collect();
    assert!(
        statuses.iter().filter(|s| **s == 200).count() >= 10,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().filter(|s| **s == 429).count() >= 10,
        "{statuses:?}"
    );
    assert_eq!(bobs.get(&id, &[]).status, 200, "others are not slowed");
}

#[test]
fn files_can_be_switched_off() {
    let (_folder, server) = small("[files]\nfile_bytes = 0\n");
    let mut raw = server.dial();
    let welcome = raw.welcome();
    assert!(
        !welcome["features"].to_string().contains("files"),
        "{welcome}"
    );
    let (mut alice, tus) = user(&server, "alice");
    let refused = tus.try_create("general", "a", 1);
    assert!(matches!(refused.status, 403 | 404 | 413), "{refused:?}");
    assert!(refused.json()["message"].is_string());
    let listed = alice.get("files", json!({"type": "files"}));
    assert_eq!(listed["files"], json!([]));
}

#[test]
fn a_creation_with_bytes_keeps_the_limits() {
    let (_folder, server) = small(SMALL);
    let (mut alice, tus) = user(&server, "alice");
    let data = metadata(&[("filename", "a"), ("room", "general")]);
    let headers = [
        VERSION,
        BYTES,
        ("Upload-Length", "100001"),
        ("Upload-Metadata", &data),
    ];
    let answer = tus.ask("POST", "/files", &headers, &noise(56, 100_001));
    answer.refused(413, "file_too_large", "with its bytes");
    let listed = alice.get("files", json!({"type": "files"}));
    assert_eq!(listed["files"], json!([]));
}
