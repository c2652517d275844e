//! Upstreams that fail, and come back.

use std::io::Write as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use parlor_tests::reverse::{Reverse, status};
use parlor_tests::until::{SOON, until};
use parlor_tests::upstream::{Upstream, take_body, write};

/// An address that nobody listens on.
fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it has one").to_string()
}

#[test]
fn a_dead_upstream_is_a_502_and_back_by_itself() {
    let address = free();
    let proxy = Reverse::to(&[&format!("http://{address}")]);
    let page = proxy.get("/", "Accept: text/html\r\n");
    assert_eq!(status(&page), 502, "{page}");
    assert!(page.contains("content-type: text/html"), "{page}");
    assert!(
        page.contains("content-security-policy: default-src 'none'"),
        "{page}"
    );
    assert!(
        page.contains("<h1>The server cannot be reached.</h1>"),
        "{page}"
    );
    let json = proxy.get("/", "Accept: application/json\r\n");
    assert_eq!(status(&json), 502, "{json}");
    assert!(json.contains(r#""status":"failed""#), "{json}");

    let back = Upstream::answering(&address, |_, stream| {
        write(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    });
    let answer = proxy.get("/", "");
    assert_eq!(
        status(&answer),
        200,
        "the only upstream is tried in any case: {answer}"
    );
    assert_eq!(back.seen().len(), 1);
}

#[test]
fn a_hanging_upstream_is_a_504() {
    let hanging = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", hanging.local_addr().expect("it has one"));
    let proxy = Reverse::with(&[&url], "[times]\nanswer = 2\n", None);
    let start = Instant::now();
    let page = proxy.get("/", "");
    assert_eq!(status(&page), 504, "{page}");
    assert!(
        start.elapsed() >= Duration::from_secs(2),
        "not before its time"
    );
    assert!(page.contains("takes too long"), "{page}");
}

#[test]
fn the_time_for_an_answer_begins_after_the_upload() {
    let upstream = Upstream::answering("127.0.0.1:0", |seen, stream| {
        take_body(seen, stream);
        write(stream, b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    });
    let proxy = Reverse::with(&[&upstream.url()], "[times]\nanswer = 2\nidle = 10\n", None);
    let mut raw = proxy.dial();
    raw.write(b"PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\n");
    let start = Instant::now();
    for piece in [b"ab", b"cd", b"ef"] {
        // The pieces lie further apart together than an answer may take.
        let next = start.elapsed() + Duration::from_millis(1200);
        until("the time of the next piece", SOON, || {
            (start.elapsed() >= next).then_some(())
        });
        raw.write(piece);
    }
    let answer = String::from_utf8_lossy(&raw.rest()).into_owned();
    assert_eq!(status(&answer), 201, "{answer}");
}

#[test]
fn an_answer_that_breaks_off_is_no_whole_answer() {
    let upstream = Upstream::answering("127.0.0.1:0", |seen, stream| {
        let head: &[u8] = if seen.line.contains("/sized") {
            b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf"
        } else if seen.line.contains("/chunks") {
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
        } else if seen.line.contains("/head") {
            b"HTTP/1.1 200 OK\r\nContent-"
        } else {
            return write(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        };
        write(stream, head);
        // As a process that is killed does with what it has not read.
        let _ = rustix::net::sockopt::set_socket_linger(stream.get_ref(), Some(Duration::ZERO));
        false
    });
    let proxy = Reverse::to(&[&upstream.url()]);
    // What of it came before the break may be shown, or nothing; the client sees that it is no whole.
    let sized = proxy.get("/sized", "");
    let announced = sized.contains("content-length: 100000\r\n") && sized.len() < 1000;
    assert!(
        sized.is_empty() || announced || status(&sized) == 502,
        "{sized}"
    );
    let chunks = proxy.get("/chunks", "");
    assert!(
        !chunks.ends_with("0\r\n\r\n"),
        "no end that looks like one: {chunks}"
    );
    assert_eq!(status(&proxy.get("/head", "")), 502);
    assert_eq!(status(&proxy.get("/fine", "")), 200, "others are served");
}

#[test]
fn a_stop_in_mid_answer_ends_it_in_time() {
    let upstream = Upstream::answering("127.0.0.1:0", |_, stream| {
        write(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        // It says no more, and reads until the proxy gives up.
        let _ = std::io::copy(stream, &mut std::io::sink());
        false
    });
    let proxy = Reverse::with(&[&upstream.url()], "[times]\nidle = 2\n", None);
    let start = Instant::now();
    let answer = proxy.get("/", "");
    assert!(
        answer.ends_with("half") || status(&answer) == 504,
        "{answer}"
    );
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_kept_connection_that_died_costs_nobody_an_error() {
    let upstream = Upstream::answering("127.0.0.1:0", |_, stream| {
        write(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        // It closes without saying so before.
        let _ = stream.get_mut().flush();
        false
    });
    let proxy = Reverse::to(&[&upstream.url()]);
    for n in 0..30 {
        assert_eq!(status(&proxy.get("/", "")), 200, "request {n}");
    }
}

#[test]
fn what_has_an_effect_is_not_sent_twice() {
    let upstream = Upstream::answering("127.0.0.1:0", |seen, stream| {
        take_body(seen, stream);
        false
    });
    let other = Upstream::answering("127.0.0.1:0", |seen, stream| {
        take_body(seen, stream);
        false
    });
    let proxy = Reverse::to(&[&upstream.url(), &other.url()]);
    let post = "POST /pay HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok";
    let answer = proxy.ask(post.replace("Host", "Connection: close\r\nHost").as_bytes());
    assert_eq!(status(&answer), 502, "{answer}");
    assert_eq!(upstream.seen().len() + other.seen().len(), 1);
}
