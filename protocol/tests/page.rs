//! The public page of the protocol against the code: every example is read and every
//! signature in one holds, and every type and code there is has its place on the page.

use std::collections::BTreeSet;

use parlor_protocol::peer::{Entry, EntryBody, FileHead, PeerLine, SealedLine};
use parlor_protocol::tracker::{PeerEntry, SubmitInfo, TokenBody};
use parlor_protocol::{
    Card, Code, DeviceCard, Incoming, LogBody, PublicKey, Reply, Request, RequestLine,
    SafetyNumber, ServerLine, Time, VouchedCard, signature,
};

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

/// The type of a link's line. A type that is new does not compile until it stands here, and is then
/// missed on the page until it is in [`PEER_TYPES`] and shown.
fn peer_kind(line: &PeerLine) -> &'static str {
    match line {
        PeerLine::Handshake(_) => "handshake",
        PeerLine::HandshakeAck(_) => "handshake_ack",
        PeerLine::Chat(_) => "chat",
        PeerLine::Edited(_) => "edited",
        PeerLine::Deleted(_) => "deleted",
        PeerLine::Reaction(_) => "reaction",
        PeerLine::FileOffer(_) => "file_offer",
        PeerLine::Ack { .. } => "ack",
        PeerLine::Typing { .. } => "typing",
        PeerLine::Broadcast(_) => "broadcast",
        PeerLine::Have { .. } => "have",
        PeerLine::Want { .. } => "want",
        PeerLine::Card(_) => "card",
        PeerLine::FileAccept { .. } => "file_accept",
        PeerLine::FileReject { .. } => "file_reject",
        PeerLine::FileDone { .. } => "file_done",
        PeerLine::Error(_) => "error",
        PeerLine::Unknown => "unknown",
    }
}

/// Every type that [`peer_kind`] knows, but for the one that stands for all others.
const PEER_TYPES: [&str; 17] = [
    "handshake",
    "handshake_ack",
    "chat",
    "edited",
    "deleted",
    "reaction",
    "file_offer",
    "ack",
    "typing",
    "broadcast",
    "have",
    "want",
    "card",
    "file_accept",
    "file_reject",
    "file_done",
    "error",
];

/// The lines of a link on the page, as they are read.
fn peer_lines() -> Vec<(usize, &'static str, PeerLine)> {
    examples('⇢')
        .into_iter()
        .map(|(at, text)| match PeerLine::read(text.as_bytes()) {
            Ok(line) => (at, text, line),
            Err(error) => panic!("line {at}: {error}"),
        })
        .collect()
}

#[test]
fn every_line_of_a_link_is_shown_and_read() {
    let mut shown = BTreeSet::new();
    for (at, text, line) in peer_lines() {
        assert_ne!(line, PeerLine::Unknown, "line {at}");
        assert_eq!(peer_kind(&line), kind(text), "line {at}");
        let written = line.encode().expect("it was read");
        let value = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
        assert_eq!(value(&written), value(text.as_bytes()), "line {at}");
        shown.insert(peer_kind(&line));
    }
    assert_eq!(shown, BTreeSet::from(PEER_TYPES));
}

/// The examples that are no lines: those that begin so, behind their indentation.
fn objects(beginning: &'static str) -> impl Iterator<Item = &'static str> {
    PAGE.lines()
        .filter(|line| line.starts_with("    "))
        .map(str::trim)
        .filter(move |line| line.starts_with(beginning))
}

/// The key by which the examples' cards and tokens are signed, and its token.
fn session() -> (PublicKey, String) {
    for (_, line) in examples('←') {
        let incoming = Incoming::read(line.as_bytes()).expect("another test reads it");
        if let ServerLine::Reply(Reply::Session(session)) = incoming.line {
            let token = session.tracker_token.expect("the example has one");
            let key = session.server_key.parse().expect("it is a key");
            return (key, token.token);
        }
    }
    panic!("no session is shown");
}

fn then() -> Time {
    "2026-11-20T16:00:00.000Z".parse().expect("it is a time")
}

/// The cards of the handshakes, which hold.
fn cards() -> Vec<Card> {
    let (key, _) = session();
    let check = |card: &VouchedCard| card.check(&key, then()).expect("an example holds");
    let hellos = peer_lines().into_iter().filter_map(|(_, _, line)| {
        let (PeerLine::Handshake(hello) | PeerLine::HandshakeAck(hello)) = line else {
            return None;
        };
        let card = check(&hello.card);
        assert_eq!(card.username, hello.username);
        Some(card)
    });
    hellos.collect()
}

#[test]
fn the_signatures_of_the_examples_hold() {
    let (key, token) = session();
    let body = TokenBody::check(&token, &key, then()).expect("the token holds");
    assert_eq!(body.username, "alice");
    let mut published = 0;
    for (_, line) in examples('→') {
        let read = RequestLine::read(line.as_bytes()).expect("another test reads it");
        if let Request::PublishDevice(publish) = read.request {
            let card = DeviceCard {
                card: publish.card,
                device_sig: publish.device_sig,
            };
            let device = card.check().expect("the card holds").device;
            let mut keys = publish.one_time_keys.iter();
            assert!(keys.all(|key| key.is_one_time_of(&device)));
            assert!(publish.fallback_key.is_fallback_of(&device));
            published += publish.one_time_keys.len();
        }
    }
    assert!(published > 0);
    assert_eq!(cards().len(), 2);
}

#[test]
fn the_entries_of_the_examples_are_a_chain() {
    let entries: Vec<Entry> = peer_lines()
        .into_iter()
        .filter_map(|(at, _, line)| match line {
            PeerLine::Broadcast(broadcast) => {
                let entry = broadcast.entry.check();
                Some(entry.unwrap_or_else(|error| panic!("line {at}: {error}")))
            }
            _ => None,
        })
        .collect();
    let shown: Vec<EntryBody> = objects("{\"device\":")
        .map(|json| {
            let encoded = signature::encode(json.as_bytes());
            assert!(entries.iter().any(|entry| entry.signed.entry == encoded));
            serde_json::from_str(json).expect("it is an entry")
        })
        .collect();
    assert_eq!(shown.len(), entries.len());
    assert!(entries.len() > 1);
    for pair in entries.windows(2) {
        assert_eq!(pair[1].body.n, pair[0].body.n + 1);
        assert_eq!(pair[1].body.prev, pair[0].hash);
    }
}

#[test]
fn the_number_to_compare_is_that_of_the_examples() {
    let cards = cards();
    let [one, other] = &cards[..] else {
        panic!("two handshakes are shown");
    };
    let number = SafetyNumber::of(
        (&one.username, &[one.device]),
        (&other.username, &[other.device]),
    );
    assert!(PAGE.contains(&format!("\n    {number}\n")), "{number}");
}

#[test]
fn what_is_no_line_is_read_too() {
    let sealed: Vec<SealedLine> = objects("{\"type\":\"chat\"")
        .map(|json| serde_json::from_str(json).expect("it is what is sealed"))
        .collect();
    let cards = cards();
    let known = |line: &SealedLine| cards.iter().any(|card| card.device == line.device);
    assert!(sealed.len() == 1 && sealed.iter().all(known));
    let heads: Vec<FileHead> = objects("{\"type\":\"file\"")
        .map(|json| serde_json::from_str(json).expect("it is the head of a stream"))
        .collect();
    assert_eq!(heads.len(), 1);
}

#[test]
fn the_calls_of_a_tracker_are_read() {
    let (key, _) = session();
    let submitted: Vec<SubmitInfo> = objects("POST /submit-info ")
        .map(|line| line.trim_start_matches("POST /submit-info "))
        .map(|json| serde_json::from_str(json).expect("it is read"))
        .collect();
    assert_eq!(submitted.len(), 1);
    for info in submitted {
        let card = info.card.expect("the example has a card");
        let card = card.check(&key, then()).expect("it holds");
        assert_eq!(Some(card.device), info.device);
    }
    let listed: Vec<PeerEntry> = objects("200 {\"status\":\"success\",\"peers\"")
        .flat_map(|line| {
            let json = line.trim_start_matches("200 ");
            let mut answer: serde_json::Value = serde_json::from_str(json).expect("it is JSON");
            let peers = answer["peers"].take();
            serde_json::from_value::<Vec<PeerEntry>>(peers).expect("it is a list")
        })
        .collect();
    assert_eq!(listed.len(), 2);
}
