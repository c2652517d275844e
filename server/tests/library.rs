//! Servers inside a process that has other things to do: as the app hosts them.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::{Duration, Instant};

use parlor_certs::{Alpn, Link, Trust, client_config, server_name};
use parlord::config::Config;
use parlord::server::{Phase, Server};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

fn config(data: &Path) -> Config {
    Config {
        data: data.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        ..Config::default()
    }
}

async fn connect(link: &Link) -> BufReader<TlsStream<TcpStream>> {
    let config = client_config(Trust::Pins(link.pins.clone()), Alpn::Session).unwrap();
    let address = &link.address;
    let tcp = TcpStream::connect((address.host(), address.port()))
        .await
        .unwrap();
    let connected = TlsConnector::from(config)
        .connect(server_name(address), tcp)
        .await;
    BufReader::new(connected.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn several_servers_run_side_by_side() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Server::start(config(one.path())).await.unwrap();
    let second = Server::start(config(two.path())).await.unwrap();
    assert_ne!(first.pin(), second.pin());
    assert_ne!(first.local_addr(), second.local_addr());
    assert_eq!(first.data(), one.path());
    assert!(first.owner_link().unwrap().invite.is_some());
    first.shutdown().await;

    let mut line = String::new();
    let mut session = connect(&second.link()).await;
    session.read_line(&mut line).await.unwrap();
    assert!(line.contains("welcome"), "{line}");
    assert_eq!(second.online(), 1);
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_goes_through_its_phases_in_order_and_tells_the_clients() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(config(dir.path())).await.unwrap();
    let mut phases = server.phases();
    let mut session = connect(&server.link()).await;
    let mut line = String::new();
    session.read_line(&mut line).await.unwrap();
    let stopping = tokio::spawn(server.shutdown());

    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if session.read_line(&mut line).await.unwrap() == 0 {
            break;
        }
        lines.push(line);
    }
    assert!(
        lines.last().unwrap().contains(r#""type":"bye""#),
        "{lines:?}"
    );
    drop(session);
    stopping.await.unwrap();
    for expected in Phase::ALL {
        assert_eq!(phases.recv().await.unwrap(), expected);
    }
    assert!(!dir.path().join("parlord.json").exists());

    // The folder is free, and the first start was the first.
    let again = Server::start(config(dir.path())).await.unwrap();
    assert_eq!(again.owner_link(), None);
    again.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_do_not_let_go_do_not_hold_up_a_stop() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(config(dir.path())).await.unwrap();
    let session = connect(&server.link()).await;
    let silent = TcpStream::connect(server.local_addr()).await.unwrap();
    let began = Instant::now();
    server.shutdown().await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    drop((session, silent));
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_server_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(config(dir.path())).await.unwrap();
    let address = server.local_addr();
    drop(server);
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!dir.path().join("parlord.json").exists());
}
