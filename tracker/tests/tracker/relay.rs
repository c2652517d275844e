//! Devices at the relay.

use std::time::Duration;

use iroh::endpoint::{Connection, presets};
use iroh::tls::CaTlsConfig;
use iroh::{Endpoint, EndpointAddr, RelayMap, RelayMode, RelayUrl, Watcher as _};
use parlor_certs::{Trust, verifier};
use serde_json::json;

use super::harness::{Device, World, in_seconds};

const ALPN: &[u8] = b"test/1";
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn url(world: &World) -> RelayUrl {
    format!("https://{}", world.address).parse().unwrap()
}

/// An endpoint that has no way but the tracker's relay.
async fn endpoint(world: &World, device: &Device) -> Endpoint {
    let pin = world.identity.pin();
    let trust = std::sync::Arc::new(move |_| {
        verifier(Trust::Pins(vec![pin])).map_err(std::io::Error::other)
    });
    Endpoint::builder(presets::Minimal)
        .secret_key(device.secret.clone())
        .alpns(vec![ALPN.to_vec()])
        .clear_ip_transports()
        .relay_mode(RelayMode::Custom(RelayMap::from_iter([url(world)])))
        .ca_tls_config(CaTlsConfig::custom_server_cert_verifier(trust))
        .bind()
        .await
        .unwrap()
}

/// Enters a device with its card.
async fn enter(world: &World, username: &str, device: &Device, seconds: i64) {
    let card = world.server.vouch(&device.card, in_seconds(seconds));
    let body = device.submission(username, &card);
    let token = world.server.token(username);
    world.done("/submit-info", &token, body).await;
}

/// Whether the list says of each of these users' devices that it is at the relay.
async fn relayed(world: &World) -> Vec<(String, bool)> {
    let token = world.server.token("alice");
    let peers = world.peers(&token, json!({})).await;
    let relayed = peers.iter().map(|peer| {
        let username = peer["username"].as_str().unwrap().to_owned();
        (username, peer.get("relay") == Some(&json!(true)))
    });
    relayed.collect()
}

/// Waits until the relay has so many devices.
async fn wait_for(world: &World, count: usize) {
    let waiting = async {
        while world.handle.counts().relayed != count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

async fn echo(endpoint: Endpoint) {
    while let Some(incoming) = endpoint.accept().await {
        let connection = incoming.await.unwrap();
        let (mut send, mut recv) = connection.accept_bi().await.unwrap();
        let bytes = recv.read_to_end(1 << 20).await.unwrap();
        send.write_all(&bytes).await.unwrap();
        send.finish().unwrap();
        connection.closed().await;
    }
}

async fn say(connection: &Connection, bytes: &[u8]) -> Vec<u8> {
    let (mut send, mut recv) = connection.open_bi().await.unwrap();
    send.write_all(bytes).await.unwrap();
    send.finish().unwrap();
    recv.read_to_end(1 << 20).await.unwrap()
}

#[tokio::test]
async fn two_devices_talk_by_the_relay() {
    let world = World::start().await;
    let (alice, bob) = (Device::of("alice"), Device::of("bob"));
    enter(&world, "alice", &alice, 3_600).await;
    enter(&world, "bob", &bob, 3_600).await;
    let no = |name: &str| (name.to_owned(), false);
    let yes = |name: &str| (name.to_owned(), true);
    assert_eq!(relayed(&world).await, [no("alice"), no("bob")]);

    let bobs = endpoint(&world, &bob).await;
    let echoing = tokio::spawn(echo(bobs.clone()));
    wait_for(&world, 1).await;
    assert_eq!(relayed(&world).await, [no("alice"), yes("bob")]);
    let alices = endpoint(&world, &alice).await;
    let address = EndpointAddr::new(bobs.id()).with_relay_url(url(&world));
    let connecting = alices.connect(address, ALPN);
    let connection = tokio::time::timeout(PATIENCE, connecting).await;
    let connection = connection.unwrap().unwrap();
    let words = vec![7; 300_000];
    assert_eq!(say(&connection, &words).await, words);
    assert_eq!(relayed(&world).await, [yes("alice"), yes("bob")]);

    connection.close(0_u8.into(), b"done");
    alices.close().await;
    wait_for(&world, 1).await;
    assert_eq!(relayed(&world).await, [no("alice"), yes("bob")]);
    bobs.close().await;
    echoing.await.unwrap();
    wait_for(&world, 0).await;
    world.stop().await;
}

/// Waits until an endpoint is told why the relay does not take it.
async fn refusal(endpoint: &Endpoint) -> String {
    let mut status = endpoint.home_relay_status();
    let waiting = async {
        loop {
            let told = status.get();
            let reason = told.iter().find_map(|relay| relay.auth_denied_reason());
            if let Some(reason) = reason {
                return reason.to_owned();
            }
            status.updated().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

#[tokio::test]
async fn who_is_not_entered_is_refused() {
    let world = World::start().await;
    let stranger = Device::of("alice");
    let strangers = endpoint(&world, &stranger).await;
    let reason = refusal(&strangers).await;
    assert!(reason.contains("submit-info"), "{reason}");
    strangers.close().await;

    // An entry without a card opens nothing.
    let body = json!({"username": "alice", "port": 1, "device": stranger.id});
    let token = world.server.token("alice");
    world.done("/submit-info", &token, body).await;
    let strangers = endpoint(&world, &stranger).await;
    refusal(&strangers).await;
    assert_eq!(world.handle.counts().relayed, 0);

    // Once its card is there, it is let in when it tries again.
    enter(&world, "alice", &stranger, 3_600).await;
    wait_for(&world, 1).await;
    strangers.close().await;
    world.stop().await;
}

#[tokio::test]
async fn who_is_ended_leaves_the_relay() {
    let world = World::start().await;
    let (first, second, third) = (
        Device::of("alice"),
        Device::of("alice"),
        Device::of("alice"),
    );
    let mut endpoints = Vec::new();
    for device in [&first, &second, &third] {
        enter(&world, "alice", device, 3_600).await;
        endpoints.push(endpoint(&world, device).await);
    }
    wait_for(&world, 3).await;
    // Told at once.
    world.handle.end_device(&first.id);
    wait_for(&world, 2).await;
    // Found by the sweep.
    world.server.revoked.lock().unwrap().insert(second.id);
    wait_for(&world, 1).await;
    world.server.barred.lock().unwrap().insert("alice".into());
    wait_for(&world, 0).await;
    for endpoint in endpoints {
        endpoint.close().await;
    }
    world.stop().await;
}

#[tokio::test]
async fn a_card_that_is_over_ends_the_relay() {
    let world = World::start().await;
    let device = Device::of("alice");
    enter(&world, "alice", &device, 3).await;
    let alices = endpoint(&world, &device).await;
    wait_for(&world, 1).await;
    wait_for(&world, 0).await;
    refusal(&alices).await;
    alices.close().await;
    world.stop().await;
}

#[tokio::test]
async fn a_stop_ends_the_relay() {
    let world = World::start().await;
    let device = Device::of("alice");
    enter(&world, "alice", &device, 3_600).await;
    let alices = endpoint(&world, &device).await;
    wait_for(&world, 1).await;
    let began = std::time::Instant::now();
    world.stop().await;
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    alices.close().await;
}
