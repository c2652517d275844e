//! What is said where it cannot start, and where it can.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::process::{Running, output};

/// That a run ends with one line on standard error and exit code 2.
fn refused(args: &[&str], part: &str) {
    let output = output(args);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
    assert!(stderr.starts_with("parlor-tracker: "), "{stderr}");
    assert!(stderr.contains(part), "{args:?}: {stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn what_cannot_be_used_is_told_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let tcp = taken.local_addr().unwrap().to_string();
    let taken_too = UdpSocket::bind("127.0.0.1:0").unwrap();
    let udp = taken_too.local_addr().unwrap().to_string();
    let config = dir.path().join("config.toml");
    fs::write(&config, "[limits]\nentries = 0\n").unwrap();
    let config = config.to_str().unwrap();

    refused(&["run", "--nonsense"], "--nonsense");
    refused(&["nonsense"], "nonsense");
    refused(&["--listen", "nowhere"], "nowhere");
    refused(&["--server", "https://x"], "--server");
    refused(&["--data", data, "--listen", &tcp], "the port is in use");
    refused(&["--data", data, "--listen", "192.0.2.1:1"], "address");
    refused(&["--data", data, "--config", config], "limits.entries");
    refused(&["--config", "/nonexistent.toml"], "/nonexistent.toml");
    refused(&["--data", data, "--log", "=="], "log");
    refused(&["--data", data, "--listen", &udp], "the port is in use");

    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    let file = file.to_str().unwrap();
    refused(&["--data", file, "--listen", "127.0.0.1:0"], file);
    let _running = Running::start(data.as_ref(), &[]);
    refused(&["--data", data, "--listen", "127.0.0.1:0"], "in use");
}

#[test]
fn the_facts_stand_while_it_runs() {
    use rustix::process::Signal;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut pins = Vec::new();
    for signal in [Signal::TERM, Signal::INT] {
        let mut running = Running::start(&data, &["--name", "The tracker"]);
        let facts = running.facts();
        assert!(facts["pid"].as_u64().unwrap() > 1);
        assert_eq!(facts.as_object().unwrap().len(), 3);
        assert!(running.greeting.starts_with("The tracker listens on "));
        pins.push(facts["pin"].clone());
        let (status, info) = running.call("GET /info", "", "");
        assert_eq!(status, 200);
        let port = running.address().port();
        let expected = json!({"status": "success", "tracker": "The tracker", "udp_port": port});
        assert_eq!(info, expected);
        assert_eq!(running.stop(signal), Some(0));
        assert!(!data.join("parlor-tracker.json").exists());
    }
    assert_eq!(pins[0], pins[1]);
    let mode = |path: &str| {
        let path = data.join(path);
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("tls/key.pem"), 0o600);
    assert_eq!(mode("parlor-tracker.lock"), 0o600);
}

#[test]
fn the_default_configuration_is_printed() {
    let output = output(&["default-config"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("listen = \"[::]:8001\""), "{text}");
}
