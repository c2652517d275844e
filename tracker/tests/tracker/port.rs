//! The port itself: plain text, the versions of HTTP, bounds on connections, the stop.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use parlor_certs::{ALPN_H2, Alpn};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::harness::World;

async fn said_to(world: &World, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn plain_text_is_told_to_use_https() {
    let world = World::start().await;
    let answer = said_to(&world, b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("Use https"), "{answer}");
    assert_eq!(said_to(&world, b"hello\n").await[0], 0x15);
    world.stop().await;
}

#[tokio::test]
async fn http2_carries_calls_and_no_relay() {
    let world = World::start().await;
    let stream = world.connect(Alpn::Http).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(ALPN_H2));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let driving = tokio::spawn(connection);
    for (path, status) in [("/info", 200), ("/relay", 426), ("/nothing", 404)] {
        let uri = format!("https://tracker{path}");
        let request = Request::get(uri).body(Full::<Bytes>::default()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        response.into_body().collect().await.unwrap();
    }
    drop(sender);
    driving.await.unwrap().unwrap();
    world.stop().await;
}

#[tokio::test]
async fn session_lines_are_not_spoken_here() {
    let world = World::start().await;
    let trust = parlor_certs::Trust::Pins(vec![world.identity.pin()]);
    let config = parlor_certs::client_config(trust, Alpn::Session).unwrap();
    let stream = TcpStream::connect(world.address).await.unwrap();
    let name = rustls_pki_types::ServerName::from(world.address.ip());
    let error = tokio_rustls::TlsConnector::from(config)
        .connect(name, stream)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("NoApplicationProtocol"),
        "{error}"
    );
    world.stop().await;
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let world = World::start_with(|settings| {
        settings.rates.connections_per_address = 2;
    })
    .await;
    let first = world.connect(Alpn::Http1).await;
    let _second = world.connect(Alpn::Http1).await;
    assert_eq!(said_to(&world, b"").await, b"");
    let mut third = TcpStream::connect(world.address).await.unwrap();
    // Closed at once, without a word.
    let read = third.read(&mut [0]).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    drop(first);
    world.stop().await;
}

#[tokio::test]
async fn idle_connections_have_a_deadline() {
    for alpn in [Alpn::Http1, Alpn::Http] {
        let world = World::start().await;
        let mut stream = world.connect(alpn).await;
        if alpn == Alpn::Http1 {
            stream
                .write_all(b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n")
                .await
                .unwrap();
            stream.read_exact(&mut [0]).await.unwrap();
        } else {
            let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
            stream.write_all(preface).await.unwrap();
            stream.read_exact(&mut [0]).await.unwrap();
        }
        tokio::time::pause();
        let began = tokio::time::Instant::now();
        let mut rest = Vec::new();
        // A peer that is silent on purpose need not be told goodbye.
        let _ = stream.read_to_end(&mut rest).await;
        assert!(began.elapsed().as_secs() <= 120, "{:?}", began.elapsed());
        tokio::time::resume();
        world.stop().await;
    }
}

#[tokio::test]
async fn a_stop_ends_idle_connections_and_frees_the_port() {
    let world = World::start().await;
    let address = world.address;
    let mut stream = world.connect(Alpn::Http1).await;
    stream
        .write_all(b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    stream.read_exact(&mut [0]).await.unwrap();
    let began = std::time::Instant::now();
    world.stop().await;
    assert!(began.elapsed().as_secs() < 4, "{:?}", began.elapsed());
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    TcpStream::connect(address).await.unwrap_err();
    parlor_tracker::Sockets::bind(address).unwrap();
}

#[tokio::test]
async fn the_way_to_the_relay_has_a_deadline() {
    let world = World::start().await;
    let mut stream = world.connect(Alpn::Http1).await;
    let request =
        b"GET /relay HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: iroh-relay-v1, iroh-relay-v2\r\nParlor-Crossing: 0\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 101");
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let mut rest = Vec::new();
    // It is cut off, without a word.
    let _ = stream.read_to_end(&mut rest).await;
    let seconds = began.elapsed().as_secs();
    assert!((9..=20).contains(&seconds), "{seconds}");
    tokio::time::resume();
    world.stop().await;
}

#[tokio::test]
async fn who_wants_no_relay_of_it_is_told() {
    let world = World::start().await;
    let answered = world.call(hyper::Method::GET, "/relay", None, "").await;
    assert_eq!(answered.status, 400);
    assert_eq!(answered.body["status"], "failed");
    world.stop().await;

    let world = World::start_with(|settings| settings.relay.enabled = false).await;
    for path in ["/relay", "/ping"] {
        let answered = world.call(hyper::Method::GET, path, None, "").await;
        assert_eq!(answered.status, 404, "{path}");
    }
    let info = world.call(hyper::Method::GET, "/info", None, "").await;
    assert_eq!(info.body["udp_port"], serde_json::Value::Null);
    world.stop().await;
}

#[tokio::test]
async fn a_tracker_that_is_dropped_ends() {
    let mut world = World::start().await;
    let address = world.address;
    let mut stream = world.connect(Alpn::Http1).await;
    world.drop_running();
    let mut rest = Vec::new();
    // It is cut off, without a word.
    let _ = stream.read_to_end(&mut rest).await;
    assert_eq!(rest, b"");
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
