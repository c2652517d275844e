//! Which process is the node.

use std::fs::File;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{LOCK_EVERY, NodeState, Parts};
use crate::peer::ask::Ask;
use crate::peer::store::Wish;

/// The lock, held until it is dropped or this process ends.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "it is held, not read")] File);

/// Waits until this process is the node. `None` if nobody wants one before.
pub(super) async fn take(parts: &mut Parts) -> Option<Lock> {
    let files = parts.home.account_files(&parts.session.account().id);
    let mut told = false;
    loop {
        match files.peer_lock() {
            Ok(Some(file)) => return Some(Lock(file)),
            Ok(None) => {
                parts.session.tap().expect(false);
                parts.state.send_if_modified(|now| {
                    let moved = *now != NodeState::Elsewhere;
                    *now = NodeState::Elsewhere;
                    moved
                });
                if !told {
                    told = true;
                    tighten(parts).await;
                }
            }
            Err(error) => {
                let why = NodeState::Failed(error.to_string());
                parts.state.send_replace(why);
            }
        }
        rest(parts, LOCK_EVERY).await?;
    }
}

/// The node of another process is to show no more of this computer than this one would.
async fn tighten(parts: &Parts) {
    if !parts.options.is_tight() {
        return;
    }
    let wish = Wish::Tighten(Box::new(parts.options.clone()));
    if let Err(error) = parts.ends.store.wish(wish).await {
        tracing::warn!(%error, "the peers' store failed");
    }
}

/// Waits that long. What is asked meanwhile of a node that is not there goes nowhere, but for how it
/// should behave. `None` once nobody can ask any more.
pub(super) async fn rest(parts: &mut Parts, wait: Duration) -> Option<()> {
    let until = Instant::now() + wait;
    loop {
        match timeout_at(until, parts.ends.asks.recv()).await {
            Ok(Some(Ask::Options(options))) => parts.options = options,
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(_) => return Some(()),
        }
    }
}
