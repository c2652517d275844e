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
//! - `mail`: what was sealed for us; `reach`: links for files.

mod channels;
mod context;
mod device;
mod door;
mod incoming;
mod lane;
mod lock;
mod mail;
mod people;
mod reach;
mod seal;
mod spread;
mod wishes;
mod work;

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;

use crate::home::Home;
use crate::peer::events::PeerEvents;
use crate::peer::handle::{NodeEnds, Peers};
use crate::peer::options::{self, PeerOptions};
use crate::session::{Handle, OpenError};
use crate::store::StoreError;

/// Between looks for the lock of another process.
const LOCK_EVERY: Duration = Duration::from_millis(500);

/// After a node that could not begin (no socket, no keyring), before it is tried again.
const BEGIN_AGAIN: Duration = Duration::from_secs(10);

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
    pub(crate) options: PeerOptions,
    pub(crate) ends: NodeEnds,
    pub(crate) state: watch::Sender<NodeState>,
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

impl Peers {
    /// Opens the peers' side of an account and runs its node, whenever no other process of this home
    /// does. It goes on until every copy of [`Peers`] is dropped or the session ends; then
    /// [`PeerEvents`] end too. The options are kept for [`Peers::start_once`]. It must be called within a tokio
    /// runtime.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if there is no such account, or its store cannot be opened.
    pub fn start(
        home: &Home,
        session: &Handle,
        options: PeerOptions,
    ) -> Result<(Self, PeerEvents), OpenError> {
        Self::start_with(home, session, options, true)
    }

    /// [`Self::start`] for one command: by the options that were wished last for this account, which show less with
    /// these and never more, and with this say about the keyring. Nothing of it is kept.
    ///
    /// # Errors
    ///
    /// As of [`Self::start`].
    pub fn start_once(
        home: &Home,
        session: &Handle,
        options: PeerOptions,
    ) -> Result<(Self, PeerEvents), OpenError> {
        Self::start_with(home, session, options, false)
    }

    fn start_with(
        home: &Home,
        session: &Handle,
        options: PeerOptions,
        keeps: bool,
    ) -> Result<(Self, PeerEvents), OpenError> {
        session.tap().expect(true);
        let (peers, events, ends) = Self::attach_with(home, &session.account().id)?;
        let parts = Parts {
            home: home.clone(),
            session: session.clone(),
            options,
            state: peers.node_state(),
            ends,
        };
        tokio::spawn(supervise(parts, keeps));
        Ok((peers, events))
    }
}

/// Keeps the options for who runs later; or goes by those that were kept, and shows no more than wished.
async fn settle_options(parts: &mut Parts, keeps: bool) -> Result<(), StoreError> {
    let store = &parts.ends.store;
    if keeps {
        return options::keep(store, &parts.options).await;
    }
    if let Some(kept) = options::kept(store).await? {
        let keyring = parts.options.keyring;
        parts.options = PeerOptions {
            keyring,
            ..kept.tightened(&parts.options)
        };
    }
    Ok(())
}

/// Runs the node whenever this process can be it, until nobody wants it any more.
async fn supervise(mut parts: Parts, keeps: bool) {
    if let Err(error) = settle_options(&mut parts, keeps).await {
        tracing::warn!(%error, "the options of the peers could not be kept or read");
    }
    while let Some(lock) = lock::take(&mut parts).await {
        let ended = Box::pin(work::run(&mut parts)).await;
        parts.ends.here.store(false, Ordering::Release);
        drop(lock);
        match ended {
            Ended::Stopped => break,
            Ended::Again(options) => parts.options = options,
            Ended::Failed(why) => {
                tracing::warn!(%why, "the node of the peers could not go on");
                parts.state.send_replace(NodeState::Failed(why));
                parts.session.tap().expect(false);
                if lock::rest(&mut parts, BEGIN_AGAIN).await.is_none() {
                    break;
                }
            }
        }
    }
    parts.ends.over.cancel();
}
