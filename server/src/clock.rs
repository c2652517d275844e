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

fn millis(seconds: u64) -> i64 {
    i64::try_from(seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000)
}
