//! Two windows, one server, and the command line, all real: what people do
//! with the keyboard, in three languages, over a crash.

use std::path::Path;

use parlor_tests::cli::Cli;
use parlor_tests::desktop::{Desktop, Window, home};
use parlor_tests::parlord::Parlord;
use parlor_tests::store::{messages, waiting};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;

/// Waits until a home's store has this text in `#general`.
fn arrived(home: &Path, text: &str) {
    let what = format!("{text:?} in {}", home.display());
    until(&what, SOON, || {
        messages(home, "general")
            .iter()
            .any(|m| m.text == text)
            .then_some(())
    });
}

fn say(window: &Window<'_>, text: &str) {
    window.type_text(text);
    window.key("Return");
}

/// Holds the server's history to what was said, and the homes to the history.
fn each_once(server: &Parlord, expected: [(&str, &str); 6], homes: &[&Path]) {
    let mut judge = Wire::login(server, "alice");
    let history: Vec<(String, String)> = judge
        .whole_history("general")
        .iter()
        .map(|m| {
            let member = |name: &str| m[name].as_str().expect("a string").to_owned();
            (member("from"), member("text"))
        })
        .collect();
    let mut got: Vec<(&str, &str)> = history
        .iter()
        .map(|(from, text)| (from.as_str(), text.as_str()))
        .collect();
    // The two of the time after the crash may come in either order.
    got[4..].sort_by_key(|(from, _)| std::cmp::Reverse(*from));
    assert_eq!(got, expected, "each is kept once");
    for home in homes {
        let kept = messages(home, "general").into_iter();
        let mut texts: Vec<String> = kept.map(|m| m.text).collect();
        let mut all: Vec<String> = history.iter().map(|(_, text)| text.clone()).collect();
        texts.sort();
        all.sort();
        assert_eq!(texts, all, "{} has each once", home.display());
    }
}

#[test]
fn two_windows_and_the_command_line_talk_over_a_crash() {
    let mut server = Parlord::open();
    for name in ["alice", "bob"] {
        Wire::register(&server, name);
    }
    let desktop = Desktop::new();
    let vietnamese = "Chào cả nhà, đường phố đẹp quá";
    let chinese = "大家好，今天的会议几点开始？";
    let french = "Ça va très bien, où êtes-vous déjà ?";
    let unsent = "chưa gửi được — 未发送 — pas encore envoyé";
    desktop.teach(&[vietnamese, chinese, french, unsent]);
    let (alice_home, bob_home) = (home(), home());
    let link = server.link();
    let alice = desktop.open(alice_home.path(), &[&link]);
    alice.place(0, 0, 990, 860);
    alice.sign_in(alice_home.path(), "alice");
    let bob = desktop.open(bob_home.path(), &[&link]);
    bob.place(1000, 0, 990, 860);
    bob.sign_in(bob_home.path(), "bob");

    say(&alice, vietnamese);
    arrived(bob_home.path(), vietnamese);
    say(&bob, chinese);
    arrived(alice_home.path(), chinese);
    say(&alice, french);
    arrived(bob_home.path(), french);

    let cli = Cli::new();
    cli.ok(&["register", &link, "robot"]);
    let said = "le robot dit: xin chào, 你好";
    cli.ok(&["send", "general", said]);
    arrived(alice_home.path(), said);
    arrived(bob_home.path(), said);
    desktop.screenshot("two-windows");

    // The server goes; what alice writes now can only wait. Then her app dies.
    server.kill();
    say(&alice, unsent);
    until("the outbox", SOON, || {
        (waiting(alice_home.path()) == [unsent]).then_some(())
    });
    desktop.screenshot("offline-with-unsent");
    alice.kill();

    server.start_again();
    let meanwhile = "while alice is away";
    cli.ok(&["send", "general", meanwhile]);
    arrived(bob_home.path(), meanwhile);

    let alice = desktop.open(alice_home.path(), &[]);
    alice.place(0, 0, 990, 860);
    arrived(alice_home.path(), unsent);
    arrived(alice_home.path(), meanwhile);
    arrived(bob_home.path(), unsent);
    until("the empty outbox", SOON, || {
        waiting(alice_home.path()).is_empty().then_some(())
    });
    desktop.screenshot("back-again");

    let expected = [
        ("alice", vietnamese),
        ("bob", chinese),
        ("alice", french),
        ("robot", said),
        ("robot", meanwhile),
        ("alice", unsent),
    ];
    each_once(&server, expected, &[alice_home.path(), bob_home.path()]);
}

#[test]
fn without_a_display_the_app_says_so() {
    let home = home();
    let output = std::process::Command::new(parlor_tests::program::program("parlor"))
        .arg("--home")
        .arg(home.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .expect("the app starts");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    assert!(
        error.contains("cargo run --release -p parlord"),
        "it names the headless command: {error}"
    );
}
