//! Peers that mean harm with bytes and connections.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use parlor_tests::parlord::Parlord;
use parlor_tests::raw::Heard;
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::json;

/// Memory that a server under these attacks may take. Far above what it needs,
/// far below what an unbounded queue would take.
const MEMORY: u64 = 400 << 20;

#[test]
fn hundreds_of_mute_connections_keep_nobody_out() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let mut mute = Vec::new();
    for n in 0..400 {
        let mut socket = TcpStream::connect(server.address()).expect("it accepts");
        if n % 2 == 0 {
            // The head of a TLS record that never comes.
            socket
                .write_all(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
                .expect("it takes bytes");
        }
        mute.push(socket);
    }
    let start = Instant::now();
    let mut late = Wire::register(&server, "late");
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "new people come in at once"
    );
    late.send("general", "hello");
    assert_eq!(witness.event("message")["text"], "hello");

    let mut socket = &mute[0];
    socket
        .set_read_timeout(Some(SOON))
        .expect("a time is taken");
    let mut byte = Vec::new();
    let end = std::io::Read::read_to_end(&mut socket, &mut byte);
    assert!(
        end.is_ok() || end.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset),
        "a handshake must be done within 10 seconds"
    );
    assert!(witness.is_alive());
}

#[test]
fn asking_without_reading_fills_no_memory() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    for n in 0..100 {
        witness.send("general", &format!("{n} {}", "\u{1}".repeat(5_000)));
    }
    let mut greedy = Wire::register(&server, "greedy");
    greedy
        .raw
        .socket()
        .set_write_timeout(Some(Duration::from_secs(2)))
        .expect("a time is taken");
    let ask = format!(
        "{}\n",
        json!({"type": "history", "room": "general", "limit": 200})
    )
    .repeat(200);
    for _ in 0..50 {
        // 10,000 answers of a megabyte each. The server may stop reading, or close.
        if greedy.raw.try_write(ask.as_bytes()).is_err() {
            break;
        }
    }
    let start = Instant::now();
    assert!(witness.is_alive());
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "others are served meanwhile"
    );
    let resident = server.process.usage().resident;
    assert!(resident < MEMORY, "the server took {} MiB", resident >> 20);
}

#[test]
fn hanging_up_at_any_byte_leaves_nothing() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let token = Wire::register(&server, "alice").token();
    let line = format!(
        "{}\n{}\n",
        json!({"type": "resume", "token": token, "rooms": {"general": 0}}),
        json!({"type": "ping", "id": 1}),
    );
    for end in (0..line.len()).step_by(7) {
        let mut raw = server.dial();
        let _ = raw.try_write(&line.as_bytes()[..end]);
        if end % 2 == 0 {
            let _ = raw.socket().shutdown(std::net::Shutdown::Both);
        }
    }
    until("alice being offline", SOON, || {
        let users = witness.get("users", json!({"type": "users"}));
        let gone = users["users"].as_array().is_some_and(|users| {
            users
                .iter()
                .any(|u| u["username"] == "alice" && u["presence"] == "offline")
        });
        gone.then_some(())
    });
    assert_eq!(
        witness.send("general", "still here") > 0,
        witness.is_alive()
    );
}

#[test]
fn garbage_over_tls_is_answered_and_closed() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let mut garbage = Vec::new();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    while garbage.len() < 200_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        garbage.extend_from_slice(&state.to_le_bytes());
    }
    for piece in [&garbage[..], &vec![b'\n'; 100_000], &vec![0; 70_000]] {
        let mut raw = server.dial();
        raw.welcome();
        let _ = raw.try_write(piece);
        let _ = raw.socket().shutdown(std::net::Shutdown::Write);
        let mut lines = 0;
        loop {
            match raw.hear(SOON) {
                Heard::Line(line) => {
                    assert_eq!(line["type"], "error", "{line}");
                    lines += 1;
                }
                Heard::Closed => break,
                Heard::Silence => panic!("garbage must be answered"),
            }
        }
        assert!(lines > 0, "an error could be read");
    }
    assert!(witness.is_alive());
}
