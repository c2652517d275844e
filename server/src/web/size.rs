//! An amount of bytes as people read it: 10.4 MB, by steps of 1,000, as the
//! scripts of the pages and the app write it.

use super::catalogue::Catalogue;
use super::language::Language;

/// The texts of the units, each a thousand times the one before.
const UNITS: [&str; 5] = [
    "web-bytes",
    "web-kilobytes",
    "web-megabytes",
    "web-gigabytes",
    "web-terabytes",
];

/// An amount in a language.
pub(super) fn text(catalogue: &Catalogue, bytes: u64) -> String {
    let bytes = u128::from(bytes);
    let (mut unit, mut one) = (0, 1);
    // What would be rounded to 1,000 is one of the next unit.
    while bytes * 2 >= one * 1_999 && unit + 1 < UNITS.len() {
        unit += 1;
        one *= 1_000;
    }
    let tenths = rounded(bytes * 10, one);
    let amount = match (tenths / 10, tenths % 10) {
        (100.., _) => rounded(bytes, one).to_string(),
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}{}{tenth}", point(catalogue.language())),
    };
    catalogue.with(UNITS[unit], "amount", amount)
}

fn rounded(amount: u128, by: u128) -> u128 {
    (amount + by / 2) / by
}

/// What stands before the tenths.
fn point(language: Language) -> char {
    match language {
        Language::English | Language::Chinese => '.',
        Language::Vietnamese | Language::French => ',',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_read_them() {
        let check = |language: Language, bytes: u64, expected: &str| {
            assert_eq!(text(Catalogue::of(language), bytes), expected);
        };
        let english = |bytes, expected| check(Language::English, bytes, expected);
        english(0, "0 B");
        english(999, "999 B");
        english(1_000, "1 KB");
        english(10_400, "10.4 KB");
        english(10_449, "10.4 KB");
        english(99_949, "99.9 KB");
        english(250_400, "250 KB");
        english(999_499, "999 KB");
        english(999_500, "1 MB");
        english(10_400_000, "10.4 MB");
        english(2_500_000_000, "2.5 GB");
        english(7_000_000_000_000, "7 TB");
        check(Language::French, 10_400_000, "10,4 Mo");
        check(Language::Vietnamese, 1_500, "1,5 KB");
        check(Language::Chinese, 1_500, "1.5 KB");
    }
}
