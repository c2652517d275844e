//! Who is where: the entries of peers, their channels, and the devices whose
//! cards hold. All in memory; an entry that nobody renews is gone after two minutes.
//!
//! # Layout
//!
//! - [`tables`]: the tables and what keeps them in step.
//! - [`entry`]: one entry, and how it is listed.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use parlor_protocol::tracker::ENTRY_SECONDS;
use parlor_protocol::{DeviceId, Time};
use tokio::time::Instant;

use crate::settings::Limits;
use crate::tracker::TrackerCounts;

mod entry;
mod tables;
#[cfg(test)]
mod tests;

use self::tables::Tables;

/// How long an entry is there without being renewed.
const ENTRY_TIME: Duration = Duration::from_secs(ENTRY_SECONDS);
/// How long a device whose entry is gone may still come (back) to the relay:
/// a tracker that was slow to be told must not cut off who talks.
const CARD_TIME: Duration = Duration::from_secs(300);

/// A name of a user or a channel, shared by all who hold it.
pub(crate) type Name = Arc<str>;

/// What `submit-info` said.
#[derive(Debug, Clone)]
pub(crate) struct Submitted {
    /// Which of the user's devices.
    pub(crate) device: Option<DeviceId>,
    /// Until when its card holds, if it sent one that does.
    pub(crate) card: Option<Time>,
    /// Where it is.
    pub(crate) ip: IpAddr,
    /// At which port.
    pub(crate) port: u16,
    /// Its channels, each once.
    pub(crate) channels: Vec<Name>,
    /// Whether to list it without its address.
    pub(crate) hidden: bool,
}

/// What became of a `submit-info`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// The number of the entry, the same as long as it is renewed.
    pub(crate) peer_id: u64,
    /// Entries there are.
    pub(crate) total_peers: usize,
}

/// Why something is not entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// The device has shown the card of another user.
    #[error("This device is another user's.")]
    Device,
    /// The user has too many entries.
    #[error("You have too many peers here. Let one leave first.")]
    Entries,
    /// The user is in too many channels.
    #[error("You are in too many channels. Leave one first.")]
    Channels,
    /// The tracker has too many entries.
    #[error("The tracker is full. Try again later.")]
    Tracker,
}

/// The tables behind their lock.
#[derive(Debug)]
pub(crate) struct Registry {
    limits: Limits,
    // A std Mutex: some microseconds for a call, a millisecond for a full list; never over an await.
    tables: Mutex<Tables>,
}

impl Registry {
    /// An empty one.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            tables: Mutex::default(),
        }
    }

    /// The tables as they are now: what is over is gone.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.expire(Instant::now());
        tables
    }

    /// Enters a peer, or renews it.
    pub(crate) fn submit(
        &self,
        username: &Name,
        submitted: Submitted,
    ) -> Result<Accepted, Refused> {
        self.tables().submit(username, submitted, &self.limits)
    }

    /// Adds a user to a channel; its members by name.
    pub(crate) fn join(&self, username: &Name, channel: &Name) -> Result<Vec<Name>, Refused> {
        let mut tables = self.tables();
        tables.join(username, channel, &self.limits)?;
        Ok(tables.members(channel))
    }

    /// The body of a list: of everybody, or of a channel.
    pub(crate) fn list(&self, channel: Option<&str>) -> Bytes {
        let mut tables = self.tables();
        match channel {
            None => tables.everybody(),
            Some(channel) => tables.channel(channel),
        }
    }

    /// Takes a user off: one device or all, from a channel or altogether.
    pub(crate) fn leave(&self, username: &str, device: Option<&DeviceId>, channel: Option<&str>) {
        self.tables().leave(username, device, channel);
    }

    /// Takes a device off, whosever it is.
    pub(crate) fn end_device(&self, device: &DeviceId) {
        self.tables().end_device(device);
    }

    /// Takes a user off with all that was known of its devices, which are the answer.
    pub(crate) fn end_user(&self, username: &str) -> Vec<DeviceId> {
        self.tables().end_user(username)
    }

    /// Whether the relay may be used by a device: its card holds, and it was entered lately.
    pub(crate) fn may_relay(&self, device: &DeviceId, now: Time) -> bool {
        self.tables().may_relay(device, now)
    }

    /// Notes that a device came to the relay, or left it.
    pub(crate) fn relayed(&self, device: &DeviceId, is_there: bool) {
        self.tables().relayed(device, is_there);
    }

    /// Every user and device that is entered or may use the relay.
    pub(crate) fn everybody(&self) -> Vec<(Name, Option<DeviceId>)> {
        self.tables().subjects()
    }

    /// The devices whose card is over; they are forgotten.
    pub(crate) fn lapse(&self, now: Time) -> Vec<DeviceId> {
        self.tables().lapse(now, Instant::now())
    }

    /// How much there is.
    pub(crate) fn counts(&self) -> TrackerCounts {
        self.tables().counts()
    }
}
