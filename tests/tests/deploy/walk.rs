//! What must work through every proxy.

use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parlor_tests::elsewhere::connect_from;
use parlor_tests::raw::Raw;
use parlor_tests::tls;
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

use super::page::{Deployed, NAME};

/// Bytes of the file: more than any proxy holds in memory by default.
const FILE_BYTES: usize = 20 << 20;

/// A browser's connection from an address.
fn browser(deployed: &Deployed, from: &str) -> Raw {
    let (config, _) = tls::config(Some(&deployed.pin), &["http/1.1"], rustls::ALL_VERSIONS);
    Raw::over(connect_from(from, &deployed.address), config).expect("the proxy's certificate")
}

fn ask(deployed: &Deployed, from: &str, request: &str) -> String {
    let mut raw = browser(deployed, from);
    raw.write(request.as_bytes());
    String::from_utf8_lossy(&raw.rest()).into_owned()
}

fn host(deployed: &Deployed) -> String {
    let port = deployed.address.rsplit(':').next().unwrap_or_default();
    format!("{NAME}:{port}")
}

/// The address of the session that was opened last.
fn newest_address(wire: &mut Wire) -> Value {
    let sessions = wire.get("sessions", json!({"type": "sessions"}));
    let all = sessions["sessions"].as_array().expect("a list");
    all.last().expect("one's own is there")["address"].clone()
}

/// Health, a session whose pin holds, the clients' addresses, a WebSocket, and a file.
/// `sessions` is where `parlor/1` goes.
pub(crate) fn walk(deployed: &Deployed, sessions: &str) {
    let host = host(deployed);
    let close = format!("Host: {host}\r\nConnection: close\r\n");
    let healthy = ask(
        deployed,
        "127.0.0.5",
        &format!("GET /healthz HTTP/1.1\r\n{close}\r\n"),
    );
    assert!(healthy.starts_with("HTTP/1.1 200 "), "{healthy}");
    assert!(healthy.contains(r#"{"status":"ok"}"#), "{healthy}");

    let (config, _) = tls::config(Some(&deployed.server.pin()), &["parlor/1"], tls::ONLY_13);
    let socket = connect_from("127.0.0.5", sessions);
    let raw = Raw::over(socket, config).expect("the server's own key");
    let register = json!({"type": "register", "username": "alice", "password": PASSWORD});
    let mut alice = Wire::open(raw, register);
    alice.send("general", "through");
    assert_eq!(newest_address(&mut alice), "127.0.0.5");

    let cookie = sign_in(deployed, &close, &host);
    assert_eq!(
        newest_address(&mut alice),
        "127.0.0.6",
        "a client's own word counts for nothing"
    );
    web_socket(deployed, &host, &cookie);
    file(deployed, &host, &alice.token());
}

/// Uploads a file by tus, and fetches it again.
fn file(deployed: &Deployed, host: &str, token: &str) {
    let bytes: Vec<u8> = (0..FILE_BYTES).map(|n| (n % 251) as u8).collect();
    let encoded = |text: &str| STANDARD.encode(text);
    let head = format!(
        "POST /files HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Tus-Resumable: 1.0.0\r\nUpload-Length: {FILE_BYTES}\r\n\
         Upload-Metadata: filename {},room {}\r\nContent-Type: application/offset+octet-stream\r\n\
         Content-Length: {FILE_BYTES}\r\n\r\n",
        encoded("large.bin"),
        encoded("general"),
    );
    let mut up = browser(deployed, "127.0.0.6");
    up.write(head.as_bytes());
    up.write(&bytes);
    let answer = String::from_utf8_lossy(&up.rest()).into_owned();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let lower = answer.to_ascii_lowercase();
    let at = lower.find("location: ").expect("it has an address") + "location: ".len();
    let location = answer[at..].lines().next().unwrap_or_default().trim();
    let path = &location[location.find("/files/").expect("of a file")..];

    let mut down = browser(deployed, "127.0.0.6");
    let get = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    down.write(get.as_bytes());
    let head = String::from_utf8_lossy(&down.until(b"\r\n\r\n")).into_owned();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(
        down.take(FILE_BYTES) == bytes,
        "the file comes back as it was"
    );
}

/// Signs in by the form, as a browser that lies about its address; gives the cookie.
fn sign_in(deployed: &Deployed, close: &str, host: &str) -> String {
    let form = format!("username=alice&password={PASSWORD}");
    let lies =
        "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-Host: evil.example\r\n";
    let post = format!(
        "POST /login HTTP/1.1\r\n{close}Origin: https://{host}\r\n{lies}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = ask(deployed, "127.0.0.6", &post);
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    let lower = answer.to_ascii_lowercase();
    let at = lower.find("set-cookie: ").expect("a cookie is set") + "set-cookie: ".len();
    answer[at..]
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn web_socket(deployed: &Deployed, host: &str, cookie: &str) {
    let mut raw = browser(deployed, "127.0.0.6");
    raw.write(
        format!(
            "GET /ws HTTP/1.1\r\nHost: {host}\r\nOrigin: https://{host}\r\nCookie: {cookie}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: parlor.1\r\n\r\n"
        )
        .as_bytes(),
    );
    let head = String::from_utf8_lossy(&raw.until(b"\r\n\r\n")).into_owned();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    raw.until(b"{\"type\":\"welcome\"");
    raw.until(b"{\"type\":\"session\"");
}

/// Whether a port speaks to browsers and refuses another's origin.
pub(crate) fn foreign_origins(deployed: &Deployed) {
    let host = host(deployed);
    let form = "username=alice&password=x";
    let post = format!(
        "POST /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nOrigin: https://evil.example\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = ask(deployed, "127.0.0.6", &post);
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    drop(TcpStream::connect(&deployed.address));
}
