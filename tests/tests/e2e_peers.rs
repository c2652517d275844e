//! Two windows, a server with its tracker, all real: what two people do in a direct talk and in a
//! peer channel, with the keyboard.

use std::path::Path;

use parlor_tests::desktop::{Desktop, Window, home};
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::store::{Posted, is_verified, peer_file, posts};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::json;

fn say(window: &Window<'_>, text: &str) {
    window.type_text(text);
    window.key("Return");
}

/// Waits until a home has a post of this text in a talk, and it stands so.
fn stands(home: &Path, talk: &str, text: &str, state: &[&str]) -> Posted {
    let what = format!("{text:?} as {state:?} in {talk} of {}", home.display());
    until(&what, SOON, || {
        let all = posts(home, talk).into_iter();
        let mut fits = all.filter(|post| post.text == text);
        fits.find(|post| state.contains(&post.state.as_str()))
    })
}

/// How often a text stands in a talk.
fn times(home: &Path, talk: &str, text: &str) -> usize {
    let all = posts(home, talk).into_iter();
    all.filter(|post| post.text == text).count()
}

/// Empties the field for messages.
fn clear(window: &Window<'_>) {
    window.key("ctrl+a");
    window.key("BackSpace");
}

/// Opens something by "jump to".
fn jump(window: &Window<'_>, to: &str) {
    window.key("ctrl+k");
    window.type_text(to);
    window.key("Return");
}

/// Waits until a user has a device that the server vouches for.
fn has_device(server: &Parlord, username: &str) {
    let mut judge = Wire::login(server, "judge");
    until("a device", SOON, || {
        let answer = judge.get("devices", json!({"type": "devices", "username": username}));
        let count = answer["devices"].as_array()?.len();
        (count == 1).then_some(())
    });
}

#[test]
fn two_windows_talk_from_device_to_device() {
    let server = Setup::default().tracker("127.0.0.1:0").start();
    for name in ["alice", "bob", "judge"] {
        Wire::register(&server, name);
    }
    let desktop = Desktop::new();
    let (alice_home, bob_home) = (home(), home());
    let link = server.link();
    let alice = desktop.open(alice_home.path(), &[&link]);
    alice.place(0, 0, 990, 860);
    alice.sign_in(alice_home.path(), "alice");
    let bob = desktop.open(bob_home.path(), &[&link]);
    bob.place(1000, 0, 990, 860);
    bob.sign_in(bob_home.path(), "bob");
    has_device(&server, "alice");
    has_device(&server, "bob");

    let one = (&alice, alice_home.path());
    greet(&desktop, one, (&bob, bob_home.path()));
    compare(&desktop, one);
    pass_a_file(&desktop, one, (&bob, bob_home.path()));
    let bob = be_away(&desktop, one, (bob, bob_home.path()));
    channel(&desktop, one, (&bob, bob_home.path()));
}

/// Each writes to the other, and both have it.
fn greet(desktop: &Desktop, alice: (&Window<'_>, &Path), bob: (&Window<'_>, &Path)) {
    jump(alice.0, "@bob");
    say(alice.0, "hello from my device");
    stands(alice.1, "@bob", "hello from my device", &["delivered"]);
    stands(bob.1, "@alice", "hello from my device", &["received"]);
    jump(bob.0, "@alice");
    say(bob.0, "and from mine");
    stands(bob.1, "@alice", "and from mine", &["delivered"]);
    desktop.screenshot("peers-direct");
}

/// Alice compares the safety number: the panel, then M.
fn compare(desktop: &Desktop, (alice, home): (&Window<'_>, &Path)) {
    alice.key("ctrl+shift+p");
    alice.key("F6");
    until("the numbers to be compared", SOON, || {
        // Until the panel has the keyboard, the letter goes into the field.
        alice.key("m");
        is_verified(home, "bob").then_some(())
    });
    desktop.screenshot("peers-compared");
}

/// A file: named by its path, offered with Enter, accepted with Enter, into the downloads.
fn pass_a_file(desktop: &Desktop, alice: (&Window<'_>, &Path), bob: (&Window<'_>, &Path)) {
    let file = alice.1.join("capture.bin");
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&file, &content).expect("a file is written");
    alice.0.key("ctrl+shift+u");
    say(alice.0, &file.to_string_lossy());
    clear(alice.0);
    alice.0.key("Return");
    let offered = |post: &Posted| post.kind == "file";
    until("the offer", SOON, || {
        let here = posts(bob.1, "@alice");
        here.iter().any(offered).then_some(())
    });
    desktop.screenshot("peers-offered");
    // From the composer to the messages: the newest is the file.
    bob.0.key("shift+F6");
    bob.0.key("Up");
    bob.0.key("Return");
    let there = bob.1.join("Downloads").join("capture.bin");
    until("the answer to the offer", SOON, || {
        bob.0.key("Return");
        (peer_file(bob.1, "capture.bin")? != "offered").then_some(())
    });
    until("the file", SOON, || {
        (std::fs::read(&there).ok()? == content).then_some(())
    });
    desktop.screenshot("peers-file");
}

/// Bob goes; what Alice writes meanwhile is sealed, and is there once when he is back.
fn be_away<'a>(
    desktop: &'a Desktop,
    alice: (&Window<'_>, &Path),
    (bob, home): (Window<'_>, &Path),
) -> Window<'a> {
    const TEXT: &str = "for when you are back";
    bob.kill();
    say(alice.0, TEXT);
    stands(alice.1, "@bob", TEXT, &["sealed"]);
    desktop.screenshot("peers-sealed");
    let bob = desktop.open(home, &[]);
    bob.place(1000, 0, 990, 860);
    stands(home, "@alice", TEXT, &["received"]);
    stands(alice.1, "@bob", TEXT, &["delivered"]);
    assert_eq!(times(home, "@alice", TEXT), 1);
    desktop.screenshot("peers-back");
    bob
}

/// Both come into a peer channel; one writes, the other has it.
fn channel(desktop: &Desktop, alice: (&Window<'_>, &Path), bob: (&Window<'_>, &Path)) {
    for (window, _) in [alice, bob] {
        jump(window, ">peer channel");
        say(window, "field-trip");
    }
    say(alice.0, "who brings the tent?");
    stands(bob.1, "#field-trip", "who brings the tent?", &["received"]);
    desktop.screenshot("peers-channel");
}
