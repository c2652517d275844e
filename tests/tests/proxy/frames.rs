//! HTTP/2 by hand: what a client library would never send.

use std::net::TcpStream;

use parlor_tests::raw::Raw;
use parlor_tests::reverse::Reverse;
use parlor_tests::tls;
use parlor_tests::upstream::Upstream;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("it is short")
        .to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend_from_slice(&[kind, flags]);
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// Fields as HPACK's literals, never indexed (RFC 7541, section 6.2.3).
fn literals(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0x10);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).expect("it is short"));
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

/// How a request was ended: by a reset, or by an answer that begins with these bytes.
#[derive(Debug, PartialEq)]
enum Ended {
    Reset,
    Answered(Vec<u8>),
}

fn send(proxy: &Reverse, fields: &[(&str, &str)], flags: u8) -> Ended {
    let (config, _) = tls::config(Some(&proxy.pin()), &["h2"], tls::ONLY_13);
    let socket = TcpStream::connect(proxy.address()).expect("it accepts");
    let mut raw = Raw::over(socket, config).expect("a handshake");
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(SETTINGS, 0, 0, &[]));
    bytes.extend(frame(HEADERS, END_HEADERS | flags, 1, &literals(fields)));
    raw.write(&bytes);
    loop {
        let head = raw.take(9);
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let payload = raw.take(usize::try_from(length).expect("it fits"));
        match head[3] {
            RST_STREAM | GOAWAY => return Ended::Reset,
            HEADERS => return Ended::Answered(payload),
            _ => {}
        }
    }
}

const GOOD: [(&str, &str); 4] = [
    (":method", "POST"),
    (":scheme", "https"),
    (":authority", "x"),
    (":path", "/"),
];

#[test]
fn what_only_http_1_1_has_is_no_http_2() {
    let upstream = Upstream::saying("no");
    let proxy = Reverse::to(&[&upstream.url()]);
    let check = |further: &[(&str, &str)]| {
        let fields = [&GOOD[..], further].concat();
        let ended = send(&proxy, &fields, END_STREAM);
        // 400 is not in HPACK's static table but for its number 12.
        let bad_request = |payload: &[u8]| payload.first() == Some(&0x8c);
        let refused = match &ended {
            Ended::Reset => true,
            Ended::Answered(payload) => bad_request(payload),
        };
        assert!(refused, "{further:?}: {ended:?}");
    };
    check(&[("connection", "close")]);
    check(&[("connection", "x-private"), ("x-private", "1")]);
    check(&[("transfer-encoding", "chunked")]);
    check(&[("keep-alive", "timeout=5")]);
    check(&[("proxy-connection", "keep-alive")]);
    check(&[("upgrade", "h2c")]);
    check(&[("te", "gzip")]);
    check(&[("X-Upper", "1")]);
    check(&[("x", "a\r\nhost: evil")]);
    check(&[("x\r\ny", "a")]);
    check(&[("x y", "a")]);
    check(&[(":path", "/other")]);
    check(&[(":unknown", "1")]);
    check(&[("host", "evil")]);
    check(&[("content-length", "5")]);
    check(&[("content-length", "0"), ("content-length", "5")]);
    check(&[("content-length", "+0")]);
    let seen = upstream.seen();
    assert!(seen.is_empty(), "these reached the upstream: {seen:?}");
    let ended = send(&proxy, &GOOD, END_STREAM);
    assert!(
        matches!(ended, Ended::Answered(payload) if payload[0] == 0x88),
        "200"
    );
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn a_request_line_is_no_place_for_another() {
    let upstream = Upstream::saying("no");
    let proxy = Reverse::to(&[&upstream.url()]);
    let check = |name: &str, value: &str| {
        let fields = GOOD.map(|(n, v)| if n == name { (n, value) } else { (n, v) });
        send(&proxy, &fields, END_STREAM);
    };
    check(":path", "/ HTTP/1.1\r\nHost: evil\r\n\r\nGET /hidden");
    check(":path", "/a b");
    check(":method", "GET / HTTP/1.1\r\nx:");
    check(":authority", "x\r\ny: z");
    check(":authority", "user@x");
    check(":scheme", "https://x/?");
    let lines: Vec<_> = upstream.seen().into_iter().map(|seen| seen.line).collect();
    let whole = lines.iter().all(|line| line == "POST / HTTP/1.1");
    assert!(whole, "{lines:?}");
}
