//! What a file may be called, on every system that may keep it.

use crate::limits::FILE_NAME_BYTES;
use crate::names::is_bidi_control;

/// What a file is called whose name has nothing that may stay.
const NAMELESS: &str = "file";

/// Device names that Windows reads in any folder, with any extension.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The name without what could lead out of a folder, hide what it is, or not
/// be kept on some system: path parts, control and bidirectional characters,
/// the signs that Windows reserves, dots and spaces at its ends, and device names. Any
/// script stays. At most [`FILE_NAME_BYTES`]; a longer one is cut before its extension.
pub fn clean(name: &str) -> String {
    let last = name
        .rsplit(['/', '\\'])
        .find(|part| !part.trim().is_empty());
    let kept: String = last
        .unwrap_or_default()
        .chars()
        .filter(|c| !is_dropped(*c))
        .map(|c| if is_replaced(c) { '_' } else { c })
        .collect();
    let kept = kept.trim().trim_end_matches(['.', ' ']);
    // A leading dot hides a file from its user.
    let kept = kept.trim_start_matches(['.', ' ']);
    if kept.is_empty() {
        return NAMELESS.to_owned();
    }
    let cut = cut(kept);
    if is_reserved(&cut) {
        return format!("_{cut}");
    }
    cut
}

fn is_dropped(c: char) -> bool {
    c.is_control()
        || is_bidi_control(c)
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}'
        )
}

fn is_replaced(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_lowercase();
    if RESERVED.contains(&stem.as_str()) {
        return true;
    }
    let port = stem
        .strip_prefix("com")
        .or_else(|| stem.strip_prefix("lpt"));
    port.is_some_and(|n| {
        let mut signs = n.chars();
        let first = signs.next();
        signs.next().is_none() && first.is_some_and(|c| matches!(c, '0'..='9' | '¹' | '²' | '³'))
    })
}

/// The name within its bound (one byte less, for the sign before a device's name).
fn cut(name: &str) -> String {
    let most = FILE_NAME_BYTES - 1;
    if name.len() <= most {
        return name.to_owned();
    }
    let extension = match name.rfind('.') {
        Some(at) if name.len() - at <= 16 => &name[at..],
        _ => "",
    };
    let mut end = most - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", name[..end].trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_and_otherwise_kept() {
        let check = |name: &str, expected: &str| assert_eq!(clean(name), expected, "{name:?}");
        check("report.pdf", "report.pdf");
        check("Đà-Lạt-trạm-đo-số-2.jpg", "Đà-Lạt-trạm-đo-số-2.jpg");
        check("固件测试报告-11月.pdf", "固件测试报告-11月.pdf");
        check("../../etc/passwd", "passwd");
        check("C:\\Windows\\system32\\evil.dll", "evil.dll");
        check("/", "file");
        check("a/", "a");
        check("..", "file");
        check("...", "file");
        check("", "file");
        check("  spaced .txt. ", "spaced .txt");
        check(".bashrc", "bashrc");
        check("two\nlines\0.txt", "twolines.txt");
        check("evil\u{202E}gpj.exe", "evilgpj.exe");
        check("a\u{200B}b", "ab");
        check("what? <is> \"it\".txt", "what_ _is_ _it_.txt");
        check("CON", "_CON");
        check("con.txt", "_con.txt");
        check("com1", "_com1");
        check("LPT³.log", "_LPT³.log");
        check("com10", "com10");
        check("console", "console");
        check("café.tar.zst", "café.tar.zst");
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let long = format!("{}.tar.zst", "é".repeat(300));
        let cleaned = clean(&long);
        assert!(
            cleaned.len() <= FILE_NAME_BYTES && cleaned.ends_with("é.zst"),
            "{cleaned}"
        );
        let cleaned = clean(&"字".repeat(200));
        assert!(cleaned.len() <= FILE_NAME_BYTES && cleaned.starts_with('字'));
    }

    #[test]
    fn what_is_clean_stays() {
        for name in ["a", "_con", "x.y.z", "会议室", &"é".repeat(400)] {
            let once = clean(name);
            assert_eq!(clean(&once), once);
        }
    }
}
