//! Amounts of bytes, speeds and waits, as people say them. A unit is 1,024 of
//! the one before, as file managers and the limits of servers have it.

use super::tr;

/// The units above the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Byte,
    Kilo,
    Mega,
    Giga,
    Tera,
}

impl Unit {
    /// The unit in which so many bytes are said. Just below the next one it is the next,
    /// for "1,024 KB" is said as "1 MB".
    fn of(bytes: u64) -> Self {
        const UNITS: [Unit; 5] = [Unit::Byte, Unit::Kilo, Unit::Mega, Unit::Giga, Unit::Tera];
        UNITS
            .into_iter()
            .find(|unit| (bytes as f64 / unit.bytes()).round() < 1_024.0)
            .unwrap_or(Unit::Tera)
    }

    fn bytes(self) -> f64 {
        match self {
            Self::Byte => 1.0,
            Self::Kilo => 1_024.0,
            Self::Mega => 1_048_576.0,
            Self::Giga => 1_073_741_824.0,
            Self::Tera => 1_099_511_627_776.0,
        }
    }

    /// The number in this unit: tenths only where they say something.
    fn number(self, bytes: u64) -> String {
        let value = bytes as f64 / self.bytes();
        match self {
            Self::Byte => bytes.to_string(),
            // Something is never nothing.
            Self::Kilo if bytes > 0 => format!("{:.0}", value.max(1.0)),
            Self::Kilo => "0".to_owned(),
            _ => tenths(value),
        }
    }

    fn with(self, number: String) -> String {
        match self {
            Self::Byte => tr!("amount-b", number = number),
            Self::Kilo => tr!("amount-kb", number = number),
            Self::Mega => tr!("amount-mb", number = number),
            Self::Giga => tr!("amount-gb", number = number),
            Self::Tera => tr!("amount-tb", number = number),
        }
    }
}

/// "10.4", "31", "104": one digit behind the point below a hundred, unless it is 0.
fn tenths(value: f64) -> String {
    let all = format!("{value:.1}");
    match all.split_once('.') {
        Some((whole, tenth)) if tenth != "0" && value < 99.95 => {
            tr!("amount-decimal", whole = whole, tenth = tenth)
        }
        Some((whole, "0")) => whole.to_owned(),
        _ => format!("{value:.0}"),
    }
}

/// "10.4 MB".
pub(crate) fn size(bytes: u64) -> String {
    let unit = Unit::of(bytes);
    unit.with(unit.number(bytes))
}

/// "1.2 of 1.8 GB", in the unit of the whole.
pub(crate) fn part(done: u64, whole: u64) -> String {
    let unit = Unit::of(whole);
    let done = unit.number(done.min(whole));
    tr!("amount-part", done = done, whole = size(whole))
}

/// "8.1 MB/s".
pub(crate) fn speed(per_second: u64) -> String {
    tr!("amount-speed", size = size(per_second))
}

/// "4 s", "3 min", "2 h": how long the rest takes at this speed; `None` while nothing moves.
pub(crate) fn left(rest: u64, per_second: u64) -> Option<String> {
    if per_second == 0 {
        return None;
    }
    let seconds = rest.div_ceil(per_second).max(1);
    Some(match seconds {
        ..100 => tr!("amount-seconds", count = seconds),
        100..6_000 => tr!("amount-minutes", count = seconds.div_ceil(60)),
        _ => tr!("amount-hours", count = seconds.div_ceil(3_600)),
    })
}

/// Whole percent, 100 only when all is there.
pub(crate) fn percent(done: u64, whole: u64) -> u64 {
    let share = u128::from(done.min(whole)) * 100;
    let whole_percent = share.checked_div(u128::from(whole)).unwrap_or(100);
    u64::try_from(whole_percent).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_the_design_has_them() {
        let check = |bytes: u64, expected: &str| assert_eq!(size(bytes), expected, "{bytes}");
        check(0, "0 B");
        check(412, "412 B");
        check(1_023, "1023 B");
        check(1_024, "1 KB");
        check(6 * 1_024, "6 KB");
        check(217_000, "212 KB");
        check(1_048_575, "1 MB");
        check(10_905_190, "10.4 MB");
        check(31 * 1_048_576, "31 MB");
        check(104_700_000, "99.8 MB");
        check(104_857_500, "100 MB");
        check(134_217_728, "128 MB");
        check(2_147_483_648, "2 GB");
        check(1_932_735_283, "1.8 GB");
        check(u64::MAX, "16777216 TB");
    }

    #[test]
    fn a_part_is_said_in_the_unit_of_the_whole() {
        assert_eq!(part(1_288_490_188, 1_932_735_283), "1.2 of 1.8 GB");
        assert_eq!(part(31_457_280, 50_331_648), "30 of 48 MB");
        assert_eq!(part(9, 5), "5 of 5 B");
    }

    #[test]
    fn the_rest_is_told_in_the_unit_one_waits_in() {
        let check = |rest, speed, expected: Option<&str>| {
            assert_eq!(left(rest, speed).as_deref(), expected, "{rest} at {speed}");
        };
        check(100, 0, None);
        check(0, 10, Some("1 s"));
        check(40, 10, Some("4 s"));
        check(1_000, 1, Some("17 min"));
        check(10_000, 1, Some("3 h"));
    }

    #[test]
    fn all_of_it_is_said_only_when_it_is_there() {
        assert_eq!(percent(999, 1_000), 99);
        assert_eq!(percent(1_000, 1_000), 100);
        assert_eq!(percent(0, 0), 100);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
    }
}
