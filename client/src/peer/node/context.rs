//! What every task of a node has at hand.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use parlor_protocol::{ClaimedKey, DeviceId, Reply, Request, Time};
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::door::Door;
use super::people::People;
use crate::peer::net::Net;
use crate::peer::olm::OlmAccount;
use crate::peer::store::{Own, PeerStore};
use crate::session::tap::SessionFacts;
use crate::session::{Handle, RequestError};

/// Claimed keys that were given for other devices of the same user and are kept for these.
const SPARE_KEYS: usize = 64;

/// Shared by the tasks of one node.
#[derive(Debug)]
pub(super) struct Context {
    /// Oneself.
    pub(super) me: String,
    pub(super) device: DeviceId,
    pub(super) secret: iroh::SecretKey,
    pub(super) pickle: Zeroizing<[u8; 32]>,
    pub(super) store: PeerStore,
    pub(super) session: Handle,
    pub(super) facts: watch::Receiver<Option<Arc<SessionFacts>>>,
    pub(super) door: Arc<Door>,
    pub(super) net: Net,
    pub(super) people: People,
    /// Whether the room server knows on this connection which device this is.
    pub(super) published: AtomicBool,
    /// Whether trackers have said who is there, or had time to: before, nobody counts as away.
    pub(super) looked: AtomicBool,
    /// This device. Whoever changes the account's pickle in the store holds this, so that no pickle is
    /// lost; so does whoever moves a session's ratchet, from reading its pickle to keeping the next.
    pub(super) olm: tokio::sync::Mutex<Keys>,
    pub(super) spare_keys: Mutex<HashMap<DeviceId, ClaimedKey>>,
}

/// This device's Olm account and card.
pub(super) struct Keys {
    pub(super) account: OlmAccount,
    pub(super) own: Own,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.own.device)
    }
}

impl Context {
    /// Whether there is a connection to the room server.
    pub(super) fn is_online(&self) -> bool {
        self.facts.borrow().is_some()
    }

    /// Whether something can be left at the room server for somebody who is away.
    pub(super) fn may_hold(&self) -> bool {
        self.is_online()
            && self.published.load(Ordering::Acquire)
            && self.looked.load(Ordering::Acquire)
    }

    /// Asks the room server.
    pub(super) async fn ask(&self, request: impl Into<Request>) -> Result<Reply, RequestError> {
        self.session.request(request).await
    }

    /// A key that was claimed together with another device's and not used.
    pub(super) fn spare_key(&self, device: DeviceId) -> Option<ClaimedKey> {
        let mut spare = self
            .spare_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        spare.remove(&device)
    }

    /// Keeps keys for devices that may need them soon; past the bound they are left, which only costs
    /// their devices a one-time key.
    pub(super) fn keep_spare(&self, keys: impl IntoIterator<Item = ClaimedKey>) {
        let mut spare = self
            .spare_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if spare.len() < SPARE_KEYS {
                spare.insert(key.device, key);
            }
        }
    }
}

/// Now.
pub(super) fn now() -> Time {
    jiff::Timestamp::now().into()
}
