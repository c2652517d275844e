//! Sealing for devices that are away: this device's Olm account and its sessions. Nothing
//! here is stored: every change is handed back as a pickle, to be kept together with what it belongs to.

use parlor_protocol::peer::SealedLine;
use parlor_protocol::{Card, ClaimedKey, CurveKey, DeviceCard, PublicKey, SignedKey, Time};

/// Keys of which unused ones should be at the room server.
pub(crate) const ONE_TIME_KEYS: usize = 50;

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum OlmError {
    /// The pickle is damaged, or the vault's key is another one.
    #[error("the keys kept here cannot be read")]
    Pickle,
    /// The key that was claimed is not signed by the device.
    #[error("the key is not the device's")]
    BadKey,
    /// The message cannot be opened: damaged, replayed, or for another session.
    #[error("it cannot be opened")]
    Unreadable,
    /// What was sealed is not for this device, or not from whom it says.
    #[error("it was sealed for somebody else")]
    NotForUs,
    /// What is sealed passes the bound.
    #[error("it is too long to be sealed")]
    TooLong,
}

/// This device's Olm account.
pub(crate) struct OlmAccount {}

/// A session's id, its pickle, and the account's pickle if it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    /// The session's id.
    pub(crate) id: String,
    /// Its pickle, encrypted.
    pub(crate) session: String,
    /// The account's pickle, encrypted, if it changed.
    pub(crate) account: Option<String>,
}

impl OlmAccount {
    /// A new account.
    pub(crate) fn new() -> Self {
        todo!()
    }

    /// The account of a pickle.
    pub(crate) fn from_pickle(pickle: &str, key: &[u8; 32]) -> Result<Self, OlmError> {
        todo!()
    }

    /// Its pickle, encrypted.
    pub(crate) fn pickle(&self, key: &[u8; 32]) -> String {
        todo!()
    }

    /// Its identity keys (Curve25519, Ed25519).
    pub(crate) fn identity(&self) -> (CurveKey, PublicKey) {
        todo!()
    }

    /// A card for this device, signed by its key.
    pub(crate) fn card(
        &self,
        secret: &iroh::SecretKey,
        username: &str,
        label: &str,
        issued: Time,
    ) -> DeviceCard {
        todo!()
    }

    /// New one-time keys, signed; keep the account's pickle before publishing them.
    pub(crate) fn one_time_keys(
        &mut self,
        secret: &iroh::SecretKey,
        count: usize,
    ) -> Vec<SignedKey> {
        todo!()
    }

    /// The fallback key, signed: made where there is none yet, and anew if `renew`.
    pub(crate) fn fallback_key(&mut self, secret: &iroh::SecretKey, renew: bool) -> SignedKey {
        todo!()
    }

    /// Seals a line for a device with which there is no session, by a claimed key (one-time or fallback).
    /// Answers the body for `hold`.
    pub(crate) fn seal_first(
        &self,
        to: &Card,
        key: &ClaimedKey,
        line: &SealedLine,
        pickle_key: &[u8; 32],
    ) -> Result<(String, Moved), OlmError> {
        todo!()
    }

    /// Opens a body from a device: by one of its sessions (their pickles), else as the first of a new one. What it says
    /// is checked: sealed for `own`, by the device of the card.
    pub(crate) fn open(
        &mut self,
        own: &Card,
        from: &Card,
        sessions: &[(String, String)],
        body: &str,
        pickle_key: &[u8; 32],
    ) -> Result<(SealedLine, Moved), OlmError> {
        todo!()
    }
}

/// Seals a line for a device by a session that is there (its pickle).
pub(crate) fn seal(
    session: &str,
    line: &SealedLine,
    pickle_key: &[u8; 32],
) -> Result<(String, Moved), OlmError> {
    todo!()
}
