//! Peers that say what nobody should.

use std::sync::atomic::{AtomicU8, Ordering};

use iroh::endpoint::{Connection, Endpoint, RecvStream, SendStream, presets};
use iroh::{EndpointAddr, TransportAddr};
use parlor_protocol::peer::{self, PeerLine};
use parlor_protocol::{Code, VouchedCard};

use super::chat;
use super::people::{Person, Server, secret};
use crate::peer::net::NetEvent;

/// A device that says what it likes.
struct Raw {
    endpoint: Endpoint,
    connection: Connection,
    send: SendStream,
    recv: RecvStream,
}

impl Raw {
    /// Connects to a person's device, and opens the stream of lines.
    async fn open(seed: u8, to: &Person) -> Self {
        let endpoint = Endpoint::builder(presets::Minimal)
            .secret_key(secret(seed))
            .bind()
            .await
            .unwrap();
        let at = to.at().into_iter().map(TransportAddr::Ip);
        let at = EndpointAddr::from_parts(secret(to.seed()).public(), at);
        let connection = endpoint.connect(at, peer::ALPN).await.unwrap();
        let (send, recv) = connection.open_bi().await.unwrap();
        Self {
            endpoint,
            connection,
            send,
            recv,
        }
    }

    async fn say(&mut self, bytes: &[u8]) {
        // What is too much is not read to its end.
        let _ = self.send.write_all(bytes).await;
    }

    /// What is said until the close.
    async fn heard(mut self) -> Vec<PeerLine> {
        let mut heard = Vec::new();
        while let Ok(Some(chunk)) = self.recv.read_chunk(65_536).await {
            heard.extend_from_slice(&chunk);
        }
        self.connection.closed().await;
        self.endpoint.close().await;
        let lines = heard.split_inclusive(|&byte| byte == b'\n');
        lines.map(|line| PeerLine::read(line).unwrap()).collect()
    }
}

fn handshake(username: &str, card: VouchedCard) -> Vec<u8> {
    let username = username.to_owned();
    let hello = peer::Hello { username, card };
    PeerLine::Handshake(hello).encode().unwrap()
}

#[tokio::test]
async fn nonsense_is_answered_and_shut_out_and_nobody_else_notices() {
    let server = Server::new();
    let alice = server.person("alice", 1).await;
    let mut bob = server.person("bob", 2).await;
    alice.knows(&bob);
    let link = alice.net.dial(bob.device()).await.unwrap();
    bob.up().await;

    let seeds = AtomicU8::new(10);
    let check = async |greets: bool, said: &[u8], expected: Code| {
        let seed = seeds.fetch_add(1, Ordering::Relaxed);
        let mut raw = Raw::open(seed, &bob).await;
        if greets {
            let card = server.card("mallory", seed, 3_600);
            raw.say(&handshake("mallory", card)).await;
        }
        raw.say(said).await;
        let heard = raw.heard().await;
        let last = heard.last();
        let Some(PeerLine::Error(error)) = last else {
            panic!("{expected}: {last:?}");
        };
        assert_eq!(error.code, expected, "{error}");
        assert_eq!(heard.len(), 1 + usize::from(greets));
    };
    let long = [b"x".repeat(65_536), b"\n".to_vec()].concat();
    let endless = b"x".repeat(1 << 20);
    let again = handshake("mallory", server.card("mallory", 99, 3_600));
    let untyped: &[u8] = b"{\"type\":\"chat\"}\n";
    let early = chat("early").encode().unwrap();
    for greets in [false, true] {
        tokio::join!(
            check(greets, b"GET / HTTP/1.1\r\n\r\n", Code::BadLine),
            check(greets, b"[]\n", Code::BadLine),
            check(greets, b"\xff\xfe\n", Code::BadLine),
            check(greets, untyped, Code::BadRequest),
            check(greets, &long, Code::LineTooLong),
            check(greets, &endless, Code::LineTooLong),
        );
    }
    tokio::join!(
        check(false, &early, Code::BadRequest),
        check(false, &again, Code::Forbidden),
        check(true, &again, Code::BadRequest),
    );

    link.send(&chat("still here")).await.unwrap();
    loop {
        match bob.event().await {
            NetEvent::Line { line, .. } => {
                assert_eq!(line, chat("still here"));
                break;
            }
            NetEvent::Down { device, .. } => assert_ne!(device, alice.device()),
            _ => {}
        }
    }
    alice.net.close().await;
    bob.net.close().await;
}

#[tokio::test]
async fn unknown_types_and_members_are_passed_over() {
    let server = Server::new();
    let mut bob = server.person("bob", 2).await;
    let mut raw = Raw::open(10, &bob).await;
    raw.say(&handshake("alice", server.card("alice", 10, 3_600)))
        .await;
    raw.say(b"{\"type\":\"dance\",\"steps\":3}\n").await;
    raw.say(b"{\"type\":\"typing\",\"from\":\"alice\",\"channel\":\"direct\",\"new\":1}\r\n")
        .await;
    let typing = PeerLine::Typing {
        from: "alice".to_owned(),
        channel: "direct".to_owned(),
    };
    assert_eq!(bob.line().await, typing);
    bob.net.close().await;
    let heard = raw.heard().await;
    assert!(
        matches!(&heard[..], [PeerLine::HandshakeAck(_)]),
        "{heard:?}"
    );
}

#[tokio::test]
async fn who_proves_nothing_keeps_nobody_out() {
    let server = Server::new();
    let alice = server.person("alice", 1).await;
    let mut bob = server.person("bob", 2).await;
    // As many as may be from one place; none of them says a word.
    let mut silent = Vec::new();
    for seed in 10..18 {
        silent.push(Raw::open(seed, &bob).await);
    }
    alice.knows(&bob);
    let early = alice.net.dial(bob.device()).await;
    assert!(early.is_err(), "a ninth from this place is let in");
    // They are closed when they have not proved themselves in time, or go.
    let gone = silent.pop().unwrap();
    gone.connection.close(0u8.into(), b"");
    gone.endpoint.close().await;
    let link = loop {
        if let Ok(link) = alice.net.dial(bob.device()).await {
            break link;
        }
    };
    assert_eq!(bob.up().await.device(), alice.device());
    link.send(&chat("in")).await.unwrap();
    assert_eq!(bob.line().await, chat("in"));
    for raw in silent {
        raw.endpoint.close().await;
    }
    alice.net.close().await;
    bob.net.close().await;
}
