//! A disk that fills up under an upload.

use std::time::Instant;

use parlor_tests::disk::{Disk, as_namespace_root};
use parlor_tests::parlord::Setup;
use parlor_tests::tus::{Tus, noise};
use parlor_tests::until::SOON;
use parlor_tests::wire::Wire;
use serde_json::json;

/// The disk, and a file that would fit it if nothing else were there.
const DISK: &str = "64m";
const SIZE: usize = 24 << 20;
/// What the ballast leaves: less than the file takes.
const LEFT: u64 = 14 << 20;
/// What is sent at once.
const PIECE: usize = 1 << 20;

#[test]
fn a_full_disk_stops_an_upload_and_nothing_else() {
    if !rustix::process::geteuid().is_root() {
        return as_namespace_root("faults::full::a_full_disk_stops_an_upload_and_nothing_else");
    }
    let disk = Disk::mount(DISK);
    let mut server = Setup::default().data(disk.path().join("data")).start();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let (tus, bobs) = (Tus::of(&server, &alice), Tus::of(&server, &bob));
    let small = bobs.upload("general", "small", b"small");
    let bytes = noise(60, SIZE);
    let id = tus.create("general", "large", SIZE as u64);
    let ballast = disk.fill(LEFT);

    let mut at = 0;
    let refused = loop {
        let answer = tus.patch(&id, at as u64, &bytes[at..at + PIECE]);
        if answer.status != 204 {
            break answer;
        }
        at += PIECE;
        assert!(at < SIZE, "the disk never became full");
    };
    refused.refused(507, "disk_full", "on a full disk");
    assert!(at > 0, "something fitted");
    assert!(
        tus.offset(&id) >= at as u64,
        "what was acknowledged is kept"
    );
    assert_eq!(tus.get(&id, &[]).status, 404, "it is not half visible");
    let again = tus.patch(&id, tus.offset(&id), &bytes[at..at + PIECE]);
    assert_eq!(again.status, 507, "the same upload again: {}", again.text());

    for n in 0..50 {
        let seq = bob.send(
            "general",
            &format!("still talking {n} {}", "x".repeat(2_000)),
        );
        let heard = alice.event("message");
        assert_eq!(heard["seq"], seq, "the chat goes on");
    }
    assert_eq!(bobs.get(&small, &[]).body, b"small", "and downloads do");

    std::fs::remove_file(ballast).expect("the ballast goes");
    let id_of_process = server.process.id();
    tus.finish(&id, &bytes);
    assert!(tus.get(&id, &[]).body == bytes, "the same upload went on");
    assert_eq!(server.process.id(), id_of_process);
    assert!(server.process.ended().is_none(), "in the same server");
    assert!(alice.is_alive() && bob.is_alive());

    server.kill();
    server.start_again();
    assert!(
        tus.get(&id, &[]).body == bytes,
        "and is there after a crash"
    );
    let mut back = Wire::login(&server, "alice");
    assert_eq!(back.whole_history("general").len(), 50);
}

#[test]
fn many_uploads_on_a_full_disk_leave_it_usable() {
    if !rustix::process::geteuid().is_root() {
        return as_namespace_root("faults::full::many_uploads_on_a_full_disk_leave_it_usable");
    }
    let disk = Disk::mount(DISK);
    let server = Setup::default().data(disk.path().join("data")).start();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let tus = Tus::of(&server, &alice);
    let start = Instant::now();
    let refused = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let tus = &tus;
                scope.spawn(move || {
                    let bytes = noise(70 + n, SIZE);
                    let created = tus.try_create("general", &format!("{n}"), SIZE as u64);
                    if created.status != 201 {
                        return vec![created];
                    }
                    let id = parlor_tests::tus::id_of(&created);
                    vec![tus.patch(&id, 0, &bytes)]
                })
            })
            .collect();
        let mut refused = Vec::new();
        let mut said = 0;
        while threads.iter().any(|thread| !thread.is_finished()) {
            bob.send("general", "meanwhile");
            said += 1;
        }
        assert!(said > 0);
        for thread in threads {
            refused.extend(thread.join().expect("it was answered"));
        }
        refused.retain(|answer| answer.status != 204);
        refused
    });
    assert!(refused.len() >= 5, "a disk of {DISK} holds two at most");
    for answer in &refused {
        answer.refused(507, "disk_full", "one of many");
    }
    assert!(start.elapsed() < 2 * SOON);
    alice.send("general", "there is room for words");
    let listed = alice.get("files", json!({"type": "files"}));
    let whole = listed["files"].as_array().map(Vec::len).expect("a list");
    assert_eq!(whole, 8 - refused.len(), "{listed}");
    assert!(
        Wire::register(&server, "carol").is_alive(),
        "an account on a full disk"
    );
}
