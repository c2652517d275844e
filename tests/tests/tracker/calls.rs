//! `tests/tracker/calls.py`, which knows only Python's requests and the tables.

use std::path::Path;
use std::process::Command;

use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::process::Process;
use parlor_tests::program::{build_folder, program, workspace};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::Value;
use tempfile::TempDir;

/// A certificate for the address that the script dials: it does not know pins.
const NAMES: &str = "[tls]\nnames = [\"127.0.0.1\", \"localhost\"]\n";

/// Runs the script against a tracker whose certificate is in this folder.
fn every_row_holds(tracker: &str, data: &Path) {
    let target = build_folder().parent().expect("target").to_owned();
    let python = target.join("tuspy/bin/python");
    assert!(
        python.exists(),
        "requests is not installed: run tests/set-up"
    );
    let mut command = Command::new(python);
    command.arg(workspace().join("tests/tracker/calls.py"));
    command.arg(format!("https://{tracker}")).arg(PASSWORD);
    command.env(
        "REQUESTS_CA_BUNDLE",
        parlor_certs::identity::own_files(&data.join("tls")).cert,
    );
    let mut script = Process::start("calls.py", &mut command);
    let status = script.wait(2 * SOON);
    let said = script.stdout();
    assert!(
        status.success(),
        "{}\n{}",
        said.join("\n"),
        script.stderr().join("\n")
    );
    assert!(
        said.iter().any(|line| line.ends_with("rows, 0 wrong")),
        "{said:?}"
    );
}

fn server(folder: &Path, tracker: &str) -> Parlord {
    let server = Setup::default()
        .tracker(tracker)
        .config(folder, NAMES)
        .start();
    Wire::register(&server, "alice");
    Wire::register(&server, "bob");
    server
}

#[test]
fn the_tracker_inside_the_server_answers_as_the_tables_say() {
    let folder = TempDir::new().expect("a folder");
    let server = server(folder.path(), "127.0.0.1:0");
    let tracker = server.facts()["tracker"]
        .as_str()
        .expect("there is a tracker");
    every_row_holds(tracker, server.data());
}

#[test]
fn a_tracker_that_stands_alone_answers_as_the_tables_say() {
    let folder = TempDir::new().expect("a folder");
    let server = server(folder.path(), "off");
    assert_eq!(server.facts()["tracker"], Value::Null);
    let data = folder.path().join("tracker");
    let config = folder.path().join("tracker.toml");
    std::fs::write(&config, NAMES).expect("the configuration is written");
    let mut command = Command::new(program("parlor-tracker"));
    command.args([
        "run",
        "--listen",
        "127.0.0.1:0",
        "--no-rate-limits",
        "--server",
    ]);
    command.arg(server.link()).arg("--config").arg(&config);
    command.arg("--data").arg(&data);
    let tracker = Process::start("parlor-tracker", &mut command);
    let facts = data.join("parlor-tracker.json");
    let facts = until("the tracker runs", SOON, || {
        serde_json::from_slice::<Value>(&std::fs::read(&facts).ok()?).ok()
    });
    every_row_holds(facts["listen"].as_str().expect("an address"), &data);
    drop(tracker);
}
