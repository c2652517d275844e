//! Which process is the node.

use std::fs::File;

use super::{LOCK_EVERY, NodeState, Parts};

/// The lock, held until it is dropped or this process ends.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "it is held, not read")] File);

/// Waits until this process is the node. `None` if it is stopped first. What is asked
/// of the node meanwhile goes nowhere.
pub(super) async fn take(parts: &mut Parts) -> Option<Lock> {
    let files = parts.home.account_files(&parts.session.account().id);
    loop {
        match files.peer_lock() {
            Ok(Some(file)) => return Some(Lock(file)),
            Ok(None) => {
                parts.state.send_if_modified(|now| {
                    let moved = *now != NodeState::Elsewhere;
                    *now = NodeState::Elsewhere;
                    moved
                });
            }
            Err(error) => {
                parts
                    .state
                    .send_replace(NodeState::Failed(error.to_string()));
            }
        }
        while parts.asks.try_recv().is_ok() {}
        tokio::select! {
            () = parts.stop.cancelled() => return None,
            () = tokio::time::sleep(LOCK_EVERY) => {}
        }
    }
}
