//! What the connection to the room server brings: its word for this device, the trackers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parlor_protocol::tracker::{TrackerAt, TrackerToken};
use tokio::time::Instant;

use super::{News, Node};
use crate::peer::event::TrackerStanding;
use crate::peer::net::{DIAL, Doorkeeper as _, Registration, Tracker};
use crate::peer::node::lane::Order;
use crate::peer::options::PeerOptions;
use crate::session::RequestError;
use crate::session::tap::SessionFacts;
use crate::store::StoreError;
use crate::{Address, Pin};

/// Where the trackers and the token for them are kept, for a start without the room server.
const TRACKERS: &str = "trackers";
const TRACKER_TOKEN: &str = "tracker_token";

/// A device that stays signed in is published anew this often, long before its card is over.
const PUBLISH: Duration = Duration::from_secs(12 * 60 * 60);

/// The wait after the first failure to publish, which doubles up to the longest.
const PUBLISH_AGAIN: Duration = Duration::from_secs(2);
const PUBLISH_LONGEST: Duration = Duration::from_secs(5 * 60);

/// The trackers as they were last told, and the token for them.
#[derive(Debug, Default)]
pub(super) struct Registered {
    trackers: Vec<Tracker>,
    token: String,
}

/// Far enough away.
pub(super) fn never() -> Instant {
    Instant::now() + Duration::from_secs(365 * 24 * 60 * 60)
}

impl Node {
    /// Registers with the trackers of the last sign-in, before there is a connection.
    pub(super) async fn register_as_known(&mut self) -> Result<(), StoreError> {
        let store = &self.context.store;
        let trackers = store.meta(TRACKERS).await?;
        let token = store.meta(TRACKER_TOKEN).await?;
        let kept: Vec<(Address, Vec<String>)> = trackers
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default();
        let trackers = kept.into_iter().map(|(address, pins)| Tracker {
            address,
            pins: pins.iter().filter_map(|pin| pin.parse().ok()).collect(),
        });
        self.registered = Registered {
            trackers: trackers.collect(),
            token: token.unwrap_or_default(),
        };
        self.channels.names = store.channels().await?;
        self.register();
        Ok(())
    }

    /// Tells the trackers what there is to be told now.
    pub(crate) fn register(&self) {
        let hello = self.context.door.hello();
        self.context.net.register(
            self.registered.trackers.clone(),
            Registration {
                username: self.context.me.clone(),
                card: hello.map(|hello| hello.card),
                token: self.registered.token.clone(),
                channels: self.channels.names.clone(),
            },
        );
    }

    /// One is signed in, or the connection is gone.
    pub(super) async fn session_changed(&mut self) -> Result<(), StoreError> {
        let facts = self.facts.borrow_and_update().clone();
        self.context.published.store(false, Ordering::Release);
        let Some(facts) = facts else {
            self.next_publish = never();
            return Ok(());
        };
        self.context.door.check_by(facts.server_key);
        self.context.people.forget();
        self.context.store.devices_unknown();
        self.failures = 0;
        self.publish();
        self.keep_trackers(&facts).await?;
        if !self.context.looked.load(Ordering::Acquire) {
            let wait = match self.registered.trackers.is_empty() {
                true => Duration::ZERO,
                false => DIAL,
            };
            self.look_until = Some(Instant::now() + wait);
        }
        self.register();
        self.refresh(&self.context.me.clone());
        for lane in self.lanes.values() {
            lane.tell(Order::Try);
        }
        self.compare_at = Some(Instant::now());
        self.spread().await
    }

    async fn keep_trackers(&mut self, facts: &SessionFacts) -> Result<(), StoreError> {
        let trackers = facts.trackers.iter();
        let trackers: Vec<Tracker> = trackers.filter_map(|at| tracker(at, facts)).collect();
        let kept: Vec<(&Address, Vec<String>)> = trackers
            .iter()
            .map(|tracker| {
                let pins = tracker.pins.iter().map(ToString::to_string).collect();
                (&tracker.address, pins)
            })
            .collect();
        let json = serde_json::to_string(&kept).unwrap_or_default();
        let token = facts.tracker_token.as_ref();
        let token = token.map_or("", |TrackerToken { token, .. }| token);
        let store = &self.context.store;
        store.set_meta(TRACKERS, json).await?;
        store.set_meta(TRACKER_TOKEN, token.to_owned()).await?;
        self.registered = Registered {
            trackers,
            token: token.to_owned(),
        };
        Ok(())
    }

    /// Has the room server vouch for this device, and gives it keys.
    pub(super) fn publish(&mut self) {
        self.next_publish = never();
        if self.publishing || !self.context.is_online() {
            return;
        }
        self.publishing = true;
        let (context, news) = (Arc::clone(&self.context), self.news.clone());
        self.tasks.spawn(async move {
            let published = context.publish().await;
            if let Err(error) = &published {
                tracing::warn!(%error, "the device could not be published");
            }
            let _ = news.send(News::Published(published)).await;
        });
    }

    pub(super) async fn published(
        &mut self,
        published: Result<Option<TrackerToken>, RequestError>,
    ) -> Result<(), StoreError> {
        let done = published.is_ok();
        tracing::debug!(done, "the device was published");
        self.publishing = false;
        let wait = match done {
            true => {
                self.failures = 0;
                PUBLISH
            }
            false => {
                self.failures += 1;
                let doubled = PUBLISH_AGAIN * 2_u32.saturating_pow(self.failures.min(10));
                doubled.min(PUBLISH_LONGEST)
            }
        };
        if self.context.is_online() {
            self.next_publish = Instant::now() + wait;
        }
        if let Ok(token) = published {
            if let Some(TrackerToken { token, .. }) = token {
                let store = &self.context.store;
                store.set_meta(TRACKER_TOKEN, token.clone()).await?;
                self.registered.token = token;
            }
            self.context.published.store(true, Ordering::Release);
            self.register();
            for lane in self.lanes.values() {
                lane.tell(Order::Try);
            }
        }
        self.tell_standing().await
    }

    /// It is known now who is there: what waits for others may be sealed.
    pub(super) fn looked(&mut self) {
        self.look_until = None;
        self.context.looked.store(true, Ordering::Release);
        for lane in self.lanes.values() {
            lane.tell(Order::Try);
        }
    }

    /// The trackers stand like this. Each has answered by now, or cannot be reached.
    pub(crate) async fn trackers(
        &mut self,
        trackers: Vec<TrackerStanding>,
    ) -> Result<(), StoreError> {
        let all = trackers.len() >= self.registered.trackers.len();
        if all && self.context.is_online() && self.look_until.is_some() {
            self.looked();
        }
        self.standing.trackers = trackers;
        self.tell_standing().await
    }

    /// Tells how this device stands, if that is news.
    pub(crate) async fn tell_standing(&mut self) -> Result<(), StoreError> {
        let vouched = self.context.door.hello().is_some();
        let standing = crate::peer::event::Standing {
            vouched,
            ..self.standing.clone()
        };
        self.standing = standing.clone();
        self.context.store.set_standing(standing).await
    }

    /// Behaves otherwise from now on; another endpoint or card need another node.
    pub(crate) async fn behave(&mut self, options: PeerOptions) {
        if options.save_to != self.options.save_to {
            self.files.save_to(options.save_to.clone()).await;
        }
        if self.begins_anew(&options) {
            self.anew = Some(options.clone());
        }
        self.options = options;
    }

    fn begins_anew(&self, options: &PeerOptions) -> bool {
        let now = &self.options;
        (options.lan, options.relay_only, &options.label) != (now.lan, now.relay_only, &now.label)
    }
}

/// Where a tracker is, and whom it must prove to be. One that cannot be read is left out.
fn tracker(at: &TrackerAt, facts: &SessionFacts) -> Option<Tracker> {
    let host = match at.host.as_str() {
        "" => facts.address.host(),
        host => host,
    };
    let pins: Vec<Pin> = match at.pin.as_str() {
        "" => vec![facts.pin],
        pin => vec![pin.parse().ok()?],
    };
    let address = Address::new(host, at.port).ok()?;
    Some(Tracker { address, pins })
}
