//! `tests/tracker/calls.py`, which knows only Python's requests and the tables.

use std::path::Path;
use std::process::Command;

use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::process::Process;
use parlor_tests::program::{build_folder, workspace};
use parlor_tests::tracker::Tracker;
use parlor_tests::until::SOON;
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
    let said = script.stdout().join("\n");
    assert!(status.success(), "{said}\n{}", script.stderr().join("\n"));
    assert!(said.ends_with("rows, 0 wrong"), "{said:?}");
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
    let tracker = server.facts()["tracker"].as_str();
    every_row_holds(tracker.expect("there is a tracker"), server.data());
}

#[test]
fn a_tracker_that_stands_alone_answers_as_the_tables_say() {
    let folder = TempDir::new().expect("a folder");
    let server = server(folder.path(), "off");
    assert_eq!(server.facts()["tracker"], Value::Null);
    let tracker = Tracker::start(&server, folder.path(), "tracker", NAMES);
    every_row_holds(tracker.address(), tracker.data());
}
