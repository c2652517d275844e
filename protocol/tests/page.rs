//! The public page of the protocol against the code: every example is read,
//! and every type and code there is has its place on the page.

use std::collections::BTreeSet;

use parlor_protocol::{Code, Incoming, LogBody, Reply, Request, RequestLine, ServerLine};

const PAGE: &str = include_str!("../../docs/protocol.md");

/// The example lines that begin with `arrow`, each with its number on the page.
fn examples(arrow: char) -> Vec<(usize, &'static str)> {
    PAGE.lines()
        .enumerate()
        .filter_map(|(at, line)| {
            Some((
                at + 1,
                line.strip_prefix("    ")?.strip_prefix(arrow)?.trim(),
            ))
        })
        .collect()
}

fn kind(line: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(line).expect("an example is JSON");
    value["type"]
        .as_str()
        .expect("an example has a type")
        .to_owned()
}

#[test]
fn every_request_is_shown_and_read() {
    let mut shown = BTreeSet::new();
    for (at, line) in examples('→') {
        if let Err(bad) = RequestLine::read(line.as_bytes()) {
            panic!("line {at}: {}", bad.error.message);
        }
        shown.insert(kind(line));
    }
    let all: BTreeSet<String> = Request::TYPES.iter().map(|&t| t.to_owned()).collect();
    assert_eq!(shown, all);
}

#[test]
fn every_line_of_the_server_is_shown_and_read() {
    let mut shown = BTreeSet::new();
    for (at, line) in examples('←') {
        let incoming = Incoming::read(line.as_bytes());
        let incoming = incoming.unwrap_or_else(|error| panic!("line {at}: {error}"));
        match &incoming.line {
            ServerLine::Unknown { kind } => panic!("line {at}: {kind} is not known"),
            ServerLine::Log(event) => assert_ne!(event.body, LogBody::Unknown, "line {at}"),
            ServerLine::Reply(reply) => {
                let written = reply.encode(incoming.re).expect("it was read");
                let value = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
                assert_eq!(value(&written), value(line.as_bytes()), "line {at}");
            }
        }
        shown.insert(kind(line));
    }
    let log = [
        "message", "edited", "deleted", "reaction", "joined", "left", "topic",
    ];
    let all: BTreeSet<String> = Reply::TYPES
        .iter()
        .chain(&log)
        .map(|&t| t.to_owned())
        .collect();
    assert_eq!(shown, all);
}

#[test]
fn every_error_code_is_explained() {
    for code in Code::ALL {
        assert!(PAGE.contains(&format!("`{code}`")), "{code} is missing");
    }
}
