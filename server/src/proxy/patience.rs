//! How long somebody is waited for who does nothing.

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// Waits for somebody, over and over, each time no longer than a bound. A timer
/// exists only while there is something to wait for.
#[derive(Debug)]
pub(super) struct Patience {
    bound: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    pub(super) fn new(bound: Duration) -> Self {
        Self {
            bound,
            waiting: None,
        }
    }

    /// Something came.
    pub(super) fn renew(&mut self) {
        self.waiting = None;
    }

    /// Nothing came. `true`: that for too long; else the task is woken when it is.
    pub(super) fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let until = Instant::now() + self.bound;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        waiting.as_mut().poll(cx).is_ready()
    }
}
