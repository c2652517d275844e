//! Code, lit: the words of the language, and comments.

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
pub(super) fn code(text: &str) -> Vec<CodeSpan> {
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
