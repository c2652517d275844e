//! The program: how it starts, how it is used wrongly, how it stops.

use std::process::Command;
use std::time::{Duration, Instant};

use parlor_tests::parlord::Parlord;
use parlor_tests::program::program;
use parlor_tests::raw::Raw;
use parlor_tests::reverse::{Reverse, status};
use parlor_tests::upstream::{Upstream, write};

/// Runs `parlord proxy` to its end: the exit code, and standard error.
fn run(args: &[&str], env: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = Command::new(program("parlord"))
        .arg("proxy")
        .args(args)
        .envs(env.iter().copied())
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), told)
}

#[test]
fn wrong_use_is_one_clear_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let data = data.to_str().expect("it is text");
    let bad = folder.path().join("bad.toml");
    std::fs::write(&bad, "upstreems = []\n").expect("it is written");
    let bad = bad.to_str().expect("it is text");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().expect("it has one").to_string();
    let up = "http://127.0.0.1:1";
    let check = |args: &[&str], env: &[(&str, &str)], word: &str| {
        let (code, told) = run(args, env);
        assert_eq!(code, Some(2), "{args:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{args:?}: {told}");
        assert!(
            told.starts_with("parlord: ") && told.contains(word),
            "{args:?}: {told}"
        );
    };
    check(&["--listen", "127.0.0.1:0"], &[], "--upstream");
    check(&["--upstream", "nonsense"], &[], "parlor://");
    check(&["--upstream", "parlor://127.0.0.1"], &[], "no pin");
    check(&["--upstream", up, "--listen", "nowhere"], &[], "nowhere");
    check(&["--upstream", up, "--nonsense"], &[], "--nonsense");
    check(
        &["--upstream", up, "--balance", "fair"],
        &[],
        "least_connections",
    );
    check(&["--config", bad], &[], "line 1");
    check(&["--config", "/nowhere.toml"], &[], "/nowhere.toml");
    check(
        &["--data", data],
        &[("PARLORD_PROXY_UPSTREAM", "ftp://x")],
        "ftp://x",
    );
    check(
        &["--upstream", up, "--listen", "192.0.2.1:1", "--data", data],
        &[],
        "192.0.2.1:1",
    );
    check(
        &["--upstream", up, "--data", "/dev/null/x"],
        &[],
        "/dev/null/x",
    );
    drop(taken);
}

#[test]
fn a_port_and_a_folder_are_used_once() {
    let upstream = Upstream::saying("x");
    let proxy = Reverse::to(&[&upstream.url()]);
    let (url, folder) = (upstream.url(), tempfile::tempdir().expect("a folder"));
    let other = folder.path().to_str().expect("it is text").to_owned();
    let address = proxy.address();
    let (code, told) = run(
        &["--upstream", &url, "--listen", &address, "--data", &other],
        &[],
    );
    assert_eq!(code, Some(2));
    assert!(told.contains("in use"), "{told}");
    let data = proxy.data();
    let data = data.to_str().expect("it is text");
    let (code, told) = run(
        &[
            "--upstream",
            &url,
            "--listen",
            "127.0.0.1:0",
            "--data",
            data,
        ],
        &[],
    );
    assert_eq!(code, Some(2));
    assert!(told.contains("in use by another"), "{told}");
}

#[test]
fn a_stop_lets_answers_finish_and_sessions_go() {
    let upstream = Upstream::answering("127.0.0.1:0", |_, stream| {
        write(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
        let mut wait = [0; 1];
        stream
            .get_ref()
            .set_read_timeout(Some(Duration::from_secs(1)))
            .expect("it is taken");
        // Nothing comes: this is the second that the other half takes.
        let _ = std::io::Read::read(stream, &mut wait);
        write(stream, b"done")
    });
    let server = Parlord::open();
    let mut proxy = Reverse::to(&[&upstream.url()]);
    let mut sessions = Reverse::to(&[&server.link()]);
    let mut session = Raw::dial(&sessions.address(), &server.pin());
    session.welcome();
    let mut idle = proxy.dial();
    let mut under_way = proxy.dial();
    under_way.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    under_way.until(b"half");
    let start = Instant::now();
    assert_eq!(sessions.stop(), Some(0));
    session.closed();
    let answer = std::thread::spawn(move || under_way.rest());
    assert_eq!(proxy.stop(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(12));
    assert_eq!(answer.join().expect("it reads"), b"done");
    assert_eq!(idle.rest(), b"");
    assert!(!proxy.data().join("parlord.json").exists());
}

#[test]
fn the_environment_and_a_file_say_as_much_as_the_command_line() {
    let upstream = Upstream::saying("file");
    let config = format!(
        "upstreams = [\"{}\"]\nbalance = \"least_connections\"\n",
        upstream.url()
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("proxy.toml");
    std::fs::write(&file, config).expect("it is written");
    let mut command = Command::new(program("parlord"));
    command.arg("proxy").env("PARLORD_PROXY_CONFIG", &file);
    command.env("PARLORD_PROXY_LISTEN", "127.0.0.1:0");
    command.env("PARLORD_PROXY_DATA", folder.path().join("data"));
    let process = parlor_tests::process::Process::start("parlord proxy", &mut command);
    let line = parlor_tests::until::until("the greeting", parlor_tests::until::SOON, || {
        process
            .stdout()
            .into_iter()
            .find(|line| line.contains("listens on"))
    });
    assert!(line.contains("127.0.0.1:"), "{line}");
    let printed = Command::new(program("parlord"))
        .args(["proxy", "--default-config"])
        .output()
        .expect("it starts");
    assert_eq!(printed.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&printed.stdout).contains("upstreams = []"));
    let proxy = Reverse::to(&[&upstream.url()]);
    assert_eq!(status(&proxy.get("/", "")), 200);
}
