//! Whose devices are known, and asking the room server for them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use parlor_protocol::request::Devices;
use parlor_protocol::{Card, Code, DeviceId, Reply, VouchedCard};
use tokio::time::{Instant, timeout};

use super::context::{Context, now};
use crate::peer::store::DeviceRow;
use crate::session::RequestError;
use crate::store::StoreError;

/// A user's devices are asked for again after this long.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// After an answer that did not come, before it is asked again.
const FAILED: Duration = Duration::from_secs(30);

/// What waits to be sent waits this long for the answer, and then goes to the devices known.
const PATIENCE: Duration = Duration::from_secs(5);

/// Users whose answers are remembered; past it all are asked for anew.
const REMEMBERED: usize = 4_096;

/// What the room server said of a user's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing lately: ask.
    Nothing,
    /// These are all there are.
    Devices,
    /// There is no such user.
    NoSuchUser,
    /// It could not be asked.
    Failed,
}

/// What the room server said, and when.
#[derive(Debug, Default)]
pub(super) struct People {
    said: Mutex<HashMap<String, (Instant, Said)>>,
}

impl People {
    /// What was said lately.
    pub(super) fn said(&self, username: &str) -> Said {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        match said.get(username) {
            Some((at, said)) if at.elapsed() < lasts(*said) => *said,
            _ => Said::Nothing,
        }
    }

    fn note(&self, username: &str, what: Said) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() >= REMEMBERED {
            said.clear();
        }
        said.insert(username.to_owned(), (Instant::now(), what));
    }

    /// Everybody is asked for anew: the server may have changed while it was away.
    pub(super) fn forget(&self) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.clear();
    }
}

fn lasts(said: Said) -> Duration {
    match said {
        Said::Failed => FAILED,
        _ => FRESH,
    }
}

impl Context {
    /// Asks the room server for a user's devices, and takes over what it says. It ends within
    /// [`PATIENCE`], and what came of it is in [`People::said`].
    pub(super) async fn refresh(&self, username: &str) -> Said {
        let asked = timeout(PATIENCE, self.devices(username)).await;
        let said = match asked {
            Ok(Ok(())) => Said::Devices,
            Ok(Err(RequestError::Refused(error))) if error.code == Code::NoSuchUser => {
                Said::NoSuchUser
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, username, "no answer about devices");
                Said::Failed
            }
            Err(_) => Said::Failed,
        };
        self.people.note(username, said);
        if said == Said::Devices {
            self.store.devices_known(username, lasts(said));
        }
        said
    }

    async fn devices(&self, username: &str) -> Result<(), RequestError> {
        let request = Devices {
            username: username.to_owned(),
        };
        let Reply::Devices { devices, revoked } = self.ask(request).await? else {
            return Err(RequestError::Unexpected);
        };
        let cards = devices
            .into_iter()
            .filter_map(|vouched| self.holds(username, vouched))
            .collect();
        self.store
            .learn(username, cards, revoked, true, now())
            .await?;
        Ok(())
    }

    /// The card, if it holds and is this user's. A server that says another's is not believed.
    fn holds(&self, username: &str, vouched: VouchedCard) -> Option<(Card, VouchedCard)> {
        use crate::peer::net::Doorkeeper as _;
        let key = self.door.server_key()?;
        match vouched.check(&key, now()) {
            Ok(card) if card.username == username => Some((card, vouched)),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, username, "a card does not hold");
                None
            }
        }
    }

    /// A device, asked for at the room server if it is not known yet.
    pub(super) async fn device_of(
        &self,
        username: &str,
        device: DeviceId,
    ) -> Result<Option<DeviceRow>, StoreError> {
        let known = self.store.device(device).await?;
        let known = known.filter(|row| row.card.username == username);
        if known.is_some() || self.refresh(username).await != Said::Devices {
            return Ok(known);
        }
        let row = self.store.device(device).await?;
        Ok(row.filter(|row| row.card.username == username))
    }
}
