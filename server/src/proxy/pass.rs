//! `parlor/1`, handed through undecrypted: the client sees the server's key, so that
//! its pin holds, and this proxy reads nothing of what is said.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::forward::Forward;
use super::tunnel::tunnel;
use super::upstream::{Upstream, header};

/// A fatal `no_application_protocol` (RFC 7301, section 3.2) as a record of its own:
/// no upstream speaks TLS.
const NO_PROTOCOL: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 120];
/// A fatal `internal_error` (RFC 8446, section 6.2): no upstream can be reached.
const UNREACHABLE: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 80];

/// Hands a connection through whose first bytes were read.
pub(super) async fn pass(
    forward: &Forward,
    mut client: TcpStream,
    peer: SocketAddr,
    hello: Bytes,
    idle: std::time::Duration,
) -> io::Result<()> {
    if !forward.upstreams.all.iter().any(|u| u.speaks_tls()) {
        client.write_all(&NO_PROTOCOL).await?;
        return client.shutdown().await;
    }
    let Some((upstream, mut server)) = dial(forward, peer).await else {
        client.write_all(&UNREACHABLE).await?;
        return client.shutdown().await;
    };
    let _busy = upstream.busy();
    if upstream.takes_header() {
        let here = client.local_addr()?;
        let here = SocketAddr::new(here.ip().to_canonical(), here.port());
        server.write_all(&header(Some((peer, here)))).await?;
    }
    server.write_all(&hello).await?;
    drop(hello);
    tunnel(client.into_split(), server.into_split(), idle).await;
    Ok(())
}

async fn dial(forward: &Forward, peer: SocketAddr) -> Option<(Arc<Upstream>, TcpStream)> {
    let mut tried: Vec<Arc<Upstream>> = Vec::new();
    loop {
        let fits = |u: &Arc<Upstream>| u.speaks_tls() && !tried.iter().any(|t| Arc::ptr_eq(t, u));
        let upstream = forward.upstreams.choose(peer.ip(), fits)?;
        match upstream.dial().await {
            Ok(stream) => return Some((upstream, stream)),
            Err(error) => {
                if upstream.set_lives(false) {
                    tracing::warn!(upstream = upstream.name(), %error, "an upstream is down");
                }
                tried.push(upstream);
            }
        }
    }
}
