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

/// The points of small order, with which an agreement says nothing secret
/// (RFC 7748, section 6.1), as they are encoded; the highest bit does not count.
const SMALL_ORDER: [[u8; 32]; 7] = {
    let zero = [0; 32];
    let mut one = zero;
    one[0] = 1;
    let mut prime = [0xff; 32];
    prime[31] = 0x7f;
    let (mut below, mut at, mut above) = (prime, prime, prime);
    below[0] = 0xec;
    at[0] = 0xed;
    above[0] = 0xee;
    [
        zero,
        one,
        below,
        at,
        above,
        [
            0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f,
            0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16,
            0x5f, 0x49, 0xb8, 0x00,
        ],
        [
            0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83,
            0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd,
            0xd0, 0x9f, 0x11, 0x57,
        ],
    ]
};

impl CurveKey {
    /// Whether a secret can be agreed on with it: it is no point of small order.
    pub fn is_usable(&self) -> bool {
        let mut key = self.0;
        key[31] &= 0x7f;
        !SMALL_ORDER.contains(&key)
    }
}

impl PublicKey {
    /// Whether a signature is this key's over a context, a zero byte, and the message.
    pub fn verifies(&self, context: &str, message: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(&signed_bytes(context, message), &signature.0)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_small_order_are_told_from_others() {
        let mut key = [0; 32];
        assert!(!CurveKey(key).is_usable());
        key[31] = 0x80;
        assert!(!CurveKey(key).is_usable(), "the highest bit does not count");
        key[0] = 9;
        assert!(CurveKey(key).is_usable());
    }
}
