//! One entry, and how it is listed.

use std::net::IpAddr;

use bytes::Bytes;
use parlor_protocol::DeviceId;
use parlor_protocol::tracker::PeerEntry;
use tokio::time::Instant;

use super::{Name, Submitted};

/// A peer.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its number, which also tells equal times of renewal apart.
    pub(super) id: u64,
    /// Which of the user's devices.
    pub(super) device: Option<DeviceId>,
    ip: IpAddr,
    port: u16,
    hidden: bool,
    /// The channels that it submitted itself.
    pub(super) channels: Vec<Name>,
    /// When it was renewed last.
    pub(super) seen: Instant,
    /// How it is listed.
    pub(super) listed: Bytes,
}

impl Entry {
    /// An entry of what was submitted, not yet encoded.
    pub(super) fn new(id: u64, submitted: Submitted, now: Instant) -> Self {
        Self {
            id,
            device: submitted.device,
            ip: submitted.ip,
            port: submitted.port,
            hidden: submitted.hidden,
            channels: submitted.channels,
            seen: now,
            listed: Bytes::new(),
        }
    }

    /// Encodes how it is listed; whether that changed.
    pub(super) fn encode(&mut self, username: &str, channels: Vec<String>, relay: bool) -> bool {
        let listed = PeerEntry {
            username: username.to_owned(),
            ip: if self.hidden {
                String::new()
            } else {
                self.ip.to_string()
            },
            port: if self.hidden { 0 } else { self.port },
            channels,
            device: self.device,
            relay,
        };
        // Texts and numbers can always be written.
        let listed = Bytes::from(serde_json::to_vec(&listed).unwrap_or_default());
        let changed = self.listed != listed;
        self.listed = listed;
        changed
    }
}
