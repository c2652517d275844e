//! The hash by which a server's key is known.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::CertificateDer;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::{CertError, PinError};

/// SHA-256 of a leaf certificate's SubjectPublicKeyInfo, written as base64url
/// without padding: 43 characters. It names the key, so it outlives renewals
/// of the certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pin([u8; 32]);

impl Pin {
    /// The pin of the key that a certificate is for.
    pub fn of(certificate: &CertificateDer<'_>) -> Result<Self, CertError> {
        let (_, parsed) =
            X509Certificate::from_der(certificate).map_err(|_| CertError::Unreadable)?;
        Ok(Self::of_key(parsed.public_key().raw))
    }

    /// The pin of a key, given as its DER SubjectPublicKeyInfo.
    pub fn of_key(subject_public_key_info: &[u8]) -> Self {
        Self(Sha256::digest(subject_public_key_info).into())
    }

    #[cfg(test)]
    pub(crate) const fn repeated(byte: u8) -> Self {
        Self([byte; 32])
    }

    /// The hash itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Pin {
    fn from(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, PinError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PinError)?;
        Ok(Self(bytes.try_into().map_err(|_| PinError)?))
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pin({self})")
    }
}

impl Serialize for Pin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pin {
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
    fn a_pin_is_43_characters_and_reads_back() {
        let pin = Pin::of_key(b"key");
        let text = pin.to_string();
        assert_eq!(text, "LHDhK3oGRvkiefQnx7OOczTY5Tic_xZ6HcMOc_gmtoM");
        assert_eq!(text.len(), 43);
        assert_eq!(text.parse(), Ok(pin));
    }

    #[test]
    fn anything_else_is_refused() {
        let good = Pin::of_key(b"key").to_string();
        for bad in [
            "",
            "abc",
            &good[1..],
            &format!("{good}A"),
            &format!("{good}="),
            &good.replace(&good[..1], "+"),
        ] {
            assert_eq!(bad.parse::<Pin>(), Err(PinError), "{bad:?}");
        }
    }
}
