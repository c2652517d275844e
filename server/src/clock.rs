//! The server's clock.

use parlor_protocol::Time;

/// The time now.
pub(crate) fn now() -> Time {
    Time::from(jiff::Timestamp::now())
}

/// `seconds` after `time`.
pub(crate) fn after(time: Time, seconds: u64) -> Time {
    Time::from_millis(time.as_millis().saturating_add(millis(seconds)))
}

/// `seconds` before `time`.
pub(crate) fn before(time: Time, seconds: u64) -> Time {
    Time::from_millis(time.as_millis().saturating_sub(millis(seconds)))
}

/// Whole seconds from one time to a later one; 0 if it is not later.
pub(crate) fn seconds_until(from: Time, to: Time) -> u64 {
    let millis = to.as_millis().saturating_sub(from.as_millis());
    u64::try_from(millis / 1_000).unwrap_or(0)
}

fn millis(seconds: u64) -> i64 {
    i64::try_from(seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000)
}
