//! Addresses within a text.

use super::{Kind, Span};

/// A longer word is no address. The bound keeps a hostile text, in which one
/// could begin at every character, from being read again for each of them.
const LINK_BYTES: usize = 2_048;

/// Whether an address may begin after this character: not within a word or
/// another address, but right after a character of a script without spaces.
pub(super) fn may_follow(before: Option<char>) -> bool {
    before.is_none_or(|c| c.is_whitespace() || !c.is_ascii() || "([{<\"'".contains(c))
}

/// A link: with a scheme that we open, or a host and a path.
pub(super) fn link(rest: &str) -> Option<(usize, Span)> {
    let mut ends = rest.char_indices().take_while(|(at, _)| *at <= LINK_BYTES);
    let end = match ends.find(|(_, c)| c.is_whitespace() || "<>\"`".contains(*c)) {
        Some((at, _)) => at,
        None if rest.len() <= LINK_BYTES => rest.len(),
        None => return None,
    };
    let word = without_end(&rest[..end]);
    let schemes = ["https://", "http://", "parlor://"];
    let address = if schemes
        .iter()
        .any(|scheme| word.len() > scheme.len() && starts_with(word, scheme))
    {
        word.to_owned()
    } else if is_host_and_path(word) {
        format!("https://{word}")
    } else {
        return None;
    };
    Some((
        word.len(),
        Span {
            text: word.to_owned(),
            kind: Kind::Link(address),
        },
    ))
}

fn starts_with(word: &str, scheme: &str) -> bool {
    word.get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// `host.tld/path`, as people write addresses in a sentence.
fn is_host_and_path(word: &str) -> bool {
    let Some((host, path)) = word.split_once('/') else {
        return false;
    };
    let labels: Vec<&str> = host.split('.').collect();
    let label =
        |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let top = labels
        .last()
        .is_some_and(|top| top.len() >= 2 && top.chars().all(char::is_alphabetic));
    labels.len() >= 2 && labels.iter().all(label) && top && !path.is_empty()
}

/// Marks that end a sentence and no address.
const MARKS: &str = ".,;:!?'*»”’…。，、：；！？」』";

/// Without what belongs to the sentence: its marks, and a bracket that was opened before.
fn without_end(word: &str) -> &str {
    // How many brackets of each kind are closed and were not opened in the word.
    let excess = |open: char, close: char| {
        let count = |sign: char| i64::try_from(word.matches(sign).count()).unwrap_or(i64::MAX);
        (close, count(close) - count(open))
    };
    let mut unopened = [excess('(', ')'), excess('[', ']'), excess('（', '）')];
    let mut end = word.len();
    for last in word.chars().rev() {
        let bracket = unopened
            .iter_mut()
            .find(|(close, excess)| *close == last && *excess > 0);
        match bracket {
            Some((_, excess)) => *excess -= 1,
            None if MARKS.contains(last) => {}
            None => break,
        }
        end -= last.len_utf8();
    }
    &word[..end]
}
