//! Whom `parlord` believes about a client's address: the proxies in its
//! configuration, and nobody else.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use parlor_tests::elsewhere::connect_from;
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::raw::Raw;
use parlor_tests::until::SOON;
use parlor_tests::wire::{PASSWORD, Wire};
use parlor_tests::{http, tls};
use serde_json::{Value, json};

/// Version 2: from 192.0.2.1:4711 to 198.51.100.2:443.
const V2: &[u8] =
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x02\x12\x67\x01\xbb";
/// Version 2: the proxy itself.
const LOCAL: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";

/// A server that trusts one other address of this machine.
fn server() -> Parlord {
    Setup::default()
        .arg("--proxies")
        .arg("127.0.0.9, 10.0.0.0/8")
        .start()
}

/// A session over a connection that begins with a header.
fn session(server: &Parlord, from: &str, header: &[u8], opening: &Value) -> Wire {
    let mut socket = connect_from(from, &server.address());
    socket.write_all(header).expect("it takes bytes");
    let (config, _) = tls::config(Some(&server.pin()), &["parlor/1"], tls::ONLY_13);
    Wire::open(
        Raw::over(socket, config).expect("a handshake"),
        opening.clone(),
    )
}

fn own_address(wire: &mut Wire) -> String {
    let sessions = wire.get("sessions", json!({"type": "sessions"}));
    let sessions = sessions["sessions"].as_array().expect("a list").clone();
    let own = sessions.iter().find(|s| s["current"] == true);
    own.expect("one is one's own")["address"]
        .as_str()
        .expect("an address")
        .to_owned()
}

#[test]
fn a_header_from_a_proxy_names_the_client() {
    let server = server();
    let check = |from: &str, header: &[u8], name: &str, expected: &str| {
        let opening = json!({"type": "register", "username": name, "password": PASSWORD});
        let mut wire = session(&server, from, header, &opening);
        assert_eq!(own_address(&mut wire), expected, "{header:?}");
    };
    check("127.0.0.9", b"", "none", "127.0.0.9");
    check("127.0.0.9", LOCAL, "local", "127.0.0.9");
    check("127.0.0.9", V2, "v2", "192.0.2.1");
    check(
        "127.0.0.9",
        b"PROXY TCP4 192.0.2.7 198.51.100.2 4711 443\r\n",
        "v1",
        "192.0.2.7",
    );
    check(
        "127.0.0.9",
        b"PROXY TCP6 2001:db8::7 ::1 4711 443\r\n",
        "v6",
        "2001:db8::7",
    );
    check("127.0.0.9", b"PROXY UNKNOWN\r\n", "unknown", "127.0.0.9");
    check("127.0.0.8", b"", "other", "127.0.0.8");
}

#[test]
fn a_header_from_anybody_else_is_a_wrong_first_byte() {
    let server = server();
    let answer = |from: &str, bytes: &[u8]| {
        let mut socket = connect_from(from, &server.address());
        socket
            .set_read_timeout(Some(SOON))
            .expect("a time is taken");
        socket.write_all(bytes).expect("it takes bytes");
        let mut answer = Vec::new();
        // A reset is an end, too.
        let _ = socket.read_to_end(&mut answer);
        answer
    };
    for header in [V2, LOCAL, b"PROXY TCP4 192.0.2.7 198.51.100.2 4711 443\r\n"] {
        assert_eq!(
            answer("127.0.0.8", header).first(),
            Some(&0x15),
            "an alert: {header:?}"
        );
    }
    // A proxy that writes nonsense is not listened to either, nor is plain HTTP.
    for header in [
        &b"PROXY TCP4 192.0.2.7\r\n\x16\x03"[..],
        b"PROXY TCP4 192.0.2.777 198.51.100.2 4711 443\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff",
        b"\r\n\r\nnonsense nonsense",
    ] {
        assert!(
            !answer("127.0.0.9", header).starts_with(b"HTTP"),
            "{header:?}"
        );
    }
    let post = answer("127.0.0.9", b"POST / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(post.starts_with(b"HTTP/1.1 400"), "{post:?}");
}

#[test]
fn a_ban_means_the_client_and_not_the_proxy() {
    let server = server();
    let mut owner = Wire::owner(&server, "owner");
    owner.get(
        "done",
        json!({"type": "ban", "ip": "192.0.2.1", "reason": "noise"}),
    );
    let mut socket = connect_from("127.0.0.9", &server.address());
    socket.write_all(V2).expect("it takes bytes");
    let (config, _) = tls::config(Some(&server.pin()), &["parlor/1"], tls::ONLY_13);
    let mut banned = Raw::over(socket, config).expect("a handshake");
    banned.welcome();
    banned.say(&json!({"type": "register", "id": 1, "username": "eve", "password": PASSWORD}));
    banned.error("banned");
    let header = b"PROXY TCP4 192.0.2.2 198.51.100.2 4711 443\r\n";
    let opening = json!({"type": "register", "username": "bob", "password": PASSWORD});
    session(&server, "127.0.0.9", header, &opening);
}

/// Signs in by a page's request over a connection from `from`.
fn sign_in(server: &Parlord, from: &str, username: &str, lines: &str) -> String {
    let body = json!({"username": username, "password": PASSWORD}).to_string();
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n{lines}\r\n{body}",
        server.address(),
        body.len()
    );
    let (config, _) = tls::config(Some(&server.pin()), &["http/1.1"], rustls::ALL_VERSIONS);
    let mut raw = Raw::over(connect_from(from, &server.address()), config).expect("a handshake");
    raw.write(request.as_bytes());
    String::from_utf8_lossy(&raw.rest()).into_owned()
}

#[test]
fn headers_count_from_a_proxy_alone() {
    let server = server();
    let mut alice = Wire::register(&server, "alice");
    let mut newest = |from: &str, lines: &str| {
        let answer = sign_in(&server, from, "alice", lines);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let sessions = alice.get("sessions", json!({"type": "sessions"}));
        let last = sessions["sessions"]
            .as_array()
            .and_then(|all| all.last())
            .cloned();
        last.expect("there is one")["address"]
            .as_str()
            .expect("an address")
            .to_owned()
    };
    assert_eq!(newest("127.0.0.8", ""), "127.0.0.8");
    assert_eq!(
        newest("127.0.0.8", "X-Forwarded-For: 192.0.2.1\r\n"),
        "127.0.0.8"
    );
    assert_eq!(
        newest("127.0.0.9", "X-Forwarded-For: 192.0.2.1\r\n"),
        "192.0.2.1"
    );
    let chain = "X-Forwarded-For: 6.6.6.6, 192.0.2.1, 10.1.2.3\r\n";
    assert_eq!(newest("127.0.0.9", chain), "192.0.2.1");
}

#[test]
fn the_origin_is_compared_with_what_the_browser_asked_for() {
    let server = server();
    let _alice = Wire::register(&server, "alice");
    let check = |from: &str, lines: &str, expected: &str| {
        let answer = sign_in(&server, from, "alice", lines);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {expected} ")),
            "{lines}: {answer}"
        );
    };
    let host = "X-Forwarded-Host: chat.example\r\n";
    let origin = "Origin: https://chat.example\r\n";
    check("127.0.0.9", &format!("{host}{origin}"), "200");
    check(
        "127.0.0.9",
        &format!("{host}Origin: https://evil.example\r\n"),
        "403",
    );
    check("127.0.0.8", &format!("{host}{origin}"), "403");
    let own = http::get(&server, "/healthz");
    assert!(own.starts_with("HTTP/1.1 200 "), "{own}");
    drop(TcpStream::connect(server.address()));
}
