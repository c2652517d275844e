//! Somebody with a home and a device.

use parlor_tests::cli::Cli;
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::process::Process;
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

/// A server with a tracker of its own.
pub(crate) fn server() -> Parlord {
    Setup::default().tracker("127.0.0.1:0").start()
}

/// Somebody who is registered.
pub(crate) fn person(server: &Parlord, username: &str) -> Cli {
    let cli = Cli::new();
    cli.ok(&["register", &server.link(), username]);
    cli
}

/// The words of a `peer` command. Nobody is looked for on the LAN, so that tests do not meet each other.
pub(crate) fn peer<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["--json", "peer", "--no-lan"];
    all.extend(words);
    all
}

/// Runs a `peer` command to its good end, and gives what it printed.
pub(crate) fn done(cli: &Cli, words: &[&str]) -> Vec<Value> {
    cli.json(&peer(words)[1..])
}

/// The last object that a `peer` command printed.
pub(crate) fn last(cli: &Cli, words: &[&str]) -> Value {
    let printed = done(cli, words);
    printed.last().cloned().unwrap_or(Value::Null)
}

/// A `peer tail` that is there for others: its device is known and vouched for.
pub(crate) fn tail(cli: &Cli) -> Process {
    cli.start(&peer(&["tail"]))
}

/// The objects that a process has printed.
pub(crate) fn printed(process: &Process) -> Vec<Value> {
    process
        .stdout()
        .iter()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect()
}

/// Waits until a process has printed a message with this text, and gives it.
pub(crate) fn heard(process: &Process, text: &str) -> Value {
    until(text, SOON, || {
        printed(process)
            .into_iter()
            .find(|object| object["message"] == text)
    })
}

/// Makes somebody's device, and waits until the server vouches for it, so that others find it there.
pub(crate) fn makes_a_device(server: &Parlord, cli: &Cli, username: &str) {
    let mut themselves = Wire::login(server, username);
    until("a device that the server knows", SOON, || {
        // A command may be done before its device is published, so that it is run until one was.
        done(cli, &["who"]);
        let ask = json!({"type": "devices", "username": username});
        let answer = themselves.get("devices", ask);
        let devices = answer["devices"].as_array()?;
        (!devices.is_empty()).then_some(())
    });
}
