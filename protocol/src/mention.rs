//! Who is named in a text: `@username`, in any case.

/// The usernames mentioned in `text`, folded to lower case, each once, in the
/// order of their first place. Whether such users exist is for the caller.
///
/// A mention begins with `@` that does not stand inside a word (so that
/// `bob@example.org` mentions nobody) and runs as far as a username may; dots
/// and dashes at its end belong to the sentence.
pub fn mentions(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (start, end) in spans(text) {
        let name = text[start + 1..end].to_ascii_lowercase();
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// The byte ranges of the mentions in `text`, each with its `@`.
pub fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let inside_word = text[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '@');
        if inside_word {
            continue;
        }
        let rest = &text[at + 1..];
        let run = rest
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
            .count();
        let name = rest[..run].trim_end_matches(['.', '-']);
        if crate::names::username(name).is_some() {
            found.push((at, at + 1 + name.len()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_and_nothing_else() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(mentions(text), expected, "{text:?}");
        check("@Alice can you sign?", &["alice"]);
        check("ask @bob, @carol.r. and @bob", &["bob", "carol.r"]);
        check("(@bob)", &["bob"]);
        check("bob@example.org", &[]);
        check("@ alone, @@double, @-x", &[]);
        check("谢谢 @bob！", &["bob"]);
        check("", &[]);
    }
}
