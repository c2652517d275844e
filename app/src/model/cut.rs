//! Names that are too long for their place, cut in the middle: how a file begins and what it
//! is both stay in sight.

use unicode_segmentation::UnicodeSegmentation;

/// How many graphemes at the end stay, so that an extension and what stands before it are seen.
const END: usize = 10;

/// The name in at most `most` columns, of which an ideograph takes two.
pub(crate) fn middle(name: &str, most: usize) -> String {
    if columns(name) <= most {
        return name.to_owned();
    }
    let graphemes: Vec<&str> = name.graphemes(true).collect();
    let mut end: Vec<&str> = Vec::new();
    let mut room = most.saturating_sub(1);
    for grapheme in graphemes.iter().rev().take(END.min(most / 2)) {
        room = room.saturating_sub(columns(grapheme));
        end.push(grapheme);
    }
    let mut cut = String::with_capacity(name.len());
    for grapheme in &graphemes {
        match room.checked_sub(columns(grapheme)) {
            Some(rest) => room = rest,
            None => break,
        }
        cut.push_str(grapheme);
    }
    cut.push('…');
    cut.extend(end.into_iter().rev());
    cut
}

fn columns(text: &str) -> usize {
    text.graphemes(true)
        .map(|grapheme| match grapheme.chars().next() {
            Some(c) if is_wide(c) => 2,
            _ => 1,
        })
        .sum()
}

/// Han, kana, Hangul, full-width signs and emoji.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}' | '\u{1F300}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_name_stay() {
        let check = |name: &str, most, expected: &str| {
            let cut = middle(name, most);
            assert_eq!(cut, expected);
            assert!(columns(&cut) <= most, "{cut}");
        };
        check("short.pdf", 20, "short.pdf");
        check(
            "capteurs-rig-B-novembre.tar.zst",
            24,
            "capteurs-rig-…re.tar.zst",
        );
        check("", 4, "");
    }
}
