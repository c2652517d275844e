//! How texts and queries become words that match each other: case, marks and
//! widths do not count, and scripts without spaces match as phrases.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Counts up whenever the same text folds to other words than before: an
/// index made by another version is made anew.
pub(super) const FOLD_VERSION: i64 = 1;

/// Characters of a word that count; longer ones (a pasted key, a long link)
/// are cut, in texts and queries alike.
const WORD_CHARS: usize = 64;

/// Parts of a query that count: more make it slower, hardly ever narrower.
const QUERY_PARTS: usize = 32;

/// A piece of a folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// A word between spaces or signs.
    Word(String),
    /// A run of a script written without spaces, character by character.
    Run(Vec<char>),
}

/// The words of a text, separated by single spaces: ASCII letters and digits
/// and any characters beyond ASCII, and nothing else.
pub(super) fn words(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => push_word(&mut folded, &word),
            Piece::Run(run) => {
                for c in run {
                    push_word(&mut folded, c.encode_utf8(&mut [0; 4]));
                }
            }
        }
    }
    folded
}

/// The full-text query for what a user typed: every word must stand in the
/// text, as a whole or (of two letters or more) as a beginning; a run of a
/// script without spaces must stand there as it is. `None` if there is no word.
///
/// Only folded words come into it, each in double quotes, so that nothing
/// typed can be read as the query language's syntax.
pub(super) fn query(text: &str) -> Option<String> {
    let mut query = String::new();
    for piece in pieces(text).into_iter().take(QUERY_PARTS) {
        if !query.is_empty() {
            query.push_str(" AND ");
        }
        query.push('"');
        match piece {
            Piece::Word(word) => {
                query.push_str(&word);
                query.push('"');
                if word.chars().nth(1).is_some() {
                    query.push('*');
                }
            }
            Piece::Run(run) => {
                let spaced: Vec<String> = run.iter().map(char::to_string).collect();
                query.push_str(&spaced.join(" "));
                query.push('"');
            }
        }
    }
    (!query.is_empty()).then_some(query)
}

fn push_word(folded: &mut String, word: &str) {
    if !folded.is_empty() {
        folded.push(' ');
    }
    folded.push_str(word);
}

fn pieces(text: &str) -> Vec<Piece> {
    if text.is_ascii() {
        return split(text.chars());
    }
    // Compatibility forms (full-width letters, ligatures) and marks come
    // apart; what is left composes again, so that Hangul stays in syllables.
    split(text.nfkd().filter(|c| !is_dropped_mark(*c)).nfc())
}

fn split(text: impl Iterator<Item = char>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut word = String::new();
    let mut chars = 0;
    let mut run = Vec::new();
    for c in text {
        let in_run = is_unspaced(c);
        let in_word = !in_run && (c.is_alphanumeric() || is_combining_mark(c));
        if !in_word && !word.is_empty() {
            pieces.push(Piece::Word(std::mem::take(&mut word)));
            chars = 0;
        }
        if !in_run && !run.is_empty() {
            pieces.push(Piece::Run(std::mem::take(&mut run)));
        }
        if in_run {
            run.push(c);
        } else if in_word && chars < WORD_CHARS {
            push_lower(&mut word, c);
            chars += 1;
        }
    }
    if !word.is_empty() {
        pieces.push(Piece::Word(word));
    }
    if !run.is_empty() {
        pieces.push(Piece::Run(run));
    }
    pieces
}

/// Appends the letter without its case, and letters that no normalization
/// takes apart as the ones people type for them.
fn push_lower(word: &mut String, c: char) {
    if c.is_ascii() {
        word.push(c.to_ascii_lowercase());
        return;
    }
    for lower in c.to_lowercase() {
        match lower {
            'đ' | 'ð' => word.push('d'),
            'ø' => word.push('o'),
            'ł' => word.push('l'),
            'ħ' => word.push('h'),
            'ŧ' => word.push('t'),
            'ı' => word.push('i'),
            'œ' => word.push_str("oe"),
            'æ' => word.push_str("ae"),
            'ß' => word.push_str("ss"),
            'þ' => word.push_str("th"),
            'ς' => word.push('σ'),
            other => word.push(other),
        }
    }
}

/// Marks that people leave out when they type in a hurry: those over and under
/// letters, Hebrew points and Arabic vowels. Marks that make another letter
/// (of Indic scripts, the sound marks of kana) are not among them.
fn is_dropped_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}'
        | '\u{0591}'..='\u{05BD}'
        | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}'
        | '\u{064B}'..='\u{065F}'
        | '\u{0670}'
        | '\u{00AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether the character belongs to a script that is written without spaces
/// between words (Hangul too, whose endings stick to the word).
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFD}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3105}'..='\u{312F}'
        | '\u{1100}'..='\u{11FF}'
        | '\u{AC00}'..='\u{D7FB}'
        | '\u{0E01}'..='\u{0E3A}'
        | '\u{0E40}'..='\u{0E4E}'
        | '\u{0E80}'..='\u{0EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17D3}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_fold_to_words() {
        let check = |text: &str, expected: &str| assert_eq!(words(text), expected, "{text:?}");
        check("Bản Thiết Kế mới", "ban thiet ke moi");
        check("Đường đi, ĐƯỜNG VỀ!", "duong di duong ve");
        check("thie\u{302}\u{301}t ke\u{302}\u{301}", "thiet ke");
        check("Déjà vu: l'Œuvre, ça", "deja vu l oeuvre ca");
        check("Straße STRASSE", "strasse strasse");
        check("İstanbul Işık", "istanbul isik");
        check("会议连续开", "会 议 连 续 开");
        check("v2会议room", "v2 会 议 room");
        check("がぎ カタカナー", "が ぎ カ タ カ ナ ー");
        check("ｶﾞ Ｆｕｌｌ ﬁne", "ガ full fine");
        check("한국어는", "한 국 어 는");
        check("Привет Ёлка", "привет елка");
        check("ΟΔΟΣ οδός", "οδοσ οδοσ");
        check("हिन्दी", "हिन्दी");
        check("a-b_c/d", "a b c d");
        check("x\u{200B}y", "xy");
        check("!!! … 👍 ", "");
        check(&"k".repeat(100), &"k".repeat(64));
    }

    #[test]
    fn queries_hold_no_syntax() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(query(text).as_deref(), expected);
        check("thiet ke", Some(r#""thiet"* AND "ke"*"#));
        check("连续", Some(r#""连 续""#));
        check("连续 开", Some(r#""连 续" AND "开""#));
        check("a", Some(r#""a""#));
        check("AND", Some(r#""and"*"#));
        check(r#"" OR tags:"r1"#, Some(r#""or"* AND "tags"* AND "r1"*"#));
        check("*", None);
        check("", None);
        check("^ ( ) : - + \"", None);
        let many = "ab ".repeat(100);
        assert_eq!(
            query(&many).map(|q| q.matches("ab").count()),
            Some(QUERY_PARTS)
        );
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = words(&text);
            prop_assert_eq!(&words(&once), &once);
            prop_assert!(!once.contains(['"', '*', '\0']));
        }
    }
}
