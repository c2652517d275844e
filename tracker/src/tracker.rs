//! A tracker from its start to its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parlor_certs::{CertError, ServerTls};
use parlor_protocol::DeviceId;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::authority::Authority;
use crate::gate::Gate;
use crate::relay::{self, Relay};
use crate::settings::Settings;
use crate::sockets::Sockets;
use crate::state::State;

/// How long calls that are being answered may go on when the tracker stops.
/// Its caller has 10 s for all it does.
const DRAIN_TIME: Duration = Duration::from_secs(5);
/// How long the peers of address discovery may take to hear that it is over.
const FAREWELL_TIME: Duration = Duration::from_millis(500);

/// What makes a tracker.
#[derive(Debug)]
pub struct Tracker {
    settings: Settings,
    tls: ServerTls,
    authority: Arc<dyn Authority>,
}

/// Why a tracker did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting makes no sense.
    #[error("the setting {key} {reason}")]
    Setting {
        /// Which one.
        key: &'static str,
        /// What is wrong, and what would be right.
        reason: &'static str,
    },
    /// The UDP port cannot be had.
    #[error("cannot listen on UDP {address}: {source}")]
    Udp {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The certificate is unusable.
    #[error(transparent)]
    Cert(#[from] CertError),
}

impl Tracker {
    /// A tracker with these settings, shown by `tls`, which asks `authority` about passwords and devices.
    pub fn new(settings: Settings, tls: ServerTls, authority: Arc<dyn Authority>) -> Self {
        Self {
            settings,
            tls,
            authority,
        }
    }

    /// Serves on the sockets until `stop` is cancelled.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub async fn start(
        self,
        sockets: Sockets,
        stop: CancellationToken,
    ) -> Result<RunningTracker, StartError> {
        self.settings
            .check()
            .map_err(|(key, reason)| StartError::Setting { key, reason })?;
        let Sockets { tcp, udp, address } = sockets;
        let mut discovery = None;
        if self.settings.relay.enabled {
            // The port is let go of and taken again at once.
            drop(udp);
            discovery = Some(relay::discovery(address, &self.tls).await?);
        }
        let udp_port = discovery.as_ref().map(|_| address.port());
        let state = Arc::new(State::new(self.settings, self.authority, udp_port));
        let relay = udp_port.map(|_| Relay::new(&state));
        // The caller's token may stop other things too, which a dropped tracker leaves alone.
        let stop = stop.child_token();
        let (tasks, cut) = (TaskTracker::new(), CancellationToken::new());
        let gate = Gate::new(
            self.tls,
            Arc::clone(&state),
            relay.clone(),
            stop.clone(),
            cut.clone(),
            tasks.clone(),
        );
        tasks.spawn(gate.accept(tcp));
        tasks.spawn(crate::sweep::sweep(
            Arc::clone(&state),
            relay.clone(),
            stop.clone(),
        ));
        Ok(RunningTracker {
            address,
            handle: TrackerHandle { state, relay },
            discovery,
            _dropped: [stop.clone().drop_guard(), cut.clone().drop_guard()],
            stop,
            cut,
            tasks,
        })
    }
}

/// A tracker that runs. [`Self::finished`] lets it end in order; dropping it ends it at once.
#[derive(Debug)]
pub struct RunningTracker {
    address: SocketAddr,
    handle: TrackerHandle,
    discovery: Option<relay::Discovery>,
    _dropped: [DropGuard; 2],
    stop: CancellationToken,
    cut: CancellationToken,
    tasks: TaskTracker,
}

impl RunningTracker {
    /// Where it listens, with the real port, which UDP has too.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// What the room server tells it.
    pub fn handle(&self) -> TrackerHandle {
        self.handle.clone()
    }

    /// Waits for the stop, then lets calls finish, for at most 5 s, and ends the relay.
    pub async fn finished(self) {
        self.stop.cancelled().await;
        self.tasks.close();
        let relay = self.handle.relay.as_ref();
        let draining = async {
            if let Some(relay) = relay {
                relay.shutdown().await;
            }
            self.tasks.wait().await;
        };
        if tokio::time::timeout(DRAIN_TIME, draining).await.is_err() {
            self.cut.cancel();
            self.tasks.wait().await;
        }
        if let Some(relay) = relay {
            // Whoever was on the way there while it ended.
            relay.clear_all();
        }
        if let Some(discovery) = self.discovery {
            // Dropped, it ends without a word.
            let _ = tokio::time::timeout(FAREWELL_TIME, discovery.shutdown()).await;
        }
    }
}

/// What is told to a tracker that runs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TrackerHandle {
    state: Arc<State>,
    relay: Option<Relay>,
}

/// Numbers of a tracker that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackerCounts {
    /// Peers that are listed.
    pub peers: usize,
    /// Peer channels with somebody in them.
    pub channels: usize,
    /// Devices at the relay.
    pub relayed: usize,
}

impl TrackerHandle {
    /// A device was revoked: its entries go, and its connections to the relay end at once.
    pub fn end_device(&self, device: &DeviceId) {
        self.state.registry.end_device(device);
        if let Some(relay) = &self.relay {
            relay.disconnect(device);
        }
    }

    /// A user was banned or disabled: entries and tokens go, and its devices leave the relay.
    pub fn end_user(&self, username: &str) {
        self.state.tokens.end_user(username);
        for device in self.state.registry.end_user(username) {
            if let Some(relay) = &self.relay {
                relay.disconnect(&device);
            }
        }
    }

    /// A user's password changed, or their sessions were ended: the tokens that a password
    /// was given for end too. Entries stay: they end by themselves, if nobody renews them.
    pub fn end_tokens(&self, username: &str) {
        self.state.tokens.end_user(username);
    }

    /// How much there is.
    pub fn counts(&self) -> TrackerCounts {
        self.state.registry.counts()
    }
}
