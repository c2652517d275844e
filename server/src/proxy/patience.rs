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

/// A timer for one wait after the other. It is not set anew for each: where it was set for
/// earlier it rings early, once, and is set for what is waited for then.
#[derive(Debug, Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Whether it is `until` or later; else the task is woken then, or before.
    pub(super) fn has_rung(&mut self, until: Instant, cx: &mut Context<'_>) -> bool {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if sleep.deadline() > until {
            sleep.as_mut().reset(until);
        }
        loop {
            if sleep.as_mut().poll(cx).is_pending() {
                return false;
            }
            if sleep.deadline() >= until {
                return true;
            }
            sleep.as_mut().reset(until);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_alarm_rings_when_it_is_time_and_not_before() {
        let began = Instant::now();
        let mut alarm = Alarm::default();
        // Later than the one before, earlier, later again, and one that is over.
        for (until, expected) in [
            (60, None),
            (90, None),
            (30, Some(30)),
            (45, Some(45)),
            (40, Some(45)),
        ] {
            let until = began + Duration::from_secs(until);
            let rung = poll_fn(|cx| {
                if alarm.has_rung(until, cx) {
                    return Poll::Ready(());
                }
                Poll::Pending
            });
            match expected {
                None => {
                    let looked = tokio::time::timeout(Duration::ZERO, rung).await;
                    assert!(looked.is_err(), "{until:?}");
                }
                Some(seconds) => {
                    rung.await;
                    assert_eq!(began.elapsed().as_secs(), seconds);
                }
            }
        }
    }
}
