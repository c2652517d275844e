//! How far a running transfer is, shared between who runs it and who tells of it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::transfer::TransferState;

/// The speed shown is that of the last seconds: long enough to be calm, short
/// enough to follow a line that slows down.
const WINDOW: Duration = Duration::from_secs(4);

const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const CHECKING: u8 = 2;

/// Written by the job, read by the engine.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    done: AtomicU64,
    phase: AtomicU8,
}

impl Progress {
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    pub(crate) fn set_done(&self, bytes: u64) {
        self.done.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn waits(&self) {
        self.phase.store(WAITING, Ordering::Relaxed);
    }

    pub(crate) fn runs(&self) {
        self.phase.store(RUNNING, Ordering::Relaxed);
    }

    pub(crate) fn checks(&self) {
        self.phase.store(CHECKING, Ordering::Relaxed);
    }
}

/// The last samples of one transfer.
#[derive(Debug, Default)]
pub(crate) struct Speed {
    samples: VecDeque<(Instant, u64)>,
}

impl Speed {
    /// What to show now.
    pub(crate) fn state(&mut self, progress: &Progress, now: Instant) -> TransferState {
        match progress.phase.load(Ordering::Relaxed) {
            RUNNING => {
                let per_second = self.sample(progress.done(), now);
                TransferState::Running { per_second }
            }
            CHECKING => TransferState::Checking,
            _ => {
                self.samples.clear();
                TransferState::Waiting
            }
        }
    }

    fn sample(&mut self, done: u64, now: Instant) -> u64 {
        // What is sent again after a break is no speed.
        if self.samples.back().is_some_and(|(_, last)| *last > done) {
            self.samples.clear();
        }
        self.samples.push_back((now, done));
        while self.samples.len() > 2
            && self
                .samples
                .get(1)
                .is_some_and(|(at, _)| now.saturating_duration_since(*at) >= WINDOW)
        {
            self.samples.pop_front();
        }
        let Some((since, before)) = self.samples.front() else {
            return 0;
        };
        let seconds = now.saturating_duration_since(*since).as_secs_f64();
        if seconds <= 0.0 {
            return 0;
        }
        ((done - before) as f64 / seconds) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_speed_is_that_of_the_last_seconds() {
        let (mut speed, progress) = (Speed::default(), Progress::default());
        let start = Instant::now();
        let mut at = |millis: u64, done: u64| {
            progress.set_done(done);
            speed.state(&progress, start + Duration::from_millis(millis))
        };
        assert_eq!(at(0, 0), TransferState::Waiting);
        progress.runs();
        let mut last = TransferState::Waiting;
        for n in 0..=40 {
            last = at(n * 250, n * 1_000);
        }
        assert_eq!(last, TransferState::Running { per_second: 4_000 });
        for n in 41..=60 {
            last = at(n * 250, 40_000);
        }
        assert_eq!(last, TransferState::Running { per_second: 0 });
        // Sent again from an earlier offset.
        assert_eq!(at(15_250, 10_000), TransferState::Running { per_second: 0 });
    }
}
