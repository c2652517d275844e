//! What a message's text means: code, links, mentions, emphasis, emoji.
//!
//! `` `code` ``, ``` blocks, `**strong**`, links, `@username`, and an action
//! (`/me waves`). Everything else stands as it was written. There is no sloped
//! face, so `_underscores_` stay, which also keeps `snake_case` whole.
//!
//! # Layout
//!
//! - [`code`]: code, lit. [`link`]: addresses. [`emoji`]: which clusters are emoji.

mod code;
mod emoji;
mod link;

use code::code;
pub(crate) use code::{CodeSpan, Light};
use emoji::emoji_runs;
use link::{link, may_follow};

/// A part of a message that stands by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// Lines of text.
    Text(Vec<Span>),
    /// A block of code.
    Code(Vec<CodeSpan>),
}

/// A run of text of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// What is shown.
    pub(crate) text: String,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text.
    Plain,
    /// Emphasised.
    Strong,
    /// Code within a line.
    Code,
    /// A link to this address.
    Link(String),
    /// Somebody is named.
    Mention,
    /// Emoji, which have a face of their own.
    Emoji,
}

/// A message of more lines is folded: one wall of text would bury what others wrote.
const FOLD_LINES: usize = 30;
/// A message of more bytes is folded.
const FOLD_BYTES: usize = 4_000;

/// The beginning of a text that is too long to be shown whole at once.
pub(crate) fn folded(text: &str) -> Option<&str> {
    let by_lines = text
        .match_indices('\n')
        .nth(FOLD_LINES - 1)
        .map(|(at, _)| at);
    let by_bytes = (text.len() > FOLD_BYTES).then(|| {
        (0..=FOLD_BYTES)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0)
    });
    let cut = match (by_lines, by_bytes) {
        (Some(lines), Some(bytes)) => lines.min(bytes),
        (lines, bytes) => lines.or(bytes)?,
    };
    Some(&text[..cut])
}

/// What an action says, without its command, if the text is one.
pub(crate) fn action(text: &str) -> Option<&str> {
    text.strip_prefix("/me ")
}

/// Reads a text.
pub(crate) fn parse(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = fence(rest) {
        let after = &rest[start + 3..];
        // A block whose end was cut off by the fold, or forgotten, is still code.
        let Some(end) = after.find("```") else {
            if !after.starts_with('\n') && !after.contains('\n') {
                break;
            }
            push_text(&mut blocks, rest[..start].trim_end_matches('\n'));
            blocks.push(Block::Code(code(body(after))));
            return blocks;
        };
        push_text(
            &mut blocks,
            rest[..start].strip_suffix('\n').unwrap_or(&rest[..start]),
        );
        blocks.push(Block::Code(code(body(&after[..end]))));
        rest = after[end + 3..]
            .strip_prefix('\n')
            .unwrap_or(&after[end + 3..]);
    }
    push_text(&mut blocks, rest);
    blocks
}

/// Where the next fence stands that begins a line.
fn fence(text: &str) -> Option<usize> {
    text.match_indices("```")
        .map(|(at, _)| at)
        .find(|at| *at == 0 || text[..*at].ends_with('\n'))
}

/// A fenced block without the language's name and the breaks beside the fences.
fn body(fenced: &str) -> &str {
    let is_name = |line: &str| {
        line.chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-#".contains(c))
    };
    let body = match fenced.split_once('\n') {
        Some((first, body)) if is_name(first.trim()) => body,
        _ => fenced,
    };
    body.strip_suffix('\n').unwrap_or(body)
}

fn push_text(blocks: &mut Vec<Block>, text: &str) {
    if !text.trim().is_empty() {
        blocks.push(Block::Text(inline(text)));
    }
}

/// The runs of a text without blocks.
pub(crate) fn inline(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while at < text.len() {
        let Some((length, span)) = special(text, at) else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        emoji_runs(&text[plain..at], &Kind::Plain, &mut spans);
        match span.kind {
            Kind::Strong => emoji_runs(&span.text, &Kind::Strong, &mut spans),
            _ => spans.push(span),
        }
        at += length;
        plain = at;
    }
    emoji_runs(&text[plain..], &Kind::Plain, &mut spans);
    spans
}

/// What begins at this place, with how much of the text it takes.
fn special(text: &str, at: usize) -> Option<(usize, Span)> {
    let rest = &text[at..];
    let before = text[..at].chars().next_back();
    let begins_word = !before.is_some_and(char::is_alphanumeric);
    match rest.as_bytes().first()? {
        b'`' => enclosed(rest, "`", Kind::Code),
        b'*' if begins_word => enclosed(rest, "**", Kind::Strong),
        b'@' if begins_word => mention(rest),
        c if c.is_ascii_alphanumeric() && may_follow(before) => link(rest),
        _ => None,
    }
}

fn enclosed(rest: &str, mark: &str, kind: Kind) -> Option<(usize, Span)> {
    let inside = rest.strip_prefix(mark)?;
    let end = inside.find(mark)?;
    let text = &inside[..end];
    if text.trim().is_empty()
        || text.contains('\n')
        || (kind == Kind::Strong && text.starts_with(' '))
    {
        return None;
    }
    Some((
        end + 2 * mark.len(),
        Span {
            text: text.to_owned(),
            kind,
        },
    ))
}

/// A username has 32 characters at most: nothing further is looked at, for a
/// hostile text may have thousands of signs.
const MENTION_BYTES: usize = 40;

fn mention(rest: &str) -> Option<(usize, Span)> {
    let end = (0..=rest.len().min(MENTION_BYTES))
        .rev()
        .find(|at| rest.is_char_boundary(*at))?;
    let (start, end) = *parlor_protocol::mention::spans(&rest[..end]).first()?;
    (start == 0).then(|| {
        (
            end,
            Span {
                text: rest[..end].to_owned(),
                kind: Kind::Mention,
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mark = |span: &Span| match &span.kind {
            Kind::Plain => span.text.clone(),
            Kind::Strong => format!("<b {}>", span.text),
            Kind::Code => format!("<c {}>", span.text),
            Kind::Link(address) => format!("<a {address}>"),
            Kind::Mention => format!("<m {}>", span.text),
            Kind::Emoji => format!("<e {}>", span.text),
        };
        inline(text).iter().map(mark).collect()
    }

    #[test]
    fn runs() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text), expected, "{text}");
        check("plain _text_ snake_case", "plain _text_ snake_case");
        check("a **b c** d**e**", "a <b b c> d**e**");
        check("`let x` and `", "<c let x> and `");
        check(
            "see https://a.org/b?c=d, (http://e.org/f_(g)).",
            "see <a https://a.org/b?c=d>, (<a http://e.org/f_(g)>).",
        );
        check(
            "ici : lab4.example.org/bench/2026-11-19 !",
            "ici : <a https://lab4.example.org/bench/2026-11-19> !",
        );
        check("and/or 1.5/2 e.g. this.is", "and/or 1.5/2 e.g. this.is");
        check("parlor://h:1/?pin=x", "<a parlor://h:1/?pin=x>");
        check(
            "javascript:alert(1) file:///etc",
            "javascript:alert(1) file:///etc",
        );
        check(
            "@Alice can you? bob@example.org",
            "<m @Alice> can you? bob@example.org",
        );
        check("ok 👍🏽 1 ❤️!", "ok <e 👍🏽> 1 <e ❤️>!");
        check("看https://a.org/b", "看<a https://a.org/b>");
        check("看 https://例.org/路。", "看 <a https://例.org/路>。");
        check("**", "**");
        check("", "");
    }

    #[test]
    fn blocks() {
        let blocks = parse("look:\n```rust\nlet x = 1; // one\nreturn\n```\nthen ```no");
        assert_eq!(blocks.len(), 3);
        let Block::Code(spans) = &blocks[1] else {
            panic!("{blocks:?}")
        };
        let lit: Vec<_> = spans
            .iter()
            .map(|span| (span.text.as_str(), span.light))
            .collect();
        assert_eq!(
            lit,
            [
                ("let", Light::Keyword),
                (" x = 1; ", Light::Plain),
                ("// one\n", Light::Comment),
                ("return", Light::Keyword),
            ]
        );
        assert_eq!(parse("```one line```").len(), 1);
        assert_eq!(parse("  \n"), []);
    }

    #[test]
    fn a_wall_of_text_is_folded() {
        assert_eq!(folded("short\ntext"), None);
        let lines = "line\n".repeat(100);
        assert_eq!(folded(&lines).unwrap().lines().count(), FOLD_LINES);
        let wall = "é".repeat(FOLD_BYTES);
        assert_eq!(folded(&wall).unwrap().len(), FOLD_BYTES);
        let odd = format!("a{}", "é".repeat(FOLD_BYTES));
        assert_eq!(folded(&odd).unwrap().len(), FOLD_BYTES - 1);
        // A block that is cut is still code.
        let block = format!("```\n{}\n```", "x\n".repeat(50));
        assert!(matches!(
            parse(folded(&block).unwrap()).as_slice(),
            [Block::Code(_)]
        ));
    }

    /// What a message may hold at most is read in a time that nobody sees,
    /// however it is made: nothing is looked at again for each of its characters.
    #[test]
    fn hostile_texts_are_read_in_one_go() {
        const ENOUGH: std::time::Duration = std::time::Duration::from_secs(5);
        let began = std::time::Instant::now();
        for piece in [
            "@", "`", "**", "a)", "x.y/(", "```\n", "@a ", "👍", "\n", "http://",
        ] {
            let text = piece.repeat(16_384 / piece.len());
            assert!(!parse(&text).is_empty() || text.trim().is_empty());
            let bracketed = format!("a.bc/{}", &text.replace(['\n', ' '], ")"));
            let _ = parse(&bracketed);
        }
        assert!(began.elapsed() < ENOUGH, "{:?}", began.elapsed());
    }

    #[test]
    fn an_action() {
        assert_eq!(action("/me waves"), Some("waves"));
        assert_eq!(action("/menu"), None);
    }
}
