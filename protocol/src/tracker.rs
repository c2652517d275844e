//! The tracker's calls, and the token by which the room server sends its users to it.
//! Section 4.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::device::{DeviceId, VouchedCard};
use crate::signature::{self, PublicKey, Signature};

/// The default TCP port.
pub const DEFAULT_PORT: u16 = 8001;
/// Seconds after which an entry that was not renewed is gone.
pub const ENTRY_SECONDS: u64 = 120;
/// Seconds between an app's renewals.
pub const RENEW_SECONDS: u64 = 40;
/// Hours for which a tracker's token holds.
pub const TOKEN_HOURS: u64 = 24;

/// Where a tracker is, as `session` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TrackerAt {
    /// Its host; empty for the room server's own.
    pub host: String,
    /// Its TCP and UDP port.
    pub port: u16,
    /// Its pin.
    pub pin: String,
}

/// A token that trackers check by the room server's key, without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerToken {
    /// The token.
    pub token: String,
    /// Until when it holds.
    pub expires: Time,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenBody {
    /// The version of this form: 1.
    pub v: u32,
    /// For whom it speaks.
    pub username: String,
    /// Until when.
    pub expires: Time,
}

impl TokenBody {
    /// The JSON that is signed, in the context [`signature::TRACKER`].
    pub fn to_sign(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The token: base64url of what was signed, a dot, base64url of the signature.
    pub fn token(signed: &[u8], signature: &Signature) -> String {
        format!("{}.{signature}", signature::encode(signed))
    }

    /// What a token says, if the server signed it and its time is not over.
    pub fn check(token: &str, server: &PublicKey, now: Time) -> Option<Self> {
        let (body, sig) = token.split_once('.')?;
        let body = signature::decode(body).ok()?;
        if !server.verifies(signature::TRACKER, &body, &sig.parse().ok()?) {
            return None;
        }
        let body: Self = serde_json::from_slice(&body).ok()?;
        (body.v == 1 && body.expires > now).then_some(body)
    }
}

/// The body of `submit-info`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitInfo {
    /// Whose entry: the token's own.
    pub username: String,
    /// Where the peer is; the address that the tracker saw, if it says none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The port at which the peer listens.
    pub port: u16,
    /// The peer channels it is in.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Which of the user's devices it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// The device's card, which opens the relay to it.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub card: Option<VouchedCard>,
    /// Whether to list it without its address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// A peer, as `get-list` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerEntry {
    /// The user.
    pub username: String,
    /// Where; empty for one that is hidden.
    pub ip: String,
    /// At which port; 0 for one that is hidden.
    pub port: u16,
    /// The peer channels it is in.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Which of the user's devices it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// Whether the device is at this tracker's relay now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relay: bool,
}
