//! Requests that mean harm: each is refused with its status, and nothing of it
//! reaches the upstream.

use std::time::{Duration, Instant};

use parlor_tests::reverse::{Reverse, status};
use parlor_tests::until::SOON;
use parlor_tests::upstream::Upstream;

fn post(fields: &str, body: &str) -> String {
    format!("POST /a HTTP/1.1\r\nHost: x\r\n{fields}\r\n{body}")
}

/// Two lengths, codings and chunks that one of two readers knows, and their statuses.
fn bodies() -> Vec<(String, u16)> {
    let hidden = "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n";
    vec![
        // Two lengths: the one reader goes by the first, the other by the second.
        (
            post(&format!("Content-Length: 5\r\n{chunked}"), hidden),
            400,
        ),
        (
            post(&format!("{chunked}Content-Length: 5\r\n"), hidden),
            400,
        ),
        (
            post("Content-Length: 0\r\nContent-Length: 44\r\n", hidden),
            400,
        ),
        (
            post("Content-Length: 44\r\nContent-Length: 44\r\n", hidden),
            400,
        ),
        (post("Content-Length: 0, 44\r\n", hidden), 400),
        (post("Content-Length: +0\r\n", hidden), 400),
        (post("Content-Length: 0x2c\r\n", hidden), 400),
        (post("Content-Length: \r\n", hidden), 400),
        (post("Content-Length : 44\r\n", hidden), 400),
        (post("Content-Length: 99999999999999999999\r\n", ""), 400),
        // Codings that only one of two readers knows.
        (post("Transfer-Encoding: identity\r\n", hidden), 400),
        (post("Transfer-Encoding: xchunked\r\n", hidden), 400),
        (post("Transfer-Encoding: gzip, chunked\r\n", hidden), 400),
        (
            post("Transfer-Encoding: chunked, identity\r\n", hidden),
            400,
        ),
        (post(&chunked.repeat(2), hidden), 400),
        (post("Transfer-Encoding : chunked\r\n", hidden), 400),
        (post("Transfer-Encoding:\r\n chunked\r\n", hidden), 400),
        (post("Transfer-Encoding:\u{b}chunked\r\n", hidden), 400),
        (post("X: a\nTransfer-Encoding: chunked\r\n", hidden), 400),
        (post("X: a\rTransfer-Encoding: chunked\r\n", hidden), 400),
        (
            "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned() + hidden,
            400,
        ),
        // Chunks that are none.
        (post(chunked, "x\r\n"), 400),
        (post(chunked, "0x5\r\nhello\r\n0\r\n\r\n"), 400),
        (post(chunked, "5 \r\nhello\r\n0\r\n\r\n"), 400),
        (post(chunked, "5\nhello\r\n0\r\n\r\n"), 400),
        (post(chunked, "5\r\nhello!\r\n0\r\n\r\n"), 400),
        (post(chunked, "FFFFFFFFFFFFFFFF\r\nhello"), 400),
    ]
}

/// Lines, methods and sizes that are refused, and their statuses.
fn heads() -> Vec<(String, u16)> {
    let get = "GET /a HTTP/1.1\r\nHost: x\r\n";
    let mut table = vec![
        // Lines that continue, end early, or are none.
        (format!("{get}X: a\r\n b\r\n\r\n"), 400),
        (format!("{get}X: a\r\n\tb\r\n\r\n"), 400),
        (format!("{get}X y: a\r\n\r\n"), 400),
        (format!("{get}no colon\r\n\r\n"), 400),
        (format!("{get}X: a\0b\r\n\r\n"), 400),
        ("GET /a HTTP/1.1\nHost: x\n\n".into(), 400),
        ("GET /a HTTP/1.1\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1\r\nHost: x/y\r\n\r\n".into(), 400),
        ("GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a\r\n\r\n".into(), 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 400),
        ("\u{1}\u{2} nonsense\r\n\r\n".into(), 400),
        // Tunnels, and what shows secrets.
        ("CONNECT y:443 HTTP/1.1\r\nHost: y:443\r\n\r\n".into(), 405),
        ("TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 405),
        // Heads and bodies that are too large.
        (format!("{get}X: {}\r\n\r\n", "x".repeat(20_000)), 431),
        (format!("{get}{}\r\n", "X: y\r\n".repeat(150)), 431),
        (post("Content-Length: 1000001\r\n", ""), 413),
    ];
    for line in ["/", "*", "http://x/"] {
        table.push((
            format!("GET {line} HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n"),
            400,
        ));
    }
    table
}

#[test]
fn nothing_that_two_readers_understand_differently_goes_on() {
    let upstream = Upstream::saying("no");
    let proxy = Reverse::with(&[&upstream.url()], "[limits]\nbody_bytes = 1000000\n", None);
    for (request, expected) in bodies().into_iter().chain(heads()) {
        let answer = proxy.ask(request.as_bytes());
        assert_eq!(status(&answer), expected, "{request:?} got {answer}");
        let answers = answer.matches("HTTP/1.1 ").count();
        assert_eq!(answers, 1, "{request:?} got {answer}");
    }
    let seen = upstream.seen();
    assert!(seen.is_empty(), "these reached the upstream: {seen:?}");
}

#[test]
fn what_was_refused_takes_nothing_of_its_neighbours_with_it() {
    let upstream = Upstream::saying("fine");
    let proxy = Reverse::to(&[&upstream.url()]);
    let good = "GET /good HTTP/1.1\r\nHost: x\r\n\r\n";
    let bad = post(
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
    );
    let answer = proxy.ask(format!("{good}{good}{bad}{good}").as_bytes());
    assert_eq!(answer.matches("HTTP/1.1 200 ").count(), 2, "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 400 ").count(), 1, "{answer}");
    let lines: Vec<_> = upstream.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(lines, ["GET /good HTTP/1.1"; 2]);
}

#[test]
fn a_chunk_that_goes_bad_later_is_never_a_whole_request() {
    let upstream = Upstream::answering("127.0.0.1:0", |seen, stream| {
        parlor_tests::upstream::take_body(seen, stream);
        // Were the body taken for whole, this would be its answer.
        parlor_tests::upstream::write(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        false
    });
    let proxy = Reverse::to(&[&upstream.url()]);
    let mut raw = proxy.dial();
    raw.write(post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n").as_bytes());
    parlor_tests::until::until("the head at the upstream", SOON, || {
        (upstream.seen().len() == 1).then_some(())
    });
    raw.write(b"zzz\r\n");
    let answer = String::from_utf8_lossy(&raw.rest()).into_owned();
    assert_eq!(status(&answer), 400, "{answer}");
}

#[test]
fn a_body_without_a_length_has_the_same_bound() {
    let upstream = Upstream::saying("taken");
    let proxy = Reverse::with(&[&upstream.url()], "[limits]\nbody_bytes = 1000\n", None);
    let chunk = format!("1f4\r\n{}\r\n", "x".repeat(500));
    let fits = post(
        "Transfer-Encoding: chunked\r\nConnection: close\r\n",
        &chunk.repeat(2),
    );
    assert_eq!(
        status(&proxy.ask((fits.clone() + "0\r\n\r\n").as_bytes())),
        200
    );
    let answer = proxy.ask((fits + "1\r\nx\r\n0\r\n\r\n").as_bytes());
    assert_eq!(status(&answer), 413, "{answer}");
}

#[test]
fn who_trickles_is_not_waited_for() {
    let upstream = Upstream::saying("no");
    let proxy = Reverse::with(&[&upstream.url()], "[times]\nidle = 2\n", None);
    let start = Instant::now();
    let mut head = proxy.dial();
    head.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-");
    let mut body = proxy.dial();
    body.write(post("Content-Length: 10\r\n", "half").as_bytes());
    let mut handshake = std::net::TcpStream::connect(proxy.address()).expect("it accepts");
    std::io::Write::write_all(&mut handshake, &[0x16, 3, 1, 2, 0, 1]).expect("it takes bytes");

    let answer = String::from_utf8_lossy(&body.rest()).into_owned();
    assert_eq!(status(&answer), 408, "{answer}");
    assert!(start.elapsed() < Duration::from_secs(8), "a body's bound");
    assert_eq!(head.rest(), b"", "a head without its end has no answer");
    handshake
        .set_read_timeout(Some(SOON))
        .expect("a time is taken");
    let mut rest = Vec::new();
    // Whether it is closed or reset, it is over.
    let _ = std::io::Read::read_to_end(&mut handshake, &mut rest);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "10 s for heads and handshakes"
    );
}

#[test]
fn hundreds_who_trickle_keep_nobody_out() {
    let upstream = Upstream::saying("hello");
    let proxy = Reverse::to(&[&upstream.url()]);
    let mute: Vec<_> = (0..300)
        .map(|n| {
            let mut raw = proxy.dial();
            if n % 2 == 0 {
                raw.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1");
            }
            raw
        })
        .collect();
    let start = Instant::now();
    assert_eq!(status(&proxy.get("/", "")), 200);
    assert!(start.elapsed() < Duration::from_secs(5));
    let resident = proxy.process.usage().resident;
    assert!(resident < 200 << 20, "{} MiB", resident >> 20);
    drop(mute);
}

#[test]
fn plain_text_is_told_to_use_https() {
    let upstream = Upstream::saying("no");
    let proxy = Reverse::to(&[&upstream.url()]);
    let plain = |bytes: &[u8]| {
        let mut socket = std::net::TcpStream::connect(proxy.address()).expect("it accepts");
        socket
            .set_read_timeout(Some(SOON))
            .expect("a time is taken");
        std::io::Write::write_all(&mut socket, bytes).expect("it takes bytes");
        let mut answer = Vec::new();
        std::io::Read::read_to_end(&mut socket, &mut answer).expect("it closes");
        answer
    };
    let answer = String::from_utf8_lossy(&plain(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")).into_owned();
    assert_eq!(status(&answer), 400);
    assert!(answer.contains("https"), "{answer}");
    assert_eq!(plain(b"SSH-2.0-x\r\n")[0], 0x15, "an alert");
    assert_eq!(
        plain(b"PROXY TCP4 6.6.6.6 1.1.1.1 1 1\r\n")[0],
        0x15,
        "an alert"
    );
}
