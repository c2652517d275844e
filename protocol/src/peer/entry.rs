//! Entries of a peer channel: each author's device has a chain of its own. Section 5.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Time;
use crate::device::DeviceId;
use crate::signature::{self, Signature};

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Says something.
    Message,
    /// Gives the author's own entry `target` the text `message`.
    Edited,
    /// Takes the author's own entry `target` back.
    Deleted,
    /// Gives the entry `target` the reaction `message`.
    Reaction,
    /// Takes the reaction `message` of the entry `target` back.
    Unreaction,
    /// What this side does not know: it keeps its place in the chain.
    #[serde(other)]
    Unknown,
}

/// What an author's device signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryBody {
    /// The author's device.
    pub device: DeviceId,
    /// Counts this device's entries in this channel, from 1.
    pub n: u64,
    /// The SHA-256 of the entry before, base64url; empty for the first.
    pub prev: String,
    /// What it does.
    pub kind: EntryKind,
    /// Its mark.
    pub id: String,
    /// The author's username.
    pub from: String,
    /// The channel.
    pub channel: String,
    /// The text, or the emoji.
    pub message: String,
    /// When it was written, by the author's clock.
    pub time: Time,
    /// The id of the entry that it changes or answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// An entry as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SignedEntry {
    /// The base64url of the [`EntryBody`]'s JSON.
    pub entry: String,
    /// The author's device's signature over the JSON, in the context [`signature::ENTRY`].
    pub sig: Signature,
}

/// An entry that was read and whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What was signed, read.
    pub body: EntryBody,
    /// The SHA-256 of what was signed, base64url: the `prev` of the next.
    pub hash: String,
    /// As it travels.
    pub signed: SignedEntry,
}

/// Why an entry is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEntry {
    /// It is not the base64url of an entry's JSON.
    #[error("the entry cannot be read")]
    Unreadable,
    /// The device that it names did not sign it.
    #[error("the entry's signature does not hold")]
    BadSignature,
}

impl SignedEntry {
    /// The entry, if the device that it names signed it.
    ///
    /// # Errors
    ///
    /// [`BadEntry`] says why it is none.
    pub fn check(&self) -> Result<Entry, BadEntry> {
        let json = signature::decode(&self.entry).map_err(|_| BadEntry::Unreadable)?;
        let body: EntryBody = serde_json::from_slice(&json).map_err(|_| BadEntry::Unreadable)?;
        if body.n == 0 || (body.n == 1) != body.prev.is_empty() {
            return Err(BadEntry::Unreadable);
        }
        if !body
            .device
            .key()
            .verifies(signature::ENTRY, &json, &self.sig)
        {
            return Err(BadEntry::BadSignature);
        }
        Ok(Entry {
            hash: signature::encode(&Sha256::digest(&json)),
            body,
            signed: self.clone(),
        })
    }
}
