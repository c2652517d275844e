//! This device: its keys, its card, and the room server's word for it.

use std::time::Duration;

use parlor_protocol::request::PublishDevice;
use parlor_protocol::tracker::TrackerToken;
use parlor_protocol::{Reply, Time, VouchedCard, names};

use super::context::{Context, Keys, now};
use crate::peer::net::Doorkeeper as _;
use crate::peer::olm::{ONE_TIME_KEYS, OlmAccount};
use crate::peer::store::{Own, PeerStore};
use crate::peer::vault::Secrets;
use crate::session::RequestError;
use crate::store::StoreError;

/// The fallback key is made anew after this long.
const FALLBACK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Where the time of the newest fallback key is kept.
const FALLBACK_SINCE: &str = "fallback_since";

/// With fewer keys than this at the room server, more are made.
const FEW_KEYS: usize = ONE_TIME_KEYS * 4 / 5;

/// This device out of the store, or made; its card says who it is and what it is called now.
pub(super) async fn open(
    store: &PeerStore,
    secrets: &Secrets,
    me: &str,
    label: &str,
) -> Result<Keys, String> {
    let device = parlor_protocol::DeviceId(*secrets.device.public().as_bytes());
    let label = label_of(label);
    let kept = store.own().await.map_err(|error| error.to_string())?;
    let kept = kept.filter(|own| own.device == device);
    let account = match &kept {
        Some(own) => OlmAccount::from_pickle(&own.account, &secrets.pickle)
            .map_err(|error| error.to_string())?,
        None => OlmAccount::new(),
    };
    if let Some(own) = kept
        && own.label == label
        && own.card.check().is_ok_and(|card| card.username == me)
    {
        return Ok(Keys { account, own });
    }
    let own = Own {
        account: account.pickle(&secrets.pickle),
        card: account.card(&secrets.device, me, &label, now()),
        vouched: None,
        label,
        device,
    };
    let saved = store.save_own(own.clone()).await;
    saved.map_err(|error| error.to_string())?;
    Ok(Keys { account, own })
}

/// What the device is called: as wished, or as this computer is.
fn label_of(wished: &str) -> String {
    let wished = Some(wished.to_owned()).filter(|label| names::is_display_name(label));
    let host = crate::sign_in::label().filter(|label| names::is_display_name(label));
    wished.or(host).unwrap_or_else(|| "device".to_owned())
}

impl Context {
    /// Publishes this device: the room server vouches for it anew, and has keys for who writes while it
    /// is away. Keys are kept here before they are given away. Answers the new token for the trackers, if there is one.
    pub(super) async fn publish(&self) -> Result<Option<TrackerToken>, RequestError> {
        let mut wanted = match self.olm.lock().await.own.vouched {
            Some(_) => 0,
            None => ONE_TIME_KEYS,
        };
        loop {
            let request = self.to_publish(wanted).await?;
            let Reply::Device {
                server_sig,
                until,
                one_time_left,
                tracker_token,
            } = self.ask(request.clone()).await?
            else {
                return Err(RequestError::Unexpected);
            };
            let vouched = VouchedCard {
                card: request.card,
                device_sig: request.device_sig,
                server_sig,
                until,
            };
            self.vouched(vouched).await?;
            let left = usize::try_from(one_time_left).unwrap_or(usize::MAX);
            // A server that never has enough is given keys once.
            if left >= FEW_KEYS || wanted > 0 {
                return Ok(tracker_token);
            }
            wanted = ONE_TIME_KEYS - left;
        }
    }

    async fn to_publish(&self, keys: usize) -> Result<PublishDevice, RequestError> {
        let renews = is_fallback_over(&self.store, now()).await?;
        let mut olm = self.olm.lock().await;
        let request = PublishDevice {
            card: olm.own.card.card.clone(),
            device_sig: olm.own.card.device_sig,
            one_time_keys: olm.account.one_time_keys(&self.secret, keys),
            fallback_key: olm.account.fallback_key(&self.secret, renews),
        };
        let pickle = olm.account.pickle(&self.pickle);
        self.store.save_account(pickle.clone()).await?;
        olm.own.account = pickle;
        Ok(request)
    }

    /// Keeps and shows the server's word, if it holds.
    async fn vouched(&self, vouched: VouchedCard) -> Result<(), RequestError> {
        let key = self.door.server_key().ok_or(RequestError::Offline)?;
        if let Err(error) = vouched.check(&key, now()) {
            tracing::warn!(%error, "the server's word for this device does not hold");
            return Err(RequestError::Unexpected);
        }
        let mut olm = self.olm.lock().await;
        olm.own.vouched = Some(vouched.clone());
        olm.own.account = olm.account.pickle(&self.pickle);
        self.store.save_own(olm.own.clone()).await?;
        self.door.show(&self.me, Some(vouched));
        Ok(())
    }
}

/// Whether the fallback key is to be made anew now. That is noted before it is made: only the key before the newest
/// still opens letters, so that a publishing whose answer is lost must not make another with each try.
async fn is_fallback_over(store: &PeerStore, now: Time) -> Result<bool, StoreError> {
    let since = store.meta(FALLBACK_SINCE).await?;
    let since = since.and_then(|since| since.parse::<Time>().ok());
    let over = since.is_none_or(|since| is_past(since, now, FALLBACK));
    if over {
        store.set_meta(FALLBACK_SINCE, now.to_string()).await?;
    }
    Ok(over)
}

/// Whether that much time has passed; a clock that was set back counts as that.
fn is_past(since: Time, now: Time, after: Duration) -> bool {
    let passed = now.as_millis() - since.as_millis();
    passed < 0 || passed > i64::try_from(after.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fallback_key_is_made_once_a_week_however_often_it_is_published() {
        let dir = tempfile::tempdir().unwrap();
        let store = PeerStore::open(&dir.path().join("peer.db"), "alice").unwrap();
        let day = |n: i64| Time::from_millis(1_800_000_000_000 + n * 24 * 60 * 60 * 1_000);
        let over = async |n| is_fallback_over(&store, day(n)).await.unwrap();
        assert!(over(0).await);
        assert!(!over(0).await && !over(6).await);
        assert!(over(8).await);
        assert!(!over(8).await);
        // A clock that was set back.
        assert!(over(1).await);
        assert!(!over(1).await);
    }
}
