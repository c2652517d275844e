//! The QUIC server that tells peers their public addresses, without which
//! no two of them get through their routers.

use std::io;
use std::net::SocketAddr;

use iroh_relay::server::{QuicConfig, Server, ServerConfig};
use parlor_certs::ServerTls;

use crate::tracker::StartError;

/// The server; dropping it ends it.
pub(crate) struct Discovery(Server);

impl std::fmt::Debug for Discovery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = self.0.quic_addr();
        f.debug_struct("Discovery")
            .field("address", &address)
            .finish_non_exhaustive()
    }
}

/// Answers at the UDP port of an address.
pub(crate) async fn discovery(
    address: SocketAddr,
    tls: &ServerTls,
) -> Result<Discovery, StartError> {
    let mut quic = QuicConfig::new(address);
    quic.server_config = Some(tls.quic_config()?);
    let mut config = ServerConfig::default();
    config.quic = Some(quic);
    match Server::spawn(config).await {
        Ok(server) => Ok(Discovery(server)),
        Err(error) => Err(StartError::Udp {
            address,
            source: io::Error::other(error.to_string()),
        }),
    }
}

impl Discovery {
    /// Ends it.
    pub(crate) async fn shutdown(self) {
        if let Err(error) = self.0.shutdown().await {
            tracing::debug!(%error, "address discovery ended badly");
        }
    }
}
