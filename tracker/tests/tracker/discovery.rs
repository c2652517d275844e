//! The UDP port tells a peer its address, under the tracker's own key.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::StreamExt as _;
use iroh_relay::quic::QuicClient;
use parlor_certs::{Alpn, Identity, Pin, Trust, client_config};

use super::harness::World;

async fn observed(world: &World, pin: Pin) -> Result<(SocketAddr, SocketAddr), String> {
    let endpoint = noq::Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let own = endpoint.local_addr().unwrap();
    let config = client_config(Trust::Pins(vec![pin]), Alpn::Session).unwrap();
    let client = QuicClient::new(endpoint, Arc::unwrap_or_clone(config));
    let connection = client
        .create_conn(world.address, "tracker")
        .await
        .map_err(|error| format!("{error:?}"))?;
    let seen = connection.observed_external_addr().next().await.unwrap();
    Ok((own, seen))
}

#[tokio::test]
async fn a_peer_learns_its_address() {
    let world = World::start().await;
    let (own, seen) = observed(&world, world.identity.pin()).await.unwrap();
    assert_eq!(own, seen);
    let dir = tempfile::tempdir().unwrap();
    let other = Identity::own(dir.path(), &[]).unwrap();
    let error = observed(&world, other.pin()).await.unwrap_err();
    assert!(error.contains("WrongPin"), "{error}");
    // A key that is shown from now on is shown here too.
    world.tls.replace(&other).unwrap();
    let (own, seen) = observed(&world, other.pin()).await.unwrap();
    assert_eq!(own, seen);
    world.stop().await;
}
