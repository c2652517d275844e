//! Large bodies: they go by piece by piece, and memory stays flat.

use std::io::Write as _;

use parlor_tests::reverse::{Reverse, status};
use parlor_tests::upstream::{Upstream, take_body, write};

/// Bytes of a body.
const LARGE: u64 = 1 << 30;
/// Bytes of a piece.
const PIECE: usize = 256 << 10;
/// Memory that the proxy may take while a body goes by.
const MEMORY: u64 = 60 << 20;

#[test]
fn a_gibibyte_goes_up_and_down_in_flat_memory() {
    let upstream = Upstream::answering("127.0.0.1:0", |seen, stream| {
        if seen.line.starts_with("PUT") {
            let length = take_body(seen, stream).to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                length.len()
            );
            return write(stream, (head + &length).as_bytes());
        }
        write(
            stream,
            format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n").as_bytes(),
        );
        let piece = vec![b'x'; PIECE];
        (0..LARGE / PIECE as u64).all(|_| stream.get_mut().write_all(&piece).is_ok())
    });
    let proxy = Reverse::to(&[&upstream.url()]);
    let before = proxy.process.usage().resident;

    let mut up = proxy.dial();
    up.write(
        format!(
            "PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {LARGE}\r\n\r\n"
        )
        .as_bytes(),
    );
    let piece = vec![b'x'; PIECE];
    for _ in 0..LARGE / PIECE as u64 {
        up.write(&piece);
    }
    let answer = String::from_utf8_lossy(&up.rest()).into_owned();
    assert_eq!(status(&answer), 200, "{answer}");
    assert!(answer.ends_with(&LARGE.to_string()), "{answer}");
    let took = proxy.process.usage().resident.saturating_sub(before);
    assert!(took < MEMORY, "an upload took {} MiB", took >> 20);

    let mut down = proxy.dial();
    down.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let head = String::from_utf8_lossy(&down.until(b"\r\n\r\n")).into_owned();
    assert!(head.contains(&format!("content-length: {LARGE}")), "{head}");
    assert_eq!(down.drain(), LARGE);
    let took = proxy.process.usage().resident.saturating_sub(before);
    assert!(took < MEMORY, "a download took {} MiB", took >> 20);
}

#[test]
fn who_stops_reading_holds_the_upstream_back_and_not_the_proxys_memory() {
    let upstream = Upstream::answering("127.0.0.1:0", |_, stream| {
        write(
            stream,
            b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n",
        );
        let piece = vec![b'x'; PIECE];
        (0..LARGE / PIECE as u64).all(|_| stream.get_mut().write_all(&piece).is_ok())
    });
    let proxy = Reverse::with(&[&upstream.url()], "[times]\nidle = 2\n", None);
    let before = proxy.process.usage().resident;
    let mut slow: Vec<_> = (0..20)
        .map(|_| {
            let mut raw = proxy.dial();
            raw.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            raw.until(b"\r\n\r\n");
            raw
        })
        .collect();
    assert_eq!(
        status(&proxy.get("/healthz", "")),
        204,
        "others are served meanwhile"
    );
    let took = proxy.process.usage().resident.saturating_sub(before);
    assert!(took < 2 * MEMORY, "{} MiB", took >> 20);
    // Who reads nothing for `idle` is cut off.
    let stalled = slow.pop().expect("there are twenty");
    parlor_tests::until::until("the cut", parlor_tests::until::SOON, || {
        let mut peeked = [0; 1];
        let pending = stalled.socket().peek(&mut peeked);
        let sockets = std::fs::read_dir(format!("/proc/{}/fd", proxy.process.id()));
        let open = sockets.map(Iterator::count).unwrap_or(usize::MAX);
        (pending.is_err() || open < 30).then_some(())
    });
}
