//! Several upstreams.

use std::collections::BTreeSet;
use std::sync::Arc;

use parlor_tests::elsewhere::connect_from;
use parlor_tests::raw::Raw;
use parlor_tests::reverse::{Reverse, status};
use parlor_tests::tls;
use parlor_tests::until::{SOON, until};
use parlor_tests::upstream::Upstream;

/// What a client with this address is answered.
fn from(proxy: &Reverse, address: &str) -> String {
    let (config, _) = tls::config(Some(&proxy.pin()), &["http/1.1"], rustls::ALL_VERSIONS);
    let socket = connect_from(address, &proxy.address());
    let mut raw = Raw::over(socket, Arc::clone(&config)).expect("a handshake");
    raw.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let answer = String::from_utf8_lossy(&raw.rest()).into_owned();
    assert_eq!(status(&answer), 200, "{answer}");
    answer.rsplit("\r\n").next().unwrap_or_default().to_owned()
}

#[test]
fn a_client_stays_with_its_upstream() {
    let upstreams = [
        Upstream::saying("a"),
        Upstream::saying("b"),
        Upstream::saying("c"),
    ];
    let urls: Vec<String> = upstreams.iter().map(Upstream::url).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let proxy = Reverse::to(&urls);
    let mut met = BTreeSet::new();
    for n in 1..40 {
        let address = format!("127.0.1.{n}");
        let first = from(&proxy, &address);
        assert_eq!(from(&proxy, &address), first, "{address}");
        met.insert(first);
    }
    assert_eq!(met.len(), 3, "all of them have something to do: {met:?}");
}

#[test]
fn the_clients_of_a_dead_upstream_go_to_one_that_lives() {
    let dead = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", dead.local_addr().expect("it has one"));
    drop(dead);
    let alive = Upstream::saying("alive");
    let proxy = Reverse::to(&[&url, &alive.url()]);
    for n in 1..20 {
        assert_eq!(from(&proxy, &format!("127.0.1.{n}")), "alive");
    }
    until("the news in the log", SOON, || {
        let log = proxy.process.stderr().join("\n");
        log.contains("an upstream is down").then_some(())
    });
}
