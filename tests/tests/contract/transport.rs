//! Section 1: one port, TLS, ALPN, pin and link.

use std::io::{Read, Write};
use std::net::TcpStream;

use parlor_tests::parlord::Parlord;
use parlor_tests::raw::{Heard, Raw};
use parlor_tests::until::SOON;
use parlor_tests::wire::Wire;
use parlor_tests::{http, tls};
use rustls::ProtocolVersion;

/// Sends bytes without TLS and gives all that comes back.
fn plain(server: &Parlord, bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(server.address()).expect("it accepts");
    socket
        .set_read_timeout(Some(SOON))
        .expect("a time is taken");
    socket.write_all(bytes).expect("it takes bytes");
    let mut answer = Vec::new();
    let end = socket.read_to_end(&mut answer);
    let reset = end.as_ref().err().map(std::io::Error::kind);
    assert!(
        end.is_ok() || reset == Some(std::io::ErrorKind::ConnectionReset),
        "the server must close: {end:?}"
    );
    answer
}

#[test]
fn the_pin_is_the_hash_of_the_key_and_the_link_carries_it() {
    let server = Parlord::open();
    let (config, seen) = tls::config(None, &["parlor/1"], tls::ONLY_13);
    let socket = TcpStream::connect(server.address()).expect("it accepts");
    Raw::over(socket, config).expect("a handshake");
    let pin = seen.seen().expect("a certificate was shown");
    assert_eq!(pin.len(), 43);
    assert_eq!(server.pin(), pin);
    let link = server.link();
    assert!(link.starts_with("parlor://"), "{link}");
    assert!(link.contains(&format!("pin={pin}")), "{link}");
    assert!(link.contains(&format!(":{}/?", server.port())), "{link}");
    assert!(
        !link.contains("invite="),
        "the link to give away holds no code: {link}"
    );
}

#[test]
fn alpn_decides_what_follows() {
    let server = Parlord::open();
    let agreed = |alpn: &[&str], versions| {
        let (config, _) = tls::config(Some(&server.pin()), alpn, versions);
        let socket = TcpStream::connect(server.address()).expect("it accepts");
        Raw::over(socket, config).map(|raw| {
            let alpn = raw
                .tls()
                .alpn_protocol()
                .map(|name| String::from_utf8_lossy(name).into_owned());
            (alpn, raw.tls().protocol_version().expect("it is agreed"))
        })
    };
    let check = |alpn: &[&str], versions, expected: Option<&str>, version| {
        let (name, agreed_version) = agreed(alpn, versions).expect("a handshake");
        assert_eq!(
            (name.as_deref(), agreed_version),
            (expected, version),
            "{alpn:?}"
        );
    };
    let all = rustls::ALL_VERSIONS;
    check(
        &["parlor/1"],
        all,
        Some("parlor/1"),
        ProtocolVersion::TLSv1_3,
    );
    check(
        &["h2", "http/1.1"],
        all,
        Some("h2"),
        ProtocolVersion::TLSv1_3,
    );
    check(
        &["http/1.1"],
        all,
        Some("http/1.1"),
        ProtocolVersion::TLSv1_3,
    );
    check(
        &["http/1.1"],
        tls::ONLY_12,
        Some("http/1.1"),
        ProtocolVersion::TLSv1_2,
    );
    check(&[], tls::ONLY_12, None, ProtocolVersion::TLSv1_2);
    check(&[], all, None, ProtocolVersion::TLSv1_3);
    assert!(
        agreed(&["irc"], all).is_err(),
        "an ALPN that nobody speaks here is refused"
    );
}

#[test]
fn session_lines_want_tls_1_3() {
    let server = Parlord::open();
    let (config, _) = tls::config(Some(&server.pin()), &["parlor/1"], tls::ONLY_12);
    let socket = TcpStream::connect(server.address()).expect("it accepts");
    if let Ok(mut raw) = Raw::over(socket, config) {
        assert_eq!(
            raw.hear(SOON),
            Heard::Closed,
            "no session line goes over TLS 1.2"
        );
    }
}

#[test]
fn plain_text_gets_an_alert_and_a_close() {
    let server = Parlord::open();
    let mut witness = Wire::register(&server, "witness");
    let wrong: [&[u8]; 4] = [
        b"{\"type\":\"ping\"}\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"\x00\x00\x00\x00\x00\x00\x00\x00",
        b"\x16\x03\x01\xff\xff\xff\xff\xff\xff",
    ];
    for bytes in wrong {
        let answer = plain(&server, bytes);
        assert!(
            answer.starts_with(&[0x15, 0x03]),
            "an alert record was expected after {bytes:?}: {answer:?}"
        );
    }
    assert_eq!(witness.heard(), Vec::<serde_json::Value>::new());
}

#[test]
fn plain_http_is_told_to_use_https() {
    let server = Parlord::open();
    for method in ["GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE"] {
        let request = format!("{method} / HTTP/1.1\r\nHost: x\r\n\r\n");
        let answer = String::from_utf8_lossy(&plain(&server, request.as_bytes())).into_owned();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{method}: {answer}");
        assert!(
            answer.to_lowercase().contains("https"),
            "{method}: {answer}"
        );
    }
}

#[test]
fn health_is_told_over_https() {
    let server = Parlord::open();
    let healthy = http::get(&server, "/healthz");
    assert!(healthy.starts_with("HTTP/1.1 200 "), "{healthy}");
    assert!(healthy.ends_with(r#"{"status":"ok"}"#), "{healthy}");
    let lost = http::get(&server, "/nowhere");
    assert!(lost.starts_with("HTTP/1.1 404 "), "{lost}");
    let request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let no_alpn = http::ask(&server, &[], request);
    assert!(no_alpn.starts_with("HTTP/1.1 200 "), "{no_alpn}");
    let garbage = http::ask(&server, &["http/1.1"], "\u{1}\u{2} nonsense\r\n\r\n");
    assert!(garbage.starts_with("HTTP/1.1 400 "), "{garbage}");
}

#[test]
fn the_key_outlives_a_restart() {
    let mut server = Parlord::open();
    let pin = server.pin();
    server.kill();
    server.start_again();
    assert_eq!(server.pin(), pin);
}
