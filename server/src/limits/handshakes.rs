//! How many handshakes one address may do at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{lock, network};

/// Handshakes of one address at once. The others of it wait for their turn, so that
/// who begins many and ends none takes few of everybody's.
const HANDSHAKES: usize = 64;

/// The handshakes of each address.
#[derive(Debug, Default)]
pub(crate) struct HandshakeLimits {
    turns: Mutex<HashMap<IpAddr, Arc<Semaphore>>>,
}

impl HandshakeLimits {
    /// Waits until an address may do one more. It does until the turn is dropped.
    pub(crate) async fn turn(self: &Arc<Self>, address: IpAddr) -> Turn {
        let network = network(address);
        let fresh = || Arc::new(Semaphore::new(HANDSHAKES));
        let places = Arc::clone(lock(&self.turns).entry(network).or_insert_with(fresh));
        let mut turn = Turn {
            network,
            limits: Arc::clone(self),
            places: Some(Arc::clone(&places)),
            permit: None,
        };
        // None closes it.
        turn.permit = places.acquire_owned().await.ok();
        turn
    }
}

/// A handshake that is under way, or waits for that.
#[derive(Debug)]
pub(crate) struct Turn {
    network: IpAddr,
    limits: Arc<HandshakeLimits>,
    places: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = lock(&self.limits.turns);
        self.permit = None;
        self.places = None;
        // Nobody else of this address has one or waits for it.
        if turns
            .get(&self.network)
            .is_some_and(|all| Arc::strong_count(all) == 1)
        {
            turns.remove(&self.network);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_so_many_handshakes_and_the_others_wait() {
        let limits = Arc::new(HandshakeLimits::default());
        let mut turns = Vec::new();
        for _ in 0..HANDSHAKES {
            turns.push(limits.turn(ip("2001:db8::1")).await);
        }
        let wait = Duration::from_secs(1);
        let more = tokio::time::timeout(wait, limits.turn(ip("2001:db8::2")));
        more.await.unwrap_err();
        let other = limits.turn(ip("2001:db8:0:1::1")).await;
        turns.pop();
        let more = tokio::time::timeout(wait, limits.turn(ip("2001:db8::2")));
        let more = more.await.unwrap();
        drop((more, turns, other));
        assert!(lock(&limits.turns).is_empty());
    }
}
