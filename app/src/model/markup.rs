//! What a message's text means: code, links, mentions, emphasis, emoji.
//!
//! `` `code` ``, ``` blocks, `**strong**`, links, `@username`, and an action
//! (`/me waves`). Everything else stands as it was written. There is no sloped
//! face, so `_underscores_` stay, which also keeps `snake_case` whole.

use unicode_segmentation::UnicodeSegmentation;

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

/// A run of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeSpan {
    /// What is shown.
    pub(crate) text: String,
    /// How it is lit.
    pub(crate) light: Light,
}

/// How a run of code is lit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Light {
    /// Not at all.
    Plain,
    /// A word of the language.
    Keyword,
    /// A comment.
    Comment,
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
    let begins_word = !text[..at]
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric);
    match rest.as_bytes().first()? {
        b'`' => enclosed(rest, "`", Kind::Code),
        b'*' if begins_word => enclosed(rest, "**", Kind::Strong),
        b'@' if begins_word => mention(rest),
        c if begins_word && c.is_ascii_alphanumeric() => link(rest),
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

fn mention(rest: &str) -> Option<(usize, Span)> {
    let (start, end) = *parlor_protocol::mention::spans(rest).first()?;
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

/// A link: with a scheme that we open, or a host and a path.
fn link(rest: &str) -> Option<(usize, Span)> {
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

/// Cuts text into runs with and without emoji.
fn emoji_runs(text: &str, kind: &Kind, spans: &mut Vec<Span>) {
    for cluster in text.graphemes(true) {
        let kind = if is_emoji(cluster) {
            Kind::Emoji
        } else {
            kind.clone()
        };
        match spans.last_mut() {
            Some(last)
                if last.kind == kind
                    && matches!(kind, Kind::Plain | Kind::Strong | Kind::Emoji) =>
            {
                last.text.push_str(cluster);
            }
            _ => spans.push(Span {
                text: cluster.to_owned(),
                kind,
            }),
        }
    }
}

/// Whether a cluster is drawn as an emoji: by its own nature, or because a
/// variation selector asks for it.
fn is_emoji(cluster: &str) -> bool {
    let Some(first) = cluster.chars().next() else {
        return false;
    };
    cluster.contains('\u{FE0F}')
        || matches!(first, '\u{1F300}'..='\u{1FAFF}' | '\u{1F000}'..='\u{1F2FF}')
        || matches!(first, '\u{231A}' | '\u{231B}' | '\u{23E9}'..='\u{23EC}' | '\u{23F0}' | '\u{23F3}' | '\u{25FD}' | '\u{25FE}'
            | '\u{2614}' | '\u{2615}' | '\u{2648}'..='\u{2653}' | '\u{267F}' | '\u{2693}' | '\u{26A1}' | '\u{26AA}' | '\u{26AB}'
            | '\u{26BD}' | '\u{26BE}' | '\u{26C4}' | '\u{26C5}' | '\u{26CE}' | '\u{26D4}' | '\u{26EA}' | '\u{26F2}' | '\u{26F3}'
            | '\u{26F5}' | '\u{26FA}' | '\u{26FD}' | '\u{2705}' | '\u{270A}' | '\u{270B}' | '\u{2728}' | '\u{274C}' | '\u{274E}'
            | '\u{2753}'..='\u{2755}' | '\u{2757}' | '\u{2795}'..='\u{2797}' | '\u{27B0}' | '\u{27BF}' | '\u{2B1B}' | '\u{2B1C}'
            | '\u{2B50}' | '\u{2B55}')
}

/// Words of the languages that people paste most; one list serves them all.
const KEYWORDS: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "def",
    "default",
    "do",
    "elif",
    "else",
    "enum",
    "except",
    "export",
    "extends",
    "false",
    "finally",
    "fn",
    "for",
    "from",
    "func",
    "function",
    "go",
    "if",
    "impl",
    "import",
    "in",
    "interface",
    "lambda",
    "let",
    "loop",
    "match",
    "mod",
    "move",
    "mut",
    "new",
    "nil",
    "None",
    "null",
    "package",
    "pub",
    "raise",
    "return",
    "select",
    "self",
    "static",
    "struct",
    "super",
    "switch",
    "this",
    "throw",
    "trait",
    "true",
    "True",
    "False",
    "try",
    "type",
    "use",
    "var",
    "where",
    "while",
    "with",
    "yield",
];

/// Lights code: words of the language, and comments.
fn code(text: &str) -> Vec<CodeSpan> {
    let mut spans: Vec<CodeSpan> = Vec::new();
    let mut push = |text: &str, light: Light| match spans.last_mut() {
        Some(last) if last.light == light => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => spans.push(CodeSpan {
            text: text.to_owned(),
            light,
        }),
    };
    for line in text.split_inclusive('\n') {
        let comment = ["//", "# "]
            .iter()
            .filter_map(|mark| line.find(mark))
            .filter(|at| is_comment(line, *at))
            .min();
        let (lit, comment) = line.split_at(comment.unwrap_or(line.len()));
        for word in words(lit) {
            push(
                word,
                if KEYWORDS.contains(&word) {
                    Light::Keyword
                } else {
                    Light::Plain
                },
            );
        }
        push(comment, Light::Comment);
    }
    spans
}

/// Not the `//` of an address, nor within a string.
fn is_comment(line: &str, at: usize) -> bool {
    let before = &line[..at];
    !before.ends_with(':') && before.matches('"').count().is_multiple_of(2)
}

/// Words and what stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let first = rest.chars().next()?;
        let end = rest
            .find(|c| is_word(c) != is_word(first))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
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

    #[test]
    fn an_action() {
        assert_eq!(action("/me waves"), Some("waves"));
        assert_eq!(action("/menu"), None);
    }
}
