//! TLS by pin, made here so that the tests judge `certs` from outside.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    SupportedProtocolVersion,
};
use sha2::{Digest, Sha256};

/// TLS 1.3 and nothing else.
pub static ONLY_13: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];
/// TLS 1.2 and nothing else.
pub static ONLY_12: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];

/// Takes any certificate and remembers the pin it showed, or takes one pin alone.
#[derive(Debug)]
pub struct Pinned {
    wanted: Option<String>,
    seen: Mutex<Option<String>>,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    /// The pin of the certificate seen last.
    pub fn seen(&self) -> Option<String> {
        self.seen.lock().expect("no holder panics").clone()
    }
}

/// The pin of a leaf certificate: the SHA-256 of its SubjectPublicKeyInfo,
/// base64url without padding.
///
/// # Errors
///
/// When the bytes are no certificate.
pub fn pin_of(leaf: &CertificateDer<'_>) -> Result<String, Error> {
    let spki = ParsedCertificate::try_from(leaf)?.subject_public_key_info();
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(spki.as_ref())))
}

/// A client's configuration: the pin wanted (any, if none), the ALPN names
/// offered, the TLS versions offered.
///
/// # Panics
///
/// Never with versions of TLS that rustls has.
pub fn config(
    pin: Option<&str>,
    alpn: &[&str],
    versions: &[&'static SupportedProtocolVersion],
) -> (Arc<ClientConfig>, Arc<Pinned>) {
    config_of(
        rustls::crypto::ring::default_provider(),
        pin,
        alpn,
        versions,
    )
}

/// A client that speaks TLS 1.3 with AES-256-GCM and nothing else, so that every
/// server that is measured enciphers alike.
pub fn one_suite(pin: Option<&str>, alpn: &[&str]) -> Arc<ClientConfig> {
    let provider = CryptoProvider {
        cipher_suites: vec![rustls::crypto::ring::cipher_suite::TLS13_AES_256_GCM_SHA384],
        ..rustls::crypto::ring::default_provider()
    };
    config_of(provider, pin, alpn, ONLY_13).0
}

fn config_of(
    provider: CryptoProvider,
    pin: Option<&str>,
    alpn: &[&str],
    versions: &[&'static SupportedProtocolVersion],
) -> (Arc<ClientConfig>, Arc<Pinned>) {
    let provider = Arc::new(provider);
    let verifier = Arc::new(Pinned {
        wanted: pin.map(ToOwned::to_owned),
        seen: Mutex::new(None),
        provider: Arc::clone(&provider),
    });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("the versions are supported")
        .dangerous()
        .with_custom_certificate_verifier(Arc::<Pinned>::clone(&verifier))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    (Arc::new(config), verifier)
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let pin = pin_of(leaf)?;
        *self.seen.lock().expect("no holder panics") = Some(pin.clone());
        match &self.wanted {
            Some(wanted) if *wanted != pin => Err(Error::InvalidCertificate(
                CertificateError::ApplicationVerificationFailure,
            )),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            leaf,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            leaf,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
