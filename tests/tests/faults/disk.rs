//! A full disk: a small tmpfs, filled to the brim.

use parlor_tests::disk::{Disk, as_namespace_root};
use parlor_tests::parlord::Setup;
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

/// The disk's size: enough for a new server and some hundreds of messages.
const DISK: &str = "12m";

/// Sends until the disk has refused some; what was acknowledged joins `kept`.
fn send_until_full(alice: &mut Wire, kept: &mut Vec<(u64, String)>) -> Vec<(Value, String)> {
    let mut refused = Vec::new();
    for n in 0..400 {
        let text = format!("{n} {}", "x".repeat(12_000));
        let nonce = format!("full{n}");
        let send = json!({"type": "send", "room": "general", "text": text, "nonce": nonce});
        let answer = alice.ask(send.clone());
        if answer["type"] == "sent" {
            kept.push((answer["seq"].as_u64().expect("a seq"), text));
            continue;
        }
        assert_eq!(answer["code"], "storage_unavailable", "{answer}");
        refused.push((send, text));
        if refused.len() == 20 {
            return refused;
        }
    }
    panic!("the disk never became full");
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    if !rustix::process::geteuid().is_root() {
        return as_namespace_root("faults::disk::a_full_disk_refuses_and_loses_nothing");
    }
    let disk = Disk::mount(DISK);
    let mut server = Setup::default().data(disk.path().join("data")).start();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let mut kept: Vec<(u64, String)> = (0..20)
        .map(|n| (alice.send("general", &n.to_string()), n.to_string()))
        .collect();

    let ballast = disk.fill(0);
    let refused = send_until_full(&mut alice, &mut kept);
    bob.refused(
        "storage_unavailable",
        json!({"type": "create_room", "room": "more"}),
    );
    assert!(
        alice.is_alive() && bob.is_alive(),
        "a full disk closes nothing"
    );
    let read = bob.get(
        "history",
        json!({"type": "history", "room": "general", "limit": 5}),
    );
    assert_eq!(
        read["messages"].as_array().map(Vec::len),
        Some(5),
        "what is kept can be read"
    );
    let shown: Vec<u64> = bob
        .log("general")
        .iter()
        .filter(|e| e["type"] == "message")
        .map(|e| e["seq"].as_u64().expect("a seq"))
        .collect();
    let acknowledged: Vec<u64> = kept.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(shown, acknowledged, "nothing was shown that was not kept");

    std::fs::remove_file(ballast).expect("the ballast goes");
    let id = server.process.id();
    for (send, text) in refused {
        let sent = alice.get("sent", send);
        assert!(
            sent.get("duplicate").is_none(),
            "what was refused was not kept: {sent}"
        );
        kept.push((sent["seq"].as_u64().expect("a seq"), text));
    }
    assert_eq!(server.process.id(), id, "the same server goes on");
    assert!(server.process.ended().is_none());

    server.kill();
    server.start_again();
    let mut back = Wire::login(&server, "bob");
    let history: Vec<(u64, String)> = back
        .whole_history("general")
        .iter()
        .map(|m| {
            (
                m["seq"].as_u64().expect("a seq"),
                m["text"].as_str().expect("a text").to_owned(),
            )
        })
        .collect();
    assert_eq!(history, kept);
}
