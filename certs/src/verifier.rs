//! How a client looks at the certificate that a server shows.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::{CertError, NamedPins, Pin, Refusal};

fn refuse(refusal: Refusal) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refusal))))
}

fn pin_of(leaf: &CertificateDer<'_>) -> Result<Pin, Error> {
    Pin::of(leaf).map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))
}

/// Accepts exactly the pinned keys. The server still proves in the handshake
/// that it holds the key, which is what makes a pin as safe as a public certificate.
#[derive(Debug)]
pub(crate) struct PinVerifier {
    pins: Vec<Pin>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinVerifier {
    pub(crate) fn new(pins: Vec<Pin>, provider: &CryptoProvider) -> Self {
        Self {
            pins,
            algorithms: provider.signature_verification_algorithms,
        }
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = pin_of(leaf)?;
        if self.pins.contains(&shown) {
            return Ok(ServerCertVerified::assertion());
        }
        Err(refuse(Refusal::WrongPin {
            expected: self.pins.clone(),
            shown,
        }))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Accepts, for each name, exactly the keys that are pinned to it at the moment. A name
/// to which none is pinned is nobody's.
#[derive(Debug)]
pub(crate) struct NamedPinVerifier {
    pins: NamedPins,
    algorithms: WebPkiSupportedAlgorithms,
}

impl NamedPinVerifier {
    pub(crate) fn new(pins: NamedPins, provider: &CryptoProvider) -> Self {
        Self {
            pins,
            algorithms: provider.signature_verification_algorithms,
        }
    }
}

impl ServerCertVerifier for NamedPinVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = pin_of(leaf)?;
        let expected = self.pins.of(&name.to_str());
        if expected.contains(&shown) {
            return Ok(ServerCertVerified::assertion());
        }
        Err(refuse(Refusal::WrongPin { expected, shown }))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Accepts whom the system's roots vouch for; a refusal carries the shown
/// pin, so that a person can be asked about it.
#[derive(Debug)]
pub(crate) struct SystemVerifier {
    /// `None` on a system without any roots, where everything is unknown.
    roots: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl SystemVerifier {
    pub(crate) fn new(provider: &Arc<CryptoProvider>) -> Result<Self, CertError> {
        let mut store = RootCertStore::empty();
        let loaded = rustls_native_certs::load_native_certs();
        for error in &loaded.errors {
            tracing::debug!(%error, "a root certificate of the system cannot be read");
        }
        store.add_parsable_certificates(loaded.certs);
        Self::with_roots(store, provider)
    }

    pub(crate) fn with_roots(
        store: RootCertStore,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, CertError> {
        let roots = if store.is_empty() {
            None
        } else {
            let builder =
                WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider));
            Some(builder.build().map_err(CertError::setup)?)
        };
        Ok(Self {
            roots,
            algorithms: provider.signature_verification_algorithms,
        })
    }
}

impl ServerCertVerifier for SystemVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = pin_of(leaf)?;
        let verdict = match &self.roots {
            Some(roots) => roots.verify_server_cert(leaf, intermediates, name, ocsp, now),
            None => Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        };
        verdict.map_err(|error| {
            refuse(Refusal::Unknown {
                shown,
                reason: error.to_string(),
            })
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::crypto::ring;
    use rustls_pki_types::pem::PemObject as _;

    use super::*;
    use crate::{Identity, identity};

    /// What the system's roots, with this one certificate among them, say to it.
    fn verdict(trusted: bool, name: &str) -> (Pin, Result<ServerCertVerified, Error>) {
        let dir = tempfile::tempdir().unwrap();
        let made = Identity::own(dir.path(), &["chat.example.org".into()]).unwrap();
        let pem = identity::own_files(dir.path()).cert;
        let leaf = CertificateDer::from_pem_file(pem).unwrap();
        let mut roots = RootCertStore::empty();
        if trusted {
            roots.add(leaf.clone()).unwrap();
        }
        let provider = Arc::new(ring::default_provider());
        let verifier = SystemVerifier::with_roots(roots, &provider).unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let verdict = verifier.verify_server_cert(&leaf, &[], &name, &[], UnixTime::now());
        (made.pin(), verdict)
    }

    #[test]
    fn roots_vouch_by_name_or_the_pin_is_asked_about() {
        let check = |trusted, name: &str, expected: Option<&str>| {
            let (pin, verdict) = verdict(trusted, name);
            match (verdict, expected) {
                (Ok(_), None) => {}
                (Err(Error::InvalidCertificate(CertificateError::Other(other))), Some(word)) => {
                    let refusal = other.0.downcast_ref::<Refusal>().unwrap();
                    assert_eq!(refusal.shown(), pin);
                    assert!(refusal.to_string().contains(word), "{refusal}");
                }
                (verdict, _) => panic!("{name}: {verdict:?}"),
            }
        };
        check(true, "chat.example.org", None);
        check(true, "other.example.org", Some("not valid for name"));
        check(false, "chat.example.org", Some("UnknownIssuer"));
    }

    #[test]
    fn a_name_is_held_to_the_keys_that_are_pinned_to_it_now() {
        let dir = tempfile::tempdir().unwrap();
        let made = Identity::own(dir.path(), &["chat.example.org".into()]).unwrap();
        let leaf = CertificateDer::from_pem_file(identity::own_files(dir.path()).cert).unwrap();
        let pins = NamedPins::default();
        let verifier = pins.verifier(&ring::default_provider());
        let holds = |name: &str| {
            let name = ServerName::try_from(name.to_owned()).unwrap();
            verifier
                .verify_server_cert(&leaf, &[], &name, &[], UnixTime::now())
                .is_ok()
        };
        assert!(!holds("a.parlor.internal"), "nothing is pinned to it");
        pins.set("a.parlor.internal", vec![Pin::repeated(7), made.pin()]);
        pins.set("b.parlor.internal", vec![Pin::repeated(7)]);
        assert!(holds("a.parlor.internal"));
        assert!(!holds("b.parlor.internal"), "another key is pinned to it");
        assert!(!holds("c.parlor.internal"));
        pins.remove("a.parlor.internal");
        assert!(!holds("a.parlor.internal"), "it is pinned no more");
    }
}
