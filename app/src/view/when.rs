//! Times as people say them, in the zone of this computer.

use jiff::tz::TimeZone;
use parlor_protocol::Time;

use crate::locale::tr;

/// "2 November", or "2 November 2025" where that is another year than now.
pub(crate) fn day(time: Time, now: Time) -> String {
    let zone = TimeZone::system();
    let (then, today) = (
        time.timestamp().to_zoned(zone.clone()),
        now.timestamp().to_zoned(zone),
    );
    let (day, month) = (i64::from(then.day()), i64::from(then.month()));
    if then.year() == today.year() {
        tr!("when-day", day = day, month = month)
    } else {
        let year = then.year().to_string();
        tr!("when-day-year", day = day, month = month, year = year)
    }
}

/// "09:31".
pub(crate) fn clock(time: Time) -> String {
    let then = time.timestamp().to_zoned(TimeZone::system());
    format!("{:02}:{:02}", then.hour(), then.minute())
}

/// "09:31" on the day of now, else "3 Nov".
pub(crate) fn short(time: Time, now: Time) -> String {
    let zone = TimeZone::system();
    let (then, today) = (
        time.timestamp().to_zoned(zone.clone()),
        now.timestamp().to_zoned(zone),
    );
    if then.date() == today.date() {
        return clock(time);
    }
    let (day, month) = (i64::from(then.day()), i64::from(then.month()));
    tr!("when-short", day = day, month = month)
}

/// "just now", "5 min ago", "2 h ago", or the day.
pub(crate) fn ago(time: Time, now: Time) -> String {
    let minutes = (now.as_millis() - time.as_millis()) / 60_000;
    match minutes {
        ..1 => tr!("when-just-now"),
        1..60 => tr!("when-minutes", count = minutes),
        60..1_440 => tr!("when-hours", count = minutes / 60),
        _ => day(time, now),
    }
}

/// "12 ms", or that it was less than one.
pub(crate) fn ping(millis: i64) -> String {
    if millis < 1 {
        tr!("when-ping-less")
    } else {
        tr!("when-ping", ms = millis)
    }
}
