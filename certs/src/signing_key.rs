//! The Ed25519 key with which a server vouches for its users. Its public
//! half is `server_key` in `session`. Section 5 has the form of a signature.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::KeyPair;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{CertError, PinError, private};

/// A server's signing key.
pub struct ServerKey(Ed25519KeyPair);

impl ServerKey {
    /// The key in a file (PEM, mode 0600), which is made if there is none.
    pub fn open(path: &Path) -> Result<Self, CertError> {
        let pem = match fs::read(path) {
            Ok(pem) => pem,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = KeyPair::generate_for(&rcgen::PKCS_ED25519).map_err(CertError::setup)?;
                let pem = key.serialize_pem().into_bytes();
                private::write(path, &pem).map_err(|e| CertError::write(path, e))?;
                pem
            }
            Err(error) => return Err(CertError::read(path, error)),
        };
        let bad = |reason: String| CertError::BadKey {
            path: path.to_owned(),
            reason,
        };
        let der = PrivatePkcs8KeyDer::from_pem_slice(&pem).map_err(|e| bad(e.to_string()))?;
        Ed25519KeyPair::from_pkcs8(der.secret_pkcs8_der())
            .map(Self)
            .map_err(|e| bad(e.to_string()))
    }

    /// The public half.
    pub fn public(&self) -> ServerPublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        ServerPublicKey(bytes)
    }

    /// A signature over a context, a zero byte, and the message.
    pub fn sign(&self, context: &str, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.0.sign(&signed_bytes(context, message)).as_ref());
        signature
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKey({})", self.public())
    }
}

/// The public half of a server's signing key: base64url without padding, 43 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServerPublicKey([u8; 32]);

impl ServerPublicKey {
    /// Whether a signature is this key's over a context, a zero byte, and the message.
    pub fn verifies(&self, context: &str, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(&signed_bytes(context, message), signature)
            .is_ok()
    }
}

fn signed_bytes(context: &str, message: &[u8]) -> Vec<u8> {
    [context.as_bytes(), &[0], message].concat()
}

impl FromStr for ServerPublicKey {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, PinError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PinError)?;
        Ok(Self(bytes.try_into().map_err(|_| PinError)?))
    }
}

impl fmt::Display for ServerPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for ServerPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerPublicKey({self})")
    }
}

impl Serialize for ServerPublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ServerPublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stays_and_its_signatures_hold() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing.pem");
        let key = ServerKey::open(&path).unwrap();
        let public = ServerKey::open(&path).unwrap().public();
        assert_eq!(public, key.public());
        assert_eq!(public.to_string().len(), 43);
        assert_eq!(public.to_string().parse(), Ok(public));
        let signature = key.sign("parlor-server-1", b"card");
        assert!(public.verifies("parlor-server-1", b"card", &signature));
        assert!(!public.verifies("parlor-card-1", b"card", &signature));
        assert!(!public.verifies("parlor-server-1", b"cart", &signature));
        assert!(!public.verifies("parlor-server-1", b"card", &signature[1..]));
    }

    #[test]
    fn a_damaged_key_is_named_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing.pem");
        fs::write(&path, "nonsense").unwrap();
        let error = ServerKey::open(&path).unwrap_err().to_string();
        assert!(error.contains("signing.pem"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"nonsense");
    }
}
