//! The node: the one process of a home that has this device's keys and links, and does
//! what the store says is to be done.
//!
//! Whoever holds `peer.lock` in the account's folder is the node; the system lets go of the lock however that
//! process ends, and another that runs takes over. A process without it only reads and writes rows.
//!
//! # Layout
//!
//! - [`Peers::start`](super::Peers::start) spawns [`supervise`]: waiting for the lock, and running.
//! - `device`: this device's keys and card, and their publishing.
//! - `door`: who is let in. `people`: whose devices are known.
//! - `work`: the task that hears of everything; `incoming`: what links bring it;
//!   `spread`: to which devices lines go; `channels`: peer channels; `wishes`: what handles ask for.
//! - `lane`: what goes to one device, in order; `seal`: for one that is away.
//! - `mail`: what was sealed for us.

mod channels;
mod context;
mod device;
mod door;
mod incoming;
mod lane;
mod lock;
mod mail;
mod people;
mod seal;
mod spread;
mod wishes;
mod work;

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::home::Home;
use crate::peer::handle::PeerOptions;
use crate::peer::store::PeerStore;
use crate::peer::talk::Talk;
use crate::session::Handle;

/// Between looks for the lock of another process.
const LOCK_EVERY: Duration = Duration::from_millis(500);

/// After a node that could not begin (no socket, no keyring), before it is tried again.
const BEGIN_AGAIN: Duration = Duration::from_secs(10);

/// Asks that wait for the node. They may be lost: nothing that must be done goes by them.
pub(crate) const ASKS: usize = 64;

/// What handles of this process ask of its node directly: nothing that must survive.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// Say that one is writing.
    Typing(Talk),
    /// The networks of this computer may have changed.
    NetworkChanged,
}

/// How the node of this process stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeState {
    /// Another process of this home is the node, or this one is about to be.
    Elsewhere,
    /// This process is the node.
    Here,
    /// This process should be the node and cannot; why.
    Failed(String),
}

/// What a node is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) home: Home,
    pub(crate) session: Handle,
    pub(crate) store: PeerStore,
    pub(crate) options: PeerOptions,
    pub(crate) asks: mpsc::Receiver<Ask>,
    pub(crate) state: watch::Sender<NodeState>,
    pub(crate) stop: CancellationToken,
}

/// How a node ended.
#[derive(Debug)]
enum Ended {
    /// It was stopped.
    Stopped,
    /// It is to begin anew, with these options.
    Again(PeerOptions),
    /// It could not begin or go on; why.
    Failed(String),
}

/// Runs the node whenever this process can be it, until it is stopped.
pub(crate) async fn supervise(mut parts: Parts) {
    let stop = parts.stop.clone();
    while let Some(lock) = lock::take(&mut parts).await {
        let ended = work::run(&mut parts).await;
        drop(lock);
        match ended {
            Ended::Stopped => return,
            Ended::Again(options) => parts.options = options,
            Ended::Failed(why) => {
                tracing::warn!(%why, "the node of the peers could not go on");
                parts.state.send_replace(NodeState::Failed(why));
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(BEGIN_AGAIN) => {}
                }
            }
        }
    }
}
