//! Two people at browsers of their own, by the scripts of `tests/web` that need
//! nothing from their test but a server, and at times its death.

use parlor_tests::browser::Script;
use parlor_tests::parlord::Parlord;
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::Value;

/// Runs a script against a server of its own.
fn walk(script: &str) {
    let mut server = Parlord::open();
    for name in ["alice", "bob"] {
        Wire::register(&server, name);
    }
    let base = format!("https://localhost:{}", server.port());
    let variables = [
        ("BASE", base.as_str()),
        ("ALICE", "alice"),
        ("BOB", "bob"),
        ("PASSWORD", PASSWORD),
    ];
    Script::start(script, &variables).serve(|what, _| {
        match what {
            "kill" => server.kill(),
            "start again" => server.start_again(),
            other => panic!("the script asks {other:?}"),
        }
        Value::Null
    });
}

#[test]
fn two_people_talk() {
    walk("talk.js");
}

#[test]
fn a_long_history_is_read_in_a_small_page() {
    walk("history.js");
}

#[test]
fn what_is_written_while_the_server_is_away_is_sent_once() {
    walk("offline.js");
}

#[test]
fn files_go_on_after_a_pause_a_crash_and_a_reload() {
    walk("uploads.js");
}

#[test]
fn the_keyboard_alone_will_do() {
    walk("keyboard.js");
}
