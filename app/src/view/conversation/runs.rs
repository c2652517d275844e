//! Emoji and mentions in the field, drawn as they will be in the message.

use std::ops::Range;
use std::vec::IntoIter;

use iced::Font;
use iced::advanced::text::highlighter::{Format, Highlighter};

use crate::model::markup::{Kind, inline};
use crate::theme::{Theme, font};

/// What of a line is drawn otherwise than plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// Emoji, in their own face.
    Emoji,
    /// Somebody is named.
    Mention,
}

impl Run {
    /// How it is drawn.
    pub(super) fn format(&self, theme: &Theme) -> Format<Font> {
        match self {
            Self::Emoji => Format {
                color: None,
                font: Some(font::EMOJI),
            },
            Self::Mention => Format {
                color: Some(theme.tokens().accent),
                font: Some(font::MEDIUM),
            },
        }
    }
}

/// Finds the runs of a line; each line is by itself.
#[derive(Debug)]
pub(super) struct Runs {
    line: usize,
}

impl Highlighter for Runs {
    type Settings = ();
    type Highlight = Run;
    type Iterator<'a> = IntoIter<(Range<usize>, Run)>;

    fn new((): &()) -> Self {
        Self { line: 0 }
    }

    fn update(&mut self, (): &()) {}

    fn change_line(&mut self, line: usize) {
        self.line = line;
    }

    fn highlight_line(&mut self, line: &str) -> Self::Iterator<'_> {
        self.line += 1;
        found(line).into_iter()
    }

    fn current_line(&self) -> usize {
        self.line
    }
}

fn found(line: &str) -> Vec<(Range<usize>, Run)> {
    let mut runs = Vec::new();
    let mut from = 0;
    for span in inline(line) {
        // Marks of code and emphasis are not in the span, but in the line.
        let Some(at) = line[from..].find(&span.text) else {
            continue;
        };
        let range = from + at..from + at + span.text.len();
        from = range.end;
        match span.kind {
            Kind::Emoji => runs.push((range, Run::Emoji)),
            Kind::Mention => runs.push((range, Run::Mention)),
            Kind::Plain | Kind::Strong | Kind::Code | Kind::Link(_) => {}
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_lie_where_they_are_written() {
        let line = "**so** `x` 👍👍 @bob é 🎉";
        let found: Vec<_> = found(line)
            .into_iter()
            .map(|(range, run)| (&line[range], run))
            .collect();
        assert_eq!(
            found,
            [
                ("👍👍", Run::Emoji),
                ("@bob", Run::Mention),
                ("🎉", Run::Emoji)
            ]
        );
    }
}
