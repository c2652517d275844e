//! The program `parlord` as a process: how it starts, what it says, how it stops.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::Arc;

use parlor_certs::{Alpn, Identity, Link, Trust, client_config, identity, server_name};
use rustix::process::{Pid, Signal, kill_process};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConnection, StreamOwned};
use serde_json::{Value, json};
use tempfile::TempDir;

fn parlord() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlord"));
    for (name, _) in std::env::vars() {
        if name.starts_with("PARLORD") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// A server that accepts connections. Dropping it kills it.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    greeting: String,
    data: PathBuf,
}

impl Running {
    fn start(data: &Path, args: &[&str]) -> Self {
        let mut child = parlord()
            .args(["run", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut running = Self {
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
            greeting: String::new(),
            data: data.to_owned(),
        };
        while !running.greeting.contains("Link:") {
            let read = running.stdout.read_line(&mut running.greeting).unwrap();
            assert_ne!(read, 0, "it ended: {}", running.stderr());
        }
        running
    }

    fn facts(&self) -> Value {
        serde_json::from_slice(&fs::read(self.data.join("parlord.json")).unwrap()).unwrap()
    }

    fn link(&self) -> Link {
        self.facts()["link"].as_str().unwrap().parse().unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Its whole standard error; it must be about to end.
    fn stderr(&mut self) -> String {
        let mut text = String::new();
        let stderr = self.child.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut text).unwrap();
        text
    }

    /// Stops it; answers its exit code and all of its standard output.
    fn stop(&mut self, signal: Signal) -> (Option<i32>, String) {
        self.signal(signal);
        let mut text = std::mem::take(&mut self.greeting);
        self.stdout.read_to_string(&mut text).unwrap();
        (self.child.wait().unwrap().code(), text)
    }

    fn tls(&self, alpn: Alpn) -> StreamOwned<ClientConnection, TcpStream> {
        let link = self.link();
        let config = client_config(Trust::Pins(link.pins.clone()), alpn).unwrap();
        let address = &link.address;
        let tcp = TcpStream::connect((address.host(), address.port())).unwrap();
        let connection = ClientConnection::new(config, server_name(address)).unwrap();
        StreamOwned::new(connection, tcp)
    }

    fn get(&self, path: &str) -> String {
        let mut stream = self.tls(Alpn::Http1);
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The certificate that it shows now.
    fn leaf(&self) -> CertificateDer<'static> {
        let link = self.link();
        let accept_any = client_config(Trust::Pins(link.pins.clone()), Alpn::Http1).unwrap();
        let address = &link.address;
        let mut tcp = TcpStream::connect((address.host(), address.port())).unwrap();
        let mut connection =
            ClientConnection::new(Arc::clone(&accept_any), server_name(address)).unwrap();
        connection.complete_io(&mut tcp).unwrap();
        connection.peer_certificates().unwrap()[0]
            .clone()
            .into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// One line on standard error, nothing on standard output, exit code 2.
fn check_refused(output: &Output, names: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains(names), "{names}: {stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn it_starts_says_where_and_stops() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("a/data");
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Running::start(&data, &["--name", "Lab 4"]);
        assert!(server.greeting.contains("Lab 4"), "{}", server.greeting);
        let facts = server.facts();
        assert_eq!(facts["pid"], json!(server.child.id()));
        let tracker = facts["tracker"].as_str().unwrap();
        assert!(server.greeting.contains(tracker), "{}", server.greeting);
        assert!(!tracker.ends_with(":0"), "{tracker}");
        let pin = facts["pin"].as_str().unwrap();
        assert!(server.greeting.contains(pin), "{}", server.greeting);
        let listen = facts["listen"].as_str().unwrap();
        assert!(server.greeting.contains(listen), "{}", server.greeting);
        assert_eq!(
            facts["link"],
            json!(format!("parlor://{listen}/?pin={pin}"))
        );
        assert_eq!(mode(&data), 0o700);
        for file in [
            "parlord.json",
            "signing_key.pem",
            "parlord.lock",
            "parlor.db",
        ] {
            assert_eq!(mode(&data.join(file)), 0o600, "{file}");
        }
        assert_eq!(server.stop(signal).0, Some(0), "{}", server.stderr());
        assert!(!data.join("parlord.json").exists());
    }
}

#[test]
fn the_owners_link_is_printed_at_the_very_first_start_alone() {
    let dir = TempDir::new().unwrap();
    let mut first = Running::start(dir.path(), &[]);
    let (_, stdout) = first.stop(Signal::TERM);
    assert_eq!(stdout.matches("invite=").count(), 1, "{stdout}");
    let code = stdout
        .split("invite=")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    assert!(!first.stderr().contains(code));
    let database = fs::read(dir.path().join("parlor.db")).unwrap();
    assert!(
        !database
            .windows(code.len())
            .any(|bytes| bytes == code.as_bytes()),
        "only its hash is kept"
    );
    // Who lost it is told what to do instead.
    let (_, stdout) = Running::start(dir.path(), &[]).stop(Signal::TERM);
    assert!(!stdout.contains("invite="), "{stdout}");
    assert!(stdout.contains("parlord invite --role owner"), "{stdout}");
}

#[test]
fn http_answers_health() {
    let dir = TempDir::new().unwrap();
    let server = Running::start(dir.path(), &[]);
    let answer = server.get("/healthz");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with(r#"{"status":"ok"}"#), "{answer}");
    let answer = server.get("/nothing");
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

#[test]
fn a_session_is_greeted() {
    let dir = TempDir::new().unwrap();
    let server = Running::start(dir.path(), &["--register", "open", "--guests"]);
    let mut line = String::new();
    BufReader::new(server.tls(Alpn::Session))
        .read_line(&mut line)
        .unwrap();
    let welcome: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(welcome["type"], "welcome");
    assert_eq!(welcome["auth"]["register"], "open");
    assert_eq!(welcome["auth"]["guests"], true);
}

#[test]
fn what_cannot_start_says_why_in_one_line() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let run = |args: &[&str]| {
        let mut command = parlord();
        command.arg("run").arg("--data").arg(&data).args(args);
        command.output().unwrap()
    };
    check_refused(&run(&["--nonsense"]), "--nonsense");
    check_refused(&run(&["--listen", "nowhere"]), "nowhere");
    check_refused(&run(&["--register", "maybe"]), "maybe");
    check_refused(&run(&["--tracker", "maybe"]), "maybe");
    check_refused(&run(&["--config", "/no/such/file"]), "/no/such/file");
    check_refused(&run(&["--name", ""]), "name");
    check_refused(&run(&["--log", "=nonsense=x"]), "log");
    let config = dir.path().join("parlord.toml");
    fs::write(&config, "\nnonsense = 1\n").unwrap();
    let config = config.to_str().unwrap();
    let refused = run(&["--config", config]);
    check_refused(&refused, "nonsense");
    check_refused(&refused, "line 2");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check_refused(&run(&["--listen", &address]), &address);
    check_refused(&run(&["--listen", "192.0.2.1:0"]), "192.0.2.1:0");
    let tracker = run(&["--listen", "127.0.0.1:0", "--tracker", &address]);
    check_refused(&tracker, &format!("the tracker cannot listen on {address}"));
    let output = parlord().env("PARLORD_LISTEN", "nowhere").output().unwrap();
    check_refused(&output, "nowhere");
    check_refused(&parlord().arg("dance").output().unwrap(), "dance");
}

#[test]
fn a_data_folder_has_one_server() {
    let dir = TempDir::new().unwrap();
    let first = Running::start(dir.path(), &[]);
    let mut second = parlord();
    second
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(dir.path());
    check_refused(&second.output().unwrap(), dir.path().to_str().unwrap());
    assert!(first.get("/healthz").contains("ok"), "the first goes on");
    assert_eq!(first.facts()["pid"], json!(first.child.id()));
}

#[test]
fn a_bad_key_or_database_is_named_and_kept() {
    let dir = TempDir::new().unwrap();
    Running::start(dir.path(), &[]).stop(Signal::TERM);
    for file in [
        "signing_key.pem",
        "tls/key.pem",
        "tls/cert.pem",
        "parlor.db",
    ] {
        let path = dir.path().join(file);
        let before = fs::read(&path).unwrap();
        fs::write(&path, "nonsense").unwrap();
        let mut command = parlord();
        command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path());
        check_refused(&command.output().unwrap(), path.to_str().unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"nonsense", "{file}");
        fs::write(&path, before).unwrap();
    }
    Running::start(dir.path(), &[]).stop(Signal::TERM);
}

#[test]
fn the_certificate_is_renewed_beside_a_running_server() {
    let dir = TempDir::new().unwrap();
    let server = Running::start(dir.path(), &[]);
    let (pin, leaf) = (server.facts()["pin"].clone(), server.leaf());
    let cert = |action| {
        let mut command = parlord();
        command.args(["cert", action, "--data"]).arg(dir.path());
        let output = command.output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(cert("show").contains(pin.as_str().unwrap()));
    assert!(cert("renew").contains(pin.as_str().unwrap()));
    server.signal(Signal::HUP);
    while server.leaf() == leaf {
        std::thread::yield_now();
    }
    assert_eq!(server.facts()["pin"], pin);
}

#[test]
fn pem_files_are_read_again_on_sighup() {
    let dir = TempDir::new().unwrap();
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    let first = Identity::own(&one, &[]).unwrap();
    let second = Identity::own(&two, &[]).unwrap();
    let files = identity::own_files(&one);
    let config = dir.path().join("parlord.toml");
    let (cert, key) = (files.cert.display(), files.key.display());
    fs::write(
        &config,
        format!("[tls]\ncert = \"{cert}\"\nkey = \"{key}\"\n"),
    )
    .unwrap();
    let server = Running::start(
        &dir.path().join("data"),
        &["--config", config.to_str().unwrap()],
    );
    assert_eq!(server.facts()["pin"], json!(first.pin()));
    assert!(!dir.path().join("data/tls").exists());
    let from = identity::own_files(&two);
    fs::copy(&from.cert, &files.cert).unwrap();
    fs::copy(&from.key, &files.key).unwrap();
    server.signal(Signal::HUP);
    while server.facts()["pin"] != json!(second.pin()) {
        std::thread::yield_now();
    }
    assert!(server.get("/healthz").contains("ok"), "by the new pin");

    let mut renew = parlord();
    renew.args(["cert", "renew", "--config"]).arg(&config);
    renew.arg("--data").arg(dir.path().join("data"));
    let output = renew.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("renew it where it comes from"), "{stderr}");
}

#[test]
fn the_default_configuration_is_printed_and_can_be_used() {
    let dir = TempDir::new().unwrap();
    let output = parlord().arg("default-config").output().unwrap();
    let config = dir.path().join("parlord.toml");
    fs::write(&config, output.stdout).unwrap();
    let server = Running::start(
        &dir.path().join("data"),
        &["--config", config.to_str().unwrap()],
    );
    assert!(server.get("/healthz").contains("ok"));
}

#[test]
fn accounts_and_invites_are_kept_beside_a_running_server() {
    let dir = TempDir::new().unwrap();
    let run = |args: &[&str], password: Option<&str>| {
        let mut command = parlord();
        command.args(args).arg("--data").arg(dir.path());
        if let Some(password) = password {
            command.env("PARLORD_PASSWORD", password);
        }
        let output = command.output().unwrap();
        let (stdout, stderr) = (output.stdout, output.stderr);
        let text = String::from_utf8([stdout, stderr].concat()).unwrap();
        (output.status.code(), text)
    };
    let good = Some("tall-orange-kites-42");
    assert_eq!(
        run(&["user", "add", "Alice", "--role", "owner"], good).0,
        Some(0)
    );
    let mut server = Running::start(dir.path(), &[]);
    assert_eq!(run(&["user", "add", "bob"], good).0, Some(0));
    let (code, text) = run(&["user", "add", "bob"], good);
    assert_eq!((code, text.lines().count()), (Some(1), 1), "{text}");
    let (code, text) = run(&["user", "add", "carol"], Some("short"));
    assert_eq!(code, Some(1));
    assert!(text.contains("10 characters"), "{text}");
    let (code, text) = run(&["user", "add", "carol"], None);
    assert_eq!(code, Some(1));
    assert!(text.contains("PARLORD_PASSWORD"), "{text}");
    assert_eq!(run(&["user", "role", "bob", "admin"], None).0, Some(0));
    assert_eq!(run(&["user", "role", "bob", "king"], None).0, Some(2));
    assert_eq!(run(&["user", "passwd", "bob"], good).0, Some(0));
    assert_eq!(
        run(&["user", "disable", "alice"], None).0,
        Some(1),
        "the last owner"
    );
    assert_eq!(run(&["user", "disable", "bob"], None).0, Some(0));
    let (_, text) = run(&["user", "list"], None);
    assert!(
        text.contains("alice") && text.contains("disabled"),
        "{text}"
    );
    assert_eq!(run(&["user", "enable", "bob"], None).0, Some(0));
    assert_eq!(run(&["user", "role", "nobody", "admin"], None).0, Some(1));

    let (code, text) = run(&["invite", "--role", "moderator"], None);
    assert_eq!(code, Some(0), "{text}");
    let invite: Link = text.trim().parse().unwrap();
    assert!(invite.invite.is_some());
    assert_eq!(
        Link {
            invite: None,
            ..invite.clone()
        },
        server.link()
    );
    let (_, stdout) = server.stop(Signal::TERM);
    assert!(
        !stdout.contains("invite="),
        "there was an owner before: {stdout}"
    );
    let (_, text) = run(&["invite"], None);
    let again: Link = text.trim().parse().unwrap();
    assert_eq!(again.pins, invite.pins, "without a running server too");
}
