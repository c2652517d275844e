//! Files between app windows over a real server: up by the keyboard while people talk,
//! down byte for byte, for those who come later too, and over `kill -9` of either side.

use std::path::{Path, PathBuf};
use std::process::Command;

use parlor_tests::desktop::{Desktop, Window, home};
use parlor_tests::gate::Gate;
use parlor_tests::parlord::Parlord;
use parlor_tests::store::{messages, waiting};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

const MIB: usize = 1 << 20;

/// How large the file is that is cut in the middle. `PARLOR_FILE_MIB=200` for the whole measure.
fn large() -> usize {
    let set = std::env::var("PARLOR_FILE_MIB").ok();
    set.map_or(40, |mib| mib.parse().expect("PARLOR_FILE_MIB is a number")) * MIB
}

/// Bytes that nothing can be made smaller of, after these.
fn bytes(begin: &[u8], size: usize, mut seed: u64) -> Vec<u8> {
    let mut bytes = begin.to_vec();
    while bytes.len() < size {
        // xorshift64: any bytes that do not repeat will do.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        bytes.extend_from_slice(&seed.to_le_bytes());
    }
    bytes
}

/// A PDF, an archive, a picture and random bytes, each of over 10 MB, by name.
fn four(folder: &Path) -> Vec<PathBuf> {
    let write = |name: &str, bytes: Vec<u8>| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("a file is written");
        path
    };
    let picture = folder.join("bench-rig.png");
    let drawn = Command::new("convert")
        .args([
            "-size",
            "2100x2100",
            "xc:gray",
            "+noise",
            "Random",
            "-depth",
            "8",
        ])
        .arg(format!("PNG24:{}", picture.display()))
        .status()
        .expect("convert, of imagemagick, starts");
    assert!(drawn.success());
    vec![
        write("báo cáo đo.pdf", bytes(b"%PDF-1.7\n", 11 * MIB, 1)),
        write("固件-2.4.zip", bytes(b"PK\x03\x04", 12 * MIB, 2)),
        picture,
        write("capteurs.bin", bytes(b"", 10 * MIB + 1, 3)),
    ]
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .expect("a name")
}

/// Names a file by its path, as where the system has no dialog.
fn attach(desktop: &Desktop, home: &Path, window: &Window<'_>, path: &Path) {
    window.key("ctrl+shift+u");
    window.type_text(&path.to_string_lossy());
    desktop.screenshot("files-by-path");
    window.key("Return");
    until(&format!("the upload of {}", name(path)), SOON, || {
        let begun = parlor_tests::store::transfers(home);
        begun.iter().any(|known| known == name(path)).then_some(())
    });
}

fn say(window: &Window<'_>, text: &str) {
    window.type_text(text);
    window.key("Return");
}

/// Waits until the app has kept what is to be sent.
fn taken_in(home: &Path, text: &str) {
    until("the outbox", SOON, || {
        (waiting(home) == [text]).then_some(())
    });
}

fn arrived(home: &Path, text: &str) {
    let what = format!("{text:?} in {}", home.display());
    until(&what, SOON, || {
        messages(home, "general")
            .iter()
            .any(|message| message.text == text)
            .then_some(())
    });
}

/// The files that the server lists, by name.
fn listed(judge: &mut Wire) -> Vec<String> {
    let answer = judge.get("files", json!({"type": "files", "room": "general"}));
    let files = answer["files"].as_array().expect("a list");
    let name = |file: &Value| file["name"].as_str().expect("a name").to_owned();
    files.iter().map(name).collect()
}

/// Waits for a file in a home's folder for downloads, and holds it to what was sent.
fn came(home: &Path, sent: &Path) {
    let there = home.join("Downloads").join(name(sent));
    until(&format!("{}", there.display()), SOON, || {
        there.exists().then_some(())
    });
    let (sent, there) = (std::fs::read(sent), std::fs::read(there));
    assert!(
        sent.expect("it was sent") == there.expect("it is there"),
        "a file came otherwise than it was sent"
    );
}

/// Downloads all files of the newest message: chosen by the keyboard.
fn download_newest(window: &Window<'_>) {
    window.key("shift+F6");
    window.key("Up");
    window.key("d");
}

fn open<'a>(desktop: &'a Desktop, home: &Path, args: &[&str], x: u32) -> Window<'a> {
    let window = desktop.open(home, args);
    window.place(x, 0, 990, 860);
    window
}

#[test]
fn files_go_up_while_people_talk_and_come_down_as_they_were() {
    let mut server = Parlord::open();
    for name in ["alice", "bob", "carol"] {
        Wire::register(&server, name);
    }
    let desktop = Desktop::new();
    let folder = home();
    let four = four(folder.path());
    let paths: Vec<String> = four
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect();
    desktop.teach(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let homes = [home(), home(), home()];
    let [alice_home, bob_home, carol_home] = homes.each_ref().map(|home| home.path());
    let link = server.link();
    let alice = open(&desktop, alice_home, &[&link], 0);
    alice.sign_in(alice_home, "alice");
    let bob = open(&desktop, bob_home, &[&link], 1000);
    bob.sign_in(bob_home, "bob");

    for path in &four {
        attach(&desktop, alice_home, &alice, path);
        say(&bob, &format!("while {} goes up", name(path).len()));
    }
    desktop.screenshot("files-attached");
    say(&alice, "here they are");
    say(&bob, "thanks");
    arrived(bob_home, "here they are");
    arrived(alice_home, "thanks");
    let mut judge = Wire::login(&server, "bob");
    let mut names = listed(&mut judge);
    names.sort();
    let mut expected: Vec<&str> = four.iter().map(|path| name(path)).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);

    // Bob's own "thanks" may stand behind it: then the message is the one above.
    desktop.screenshot("files-sent");
    bob.key("shift+F6");
    let newest = messages(bob_home, "general").last().map(|m| m.text.clone());
    if newest.as_deref() == Some("thanks") {
        bob.key("Up");
    }
    bob.key("Up");
    bob.key("d");
    for path in &four {
        came(bob_home, path);
    }
    bob.key("ctrl+j");
    desktop.screenshot("files-downloaded");

    // Carol was not there, and the server was started anew since: she finds them in the list.
    server.kill();
    server.start_again();
    drop(alice);
    let carol = open(&desktop, carol_home, &[&link], 0);
    carol.sign_in(carol_home, "carol");
    carol.click(892, 26);
    until("Carol's downloads", SOON, || {
        carol.key("Down");
        carol.key("d");
        let there = |path: &PathBuf| carol_home.join("Downloads").join(name(path)).exists();
        four.iter().all(there).then_some(())
    });
    for path in &four {
        came(carol_home, path);
    }
    desktop.screenshot("files-list");
}

#[test]
fn what_is_cut_goes_on_from_where_it_stopped() {
    let size = large();
    let cut = (size / 3) as u64;
    // What may pass when it goes on: all of it once, with room for what was on the way.
    let at_most = (size + size / 3) as u64;
    let mut server = Parlord::open();
    for name in ["alice", "bob"] {
        Wire::register(&server, name);
    }
    let gate = Gate::new(server.port());
    let link = gate.link(&server);
    let desktop = Desktop::new();
    let folder = home();
    let file = |name: &str, seed| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes(b"", size, seed)).expect("a file is written");
        path
    };
    let (first, second) = (file("first.bin", 11), file("second.bin", 12));
    let (alice_home, bob_home) = (home(), home());
    let (alice_home, bob_home) = (alice_home.path(), bob_home.path());
    let alice = open(&desktop, alice_home, &[&link], 0);
    alice.sign_in(alice_home, "alice");
    let bob = open(&desktop, bob_home, &[&link], 1000);
    bob.sign_in(bob_home, "bob");

    // The server dies in the middle of an upload.
    gate.shut_after(cut);
    attach(&desktop, alice_home, &alice, &first);
    say(&alice, "the first");
    gate.until_held();
    desktop.screenshot("files-cut");
    server.kill();
    server.start_again();
    let mut judge = Wire::login(&server, "bob");
    assert!(listed(&mut judge).is_empty(), "nothing half is seen");
    gate.open();
    arrived(bob_home, "the first");
    assert!(gate.passed() < at_most, "{} bytes passed", gate.passed());

    // The app dies in the middle of an upload.
    gate.shut_after(cut);
    attach(&desktop, alice_home, &alice, &second);
    say(&alice, "the second");
    taken_in(alice_home, "the second");
    gate.until_held();
    alice.kill();
    gate.open();
    assert_eq!(listed(&mut judge), ["first.bin"], "nothing half is seen");
    let alice = open(&desktop, alice_home, &[], 0);
    arrived(bob_home, "the second");
    assert!(gate.passed() < at_most, "{} bytes passed", gate.passed());
    drop(alice);

    // The server dies in the middle of a download, then the app in the next try.
    let there = bob_home.join("Downloads/second.bin");
    gate.shut_after(cut);
    download_newest(&bob);
    gate.until_held();
    server.kill();
    server.start_again();
    assert!(!there.exists(), "nothing half is seen");
    // What is held lets go into the dead connection, and the next is held anew.
    gate.open();
    gate.shut_after(cut);
    gate.until_held();
    bob.kill();
    assert!(!there.exists(), "nothing half is seen");
    gate.open();
    let bob = open(&desktop, bob_home, &[], 1000);
    came(bob_home, &second);
    // The first third had come before the gate was shut again; begun anew, either
    // try would have passed all of it.
    let rest = size as u64 - cut / 2;
    assert!(gate.passed() < rest, "{} bytes passed", gate.passed());
    bob.key("ctrl+j");
    desktop.screenshot("files-gone-on");
    drop(bob);
    let left = std::fs::read_dir(bob_home.join("Downloads")).expect("a folder");
    assert_eq!(left.count(), 1, "nothing is left over beside the file");
}
