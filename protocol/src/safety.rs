//! The safety number that two people compare. Section 5.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::device::DeviceId;

/// Sixty digits that are the same on both sides if nobody stands between.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SafetyNumber(String);

impl SafetyNumber {
    /// The number of two users and the devices that are known of each.
    pub fn of(one: (&str, &[DeviceId]), other: (&str, &[DeviceId])) -> Self {
        let (first, second) = if one.0 <= other.0 {
            (one, other)
        } else {
            (other, one)
        };
        Self(digits(first.0, first.1) + &digits(second.0, second.1))
    }

    /// The digits, without spaces.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The digits in twelve groups of five.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        (0..12).map(|at| &self.0[at * 5..at * 5 + 5])
    }
}

impl fmt::Display for SafetyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, group) in self.groups().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(group)?;
        }
        Ok(())
    }
}

/// Thirty digits of one user: SHA-256 over the context, 0, the username, 0, and the sorted
/// device ids (their 32 bytes each); of it the first 30 bytes as six big-endian numbers of
/// five bytes, modulo 100,000.
fn digits(username: &str, devices: &[DeviceId]) -> String {
    let mut devices = devices.to_vec();
    devices.sort_unstable();
    devices.dedup();
    let mut hash = Sha256::new();
    hash.update(b"parlor-safety-1\0");
    hash.update(username.as_bytes());
    hash.update([0]);
    for device in &devices {
        hash.update(device.0);
    }
    let hash = hash.finalize();
    hash[..30]
        .chunks_exact(5)
        .map(|five| {
            let number = five
                .iter()
                .fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
            format!("{:05}", number % 100_000)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_from_both_sides_and_changes_with_any_device() {
        let (a, b, c) = (DeviceId([1; 32]), DeviceId([2; 32]), DeviceId([3; 32]));
        let number = SafetyNumber::of(("alice", &[a]), ("bob", &[b, c]));
        assert_eq!(
            number,
            SafetyNumber::of(("bob", &[c, b, c]), ("alice", &[a]))
        );
        assert_ne!(number, SafetyNumber::of(("alice", &[a]), ("bob", &[b])));
        assert_ne!(number, SafetyNumber::of(("alice", &[c]), ("bob", &[b, a])));
        assert_eq!(number.digits().len(), 60);
        assert_eq!(number.groups().count(), 12);
        assert_eq!(number.to_string().len(), 71);
    }
}
