//! Devices, and the cards by which they are known. Section 5.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Time;
use crate::names;
use crate::signature::{self, CurveKey, PublicKey, Signature};

/// A device's public key (Ed25519), which is also its address among peers:
/// 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(pub [u8; 32]);

/// Text that is no device id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a device is 64 lower-case hex digits")]
pub struct BadDeviceId;

impl DeviceId {
    /// The device's key, to check its signatures.
    pub fn key(&self) -> PublicKey {
        PublicKey(self.0)
    }
}

impl FromStr for DeviceId {
    type Err = BadDeviceId;

    fn from_str(text: &str) -> Result<Self, BadDeviceId> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(BadDeviceId),
        };
        let text = text.as_bytes();
        if text.len() != 64 {
            return Err(BadDeviceId);
        }
        let mut key = [0; 32];
        for (byte, pair) in key.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(key))
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({self})")
    }
}

impl Serialize for DeviceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeviceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// What a device says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The version of this form: 1.
    pub v: u32,
    /// Whose device it is.
    pub username: String,
    /// Its key.
    pub device: DeviceId,
    /// What it is called ("bob-laptop").
    pub label: String,
    /// The identity key of its Olm account.
    pub olm_curve25519: CurveKey,
    /// The signing key of its Olm account.
    pub olm_ed25519: PublicKey,
    /// When it was made.
    pub issued: Time,
}

/// A card as it travels: base64url of its JSON, and the device's signature.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeviceCard {
    /// The base64url of the [`Card`]'s JSON.
    pub card: String,
    /// The device's signature over the JSON, in the context [`signature::CARD`].
    pub device_sig: Signature,
}

/// A card that the room server vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VouchedCard {
    /// The base64url of the [`Card`]'s JSON.
    pub card: String,
    /// The device's signature over the JSON, in the context [`signature::CARD`].
    pub device_sig: Signature,
    /// The server's signature over `until`, a zero byte, and the JSON, in the
    /// context [`signature::SERVER`].
    pub server_sig: Signature,
    /// Past this it is no card any more.
    pub until: Time,
}

/// The longest card there is, as it travels.
pub const CARD_BYTES: usize = 2_048;

/// Why a card does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// It is not the base64url of a card's JSON, or a member of it is wrong.
    #[error("it cannot be read")]
    Unreadable,
    /// The device did not sign it.
    #[error("the device's signature does not hold")]
    NotTheDevices,
    /// The room server did not sign it.
    #[error("the server's signature does not hold")]
    NotTheServers,
    /// Its time is over.
    #[error("its time is over")]
    Expired,
}

impl DeviceCard {
    /// The card, if its device signed it.
    ///
    /// # Errors
    ///
    /// [`CardError::Unreadable`] and [`CardError::NotTheDevices`].
    pub fn check(&self) -> Result<Card, CardError> {
        check_device(&self.card, &self.device_sig).map(|(card, _)| card)
    }

    /// What the server signs to vouch for it, without the context.
    ///
    /// # Errors
    ///
    /// [`CardError::Unreadable`].
    pub fn to_vouch(&self, until: Time) -> Result<Vec<u8>, CardError> {
        let json = signature::decode(&self.card).map_err(|_| CardError::Unreadable)?;
        Ok(vouched_bytes(until, &json))
    }
}

impl VouchedCard {
    /// The card, if its device and the room server signed it and its time is not over.
    ///
    /// # Errors
    ///
    /// [`CardError`] says what does not hold.
    pub fn check(&self, server: &PublicKey, now: Time) -> Result<Card, CardError> {
        let (card, json) = check_device(&self.card, &self.device_sig)?;
        let vouched = vouched_bytes(self.until, &json);
        if !server.verifies(signature::SERVER, &vouched, &self.server_sig) {
            return Err(CardError::NotTheServers);
        }
        if self.until <= now {
            return Err(CardError::Expired);
        }
        Ok(card)
    }

    /// Without the server's word.
    pub fn device_card(&self) -> DeviceCard {
        DeviceCard {
            card: self.card.clone(),
            device_sig: self.device_sig,
        }
    }
}

fn vouched_bytes(until: Time, json: &[u8]) -> Vec<u8> {
    [until.to_string().as_bytes(), &[0], json].concat()
}

fn check_device(text: &str, device_sig: &Signature) -> Result<(Card, Vec<u8>), CardError> {
    if text.len() > CARD_BYTES {
        return Err(CardError::Unreadable);
    }
    let json = signature::decode(text).map_err(|_| CardError::Unreadable)?;
    let card: Card = serde_json::from_slice(&json).map_err(|_| CardError::Unreadable)?;
    let named = names::username(&card.username).as_deref() == Some(&*card.username);
    if card.v != 1 || !named || !names::is_display_name(&card.label) {
        return Err(CardError::Unreadable);
    }
    let device = card.device.key();
    if !device.verifies(signature::CARD, &json, device_sig) {
        return Err(CardError::NotTheDevices);
    }
    Ok((card, json))
}

/// A one-time key or a fallback key of an Olm account, signed by its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedKey {
    /// The key.
    pub key: CurveKey,
    /// The device's signature over its bytes, in the context [`signature::KEY`] or
    /// [`signature::FALLBACK`].
    pub sig: Signature,
}

impl SignedKey {
    /// Whether the device signed it as a one-time key.
    pub fn is_one_time_of(&self, device: &DeviceId) -> bool {
        device
            .key()
            .verifies(signature::KEY, &self.key.0, &self.sig)
    }

    /// Whether the device signed it as its fallback key.
    pub fn is_fallback_of(&self, device: &DeviceId) -> bool {
        device
            .key()
            .verifies(signature::FALLBACK, &self.key.0, &self.sig)
    }
}

/// A device's key that was claimed: used up, unless it is the fallback key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedKey {
    /// Whose.
    pub device: DeviceId,
    /// The key.
    pub key: CurveKey,
    /// The device's signature, as in [`SignedKey`].
    pub sig: Signature,
}
