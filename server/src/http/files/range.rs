//! `Range` (RFC 9110, 14.2): the part of a file that is asked for.

/// What of a file is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: nothing else was asked for, or nothing that is understood.
    Whole,
    /// Bytes from the first to the last.
    From(u64, u64),
    /// None of it: 416.
    Unsatisfiable,
}

/// What a `Range` asks of a file. Several ranges are answered with the whole,
/// as the RFC allows.
pub(super) fn part(value: &str, size: u64) -> Part {
    let Some((unit, range)) = value.split_once('=') else {
        return Part::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") || range.contains(',') {
        return Part::Whole;
    }
    let Some((first, last)) = range.trim().split_once('-') else {
        return Part::Whole;
    };
    match (first, last) {
        ("", "") => Part::Whole,
        ("", last) => suffix(last, size),
        (first, last) => between(first, last, size),
    }
}

fn suffix(last: &str, size: u64) -> Part {
    match number(last) {
        None => Part::Whole,
        Some(count) if count == 0 || size == 0 => Part::Unsatisfiable,
        Some(count) => Part::From(size.saturating_sub(count), size - 1),
    }
}

fn between(first: &str, last: &str, size: u64) -> Part {
    let Some(from) = number(first) else {
        return Part::Whole;
    };
    let to = if last.is_empty() {
        u64::MAX
    } else {
        match number(last) {
            Some(to) if to >= from => to,
            _ => return Part::Whole,
        }
    };
    if from >= size {
        return Part::Unsatisfiable;
    }
    Part::From(from, to.min(size - 1))
}

/// A number, however large.
fn number(digits: &str) -> Option<u64> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let check = |value: &str, expected: Part| assert_eq!(part(value, 100), expected, "{value}");
        check("bytes=0-9", Part::From(0, 9));
        check("bytes=0-0", Part::From(0, 0));
        check("Bytes=90-", Part::From(90, 99));
        check("bytes=90-1000", Part::From(90, 99));
        check("bytes=-10", Part::From(90, 99));
        check("bytes=-1000", Part::From(0, 99));
        check("bytes=99-99999999999999999999999", Part::From(99, 99));
        check("bytes=100-", Part::Unsatisfiable);
        check("bytes=99999999999999999999999-", Part::Unsatisfiable);
        check("bytes=-0", Part::Unsatisfiable);
        check("bytes=9-0", Part::Whole);
        check("bytes=0-1,5-6", Part::Whole);
        check("bytes=", Part::Whole);
        check("bytes=-", Part::Whole);
        check("bytes=a-b", Part::Whole);
        check("bytes=+1-2", Part::Whole);
        check("bytes=--1", Part::Whole);
        check("lines=0-9", Part::Whole);
        check("0-9", Part::Whole);
        check("", Part::Whole);
        assert_eq!(part("bytes=0-", 0), Part::Unsatisfiable);
        assert_eq!(part("bytes=-1", 0), Part::Unsatisfiable);
    }
}
