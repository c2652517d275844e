//! What a server speaks: two configurations over one identity, of which the
//! client's first words choose, and which are swapped live when the certificate changes.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, NoServerSessionStorage, ProducesTickets, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};

use crate::provider::provider;
use crate::{ALPN_H2, ALPN_HTTP, ALPN_SESSION, CertError, Identity, Pin};

/// Tickets given after a handshake. A client uses each one once: one is for
/// its next session, one for what it does beside it.
const TICKETS: usize = 2;

/// The TLS side of a listening server. Clones share one state, so a swap
/// reaches them all; connections that stand are not touched.
#[derive(Debug, Clone)]
pub struct ServerTls {
    current: Arc<RwLock<Current>>,
}

#[derive(Debug)]
struct Current {
    pin: Pin,
    certified: Arc<CertifiedKey>,
    ticketer: Arc<dyn ProducesTickets>,
    session: Arc<ServerConfig>,
    http: Arc<ServerConfig>,
}

impl ServerTls {
    /// TLS with an identity.
    pub fn new(identity: &Identity) -> Result<Self, CertError> {
        let current = Current::new(identity, new_ticketer()?)?;
        Ok(Self {
            current: Arc::new(RwLock::new(current)),
        })
    }

    /// Shows another identity from the next handshake on. With another key the
    /// tickets of the old one die, so that every client sees the change.
    pub fn replace(&self, identity: &Identity) -> Result<(), CertError> {
        let kept = {
            let current = self.read();
            (current.pin == identity.pin()).then(|| Arc::clone(&current.ticketer))
        };
        let ticketer = match kept {
            Some(ticketer) => ticketer,
            None => new_ticketer()?,
        };
        let next = Current::new(identity, ticketer)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// The pin of the key shown now.
    pub fn pin(&self) -> Pin {
        self.read().pin
    }

    /// The configuration for a client: whoever offers `parlor/1` gets it over TLS
    /// 1.3 or not at all, everybody else gets HTTP over TLS 1.2 or 1.3.
    pub fn config_for(&self, hello: &ClientHello<'_>) -> Arc<ServerConfig> {
        let offers_session = hello
            .alpn()
            .is_some_and(|mut offered| offered.any(|name| name == ALPN_SESSION));
        let current = self.read();
        Arc::clone(if offers_session {
            &current.session
        } else {
            &current.http
        })
    }

    /// The configuration for HTTP alone, over TLS 1.2 or 1.3: for a port that has no session lines.
    pub fn http_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.read().http)
    }

    /// A configuration for QUIC, which takes one for good: it shows whatever
    /// identity is shown at the time. The caller names its protocol.
    ///
    /// # Errors
    ///
    /// [`CertError::Setup`].
    pub fn quic_config(&self) -> Result<ServerConfig, CertError> {
        let ticketer = Arc::clone(&self.read().ticketer);
        let live = Arc::new(Live(Arc::clone(&self.current)));
        let mut config = config(live, &ticketer, &[&TLS13], &[])?;
        // A ticket would outlive the key under which it was given.
        config.send_tls13_tickets = 0;
        Ok(config)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    fn new(identity: &Identity, ticketer: Arc<dyn ProducesTickets>) -> Result<Self, CertError> {
        let certified = identity.certified();
        let always = Arc::new(Always(Arc::clone(&certified)));
        let session = config(always.clone(), &ticketer, &[&TLS13], &[ALPN_SESSION])?;
        let http = config(always, &ticketer, &[&TLS13, &TLS12], &[ALPN_H2, ALPN_HTTP])?;
        Ok(Self {
            pin: identity.pin(),
            certified,
            ticketer,
            session: Arc::new(session),
            http: Arc::new(http),
        })
    }
}

fn new_ticketer() -> Result<Arc<dyn ProducesTickets>, CertError> {
    ring::Ticketer::new().map_err(CertError::setup)
}

fn config(
    resolver: Arc<dyn ResolvesServerCert>,
    ticketer: &Arc<dyn ProducesTickets>,
    versions: &[&'static rustls::SupportedProtocolVersion],
    alpn: &[&[u8]],
) -> Result<ServerConfig, CertError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(versions)
        .map_err(CertError::setup)?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    // Clients list their suites by habit; which one is cheap here, the server knows.
    config.ignore_client_order = true;
    // Tickets keep the state with the client: resuming needs no memory here.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = Arc::clone(ticketer);
    config.send_tls13_tickets = TICKETS;
    Ok(config)
}

/// One certificate for whatever name a client asks for: clients know the
/// server by its key.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// The certificate that is shown at the time of the handshake.
#[derive(Debug)]
struct Live(Arc<RwLock<Current>>);

impl ResolvesServerCert for Live {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current.certified))
    }
}
