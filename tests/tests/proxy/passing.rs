//! `parlor/1` through the proxy: undecrypted, so that the pin holds, and with the
//! client's address.

use std::net::TcpStream;

use parlor_tests::elsewhere::connect_from;
use parlor_tests::parlord::Setup;
use parlor_tests::raw::Raw;
use parlor_tests::reverse::{Reverse, status};
use parlor_tests::tls;
use parlor_tests::until::{SOON, until};
use parlor_tests::upstream::Upstream;
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

fn session(address: &str, from: &str, pin: &str, opening: Value) -> Wire {
    let (config, _) = tls::config(Some(pin), &["parlor/1"], tls::ONLY_13);
    let raw = Raw::over(connect_from(from, address), config).expect("the pin holds");
    Wire::open(raw, opening)
}

fn register(name: &str) -> Value {
    json!({"type": "register", "username": name, "password": PASSWORD})
}

/// The address that the server has of the connection's own session.
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
fn the_pin_holds_and_the_address_is_the_clients() {
    let server = Setup::default().arg("--proxies").arg("127.0.0.1").start();
    let proxy = Reverse::to(&[&server.link()]);
    assert_ne!(proxy.pin(), server.pin());
    let link = proxy.link();
    assert!(
        link.contains(&proxy.address()) && link.contains(&server.pin()),
        "{link}"
    );

    let mut alice = session(
        &proxy.address(),
        "127.0.0.5",
        &server.pin(),
        register("alice"),
    );
    let mut bob = session(
        &proxy.address(),
        "127.0.0.6",
        &server.pin(),
        register("bob"),
    );
    assert_eq!(own_address(&mut alice), "127.0.0.5");
    assert_eq!(own_address(&mut bob), "127.0.0.6");
    let long = "x".repeat(16_000);
    for n in 0..50 {
        alice.send("general", &format!("{n} {long}"));
        let text = bob.event("message")["text"].clone();
        assert!(
            text.as_str()
                .is_some_and(|text| text.starts_with(&format!("{n} ")))
        );
    }
    // A browser on the same port sees the proxy's certificate, and the server's pages.
    let healthy = proxy.get("/healthz", "");
    assert!(healthy.ends_with(r#"{"status":"ok"}"#), "{healthy}");
}

#[test]
fn a_server_that_does_not_know_the_proxy_is_reached_all_the_same() {
    let server = Setup::default().start();
    let proxy = Reverse::to(&[&server.link()]);
    let mut alice = session(
        &proxy.address(),
        "127.0.0.5",
        &server.pin(),
        register("alice"),
    );
    assert_eq!(own_address(&mut alice), "127.0.0.1");
    let log = proxy.process.stderr().join("\n");
    assert!(log.contains("takes no PROXY protocol from here"), "{log}");
}

#[test]
fn the_proxys_own_key_is_no_servers() {
    let server = Setup::default().start();
    let proxy = Reverse::to(&[&server.link()]);
    let (config, _) = tls::config(Some(&proxy.pin()), &["parlor/1"], tls::ONLY_13);
    let socket = TcpStream::connect(proxy.address()).expect("it accepts");
    assert!(
        Raw::over(socket, config).is_err(),
        "the session's key is the server's"
    );
}

#[test]
fn who_offers_both_gets_a_session() {
    let server = Setup::default().start();
    let proxy = Reverse::to(&[&server.link()]);
    let offered = ["h2", "http/1.1", "parlor/1"];
    let (config, _) = tls::config(Some(&server.pin()), &offered, tls::ONLY_13);
    let socket = TcpStream::connect(proxy.address()).expect("it accepts");
    let mut raw = Raw::over(socket, config).expect("a handshake");
    raw.welcome();
}

#[test]
fn a_hello_may_come_byte_by_byte() {
    let server = Setup::default().start();
    let proxy = Reverse::to(&[&server.link()]);
    let (config, _) = tls::config(Some(&server.pin()), &["parlor/1"], tls::ONLY_13);
    let name = rustls::pki_types::ServerName::try_from("x.invalid").expect("a name");
    let mut tls = rustls::ClientConnection::new(config, name).expect("a connection");
    let mut hello = Vec::new();
    tls.write_tls(&mut hello).expect("a Vec has room");
    let mut socket = TcpStream::connect(proxy.address()).expect("it accepts");
    socket.set_nodelay(true).expect("it is taken");
    for byte in hello {
        std::io::Write::write_all(&mut socket, &[byte]).expect("it takes bytes");
    }
    while tls.is_handshaking() {
        tls.complete_io(&mut socket)
            .expect("the handshake succeeds");
    }
    assert_eq!(tls.alpn_protocol(), Some(&b"parlor/1"[..]));
}

#[test]
fn where_no_upstream_speaks_tls_there_are_no_sessions() {
    let upstream = Upstream::saying("hello");
    let proxy = Reverse::to(&[&upstream.url()]);
    let (config, _) = tls::config(None, &["parlor/1"], tls::ONLY_13);
    let socket = TcpStream::connect(proxy.address()).expect("it accepts");
    let refused = Raw::over(socket, config).expect_err("it is refused");
    assert!(
        refused.to_string().contains("NoApplicationProtocol"),
        "{refused}"
    );
    assert_eq!(status(&proxy.get("/", "")), 200);
}

#[test]
fn a_killed_server_ends_its_sessions_and_takes_them_again() {
    let mut server = Setup::default().arg("--proxies").arg("127.0.0.1").start();
    let proxy = Reverse::to(&[&server.link()]);
    let mut alice = session(
        &proxy.address(),
        "127.0.0.5",
        &server.pin(),
        register("alice"),
    );
    let (token, seq) = (alice.token(), alice.send("general", "kept"));
    server.kill();
    alice.ended();
    let (config, _) = tls::config(Some(&server.pin()), &["parlor/1"], tls::ONLY_13);
    let socket = TcpStream::connect(proxy.address()).expect("the proxy still accepts");
    assert!(Raw::over(socket, config).is_err(), "nobody is behind it");
    server.start_again();
    until("the proxy having seen it", SOON, || {
        let log = proxy.process.stderr().join("\n");
        log.contains("an upstream is back").then_some(())
    });
    let resume = json!({"type": "resume", "token": token, "rooms": {"general": seq - 1}});
    let mut again = session(&proxy.address(), "127.0.0.5", &server.pin(), resume);
    assert_eq!(again.event("message")["text"], "kept");
    assert_eq!(own_address(&mut again), "127.0.0.5");
}
