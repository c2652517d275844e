//! A reader that stalls is dropped, and comes back whole.

use std::net::{SocketAddr, TcpStream};

use parlor_tests::parlord::Parlord;
use parlor_tests::raw::{Heard, Raw};
use parlor_tests::tls;
use parlor_tests::until::SOON;
use parlor_tests::wire::Wire;
use rustix::net::{AddressFamily, SocketType, sockopt};
use serde_json::{Value, json};

/// Messages written while the reader stalls: more than its queue and all
/// sockets between can hold.
const MESSAGES: u64 = 4_000;

/// A socket whose receiving side holds next to nothing.
fn narrow(address: &str) -> TcpStream {
    let socket =
        rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    sockopt::set_socket_recv_buffer_size(&socket, 4096).expect("a size is taken");
    let address: SocketAddr = address.parse().expect("an address");
    rustix::net::connect(&socket, &address).expect("the server accepts");
    TcpStream::from(socket)
}

#[test]
fn a_stalled_reader_is_dropped_and_comes_back_whole() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut carol = Wire::register(&server, "carol");
    let token = Wire::register(&server, "bob").token();
    let (config, _) = tls::config(Some(&server.pin()), &["parlor/1"], tls::ONLY_13);
    let raw = Raw::over(narrow(&server.address()), config).expect("a handshake");
    let mut bob = Wire::open(raw, json!({"type": "resume", "token": token, "rooms": {}}));
    let mut cursor = bob.room("general")["last_seq"].as_u64().expect("a seq");
    carol.event_where("bob coming", |e| e["changes"]["bob"] == "online");
    let text = "x".repeat(8_000);
    let is_gone = |event: &Value| event["changes"]["bob"] == "offline";
    let (mut last, mut gone) = (0, false);
    for n in 0..MESSAGES {
        last = alice.send("general", &format!("{n} {text}"));
        alice.events.clear();
        if n % 50 == 0 {
            gone |= carol.heard().iter().any(is_gone);
        }
    }
    if !gone {
        carol.event_where("bob being dropped", is_gone);
    }

    // What had been sent to him can still be read, in order, up to the close.
    let mut told = None;
    loop {
        match bob.raw.hear(SOON) {
            Heard::Line(line) if line["room"] == "general" && line["seq"].is_u64() => {
                assert_eq!(line["seq"], cursor + 1, "a hole");
                cursor += 1;
            }
            Heard::Line(line) if line["type"] == "error" => told = Some(line),
            Heard::Line(_) => {}
            Heard::Closed => break,
            Heard::Silence => panic!("the stalled connection is still open"),
        }
    }
    assert!(told.is_none_or(|line| line["code"] == "slow_consumer"));
    assert!(cursor < last, "he was dropped before the end");

    let came = come_back(&server, &token, &mut cursor, last);
    assert_eq!(cursor, last, "he is whole again, by {came} events");
    assert!(carol.is_alive() && alice.is_alive());
}

/// Resumes at the cursor and reads all that was missed. A gap is filled by history.
fn come_back(server: &Parlord, token: &str, cursor: &mut u64, last: u64) -> usize {
    let mut bob = Wire::resume(server, token, &json!({"general": *cursor}));
    let heard: Vec<Value> = bob.until_seq("general", last);
    let mut came = 0;
    for line in heard {
        if line["type"] == "gap" {
            let to = line["to"].as_u64().expect("a cursor");
            let fetched = bob.whole_history("general");
            let of_gap = fetched
                .iter()
                .filter(|m| {
                    m["seq"]
                        .as_u64()
                        .is_some_and(|seq| seq > *cursor && seq <= to)
                })
                .count() as u64;
            assert_eq!(of_gap, to - *cursor, "history fills the gap");
            *cursor = to;
        } else if line["room"] == "general" && line["seq"].is_u64() {
            assert_eq!(line["seq"], *cursor + 1, "a hole");
            *cursor += 1;
            came += 1;
        }
    }
    came
}
