//! The server as a whole: started from a configuration, stopped in order.
//!
//! Nothing here is global: several servers may run in one process, each with a
//! data folder of its own.
//!
//! # Layout
//!
//! - [`start`]: everything from the configuration to the open port.
//! - [`tracker`]: the tracker inside.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parlor_certs::{Link, Pin};
use tokio::sync::{Notify, broadcast};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::data_dir::{DataDir, DataLock, PublishedFacts};
use crate::face::Face;
use crate::listener::{Serving, Sessions};
use crate::storage::Storage;

mod start;
mod tracker;

pub(crate) use self::start::bind;
pub use self::start::{Server, link_of};

/// How long connections may take to close that are not the rooms' (HTTP), or
/// that the rooms gave up on.
const DRAIN_TIME: Duration = Duration::from_secs(1);
/// How long the storage may take to write what is left and close. With
/// [`DRAIN_TIME`] and the 7 s of the rooms it stays below the 10 s of a stop.
const CLOSE_TIME: Duration = Duration::from_millis(1500);

/// What a stopping server does, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The ports are closed, the tracker's too, and handshakes that are under way end.
    StopAccepting,
    /// What was taken in is finished and answered; every client is told, and
    /// reads what waits for it.
    TellClients,
    /// Connections that are still open close, or are cut.
    Drain,
    /// The storage closes.
    CloseStorage,
    /// `parlord.json` goes, and the data folder is free.
    Release,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 5] = [
        Self::StopAccepting,
        Self::TellClients,
        Self::Drain,
        Self::CloseStorage,
        Self::Release,
    ];
}

/// The rooms behind the port.
pub(crate) trait Rooms: Sessions + fmt::Debug {
    /// How many connections are open.
    fn online(&self) -> usize;

    /// Whether anybody owns the server.
    fn is_owned(&self) -> bool;

    /// Hands out this link from now on.
    fn set_link(&self, link: Link);

    /// Ends everything without waiting.
    fn abandon(&self);

    /// Finishes what was taken in, tells the clients, and lets them close.
    fn stop(self: Arc<Self>) -> Serving;
}

/// A running server. [`RunningServer::shutdown`] stops it in order; dropping
/// it cuts everything off, which loses nothing that was acknowledged.
#[derive(Debug)]
pub struct RunningServer {
    local_addr: SocketAddr,
    face: Face,
    owner_link: Option<Link>,
    data: DataDir,
    rooms: Arc<dyn Rooms>,
    storage: Arc<dyn Storage>,
    reload: Arc<Notify>,
    stop: CancellationToken,
    cut: CancellationToken,
    tasks: TaskTracker,
    tracker: Option<tracker::Inside>,
    accepting: JoinHandle<()>,
    following: JoinHandle<()>,
    phases: broadcast::Sender<Phase>,
    facts: Arc<PublishedFacts>,
    lock: Option<DataLock>,
}

impl RunningServer {
    /// Where it listens, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Where its tracker listens, with the real port, if it has one.
    pub fn tracker_addr(&self) -> Option<SocketAddr> {
        self.tracker.as_ref().map(|tracker| tracker.address)
    }

    /// The pin of its key.
    pub fn pin(&self) -> Pin {
        self.face.pin()
    }

    /// Its link, without an invite.
    pub fn link(&self) -> Link {
        self.face.link()
    }

    /// At the very first start: the link that makes its bearer the owner. It
    /// works once, and stands nowhere else.
    pub fn owner_link(&self) -> Option<&Link> {
        self.owner_link.as_ref()
    }

    /// Whether anybody owns it yet.
    pub fn is_owned(&self) -> bool {
        self.rooms.is_owned()
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// How many connections are open.
    pub fn online(&self) -> usize {
        self.rooms.online()
    }

    /// Reads the certificate's files again, as SIGHUP asks for. What cannot be
    /// used is logged, and the old certificate stays.
    pub fn reload_certificate(&self) {
        self.reload.notify_one();
    }

    /// Hears of each phase of the shutdown as it begins.
    pub fn phases(&self) -> broadcast::Receiver<Phase> {
        self.phases.subscribe()
    }

    /// Stops in order (see [`Phase`]), within 10 s.
    pub async fn shutdown(mut self) {
        self.enter(Phase::StopAccepting);
        self.stop.cancel();
        if let Some(tracker) = &mut self.tracker {
            tracker.tell();
        }
        if (&mut self.accepting).await.is_err() {
            tracing::error!("the listener had failed");
        }
        self.enter(Phase::TellClients);
        Arc::clone(&self.rooms).stop().await;

        self.enter(Phase::Drain);
        self.tasks.close();
        if tokio::time::timeout(DRAIN_TIME, self.tasks.wait())
            .await
            .is_err()
        {
            self.cut.cancel();
            self.tasks.wait().await;
        }
        if let Some(tracker) = &mut self.tracker {
            tracker.finish().await;
        }
        self.enter(Phase::CloseStorage);
        match tokio::time::timeout(CLOSE_TIME, self.storage.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the storage did not close well"),
            Err(_) => tracing::error!("the storage did not close in time"),
        }
        self.enter(Phase::Release);
        self.following.abort();
        self.facts.remove();
        self.lock = None;
    }

    fn enter(&self, phase: Phase) {
        tracing::info!(?phase, "stopping");
        // Nobody has to listen.
        let _ = self.phases.send(phase);
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.stop.cancel();
        self.cut.cancel();
        self.following.abort();
        self.rooms.abandon();
        self.facts.remove();
    }
}
