//! Limits of lists, and cutting them to a line.

use parlor_protocol::{ErrorLine, limits};
use serde::Serialize;

use crate::dispatch::bad_request;

/// Bytes of a line that are left for what stands around a list.
const AROUND: usize = 4 << 10;

/// How many to list, from what was asked for and the most there is.
///
/// # Errors
///
/// `bad_request` for 0.
pub(super) fn limit(asked: Option<u64>, most: usize) -> Result<usize, ErrorLine> {
    match asked {
        None => Ok(most),
        Some(0) => Err(bad_request("limit", "1 or more is wanted.")),
        Some(n) => Ok(usize::try_from(n).unwrap_or(most).min(most)),
    }
}

/// How many of the items fit into a line, counted in their order.
pub(super) fn fitting<'a, T: Serialize + 'a>(items: impl Iterator<Item = &'a T>) -> usize {
    let mut left = limits::SERVER_LINE_BYTES - AROUND;
    let mut count = 0;
    for item in items {
        // What cannot be encoded here cannot be encoded in the line either, and is said there.
        let bytes = serde_json::to_vec(item).map_or(0, |json| json.len() + 1);
        if bytes > left {
            break;
        }
        left -= bytes;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_one_at_least_and_the_most_at_most() {
        assert_eq!(limit(None, 50), Ok(50));
        assert_eq!(limit(Some(3), 50), Ok(3));
        assert_eq!(limit(Some(u64::MAX), 50), Ok(50));
        assert!(limit(Some(0), 50).unwrap_err().message.contains("limit"));
    }

    #[test]
    fn what_fits_is_counted_as_it_is_written() {
        // A control character takes six bytes in JSON.
        let texts = vec!["\u{1}".repeat(60_000); 5];
        assert_eq!(fitting(texts.iter()), 2);
        assert_eq!(fitting(["short"; 9].iter()), 9);
    }
}
