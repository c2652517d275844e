//! Waiting for a fact, with a deadline.

use std::time::{Duration, Instant};

/// How long a test waits for what must happen soon. Generous, because CI
/// machines are slow; a passing test never waits it out.
pub const SOON: Duration = Duration::from_secs(30);

/// How often a fact that cannot be waited on is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Waits until `fact` gives a value.
///
/// # Panics
///
/// When `within` has passed without one; the message names `what`.
pub fn until<T>(what: &str, within: Duration, fact: impl FnMut() -> Option<T>) -> T {
    before(Instant::now() + within, fact)
        .unwrap_or_else(|| panic!("waited {within:?} in vain for {what}"))
}

/// The same for what may fail to come: `None` when the deadline has passed.
pub(crate) fn before<T>(deadline: Instant, mut fact: impl FnMut() -> Option<T>) -> Option<T> {
    loop {
        if let Some(value) = fact() {
            return Some(value);
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
