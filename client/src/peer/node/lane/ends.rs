//! What became of what a lane tried, and when it is of no use any more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{FIRST_WAIT, LONGEST_WAIT, Lane, Order, Task};
use crate::peer::net::{DialError, Link};
use crate::peer::node::context::now;
use crate::peer::node::seal::Sealed;
use crate::peer::node::work::News;
use crate::peer::store::Tried;

/// A lane that has had nothing to do for this long is given up: there is one for each device that was ever
/// told something.
pub(super) const IDLE: Duration = Duration::from_secs(5 * 60);

impl Lane {
    pub(super) fn over(orders: mpsc::Sender<Order>) -> Self {
        Self {
            orders,
            told: AtomicU64::new(0),
            link: None,
        }
    }

    /// Gives an order; `false` if the lane takes no more: its link should be ended. Nothing is lost by it, for
    /// a lane that has orders to follow looks into the store afterwards.
    pub(in crate::peer::node) fn tell(&self, order: Order) -> bool {
        let taken = self.orders.try_send(order).is_ok();
        self.told.fetch_add(u64::from(taken), Ordering::Relaxed);
        taken
    }

    /// Whether a lane that had nothing to do after so many orders still has not.
    pub(in crate::peer::node) fn is_idle(&self, followed: u64) -> bool {
        self.link.is_none() && self.told.load(Ordering::Relaxed) == followed
    }

    /// Whether its task is gone.
    pub(in crate::peer::node) fn has_ended(&self) -> bool {
        self.orders.is_closed()
    }
}

impl Task {
    /// Whether nothing is up, under way or waiting.
    pub(super) fn is_idle(&self) -> bool {
        self.link.is_none()
            && self.dialling.is_none()
            && self.sealing.is_none()
            && !self.waits
            && !self.wants_link
    }

    /// Tells the node when this lane has been idle: the node ends it, unless it has given an order meanwhile.
    pub(super) fn say_idle(&mut self) {
        if self.is_idle() {
            // Where too much else is told, it is told the next time.
            let _ = self.news.try_send(News::Idle(self.device, self.followed));
        }
    }

    pub(super) async fn dialled(&mut self, dialled: Result<Link, DialError>) {
        self.dialling = None;
        match dialled {
            // The node tells of every link, in their order. Meanwhile another may have come in its place,
            // and what a dial ended with be over.
            Ok(link) if self.link.is_none() && link.is_up() => self.up(link),
            Ok(_) => self.looks = true,
            Err(error) => {
                tracing::debug!(%error, device = %self.device, "not reached");
                self.next_dial =
                    Instant::now() + self.wait.mul_f64(0.75 + crate::random::fraction() / 2.0);
                self.wait = (self.wait * 2).min(LONGEST_WAIT);
                self.looks = true;
                let next = self.next_dial - Instant::now();
                let tried = Tried {
                    last: now(),
                    next: jiff::Timestamp::now()
                        .checked_add(next)
                        .ok()
                        .map(Into::into),
                };
                let noted = self
                    .context
                    .store
                    .dialled(&self.username, Some(tried))
                    .await;
                if let Err(error) = noted {
                    tracing::warn!(%error, "the peers' store failed");
                }
            }
        }
    }

    pub(super) fn sealed(&mut self, sealed: &Sealed) {
        tracing::debug!(?sealed, device = %self.device, "lines were sealed");
        self.sealing = None;
        self.looks = true;
        let wait = self.seal_wait;
        self.seal_wait = match sealed {
            Sealed::Later(_) => (wait * 2).min(LONGEST_WAIT),
            Sealed::Done | Sealed::Offline => FIRST_WAIT,
        };
        self.next_seal = Instant::now()
            + match sealed {
                Sealed::Done => Duration::ZERO,
                // The session wakes this lane when it is back.
                Sealed::Offline => LONGEST_WAIT,
                Sealed::Later(after) => after.unwrap_or(wait).max(wait),
            };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lane_is_idle_only_if_every_order_was_followed() {
        let (orders, mut taken) = mpsc::channel(2);
        let lane = Lane::over(orders);
        assert!(lane.is_idle(0) && !lane.has_ended());
        assert!(lane.tell(Order::Wake) && lane.tell(Order::Try));
        // One that was not taken needs no following.
        assert!(!lane.tell(Order::Dial));
        assert!(!lane.is_idle(0) && !lane.is_idle(1) && lane.is_idle(2));
        assert!(taken.recv().await.is_some());
        drop(taken);
        assert!(lane.has_ended() && !lane.tell(Order::Wake) && lane.is_idle(2));
    }
}
