//! The tracker inside the server: on a port of its own, with the server's
//! certificate, started before the server accepts and stopped with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parlor_certs::ServerTls;
use parlor_tracker::settings::Metrics;
use parlor_tracker::{Settings, Sockets, Tracker};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::start_error::StartError;
use crate::state::State;
use crate::trackers::RoomAuthority;

/// How long its calls may go on after it was told to stop. It is told first of
/// all, and so takes nothing from the 10 s of a stop but where the rooms have nothing to do.
const STOP_TIME: Duration = Duration::from_secs(6);

/// A tracker that runs. Dropping it ends it at once.
#[derive(Debug)]
pub(super) struct Inside {
    pub(super) address: SocketAddr,
    stop: CancellationToken,
    told: Option<Instant>,
    task: JoinHandle<()>,
}

/// Takes its port, if there is to be one.
pub(super) fn bind(config: &Config) -> Result<Option<Sockets>, StartError> {
    let Some(address) = config.tracker_at() else {
        return Ok(None);
    };
    let bound = Sockets::bind(address);
    let bound = bound.map_err(|source| StartError::Tracker { address, source })?;
    Ok(Some(bound))
}

/// Starts it, and lets the rooms know of it.
pub(super) async fn start(
    config: &Config,
    sockets: Sockets,
    tls: ServerTls,
    rooms: &Arc<State>,
) -> Result<Inside, StartError> {
    let settings = Settings {
        name: config.name.clone(),
        rate_limits: config.rate_limits,
        metrics: Metrics {
            token: config.metrics.token.as_ref().map(|t| t.as_str().to_owned()),
        },
        ..Settings::default()
    };
    let (address, stop) = (sockets.local_addr(), CancellationToken::new());
    let authority = Arc::new(RoomAuthority::of(rooms));
    let tracker = Tracker::new(settings, tls, authority);
    let running = tracker.start(sockets, stop.clone()).await;
    let running = running.map_err(|error| match error {
        parlor_tracker::StartError::Udp { address, source } => {
            StartError::Tracker { address, source }
        }
        parlor_tracker::StartError::Cert(error) => error.into(),
        error @ parlor_tracker::StartError::Setting { .. } => StartError::Tracker {
            address,
            source: std::io::Error::other(error),
        },
    })?;
    rooms.set_tracker(address.port(), running.handle());
    Ok(Inside {
        address,
        stop,
        told: None,
        task: tokio::spawn(running.finished()),
    })
}

impl Inside {
    /// It takes no more connections.
    pub(super) fn tell(&mut self) {
        self.stop.cancel();
        self.told = Some(Instant::now());
    }

    /// Waits until what it answers is answered.
    pub(super) async fn finish(&mut self) {
        self.stop.cancel();
        let end = self.told.unwrap_or_else(Instant::now) + STOP_TIME;
        if tokio::time::timeout_at(end, &mut self.task).await.is_err() {
            tracing::warn!("the tracker did not stop in time, and is cut off");
            self.task.abort();
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.stop.cancel();
        self.task.abort();
    }
}
