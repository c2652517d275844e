//! Ed25519 signatures over a context, a zero byte, and bytes. Section 5.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A device's signature over its own card.
pub const CARD: &str = "parlor-card-1";
/// The room server's signature over `until`, a zero byte, and a card.
pub const SERVER: &str = "parlor-server-1";
/// A device's signature over a one-time key.
pub const KEY: &str = "parlor-key-1";
/// A device's signature over its fallback key.
pub const FALLBACK: &str = "parlor-fallback-1";
/// A device's signature over an entry of a peer channel.
pub const ENTRY: &str = "parlor-entry-1";
/// The room server's signature over the body of a tracker's token.
pub const TRACKER: &str = "parlor-tracker-1";

/// What a signature in `context` is made over.
pub fn signed_bytes(context: &str, message: &[u8]) -> Vec<u8> {
    [context.as_bytes(), &[0], message].concat()
}

/// Text that is not what it should be: base64url without padding, of the right length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not base64url of {0} bytes")]
pub struct BadEncoding(pub usize);

/// Bytes from base64url without padding.
///
/// # Errors
///
/// [`BadEncoding`] for anything else.
pub fn decode(text: &str) -> Result<Vec<u8>, BadEncoding> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| BadEncoding(0))
}

/// Bytes as base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

macro_rules! encoded {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; $length]);

        impl FromStr for $name {
            type Err = BadEncoding;

            fn from_str(text: &str) -> Result<Self, BadEncoding> {
                let bytes = decode(text).map_err(|_| BadEncoding($length))?;
                Ok(Self(bytes.try_into().map_err(|_| BadEncoding($length))?))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

encoded! {
    /// An Ed25519 public key: 43 characters of base64url.
    PublicKey, 32
}
encoded! {
    /// An Ed25519 signature: 86 characters of base64url.
    Signature, 64
}
encoded! {
    /// An X25519 public key, of Olm: 43 characters of base64url.
    CurveKey, 32
}

impl PublicKey {
    /// Whether a signature is this key's over a context, a zero byte, and the message.
    pub fn verifies(&self, context: &str, message: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(&signed_bytes(context, message), &signature.0)
            .is_ok()
    }
}
