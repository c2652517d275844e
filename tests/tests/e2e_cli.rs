//! `parlor-cli` against a real server: section 3 of the page.

use std::io::Write;
use std::process::{Command, Stdio};

use parlor_tests::cli::Cli;
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::program::program;
use parlor_tests::shape::{ROOM, USER, all_fit, fits};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::{PASSWORD, Wire};
use rustix::process::Signal;
use serde_json::{Value, json};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A command that ends with this code, and says why in one line.
fn fails(cli: &Cli, code: i32, args: &[&str]) -> String {
    let output = cli.run(args);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
    assert_eq!(
        error.trim_end().lines().count(),
        1,
        "{args:?}: one line was promised: {error}"
    );
    error
}

fn registered(server: &Parlord, username: &str) -> Cli {
    let cli = Cli::new();
    cli.ok(&["register", &server.link(), username]);
    cli
}

#[test]
fn people_talk_by_the_command_line() {
    let server = Parlord::open();
    let (alice, bob) = (registered(&server, "alice"), registered(&server, "bob"));
    let sent = alice.json(&["send", "general", "Chào cả nhà"]);
    fits(&sent[0], "type:s room:s seq:n time:t");
    assert_eq!((sent.len(), &sent[0]["type"]), (1, &json!("sent")));
    let history = bob.json(&["history", "general"]);
    assert!(
        history
            .iter()
            .any(|line| line.to_string().contains("Chào cả nhà")),
        "{history:?}"
    );
    assert!(bob.ok(&["history", "general"]).contains("Chào cả nhà"));
    let found = bob.json(&["search", "chao"]);
    assert!(
        found
            .iter()
            .any(|line| line.to_string().contains("Chào cả nhà")),
        "{found:?}"
    );
    // Rooms are made by other clients; the command line joins them.
    Wire::login(&server, "alice").get("room", json!({"type": "create_room", "room": "work"}));
    bob.ok(&["join", "work"]);
    bob.ok(&["send", "work", "here"]);
    let rooms: Value = bob.json(&["rooms"]).remove(0);
    all_fit(&rooms["rooms"], ROOM);
    assert!(rooms["rooms"].to_string().contains("work"), "{rooms}");
    let who: Value = bob.json(&["who"]).remove(0);
    all_fit(&who["users"], USER);
    bob.ok(&["logout"]);
    fails(&bob, 1, &["send", "general", "no session"]);
    bob.ok(&["login", &server.link(), "bob"]);
    bob.ok(&["send", "general", "again"]);
}

#[test]
fn a_tail_is_live_and_comes_back() {
    let mut server = Parlord::open();
    let alice = registered(&server, "alice");
    let bob = registered(&server, "bob");
    alice.ok(&["send", "general", "before"]);
    let mut tail = bob.start(&["--json", "tail", "general", "--since", "0"]);
    let heard = |tail: &parlor_tests::process::Process, wanted: &str| {
        until(wanted, SOON, || {
            let lines = tail.stdout();
            let found = lines.iter().any(|line| {
                let line: Value = serde_json::from_str(line).expect("one object a line");
                line["type"] == "message" && line["text"] == wanted
            });
            found.then_some(())
        });
    };
    heard(&tail, "before");
    alice.ok(&["send", "general", "live"]);
    heard(&tail, "live");
    server.kill();
    server.start_again();
    alice.ok(&["send", "general", "after the crash"]);
    heard(&tail, "after the crash");
    let lines = tail.stdout();
    for wanted in ["before", "live", "after the crash"] {
        let needle = format!("\"text\":\"{wanted}\"");
        let times = lines.iter().filter(|line| line.contains(&needle)).count();
        assert_eq!(times, 1, "{wanted} came once");
    }
    tail.signal(Signal::INT);
    let code = tail.wait(SOON).code();
    assert!(code == Some(0) || code == Some(130), "{code:?}");
}

#[test]
fn exit_codes_say_what_happened() {
    let server = Parlord::open();
    let cli = Cli::new();
    fails(&cli, 1, &["send", "general", "x"]);
    let output = cli.run(&["dance"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let output = cli.run(&["send", "general"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let output = cli.run(&["register", "not a link at all", "alice"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    cli.ok(&["register", &server.link(), "alice"]);
    fails(&Cli::new(), 1, &["register", &server.link(), "alice"]);
    fails(&cli, 1, &["send", "nowhere", "x"]);
    fails(&cli, 1, &["history", "nowhere"]);
    let wrong_pin = server.link().replace(&server.pin(), &"A".repeat(43));
    let refused = fails(&Cli::new(), 1, &["login", &wrong_pin, "alice"]);
    assert!(refused.to_lowercase().contains("key"), "{refused}");
    let mut server = server;
    server.kill();
    fails(&cli, 3, &["rooms"]);
    fails(&Cli::new(), 3, &["login", &server.link(), "alice"]);
}

#[test]
fn a_message_and_a_password_may_come_by_standard_input() {
    let server = Parlord::open();
    let cli = Cli::new();
    let piped = |args: &[&str], input: &str| {
        let mut child = Command::new(program("parlor-cli"))
            .arg("--home")
            .arg(cli.home())
            .args(args)
            .env_remove("PARLOR_PASSWORD")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("parlor-cli starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin
            .write_all(input.as_bytes())
            .expect("it takes its input");
        drop(stdin);
        child.wait_with_output().expect("it ends")
    };
    let output = piped(
        &["register", &server.link(), "alice"],
        &format!("{PASSWORD}\n"),
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    let output = piped(&["send", "general", "-"], "several\nlines\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut judge = Wire::login(&server, "alice");
    let kept = judge.whole_history("general");
    let got = kept[0]["text"].as_str().expect("a text");
    assert_eq!(got.trim_end(), "several\nlines");
}

#[test]
fn a_home_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let server = Parlord::open();
    let cli = registered(&server, "alice");
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(cli.home()), 0o700);
    let mut folders = vec![cli.home().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it is readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                files += 1;
                assert_eq!(mode(&path), 0o600, "{}", path.display());
            }
        }
    }
    assert!(files > 0);
}

#[test]
fn trust_on_first_use_remembers_and_refuses() {
    let server = Parlord::open();
    let cli = registered(&server, "alice");
    let port = server.port();
    drop(server);
    // Another server with another key at the same address.
    let other = Setup::default().listen(format!("127.0.0.1:{port}")).start();
    let refused = cli.run(&["send", "general", "to whom?"]);
    assert_ne!(refused.status.code(), Some(0));
    assert!(
        text(&refused.stderr).to_lowercase().contains("key"),
        "{}",
        text(&refused.stderr)
    );
    assert_eq!(
        Wire::register(&other, "alice").whole_history("general"),
        Vec::<Value>::new()
    );
}

#[test]
fn an_invite_in_the_link_is_enough() {
    let server = Setup::bare().arg("--no-rate-limits").start();
    let mut owner = Wire::owner(&server, "olga");
    let invite = owner.get("invite", json!({"type": "create_invite"}));
    let cli = Cli::new();
    cli.ok(&[
        "register",
        invite["link"].as_str().expect("a link"),
        "carol",
    ]);
    cli.ok(&["send", "general", "invited"]);
    assert_eq!(owner.event("message")["text"], "invited");
}
