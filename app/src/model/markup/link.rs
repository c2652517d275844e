//! Addresses within a text.

use super::{Kind, Span};

/// A link: with a scheme that we open, or a host and a path.
pub(super) fn link(rest: &str) -> Option<(usize, Span)> {
    let word = &rest[..rest
        .find(|c: char| c.is_whitespace() || "<>\"`".contains(c))
        .unwrap_or(rest.len())];
    let word = without_end(word);
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

/// Without what belongs to the sentence: its marks, and a bracket that was opened before.
fn without_end(mut word: &str) -> &str {
    loop {
        let Some(last) = word.chars().next_back() else {
            return word;
        };
        let unopened = |open: char, close: char| {
            last == close && word.matches(close).count() > word.matches(open).count()
        };
        if ".,;:!?'*»”’…。，、：；！？」』".contains(last)
            || unopened('(', ')')
            || unopened('[', ']')
            || unopened('（', '）')
        {
            word = &word[..word.len() - last.len_utf8()];
        } else {
            return word;
        }
    }
}
