//! What is left of files on the disk: one copy of each content, and nothing of
//! what is gone.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use parlor_tests::files::{contents, weight};
use parlor_tests::parlord::Parlord;
use parlor_tests::tus::{Tus, noise, path};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use rusqlite::Connection;
use serde_json::json;

/// Waits until the contents on the disk take so many bytes.
fn weighs(data: &Path, bytes: u64) {
    until(&format!("{bytes} bytes of contents"), SOON, || {
        (weight(data) == bytes).then_some(())
    });
}

fn alice(server: &Parlord) -> (Wire, Tus) {
    let wire = Wire::register(server, "alice");
    let tus = Tus::of(server, &wire);
    (wire, tus)
}

#[test]
fn the_same_content_is_kept_once() {
    let server = Parlord::open();
    let (mut alice, tus) = alice(&server);
    let mut bob = Wire::register(&server, "bob");
    let bobs = Tus::of(&server, &bob);
    bob.get("room", json!({"type": "create_room", "room": "other"}));
    let bytes = noise(40, 500_000);
    let one = tus.upload("general", "one", &bytes);
    let two = tus.upload("general", "two", &bytes);
    let three = bobs.upload("other", "three", &bytes);
    weighs(server.data(), 500_000);
    let different = tus.upload("general", "four", &bytes[1..]);
    weighs(server.data(), 999_999);
    alice.get("done", json!({"type": "delete_file", "file": different}));
    weighs(server.data(), 500_000);
    for id in [&one, &two] {
        alice.get("done", json!({"type": "delete_file", "file": id}));
        assert_eq!(tus.get(id, &[]).status, 404);
        assert!(
            bobs.get(&three, &[]).body == bytes,
            "the last one has it still"
        );
    }
    bob.get("done", json!({"type": "delete_room", "room": "other"}));
    weighs(server.data(), 0);
    // What was erased can come again.
    let again = tus.upload("general", "again", &bytes);
    assert!(tus.get(&again, &[]).body == bytes);
    weighs(server.data(), 500_000);
}

#[test]
fn equal_uploads_at_once_become_one_content() {
    let server = Parlord::open();
    let (mut alice, tus) = alice(&server);
    let bytes = noise(41, 3_000_000);
    let ids: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|n| {
                let (tus, bytes) = (&tus, &bytes);
                scope.spawn(move || tus.upload("general", &format!("{n}"), bytes))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("it was taken"))
            .collect()
    });
    weighs(server.data(), 3_000_000);
    for id in &ids[1..] {
        alice.get("done", json!({"type": "delete_file", "file": id}));
    }
    assert!(tus.get(&ids[0], &[]).body == bytes);
    weighs(server.data(), 3_000_000);
}

#[test]
fn a_file_goes_with_its_last_message() {
    let server = Parlord::open();
    let (mut alice, tus) = alice(&server);
    let id = tus.upload("general", "shown", &noise(42, 100_000));
    let unsent = tus.upload("general", "unsent", &noise(43, 1_000));
    let seqs: Vec<_> = ["a", "b"]
        .into_iter()
        .map(|nonce| {
            let send = json!({"type": "send", "room": "general", "text": "", "nonce": nonce, "files": [id]});
            alice.get("sent", send)["seq"].clone()
        })
        .collect();
    let delete = |seq| json!({"type": "delete", "room": "general", "target": seq});
    alice.get("done", delete(&seqs[0]));
    assert_eq!(tus.get(&id, &[]).status, 200, "another message shows it");
    alice.get("done", delete(&seqs[1]));
    tus.get(&id, &[])
        .refused(404, "no_such_file", "nothing shows it any more");
    weighs(server.data(), 1_000);
    let listed = alice.get("files", json!({"type": "files"}));
    assert_eq!(listed["files"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["files"][0]["id"], unsent.as_str());
}

#[test]
fn a_download_under_way_outlives_its_file() {
    let server = Parlord::open();
    let (mut alice, tus) = alice(&server);
    let bytes = noise(44, 24 << 20);
    let id = tus.upload("general", "large", &bytes);
    let (mut http, mut got) = tus.begin_get(&id, 100_000);
    alice.get("done", json!({"type": "delete_file", "file": id}));
    weighs(server.data(), 0);
    // Either it is given whole, or it is cut; it is never other bytes.
    while got.len() < bytes.len() {
        match http.some_body(SOON) {
            Ok(more) if !more.is_empty() => got.extend(more),
            _ => break,
        }
    }
    assert!(got[..] == bytes[..got.len()], "no other bytes came");
}

#[test]
fn what_is_taken_back_or_refused_leaves_nothing() {
    let server = Parlord::open();
    let (_alice, tus) = alice(&server);
    let bytes = noise(45, 200_000);
    let id = tus.create("general", "back", 200_000);
    assert_eq!(tus.patch(&id, 0, &bytes[..150_000]).status, 204);
    assert!(weight(server.data()) >= 150_000);
    assert_eq!(tus.tus("DELETE", &path(&id), &[], b"").status, 204);
    weighs(server.data(), 0);
    assert_eq!(tus.try_create("nowhere", "x", 10).status, 404);
    assert_eq!(tus.try_create("general", "x", 1 << 40).status, 413);
    weighs(server.data(), 0);
    assert_eq!(contents(server.data()), [], "not even an empty file");
}

#[test]
fn contents_are_for_the_server_alone() {
    let server = Parlord::open();
    let (_alice, tus) = alice(&server);
    tus.upload("general", "whole", b"whole");
    let half = tus.create("general", "half", 10);
    assert_eq!(tus.patch(&half, 0, b"12345").status, 204);
    let kept = contents(server.data());
    assert_eq!(kept.len(), 2, "{kept:?}");
    let mode = |path: &Path| {
        let facts = std::fs::metadata(path).expect("it is there");
        facts.permissions().mode() & 0o777
    };
    for (path, _) in kept {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        let mut folder = path.parent();
        while let Some(here) = folder.filter(|here| here.starts_with(server.data())) {
            assert_eq!(mode(here), 0o700, "{}", here.display());
            folder = here.parent();
        }
    }
}

/// Makes the uploads of a stopped server as old as can be.
fn make_old(data: &Path) {
    let database = parlor_tests::files::all(data)
        .into_iter()
        .map(|(path, _)| path)
        .find(|path| {
            path.extension()
                .is_some_and(|end| end == "db" || end == "sqlite")
        })
        .expect("the database");
    let open = Connection::open(database).expect("it opens");
    let old = open
        .execute("UPDATE uploads SET expires = 1", [])
        .expect("uploads have an `expires`");
    assert_eq!(old, 1, "there is one upload");
}

#[test]
fn an_unfinished_upload_stays_over_restarts_until_it_expires() {
    let mut server = Parlord::open();
    let (alice, tus) = alice(&server);
    let bytes = noise(46, 100_000);
    let id = tus.create("general", "half", 100_000);
    assert_eq!(tus.patch(&id, 0, &bytes[..60_000]).status, 204);
    server.start_again();
    assert_eq!(
        tus.offset(&id),
        60_000,
        "a crash loses nothing acknowledged"
    );
    assert_eq!(server.stop(), Some(0));
    make_old(server.data());
    server.start_again();
    weighs(server.data(), 0);
    assert_eq!(tus.probe(&id).status, 404, "it is swept");
    tus.patch(&id, 60_000, &bytes[60_000..])
        .refused(404, "no_such_file", "after its end");
    let mut back = Wire::resume(&server, &alice.token(), &json!({}));
    assert!(back.is_alive());
}
