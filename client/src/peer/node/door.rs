//! Who is let in.

use std::sync::{PoisonError, RwLock};

use async_trait::async_trait;
use parlor_protocol::peer::Hello;
use parlor_protocol::{Card, Code, DeviceId, ErrorLine, PublicKey, VouchedCard};

use super::context::now;
use crate::peer::net::Doorkeeper;
use crate::peer::person::DeviceStanding;
use crate::peer::store::PeerStore;
use crate::store::StoreError;

/// The doorkeeper of a node.
#[derive(Debug)]
pub(super) struct Door {
    store: PeerStore,
    shown: RwLock<Shown>,
}

/// What is shown to others, and by what they are checked.
#[derive(Debug, Default)]
struct Shown {
    hello: Option<Hello>,
    server_key: Option<PublicKey>,
}

impl Door {
    pub(super) fn new(store: PeerStore, server_key: Option<PublicKey>) -> Self {
        let shown = Shown {
            hello: None,
            server_key,
        };
        Self {
            store,
            shown: RwLock::new(shown),
        }
    }

    /// From now on this is what the device says of itself.
    pub(super) fn show(&self, username: &str, card: Option<VouchedCard>) {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        shown.hello = card.map(|card| Hello {
            username: username.to_owned(),
            card,
        });
    }

    /// The server's key is known.
    pub(super) fn check_by(&self, server_key: PublicKey) {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        shown.server_key = Some(server_key);
    }

    async fn decide(&self, card: &Card, vouched: &VouchedCard) -> Result<bool, StoreError> {
        let known = self.store.devices_of(&card.username).await?;
        if known.iter().any(|row| row.blocked) {
            return Ok(false);
        }
        if let Some(row) = self.store.device(card.device).await? {
            // A device never changes hands, and one that was ended stays so.
            if row.card.username != card.username || row.standing == DeviceStanding::Revoked {
                return Ok(false);
            }
            if row.vouched == *vouched {
                return Ok(true);
            }
        }
        let learnt = vec![(card.clone(), vouched.clone())];
        self.store
            .learn(&card.username, learnt, Vec::new(), false, now())
            .await?;
        // A user may be blocked of whom no device was known until now.
        let row = self.store.device(card.device).await?;
        Ok(row.is_some_and(|row| !row.blocked && row.standing != DeviceStanding::Revoked))
    }
}

#[async_trait]
impl Doorkeeper for Door {
    fn hello(&self) -> Option<Hello> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.hello.clone().filter(|hello| hello.card.until > now())
    }

    fn server_key(&self) -> Option<PublicKey> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.server_key
    }

    async fn admit(&self, card: &Card, vouched: &VouchedCard) -> Result<(), ErrorLine> {
        match self.decide(card, vouched).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(forbidden()),
            Err(error) => {
                tracing::warn!(%error, "a device could not be looked up");
                let message = "This device cannot look you up now: try again.";
                Err(ErrorLine::new(Code::StorageUnavailable, message))
            }
        }
    }

    async fn owner(&self, device: DeviceId) -> Option<String> {
        match self.store.device(device).await {
            Ok(row) => row.map(|row| row.card.username),
            Err(error) => {
                tracing::warn!(%error, "it could not be looked up whose a device is");
                None
            }
        }
    }
}

/// The word for everybody who is not let in: why is not for them.
pub(super) fn forbidden() -> ErrorLine {
    ErrorLine::new(Code::Forbidden, "This device does not talk with yours.")
}
