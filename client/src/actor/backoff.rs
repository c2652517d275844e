//! How long to wait before trying again.

use std::time::Duration;

/// The first wait: a server that restarts is back in about this time.
const FIRST: Duration = Duration::from_millis(500);

/// The longest wait: a person who looks at "offline" believes it for this long.
const LONGEST: Duration = Duration::from_secs(30);

/// Where the waits go on after a connection that stood for a moment: at 1 s.
const SETTLED: u32 = 1;

/// Waits that double up to a bound, each shortened by chance so that the
/// clients of a server that comes back do not all come at once.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Notes one more failure; `fraction` is a random number from 0 to 1.
    pub(crate) fn next(&mut self, fraction: f64) -> Duration {
        let doubled = FIRST.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        doubled.min(LONGEST).mul_f64(0.5 + fraction / 2.0)
    }

    /// The next attempt, counted from 1.
    pub(crate) fn attempt(&self) -> u32 {
        self.failures + 1
    }

    /// A connection came to stand, though it may not have held: the server is
    /// there, so that the next waits are short, but it is not run at in a loop.
    pub(crate) fn settle(&mut self) {
        self.failures = self.failures.min(SETTLED);
    }

    /// A connection held.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_longest_and_starts_over() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..9)
            .map(|_| backoff.next(1.0).as_millis() as u64)
            .collect();
        assert_eq!(
            waits,
            [
                500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000
            ]
        );
        assert_eq!(backoff.attempt(), 10);
        backoff.settle();
        assert_eq!(backoff.next(1.0), Duration::from_secs(1));
        backoff.reset();
        assert_eq!(backoff.next(0.0), Duration::from_millis(250));
    }

    #[test]
    fn never_overflows() {
        let mut backoff = Backoff {
            failures: u32::MAX - 1,
        };
        assert_eq!(backoff.next(1.0), LONGEST);
        assert_eq!(backoff.next(0.0), LONGEST / 2);
    }
}
