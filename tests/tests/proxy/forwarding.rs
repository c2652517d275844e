//! What goes on to the upstream, and what comes back.

use parlor_tests::reverse::{Reverse, status};
use parlor_tests::upstream::{Upstream, take_body, write};

#[test]
fn the_client_is_named_and_names_itself_in_vain() {
    let upstream = Upstream::saying("hello");
    let proxy = Reverse::to(&[&upstream.url()]);
    let lines = "X-Forwarded-For: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n\
        X-Forwarded-Proto: gopher\r\nX-Forwarded-Host: evil.example\r\nX-Real-IP: 6.6.6.6\r\n\
        Connection: X-Private, Host\r\nX-Private: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n\
        Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nProxy-Connection: x\r\nX-Kept: 1\r\n";
    let answer = proxy.get("/path?query=1", lines);
    assert_eq!(status(&answer), 200, "{answer}");
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
    let seen = &upstream.seen()[0];
    assert_eq!(seen.line, "GET /path?query=1 HTTP/1.1");
    let mut headers = seen.headers.clone();
    headers.sort();
    assert_eq!(
        headers,
        [
            "forwarded: for=127.0.0.1;host=\"chat.example\";proto=https",
            "host: chat.example",
            "via: 1.1 parlord",
            "x-forwarded-for: 127.0.0.1",
            "x-forwarded-host: chat.example",
            "x-forwarded-proto: https",
            "x-kept: 1",
        ]
    );
}

#[test]
fn answers_come_back_as_they_are() {
    let upstream = Upstream::answering("127.0.0.1:0", |seen, stream| {
        take_body(seen, stream);
        let answer: &[u8] = match seen.line.split(' ').nth(1) {
            Some("/cookies") => b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok",
            Some("/teapot") => b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\nX-A: b\r\n\r\n",
            Some("/nothing") => b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
            Some("/head") => b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
            Some("/chunks") => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            _ => b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
        };
        let until_close = answer.ends_with(b"end");
        write(stream, answer) && !until_close
    });
    let proxy = Reverse::to(&[&upstream.url()]);
    let check = |method: &str, path: &str, expected: u16, holds: &[&str], ends: &str| {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = proxy.ask(request.as_bytes());
        assert_eq!(status(&answer), expected, "{answer}");
        for held in holds {
            assert!(answer.contains(held), "{path}: {answer}");
        }
        assert!(answer.ends_with(ends), "{path}: {answer}");
        assert!(!answer.contains("x-hop"), "{path}: {answer}");
    };
    check(
        "GET",
        "/cookies",
        200,
        &["set-cookie: a=1\r\n", "set-cookie: b=2\r\n"],
        "\r\n\r\nok",
    );
    check("GET", "/teapot", 418, &["x-a: b\r\n"], "\r\n\r\n");
    check("GET", "/nothing", 304, &["etag: \"x\"\r\n"], "\r\n\r\n");
    check(
        "HEAD",
        "/head",
        200,
        &["content-length: 1000\r\n"],
        "\r\n\r\n",
    );
    check("GET", "/chunks", 200, &["abc"], "0\r\n\r\n");
    check("GET", "/close", 200, &["until the end"], "");
    check("DELETE", "/teapot", 418, &[], "\r\n\r\n");
}

#[test]
fn connections_are_kept_on_both_sides() {
    let upstream = Upstream::saying("hello");
    let proxy = Reverse::to(&[&upstream.url()]);
    let one = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = proxy.ask(format!("{}{last}", one.repeat(20)).as_bytes());
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 21, "{answer}");
    assert_eq!(upstream.seen().len(), 21);
}

#[test]
fn who_waits_for_a_100_gets_it() {
    let upstream = Upstream::saying("taken");
    let proxy = Reverse::to(&[&upstream.url()]);
    let mut raw = proxy.dial();
    raw.write(
        b"PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    );
    let head = raw.until(b"\r\n\r\n");
    assert!(head.starts_with(b"HTTP/1.1 100 "), "{head:?}");
    raw.write(b"hello");
    let answer = String::from_utf8_lossy(&raw.rest()).into_owned();
    assert_eq!(status(&answer), 200, "{answer}");
    assert_eq!(upstream.seen()[0].header("expect"), None);
}

#[test]
fn a_websocket_goes_through_and_nothing_else_does() {
    let upstream = Upstream::answering("127.0.0.1:0", |seen, stream| {
        if seen.header("upgrade").is_none() {
            return write(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain");
        }
        let agreed = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst";
        write(stream, agreed.as_bytes());
        let mut byte = [0; 1];
        while std::io::Read::read_exact(stream, &mut byte).is_ok() {
            write(stream, &[byte[0].to_ascii_uppercase()]);
        }
        false
    });
    let proxy = Reverse::to(&[&upstream.url()]);
    let mut raw = proxy.dial();
    raw.write(
        b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
          Sec-WebSocket-Key: x\r\n\r\n",
    );
    let head = String::from_utf8_lossy(&raw.until(b"\r\n\r\n")).into_owned();
    assert_eq!(status(&head), 101, "{head}");
    assert_eq!(raw.until(b"first"), b"first");
    // What would be no request at all is bytes like any others now.
    raw.write(b"\0 get / http/1.1\r\n\r\n!");
    assert_eq!(raw.until(b"!"), b"\0 GET / HTTP/1.1\r\n\r\n!");
    drop(raw);
    let answer = proxy.get("/ws", "Connection: Upgrade\r\nUpgrade: h2c\r\n");
    assert!(answer.ends_with("plain"), "{answer}");
}
