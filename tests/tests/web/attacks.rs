//! Attacks on the pages, byte for byte, from outside: each with the status
//! that it must get.

use std::time::{Duration, Instant};

use parlor_tests::http::ask;
use parlor_tests::parlord::Parlord;
use parlor_tests::until::SOON;
use parlor_tests::wire::{PASSWORD, Wire};

/// One HTTP/1.1 request and its whole answer.
fn request(server: &Parlord, first: &str, headers: &[&str], body: &str) -> String {
    let mut text = format!("{first} HTTP/1.1\r\nHost: {}\r\n", server.address());
    for header in headers {
        text.push_str(&format!("{header}\r\n"));
    }
    if !body.is_empty() {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    ask(
        server,
        &["http/1.1"],
        &format!("{text}Connection: close\r\n\r\n{body}"),
    )
}

fn status(answer: &str) -> u16 {
    let code = answer.split(' ').nth(1);
    code.and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no status in {answer:?}"))
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

fn form(username: &str, password: &str, more: &str) -> String {
    format!(
        "username={username}&password={}{more}",
        password.replace(' ', "+")
    )
}

/// Signs in by the form; the cookie as a header.
fn cookie(server: &Parlord, username: &str) -> String {
    let answer = request(
        server,
        "POST /login",
        &[FORM],
        &form(username, PASSWORD, ""),
    );
    assert_eq!(status(&answer), 303, "{answer}");
    let set = header(&answer, "set-cookie").expect("a cookie is set");
    format!("Cookie: {}", set.split(';').next().expect("a first part"))
}

fn server_with_alice() -> Parlord {
    let server = Parlord::open();
    Wire::register(&server, "alice");
    server
}

#[test]
fn forged_and_fixed_cookies_open_nothing() {
    let server = server_with_alice();
    let good = cookie(&server, "alice");
    let token = good.split_once('=').expect("a value").1.to_owned();
    let check = |cookie: &str, expected: u16| {
        for path in ["/", "/index.html", "/chat.html", "/files.html"] {
            let answer = request(&server, &format!("GET {path}"), &[cookie], "");
            assert_eq!(status(&answer), expected, "{path} with {cookie}");
        }
    };
    check(&good, 200);
    check("Cookie: __Host-session=", 401);
    check(
        "Cookie: __Host-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        401,
    );
    check(&format!("Cookie: session={token}"), 401);
    check(&format!("Cookie: __host-session={token}"), 401);
    check(&good[..good.len() - 1], 401);
    check(&format!("{good}x"), 401);
    check(&format!("{good}%00"), 401);
    check(
        &format!("Cookie: __Host-session={}", "A".repeat(4_000)),
        401,
    );
    check(
        &format!("Cookie: a=b; {}; c=d", &good["Cookie: ".len()..]),
        200,
    );

    // A cookie that somebody planted before the sign-in is not the session after it.
    let planted = "Cookie: __Host-session=planted-by-somebody-else-0123456789";
    let body = form("alice", PASSWORD, "");
    let answer = request(&server, "POST /login", &[FORM, planted], &body);
    assert_eq!(status(&answer), 303, "{answer}");
    let set = header(&answer, "set-cookie").expect("a cookie is set");
    assert!(!set.contains("planted"), "{set}");
    check(planted, 401);
    assert_ne!(cookie(&server, "alice"), cookie(&server, "alice"));

    let own = format!("Origin: https://{}", server.address());
    let answer = request(&server, "POST /logout", &[&good, &own], "");
    assert_eq!(status(&answer), 303, "{answer}");
    assert_eq!(header(&answer, "location"), Some("/login.html"));
    check(&good, 401);
}

#[test]
fn other_sites_cannot_act_in_ones_name() {
    let server = server_with_alice();
    let good = cookie(&server, "alice");
    let at = server.address();
    let foreign = [
        "Origin: https://evil.example".to_owned(),
        "Origin: null".to_owned(),
        format!("Origin: http://{at}"),
        format!("Origin: https://{at}.evil.example"),
        "Origin: https://127.0.0.1:1".to_owned(),
        "Sec-Fetch-Site: cross-site".to_owned(),
        "Sec-Fetch-Site: same-site".to_owned(),
    ];
    let body = form("alice", PASSWORD, "");
    for origin in &foreign {
        let check = |first: &str, headers: &[&str], body: &str| {
            let mut all = headers.to_vec();
            all.push(origin);
            let answer = request(&server, first, &all, body);
            assert_eq!(status(&answer), 403, "{first} with {origin}");
            assert!(header(&answer, "set-cookie").is_none(), "{answer}");
        };
        check("POST /login", &[FORM], &body);
        check("POST /logout", &[&good], "");
        check(
            "POST /files",
            &[&good, "Tus-Resumable: 1.0.0", "Upload-Length: 1"],
            "",
        );
        check(
            "PATCH /files/AAAAAAAAAAAAAAAAAAAAAA",
            &[&good, "Tus-Resumable: 1.0.0"],
            "",
        );
        check(
            "DELETE /files/AAAAAAAAAAAAAAAAAAAAAA",
            &[&good, "Tus-Resumable: 1.0.0"],
            "",
        );
    }
    // The session is still there, and one's own site may act.
    assert_eq!(
        status(&request(&server, "GET /index.html", &[&good], "")),
        200
    );
    let own = format!("Origin: https://{at}");
    let same = ["Sec-Fetch-Site: same-origin", FORM, &own];
    assert_eq!(status(&request(&server, "POST /login", &same, &body)), 303);
}

#[test]
fn only_the_own_pages_open_a_websocket() {
    let server = server_with_alice();
    let good = cookie(&server, "alice");
    let at = server.address();
    let upgrade = [
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: parlor.1",
    ];
    let check = |headers: &[&str], expected: u16| {
        let mut text = format!("GET /ws HTTP/1.1\r\nHost: {at}\r\nConnection: Upgrade\r\n");
        for header in upgrade.iter().chain(headers) {
            text.push_str(&format!("{header}\r\n"));
        }
        let mut raw = dial(&server);
        raw.write(format!("{text}\r\n").as_bytes());
        let answer = first_bytes(&mut raw);
        assert_eq!(status(&answer), expected, "{headers:?}");
    };
    let own = format!("Origin: https://{at}");
    check(&[&good, &own], 101);
    check(&[&own], 401);
    check(&["Cookie: __Host-session=nobody", &own], 401);
    for origin in [
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        "https://127.0.0.1:1",
    ] {
        check(&[&good, &format!("Origin: {origin}")], 403);
    }
}

/// A connection for HTTP that is not yet used.
fn dial(server: &Parlord) -> parlor_tests::raw::Raw {
    let (config, _) =
        parlor_tests::tls::config(Some(&server.pin()), &["http/1.1"], rustls::ALL_VERSIONS);
    let socket = std::net::TcpStream::connect(server.address()).expect("it accepts connections");
    parlor_tests::raw::Raw::over(socket, config).expect("the handshake succeeds")
}

/// What comes first of an answer whose connection stays open.
fn first_bytes(raw: &mut parlor_tests::raw::Raw) -> String {
    let mut bytes = Vec::new();
    raw.read_some(&mut bytes, SOON).expect("an answer comes");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn tricks_with_paths_lead_nowhere() {
    let server = server_with_alice();
    let good = cookie(&server, "alice");
    let paths = [
        "/../parlord.json",
        "/assets/../../parlor.db",
        "/assets/..%2f..%2fparlor.db",
        "/assets/%2e%2e/%2e%2e/parlor.db",
        "/assets/x/..\\..\\parlor.db",
        "/files/../../parlor.db",
        "/files/..%2f..%2fparlor.db",
        "/files/%00",
        "/files/AAAAAAAAAAAAAAAAAAAAAA%2f..",
        "/files/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "/assets/0000000000000000/js/chat.js",
        "/assets/",
        "/pages/login.html",
        "/chat.html/",
        "/CHAT.HTML",
        "//chat.html",
        "/%63hat.html/x",
        "/.git/config",
        "/parlord.toml",
    ];
    for path in paths {
        let answer = request(&server, &format!("GET {path}"), &[&good], "");
        assert!(matches!(status(&answer), 400 | 404), "{path}: {answer}");
        assert!(!answer.contains("SQLite format"), "{path}");
    }
}

#[test]
fn no_sign_in_leads_to_another_site() {
    let server = server_with_alice();
    let hostile = [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
        "/\t/evil.example",
        "%2f%2fevil.example",
        "/chat.html\r\nSet-Cookie: a=b",
        "@evil.example",
        ".evil.example",
        "/..//evil.example",
    ];
    let encode = |text: &str| -> String { text.bytes().map(|b| format!("%{b:02X}")).collect() };
    for next in hostile {
        let more = format!("&next={}", encode(next));
        let body = form("alice", PASSWORD, &more);
        let by_query = format!("POST /login?next={}", encode(next));
        for (first, body) in [("POST /login", &body), (by_query.as_str(), &body)] {
            let answer = request(&server, first, &[FORM], body);
            assert_eq!(status(&answer), 303, "{next:?}: {answer}");
            let to = header(&answer, "location").expect("it leads somewhere");
            let same_site = to.starts_with('/')
                && !to.starts_with("//")
                && !to.starts_with("/\\")
                && !to.contains("evil");
            assert!(same_site, "{next:?} leads to {to:?}");
            assert!(!answer.contains("a=b"), "{answer}");
        }
    }
    let answer = request(
        &server,
        "POST /login",
        &[FORM],
        &form("alice", PASSWORD, "&next=%2Fchat.html"),
    );
    assert_eq!(header(&answer, "location"), Some("/chat.html"));
}

#[test]
fn what_is_too_large_or_broken_is_refused() {
    let server = server_with_alice();
    let long = "x".repeat(20 * 1024);
    let check = |request: &str, expected: &[u16]| {
        let answer = ask(&server, &["http/1.1"], request);
        let got = status(&answer);
        assert!(
            expected.contains(&got),
            "{got}: {}",
            &request[..request.len().min(120)]
        );
    };
    let host = format!("Host: {}\r\nConnection: close", server.address());
    check(
        &format!("GET /login.html HTTP/1.1\r\n{host}\r\nX: {long}\r\n\r\n"),
        &[431],
    );
    check(
        &format!("GET /{long} HTTP/1.1\r\n{host}\r\n\r\n"),
        &[414, 431],
    );
    let many = "X: y\r\n".repeat(500);
    check(
        &format!("GET /login.html HTTP/1.1\r\n{host}\r\n{many}\r\n"),
        &[431],
    );
    let body = format!("username=alice&password={}", "x".repeat(300 * 1024));
    check(
        &format!(
            "POST /login HTTP/1.1\r\n{host}\r\n{FORM}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
        &[413],
    );
    check(
        &format!(
            "POST /login HTTP/1.1\r\n{host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"
        ),
        &[400],
    );
    check(
        &format!("GET /login.html HTTP/1.1\r\n{host}\r\n X: folded\r\n\r\n"),
        &[400],
    );
    check(
        &format!("GET /login.html HTTP/9.9\r\n{host}\r\n\r\n"),
        &[400, 505],
    );
    check(
        &format!("BREW /login.html HTTP/1.1\r\n{host}\r\n\r\n"),
        &[405],
    );
    check(
        &format!(
            "POST /login HTTP/1.1\r\n{host}\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx"
        ),
        &[400, 415],
    );
    check(
        &format!(
            "POST /login HTTP/1.1\r\n{host}\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{{"
        ),
        &[400],
    );
}

#[test]
fn a_head_that_trickles_is_cut_off_and_others_are_served() {
    let server = server_with_alice();
    let began = Instant::now();
    let mut slow: Vec<_> = (0..50)
        .map(|_| {
            let mut raw = dial(&server);
            raw.write(b"GET /login.html HTTP/1.1\r\nHost: x\r\nX-Slow: ");
            raw
        })
        .collect();
    let answer = request(&server, "GET /login.html", &[], "");
    assert_eq!(status(&answer), 200, "somebody else is served meanwhile");
    for raw in &mut slow {
        let rest = String::from_utf8_lossy(&raw.rest()).into_owned();
        assert!(rest.is_empty() || status(&rest) == 408, "{rest}");
    }
    assert!(
        began.elapsed() < Duration::from_secs(25),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn every_page_carries_its_policy() {
    let server = server_with_alice();
    let good = cookie(&server, "alice");
    for (path, expected) in [
        ("/login.html", 200),
        ("/join?invite=x", 200),
        ("/index.html", 200),
        ("/chat.html", 200),
        ("/files.html", 200),
        ("/nowhere", 404),
    ] {
        let answer = request(
            &server,
            &format!("GET {path}"),
            &[&good, "Accept: text/html"],
            "",
        );
        assert_eq!(status(&answer), expected, "{path}");
        let policy = header(&answer, "content-security-policy").expect("a policy");
        // Whole directives: no source beside these, inline code and `eval` among them.
        let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
        ] {
            assert!(directives.contains(&part), "{part} in {policy}");
        }
        let of_code = directives.iter().filter(|part| {
            let name = part.split(' ').next().unwrap_or_default();
            name.starts_with("script-src") || name.starts_with("style-src")
        });
        assert_eq!(of_code.count(), 2, "{policy}");
        assert_eq!(
            header(&answer, "x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert!(header(&answer, "referrer-policy").is_some(), "{path}");
        let hsts = header(&answer, "strict-transport-security").expect("HSTS");
        assert!(hsts.starts_with("max-age="), "{hsts}");
        let private = matches!(path, "/index.html" | "/chat.html" | "/files.html");
        if private {
            let cache = header(&answer, "cache-control").expect("Cache-Control");
            assert!(cache.contains("no-store"), "{path}: {cache}");
        }
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        for elsewhere in ["src=\"http", "href=\"http", "//cdn", "<style", "style=\""] {
            assert!(!body.contains(elsewhere), "{elsewhere} in {path}");
        }
    }
}

#[test]
fn programs_are_answered_in_json() {
    let server = server_with_alice();
    let json = request(&server, "GET /nowhere", &["Accept: application/json"], "");
    assert_eq!(status(&json), 404);
    assert!(json.contains(r#""status":"failed""#), "{json}");
    let wrong = request(
        &server,
        "POST /login",
        &["Content-Type: application/json"],
        r#"{"username":"alice","password":"wrong"}"#,
    );
    assert_eq!(status(&wrong), 401);
    let body = wrong.split_once("\r\n\r\n").expect("a body").1;
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        body,
        serde_json::json!({"status": "failed", "message": "Invalid credentials"})
    );
    let right = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    let right = request(
        &server,
        "POST /login",
        &["Content-Type: application/json"],
        &right,
    );
    assert_eq!(status(&right), 200, "{right}");
    assert!(
        header(&right, "set-cookie").is_none() && right.contains(r#""token":""#),
        "{right}"
    );
}
