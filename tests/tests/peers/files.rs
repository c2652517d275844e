//! A file for one person: over a link, and sealed for who is away.

use parlor_tests::cli::Cli;
use parlor_tests::process::Process;
use parlor_tests::until::{SOON, until};

use super::person::{done, makes_a_device, peer, person, printed, server};

/// Bytes that repeat nowhere, of a length that no part divides.
fn bytes(seed: u8) -> Vec<u8> {
    let mut state = u32::from(seed) + 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    };
    (0..1_234_567).map(|_| next()).collect()
}

fn saves(cli: &Cli, folder: &str) -> Process {
    cli.start(&peer(&["tail", "--save", folder]))
}

fn saved(tail: &Process) {
    until("a file that is done", SOON, || {
        let lines = printed(tail);
        let done = lines.iter().any(|line| line["type"] == "file_done");
        done.then_some(())
    });
}

#[test]
fn files_come_over_a_link_and_wait_for_who_is_away() {
    let server = server();
    let (alice, bob) = (person(&server, "alice"), person(&server, "bob"));
    makes_a_device(&server, &bob, "bob");
    let folder = tempfile::tempdir().expect("a temporary folder is made");
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let send = |name: &str, seed: u8| {
        std::fs::write(at(name), bytes(seed)).expect("a file is written");
        let printed = done(&alice, &["file", "bob", &at(name)]);
        printed.last().expect("it says how it ended").clone()
    };
    let ended = send("away.bin", 1);
    assert_eq!(ended["type"], "held", "{ended}");
    let mut tail = saves(&bob, &at("saved"));
    saved(&tail);
    let ended = send("there.bin", 2);
    assert_eq!(ended["type"], "delivered", "{ended}");
    for (name, seed) in [("away.bin", 1), ("there.bin", 2)] {
        let came = std::fs::read(folder.path().join("saved").join(name));
        assert!(came.expect("it is there") == bytes(seed), "{name}");
    }
    // Without a folder they are declined.
    tail.kill();
    let _declines = bob.start(&peer(&["tail"]));
    std::fs::write(at("no.bin"), bytes(3)).expect("a file is written");
    let no = at("no.bin");
    let output = alice.run(&peer(&["file", "bob", &no]));
    assert_eq!(output.status.code(), Some(1));
}
