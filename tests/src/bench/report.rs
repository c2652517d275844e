//! A line of what was measured, beside its aim.

use std::fmt::Display;

/// The width of the first column.
const WHAT: usize = 58;

/// Prints one figure. `met` says whether the aim was reached, where there is one.
#[expect(clippy::print_stdout, reason = "the bench's output is its purpose")]
pub fn figure(what: &str, measured: impl Display, aim: &str, met: Option<bool>) {
    let mark = match met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    };
    println!(
        "{what:WHAT$} {measured:>22}   {aim:24} {mark}",
        measured = measured.to_string()
    );
}

/// Prints a heading.
#[expect(clippy::print_stdout, reason = "the bench's output is its purpose")]
pub fn heading(text: &str) {
    println!("\n{text}");
}

/// A count with spaces between its thousands.
pub fn count(n: f64) -> String {
    let digits = format!("{n:.0}");
    let mut spaced = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_spaced() {
        for (n, expected) in [(7.0, "7"), (1000.0, "1 000"), (1_234_567.4, "1 234 567")] {
            assert_eq!(count(n), expected);
        }
    }
}
