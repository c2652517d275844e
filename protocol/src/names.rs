//! What usernames, display names, room names and nonces may be. Section 2.

use crate::limits::EMOJI_BYTES;

/// The form of a guest's username: `guest-` and 8 characters, which `register` refuses.
pub const GUEST_PREFIX: &str = "guest-";

/// Characters of a guest's username after [`GUEST_PREFIX`].
pub const GUEST_RANDOM_CHARS: usize = 8;

/// The username that `text` means, folded to lower case, or `None` if it can
/// be nobody's: 1 to 32 of `a-z 0-9 _ . -`, first a letter or digit.
pub fn username(text: &str) -> Option<String> {
    let folded = text.to_ascii_lowercase();
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b);
    let first_fits = folded
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric());
    (first_fits && folded.len() <= 32 && folded.bytes().all(allowed)).then_some(folded)
}

/// Whether a username has the form that the server gives to guests.
pub fn is_guest(username: &str) -> bool {
    username
        .strip_prefix(GUEST_PREFIX)
        .is_some_and(|rest| rest.len() == GUEST_RANDOM_CHARS)
}

/// Whether `text` may be a display name: 1 to 64 characters of any script,
/// not blank, none of them a control or a bidirectional override.
pub fn is_display_name(text: &str) -> bool {
    let count = text.chars().count();
    (1..=64).contains(&count) && !text.trim().is_empty() && is_one_clean_line(text)
}

/// Whether `text` has no control character (line breaks are controls) and no
/// character that turns the direction of what follows it.
pub fn is_one_clean_line(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() || is_bidi_control(c) || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// Embeddings, overrides and isolates (UAX #9, section 2), by which a name
/// could make other text read wrongly.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}')
}

/// Whether `text` may be a room's name: 1 to 48 lower-case letters of any
/// script (letters without case count), digits, `_`, `-`. Combining marks
/// count with their letter.
pub fn is_room_name(text: &str) -> bool {
    let fits = |c: char| {
        matches!(c, '_' | '-') || c.is_ascii_digit() || (c.is_alphabetic() && !has_lower(c))
    };
    let is_mark = |c: char| matches!(c, '\u{0300}'..='\u{036F}');
    let count = text.chars().count();
    (1..=48).contains(&count)
        && text.chars().next().is_some_and(fits)
        && text.chars().all(|c| fits(c) || is_mark(c))
}

/// Whether lower-casing changes the character: it is an upper-case letter.
fn has_lower(c: char) -> bool {
    !c.to_lowercase().eq([c])
}

/// Whether `text` may name a direct room: `~` and what the server chose.
pub fn is_direct_room_name(text: &str) -> bool {
    text.strip_prefix('~').is_some_and(|rest| {
        (1..=47).contains(&rest.len())
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

/// Whether `text` may be a nonce: 1 to 64 of `A-Za-z0-9_-`.
pub fn is_nonce(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Whether `text` may be a reaction: something short without controls or
/// spaces. Which sequences are emoji grows every year, and some people react
/// with letters, so the rest is left to those who draw them.
pub fn is_emoji(text: &str) -> bool {
    let fits = |c: char| !c.is_control() && !c.is_whitespace() && !is_bidi_control(c);
    (1..=EMOJI_BYTES).contains(&text.len()) && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(username(text).as_deref(), expected, "{text:?}");
        };
        check("alice", Some("alice"));
        check("Alice.B-2_x", Some("alice.b-2_x"));
        check("9lives", Some("9lives"));
        check("", None);
        check("_alice", None);
        check("al ice", None);
        check("élise", None);
        check(&"a".repeat(32), Some(&"a".repeat(32)));
        check(&"a".repeat(33), None);
    }

    #[test]
    fn room_names() {
        let check = |text: &str, expected| assert_eq!(is_room_name(text), expected, "{text:?}");
        check("general", true);
        check("thiết-kế", true);
        check("会议室", true);
        check("lab_4", true);
        check("", false);
        check("General", false);
        check("THIẾT", false);
        check("two words", false);
        check("~direct", false);
        check("#general", false);
        check(&"a".repeat(48), true);
        check(&"a".repeat(49), false);
    }

    #[test]
    fn display_names() {
        let check = |text: &str, expected| assert_eq!(is_display_name(text), expected, "{text:?}");
        check("Nguyễn Minh Anh", true);
        check("陈雨桐", true);
        check("", false);
        check("   ", false);
        check("two\nlines", false);
        check("evil\u{202E}name", false);
        check(&"é".repeat(64), true);
        check(&"é".repeat(65), false);
    }

    #[test]
    fn nonces_emoji_and_guests() {
        assert!(is_nonce("aZ0_-"));
        assert!(!is_nonce(""));
        assert!(!is_nonce("a b"));
        assert!(!is_nonce(&"a".repeat(65)));
        assert!(is_emoji("👍"));
        assert!(is_emoji("👩‍👩‍👧"));
        assert!(is_emoji("ok"));
        assert!(!is_emoji("two words"));
        assert!(!is_emoji(&"👍".repeat(17)));
        assert!(!is_emoji(""));
        assert!(is_guest("guest-ab12cd34"));
        assert!(!is_guest("guest-ab"));
        assert!(is_direct_room_name("~1a2b"));
        assert!(!is_direct_room_name("general"));
    }
}
