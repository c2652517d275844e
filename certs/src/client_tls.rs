//! What a client speaks, and whom it trusts.

use std::io;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{CertificateError, ClientConfig, CommonState};
use rustls_pki_types::ServerName;

use crate::provider::provider;
use crate::verifier::{PinVerifier, SystemVerifier};
use crate::{ALPN_H2, ALPN_HTTP, ALPN_SESSION, Address, CertError, Pin};

/// Whom a client trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Exactly these keys, whatever name, issuer or dates the certificate
    /// shows. An empty list trusts nobody, and still learns the shown pin.
    Pins(Vec<Pin>),
    /// Whoever this system's roots vouch for, by name and date.
    System,
}

/// What a client means to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alpn {
    /// Session lines, over TLS 1.3 only.
    Session,
    /// HTTP/2 or HTTP/1.1.
    Http,
    /// HTTP/1.1 alone, for what is made on it, such as WebSockets.
    Http1,
}

/// Why a server's certificate was refused: what a person must be asked about,
/// or warned of. It travels inside the TLS error; [`refusal`] finds it there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody known to this system vouches for the key.
    #[error("this system does not know the server's key {shown} ({reason})")]
    Unknown {
        /// The pin that the server showed.
        shown: Pin,
        /// What the system's roots had against it.
        reason: String,
    },
    /// The key is not among the pinned ones.
    #[error("the server shows the key {shown}, which is not the expected one")]
    WrongPin {
        /// The pins that would have fitted.
        expected: Vec<Pin>,
        /// The pin that the server showed.
        shown: Pin,
    },
}

impl Refusal {
    /// The pin that the server showed.
    pub fn shown(&self) -> Pin {
        match self {
            Self::Unknown { shown, .. } | Self::WrongPin { shown, .. } => *shown,
        }
    }
}

/// A client's configuration. Keep it over reconnections: the tickets that
/// make resuming cheap are kept in it.
pub fn client_config(trust: Trust, alpn: Alpn) -> Result<Arc<ClientConfig>, CertError> {
    let provider = provider();
    let verifier = verifier(trust)?;
    let versions: &[_] = match alpn {
        Alpn::Session => &[&TLS13],
        Alpn::Http | Alpn::Http1 => &[&TLS13, &TLS12],
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(CertError::setup)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let names: &[&[u8]] = match alpn {
        Alpn::Session => &[ALPN_SESSION],
        Alpn::Http => &[ALPN_H2, ALPN_HTTP],
        Alpn::Http1 => &[ALPN_HTTP],
    };
    config.alpn_protocols = names.iter().map(|name| name.to_vec()).collect();
    Ok(Arc::new(config))
}

/// How a client looks at the certificate that it is shown, for what makes the
/// rest of its configuration itself.
///
/// # Errors
///
/// [`CertError::Setup`], where the system's roots cannot be read.
pub fn verifier(trust: Trust) -> Result<Arc<dyn ServerCertVerifier>, CertError> {
    let provider = provider();
    Ok(match trust {
        Trust::Pins(pins) => Arc::new(PinVerifier::new(pins, &provider)),
        Trust::System => Arc::new(SystemVerifier::new(&provider)?),
    })
}

/// The name that a client asks for in its handshake with an address.
pub fn server_name(address: &Address) -> ServerName<'static> {
    match address.ip() {
        Some(ip) => ServerName::from(ip),
        None => ServerName::try_from(address.host().to_owned())
            .expect("an address holds a valid name or an IP address"),
    }
}

/// The pin that the other side showed in a handshake that is done; resumed
/// ones remember it from the first.
pub fn shown_pin(connection: &CommonState) -> Option<Pin> {
    Pin::of(connection.peer_certificates()?.first()?).ok()
}

/// Why our own verifier refused the server, if that is why a handshake failed.
pub fn refusal(error: &io::Error) -> Option<Refusal> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    let rustls::Error::InvalidCertificate(CertificateError::Other(other)) = inner else {
        return None;
    };
    other.0.downcast_ref::<Refusal>().cloned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_address_has_a_name_to_ask_for(host in "[a-zA-Z0-9._:\\[\\]-]{1,40}") {
            if let Ok(address) = Address::new(&host, 1) {
                let _ = server_name(&address);
                prop_assert_eq!(address.to_string().parse(), Ok(address));
            }
        }
    }
}
