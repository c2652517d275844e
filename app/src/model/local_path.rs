//! Paths of this computer, as people type and paste them.

use std::path::{Path, PathBuf};

/// The path that was typed: `~/` is the home folder, `file://` is read as file managers
/// write it, and quotes around the whole are taken off. `None` if there is nothing.
pub(crate) fn typed(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    let text = text.trim();
    let text = ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    if let Some(path) = of_uri(text) {
        return Some(path);
    }
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Some(home.join(rest)),
        _ => Some(PathBuf::from(text)),
    }
}

/// The files of a pasted text, if each of its lines is one: what file managers put on
/// the clipboard. `None` for any other text, which stays a text.
pub(crate) fn pasted(text: &str) -> Option<Vec<PathBuf>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let paths: Option<Vec<PathBuf>> = lines.map(of_uri).collect();
    paths.filter(|paths| !paths.is_empty())
}

/// A `file:` URI of this computer (RFC 8089).
fn of_uri(text: &str) -> Option<PathBuf> {
    let rest = text.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    if !rest.starts_with('/') {
        return None;
    }
    let mut bytes = Vec::with_capacity(rest.len());
    let mut rest = rest.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_typed() {
        let check = |text: &str, expected: Option<&str>| {
            let home = Path::new("/home/alice");
            assert_eq!(
                typed(text, Some(home)),
                expected.map(PathBuf::from),
                "{text}"
            );
        };
        check(" /tmp/a b.pdf ", Some("/tmp/a b.pdf"));
        check("~/a.pdf", Some("/home/alice/a.pdf"));
        check("'/tmp/a.pdf'", Some("/tmp/a.pdf"));
        check(
            "file:///tmp/%C4%91o%20s%E1%BB%91.pdf",
            Some("/tmp/đo số.pdf"),
        );
        check("~bob/a", Some("~bob/a"));
        check("  ", None);
        check("\"", Some("\""));
    }

    #[test]
    fn only_a_list_of_files_is_one() {
        let check = |text: &str, expected: usize| {
            assert_eq!(
                pasted(text).map_or(0, |paths| paths.len()),
                expected,
                "{text}"
            );
        };
        check("file:///a\r\nfile://localhost/b\n", 2);
        check("file:///a and more\nwords", 0);
        check("see file:///a", 0);
        check("file://other.example.org/a", 0);
        check("file:///a%zz", 0);
        check("", 0);
    }
}
