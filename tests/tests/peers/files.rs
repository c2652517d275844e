//! A file for one person: over a link, and sealed for who is away.

use std::io::{Read as _, Write as _};
use std::path::Path;

use parlor_tests::cli::Cli;
use parlor_tests::process::Process;
use parlor_tests::tus::noise;
use parlor_tests::until::{SOON, until};
use sha2::{Digest as _, Sha256};

use super::person::{done, last, makes_a_device, peer, person, printed, server};

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

/// MiB of the file that is cut: enough that no machine has sent it before the cut.
fn mebibytes() -> u64 {
    let wished = std::env::var("PARLOR_FILE_MIB").ok();
    wished.map_or(256, |mib| mib.parse().expect("PARLOR_FILE_MIB is a number"))
}

/// Waits until who sends a file has told of bytes that arrived.
fn under_way(offered: &Process) {
    until("a file that is under way", SOON, || {
        let lines = printed(offered);
        let moved = |line: &&serde_json::Value| line["type"] == "progress" && line["done"] != 0;
        lines.iter().rfind(moved).map(|_| ())
    });
}

#[test]
fn a_file_that_is_cut_at_either_end_goes_on() {
    let server = server();
    let (alice, bob) = (person(&server, "alice"), person(&server, "bob"));
    makes_a_device(&server, &bob, "bob");
    let folder = tempfile::tempdir().expect("a temporary folder is made");
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let content = large(&folder.path().join("large.bin"));
    let mut receives = saves(&bob, &at("saved"));
    until("a link to bob", SOON, || {
        (last(&alice, &["send", "bob", "a file comes"])["type"] == "delivered").then_some(())
    });
    let mut sends = alice.start(&peer(&["file", "bob", &at("large.bin")]));
    under_way(&sends);
    receives.kill();
    let receives = saves(&bob, &at("saved"));
    // The other end is cut, and goes on in a process that only keeps the device there.
    sends.kill();
    let _goes_on = alice.start(&peer(&["tail"]));
    let whole = folder.path().join("saved/large.bin");
    until("the file", 4 * SOON, || whole.exists().then_some(()));
    assert!(digest(&whole) == content);
    // Whoever goes on says how it ended, too.
    saved(&receives);
    let left = std::fs::read_dir(folder.path().join("saved")).expect("the folder is there");
    assert_eq!(left.count(), 1, "nothing is left of the pieces");
}

/// Writes noise, and gives its digest.
fn large(path: &Path) -> Vec<u8> {
    let mut file = std::fs::File::create(path).expect("a file is made");
    let mut piece = noise(7, 1 << 20);
    for n in 0..mebibytes() {
        piece[..8].copy_from_slice(&n.to_le_bytes());
        file.write_all(&piece).expect("it is written");
    }
    digest(path)
}

fn digest(path: &Path) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut file = std::fs::File::open(path).expect("the file is there");
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece).expect("it is read") {
            0 => return hash.finalize().to_vec(),
            read => hash.update(&piece[..read]),
        }
    }
}
