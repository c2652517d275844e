//! Section 7: the command line of `parlord`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::program::program;
use parlor_tests::wire::{PASSWORD, Wire};
use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;

fn parlord(args: &[&str]) -> Output {
    Command::new(program("parlord"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("parlord starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A use that is refused: exit code 2 and one line on standard error.
fn refused(output: &Output, names: &str) {
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(
        error.trim_end().lines().count(),
        1,
        "one line was promised: {error}"
    );
    assert!(error.contains(names), "{error}");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path)
        .expect("it is there")
        .permissions()
        .mode()
        & 0o777
}

#[test]
fn parlord_json_is_there_while_it_runs() {
    let mut server = Parlord::open();
    let facts = server.facts().clone();
    let members: Vec<&String> = facts.as_object().expect("an object").keys().collect();
    for name in ["pid", "listen", "tracker", "pin", "link"] {
        assert!(
            members.iter().any(|m| *m == name),
            "{name} is not in {facts}"
        );
    }
    assert_eq!(facts["tracker"], json!(null));
    assert_ne!(server.port(), 0, "the real port is named");
    let file = server.data().join("parlord.json");
    assert_eq!(server.stop(), Some(0));
    assert!(!file.exists(), "a clean stop removes it");
}

#[test]
fn files_are_for_their_owner_alone() {
    let server = Parlord::open();
    Wire::register(&server, "alice").send("general", "x");
    assert_eq!(mode(server.data()), 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(server.data()).expect("it is readable") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            files += 1;
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    assert!(
        files >= 3,
        "a key, a certificate and a store are kept there"
    );
}

#[test]
fn a_stop_tells_the_clients_and_is_quick() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Parlord::open();
        let mut alice = Wire::register(&server, "alice");
        let seq = alice.send("general", "kept");
        let start = Instant::now();
        server.process.signal(signal);
        let last = alice.ended();
        assert_eq!(
            last.last().map(|l| &l["type"]),
            Some(&json!("bye")),
            "{last:?}"
        );
        let status = server.process.wait(Duration::from_secs(15));
        assert_eq!(status.code(), Some(0));
        assert!(start.elapsed() < Duration::from_secs(10), "within 10 s");
        server.start_again();
        let mut back = Wire::resume(&server, &alice.token(), &json!({"general": seq - 1}));
        assert_eq!(back.event("message")["seq"], seq, "the session lives on");
    }
}

#[test]
fn wrong_uses_get_one_line_and_exit_2() {
    let server = Parlord::open();
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    let data = data.to_string_lossy();
    refused(&parlord(&["run", "--no-such-option"]), "no-such-option");
    refused(&parlord(&["dance"]), "dance");
    refused(
        &parlord(&["run", "--data", &data, "--register", "maybe"]),
        "maybe",
    );
    refused(
        &parlord(&["run", "--data", &data, "--listen", "nowhere"]),
        "nowhere",
    );
    refused(
        &parlord(&["run", "--data", &data, "--listen", &server.address()]),
        &server.address(),
    );
    // The tracker's port is one of TCP and of UDP.
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").expect("some port is free");
    let udp = udp.local_addr().map(|address| (udp, address.to_string()));
    let (_held, udp) = udp.expect("it has an address");
    for taken in [server.address(), udp] {
        let any = ["run", "--data", &data, "--listen", "127.0.0.1:0"];
        let output = parlord(&[&any[..], &["--tracker", &taken]].concat());
        refused(&output, &taken);
        refused(&output, "--tracker");
    }
    refused(
        &parlord(&["run", "--data", &data, "--config", "/no/such/file.toml"]),
        "/no/such/file.toml",
    );
    let own = server.data().to_string_lossy().into_owned();
    refused(
        &parlord(&["run", "--data", &own, "--listen", "127.0.0.1:0"]),
        &own,
    );
    let config = folder.path().join("bad.toml");
    std::fs::write(&config, "no_such_key = 1\n").expect("it is written");
    let config = config.to_string_lossy();
    refused(
        &parlord(&["run", "--data", &data, "--config", &config]),
        "no_such_key",
    );
    assert!(
        Wire::register(&server, "alice").is_alive(),
        "the first server goes on"
    );
}

#[test]
fn an_unreadable_key_is_said() {
    let mut server = Parlord::open();
    assert_eq!(server.stop(), Some(0));
    let key = std::fs::read_dir(server.data())
        .expect("it is readable")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.to_string_lossy().contains("key"))
        .expect("there is a key");
    std::fs::write(&key, "nonsense").expect("it is written");
    let data = server.data().to_string_lossy().into_owned();
    let output = parlord(&["run", "--data", &data, "--listen", "127.0.0.1:0"]);
    refused(&output, &key.to_string_lossy());
}

#[test]
fn options_stand_over_the_environment_and_that_over_the_file() {
    let folder = TempDir::new().expect("a folder");
    let named = |setup: Setup| setup.start().dial().welcome()["server"]["name"].clone();
    let file = "name = \"from the file\"\n";
    assert_eq!(
        named(Setup::bare().config(folder.path(), file)),
        "from the file"
    );
    let env = || {
        Setup::bare()
            .config(folder.path(), file)
            .env("PARLORD_NAME", "from the environment")
    };
    assert_eq!(named(env()), "from the environment");
    assert_eq!(
        named(env().arg("--name").arg("from the line")),
        "from the line"
    );
    let by_env = Setup::bare()
        .env("PARLORD_REGISTER", "open")
        .env("PARLORD_GUESTS", "true")
        .start();
    let welcome = by_env.dial().welcome();
    assert_eq!(
        (&welcome["auth"]["register"], &welcome["auth"]["guests"]),
        (&json!("open"), &json!(true))
    );
}

#[test]
fn the_default_config_is_a_config() {
    let output = parlord(&["default-config"]);
    assert_eq!(output.status.code(), Some(0));
    let config = text(&output.stdout);
    assert!(config.contains("name"), "{config}");
    let folder = TempDir::new().expect("a folder");
    let server = Setup::bare().config(folder.path(), &config).start();
    assert_eq!(server.dial().welcome()["auth"]["register"], "invite");
}

#[test]
fn passwords_are_checked_by_the_rules_of_the_config() {
    let folder = TempDir::new().expect("a folder");
    let config = folder.path().join("parlord.toml");
    let classic = "[passwords]\nmin_length = 6\nmax_length = 12\nrequire_lower = true\n\
                   require_upper = true\nrequire_digit = true\nrequire_one_of = \"$#@\"\n\
                   min_score = 0\n";
    std::fs::write(&config, classic).expect("it is written");
    let list = "Abc123@1,aF1#,2w3E*,2We3345";
    let output = parlord(&[
        "check-passwords",
        list,
        "--config",
        &config.to_string_lossy(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).trim_end(), "Abc123@1");
    let by_default = parlord(&["check-passwords", "tall-orange-kites-42,password1234,short"]);
    assert_eq!(text(&by_default.stdout).trim_end(), "tall-orange-kites-42");
}

#[test]
fn accounts_are_made_from_the_command_line() {
    let mut server = Setup::bare().arg("--no-rate-limits").start();
    let data = server.data().to_string_lossy().into_owned();
    assert_eq!(server.stop(), Some(0));
    let run = |args: &[&str], password: &str| {
        let mut command = Command::new(program("parlord"));
        command
            .args(args)
            .args(["--data", &data])
            .env("PARLORD_PASSWORD", password);
        command
            .stdin(Stdio::null())
            .output()
            .expect("parlord starts")
    };
    let added = run(&["user", "add", "alice", "--role", "admin"], PASSWORD);
    assert_eq!(added.status.code(), Some(0), "{}", text(&added.stderr));
    let listed = run(&["user", "list"], "");
    assert!(
        text(&listed.stdout).contains("alice"),
        "{}",
        text(&listed.stdout)
    );
    let invited = run(&["invite", "--role", "moderator"], "");
    assert!(
        text(&invited.stdout).contains("invite="),
        "{}",
        text(&invited.stdout)
    );
    let shown = run(&["cert", "show"], "");
    assert!(
        text(&shown.stdout).contains(&server.pin()),
        "{}",
        text(&shown.stdout)
    );
    let renewed = run(&["cert", "renew"], "");
    assert_eq!(renewed.status.code(), Some(0), "{}", text(&renewed.stderr));
    let pin = server.pin();
    server.start_again();
    assert_eq!(
        server.pin(),
        pin,
        "the key survives the certificate's renewal"
    );
    let alice = Wire::login(&server, "alice");
    assert_eq!(alice.session["user"]["role"], "admin");
    drop(alice);
    assert_eq!(server.stop(), Some(0));
    let disabled = run(&["user", "disable", "alice"], "");
    assert_eq!(
        disabled.status.code(),
        Some(0),
        "{}",
        text(&disabled.stderr)
    );
    server.start_again();
    let mut raw = server.dial();
    raw.welcome();
    raw.say(&json!({"type": "login", "username": "alice", "password": PASSWORD}));
    assert_eq!(raw.line()["type"], "error");
}

#[test]
fn the_owners_code_is_on_standard_output_alone() {
    let server = Parlord::open();
    let code = server.owner_code();
    let stderr = server.process.stderr().join("\n");
    assert!(!stderr.contains(&code), "logs hold no secret");
    assert!(!server.facts().to_string().contains(&code));
    let mut alice = Wire::register(&server, "alice");
    alice.send("general", "a text that logs must not hold");
    assert_eq!(
        alice.raw.tls().protocol_version(),
        Some(rustls::ProtocolVersion::TLSv1_3)
    );
    let stderr = server.process.stderr().join("\n");
    for secret in [PASSWORD, &alice.token(), "a text that logs must not hold"] {
        assert!(!stderr.contains(secret), "logs hold no secret");
    }
}

#[test]
fn bare_parlord_runs() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("deep/data");
    let mut process = parlor_tests::process::Process::start(
        "parlord",
        Command::new(program("parlord"))
            .env("PARLORD_DATA", &data)
            .env("PARLORD_LISTEN", "127.0.0.1:0"),
    );
    parlor_tests::until::until("parlord.json", parlor_tests::until::SOON, || {
        data.join("parlord.json").exists().then_some(())
    });
    process.signal(Signal::TERM);
    assert_eq!(process.wait(Duration::from_secs(15)).code(), Some(0));
}
