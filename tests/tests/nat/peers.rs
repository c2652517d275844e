//! Devices in these networks: how they meet, and what becomes of what they say.

use std::path::Path;
use std::time::{Duration, Instant};

use parlor_tests::cli::Cli;
use parlor_tests::netns::{self, Capture, Homes, Lan, Space, capture, homes};
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::process::Process;
use parlor_tests::until::{SOON, until};
use serde_json::Value;

/// How long two devices may take to find the best way.
const FOUND: Duration = Duration::from_secs(60);

/// A user with one device, which listens.
struct Person {
    cli: Cli,
    tail: Process,
}

impl Person {
    /// Registers a user, and has their device listen.
    fn new(space: &Space, server: &Parlord, username: &str) -> Self {
        let cli = Cli::inside(space);
        cli.ok(&["register", &server.link(), username]);
        let tail = listen(&cli);
        Self { cli, tail }
    }

    /// One whose device goes by relays only.
    fn hidden(space: &Space, server: &Parlord, username: &str) -> Self {
        let cli = Cli::inside(space);
        cli.ok(&["register", &server.link(), username]);
        let tail = cli.start(&["--json", "peer", "--relay-only", "tail"]);
        Self { cli, tail }
    }

    /// Waits until the room server has vouched for somebody's device.
    fn knows(&self, username: &str) {
        until("a device of theirs", SOON, || {
            let people = self.cli.json(&["peer", "who"]);
            let known = people.iter().any(|person| person["username"] == username);
            known.then_some(())
        });
    }

    /// Says something; by which way it arrived.
    fn say(&self, to: &str, text: &str) -> String {
        let said = self.cli.json(&["peer", "send", to, text]);
        let last = said.last().expect("it says how it ended");
        match last["type"].as_str() {
            Some("delivered") => last["via"].as_str().expect("a way").to_owned(),
            Some("held") => "held".to_owned(),
            other => panic!("{other:?}"),
        }
    }

    /// Says one thing after the other until something arrives by this way; what was said.
    fn say_until(&self, to: &str, via: &str, mark: &str) -> Vec<String> {
        let mut said = Vec::new();
        let mut ways = Vec::new();
        let start = Instant::now();
        while start.elapsed() < FOUND {
            let text = format!("{mark} number {}", said.len());
            ways.push(self.say(to, &text));
            said.push(text);
            if ways.last().is_some_and(|way| way == via) {
                return said;
            }
        }
        panic!("nothing arrives by the way {via}: {ways:?}");
    }

    /// The messages that came, as they came.
    fn heard(&self) -> Vec<String> {
        let lines = self.tail.stdout();
        let lines = lines.iter().map(|line| {
            serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"))
        });
        lines
            .filter(|line| line["type"] == "chat")
            .map(|line| line["message"].as_str().expect("a text").to_owned())
            .collect()
    }

    /// Waits until all of this came, each once, and nothing else. What was held comes when it comes.
    fn hears(&self, expected: &[String]) {
        until("the last message", SOON, || {
            (self.heard().len() >= expected.len()).then_some(())
        });
        let mut heard = self.heard();
        heard.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(heard, expected);
    }
}

fn listen(cli: &Cli) -> Process {
    cli.start(&["--json", "peer", "tail"])
}

fn serve(space: &Space, address: &str, tracker: Option<u16>) -> Parlord {
    let tracker = tracker.map_or("off".to_owned(), |port| format!("{address}:{port}"));
    Setup::default()
        .inside(space)
        .listen(format!("{address}:8888"))
        .tracker(tracker)
        .start()
}

/// No file below a folder holds any of these texts.
fn nowhere_in(folder: &Path, texts: &[String]) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            nowhere_in(&path, texts);
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        for text in texts {
            assert!(!capture::holds(&bytes, text), "{path:?} holds {text:?}");
        }
    }
}

#[test]
fn two_behind_routers_talk_directly_and_nobody_between_reads_it() {
    let name = "peers::two_behind_routers_talk_directly_and_nobody_between_reads_it";
    if !netns::can_be_made(name) {
        return;
    }
    let net = Homes::new();
    let server = serve(&net.public, homes::PUBLIC, Some(8001));
    let capture = Capture::start(&net.public);
    let alice = Person::new(&net.hosts[0], &server, "alice");
    let bob = Person::new(&net.hosts[1], &server, "bob");
    alice.knows("bob");
    let said = alice.say_until("bob", "direct", "between us");
    bob.hears(&said);
    let bytes = capture.finish();
    for text in &said {
        assert!(
            !capture::holds(&bytes, text),
            "{text:?} passed in plain text"
        );
    }
    nowhere_in(server.data(), &said);
}

#[test]
fn without_datagrams_they_talk_by_the_relay_which_reads_nothing() {
    let name = "peers::without_datagrams_they_talk_by_the_relay_which_reads_nothing";
    if !netns::can_be_made(name) {
        return;
    }
    let net = Homes::new();
    net.block_udp();
    let server = serve(&net.public, homes::PUBLIC, Some(8001));
    let capture = Capture::start(&net.public);
    let alice = Person::new(&net.hosts[0], &server, "alice");
    let bob = Person::new(&net.hosts[1], &server, "bob");
    alice.knows("bob");
    let said = alice.say_until("bob", "relay", "by the relay");
    bob.hears(&said);
    let bytes = capture.finish();
    for text in &said {
        assert!(
            !capture::holds(&bytes, text),
            "{text:?} passed in plain text"
        );
    }
    nowhere_in(server.data(), &said);
}

#[test]
fn who_goes_by_relays_only_sends_no_datagram_and_is_listed_nowhere() {
    let name = "peers::who_goes_by_relays_only_sends_no_datagram_and_is_listed_nowhere";
    if !netns::can_be_made(name) {
        return;
    }
    let net = Homes::new();
    let server = serve(&net.public, homes::PUBLIC, Some(8001));
    let capture = Capture::start(&net.public);
    let alice = Person::hidden(&net.hosts[0], &server, "alice");
    let bob = Person::new(&net.hosts[1], &server, "bob");
    alice.knows("bob");
    let said = alice.say_until("bob", "relay", "out of sight");
    bob.hears(&said);
    // One that is not of hers, to show that they are seen.
    let datagram = format!("echo seen > /dev/udp/{}/9", homes::PUBLIC);
    net.hosts[1].run("bash", &["-c", &datagram]);
    let datagrams = capture.packets("udp and (host 203.0.113.2 or host 198.51.100.2)");
    let hers = datagrams
        .iter()
        .filter(|line| line.contains("203.0.113.2."));
    assert_eq!(hers.count(), 0, "{datagrams:?}");
    assert!(!datagrams.is_empty(), "the capture saw none at all");
}

#[test]
fn from_direct_to_the_relay_and_back_nothing_is_lost() {
    let name = "peers::from_direct_to_the_relay_and_back_nothing_is_lost";
    if !netns::can_be_made(name) {
        return;
    }
    let net = Homes::new();
    let server = serve(&net.public, homes::PUBLIC, Some(8001));
    let alice = Person::new(&net.hosts[0], &server, "alice");
    let bob = Person::new(&net.hosts[1], &server, "bob");
    alice.knows("bob");
    let mut said = alice.say_until("bob", "direct", "before");
    net.block_udp();
    said.extend(alice.say_until("bob", "relay", "blocked"));
    net.unblock_udp();
    said.extend(alice.say_until("bob", "direct", "after"));
    bob.hears(&said);
}

#[test]
fn on_a_lan_without_a_server_they_find_each_other() {
    let name = "peers::on_a_lan_without_a_server_they_find_each_other";
    if !netns::can_be_made(name) {
        return;
    }
    let net = Lan::new(3);
    let mut server = serve(&net.hosts[2], &Lan::address(2), None);
    let alice = Person::new(&net.hosts[0], &server, "alice");
    let mut bob = Person::new(&net.hosts[1], &server, "bob");
    alice.knows("bob");
    let mut said = alice.say_until("bob", "lan", "with a server");
    bob.hears(&said);
    // They know each other's cards now; from here on nobody else is there.
    server.kill();
    bob.tail.kill();
    bob.tail = listen(&bob.cli);
    let alone = alice.say_until("bob", "lan", "alone");
    said.clear();
    said.extend(alone);
    bob.hears(&said);
}
