//! Takes off what the room server has ended meanwhile, and what is over.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::relay::Relay;
use crate::state::{State, now};

/// How often. Whoever cannot wait tells the tracker by its handle.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// Sweeps until it is stopped.
pub(crate) async fn sweep(state: Arc<State>, relay: Option<Relay>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => once(&state, relay.as_ref()),
            () = stop.cancelled() => return,
        }
    }
}

fn once(state: &State, relay: Option<&Relay>) {
    state.registry.lapse(now());
    for (username, device) in state.registry.everybody() {
        if state.authority.is_barred(&username) {
            state.tokens.end_user(&username);
            state.registry.end_user(&username);
        } else if let Some(device) = device
            && state.authority.is_revoked(&device)
        {
            state.registry.end_device(&device);
        }
    }
    if let Some(relay) = relay {
        relay.clear();
    }
}
