//! The search panel: words, where to look, and what was found.

use parlor_protocol::reply::Hit;

/// The search panel of one account.
#[derive(Debug, Default)]
pub(crate) struct SearchPanel {
    /// The words.
    pub query: String,
    /// Only in this room; everywhere if `None`.
    pub room: Option<String>,
    /// The number of the newest search: answers of older ones are dropped.
    pub asked: u64,
    /// What the newest search found.
    pub found: Found,
    /// What it found in the talks of this computer, which no server searches.
    pub here: Vec<Hit>,
    /// The hit that was jumped to.
    pub chosen: Option<(String, u64)>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Found {
    /// Nothing was asked.
    #[default]
    Nothing,
    /// The server was asked.
    Waits,
    /// What it answered, the newest first.
    Hits {
        /// The messages.
        hits: Vec<Hit>,
        /// Whether there are more.
        more: bool,
    },
    /// Why there is no answer.
    Failed(String),
}

impl SearchPanel {
    /// Begins a search and gives its number; `None` if there is nothing to look for.
    pub(crate) fn begin(&mut self) -> Option<u64> {
        self.asked += 1;
        self.chosen = None;
        self.here.clear();
        if self.query.trim().is_empty() {
            self.found = Found::Nothing;
            return None;
        }
        self.found = Found::Waits;
        Some(self.asked)
    }

    /// What was found so far and these hits after it.
    pub(crate) fn with(&self, more_hits: Vec<Hit>, more: bool) -> Found {
        let mut hits = match &self.found {
            Found::Hits { hits, .. } => hits.clone(),
            _ => Vec::new(),
        };
        for hit in more_hits {
            let known = |old: &Hit| old.room == hit.room && old.seq == hit.seq;
            if !hits.iter().any(known) {
                hits.push(hit);
            }
        }
        Found::Hits { hits, more }
    }

    /// Takes in what search `asked` found in the talks of this computer.
    pub(crate) fn answer_here(&mut self, asked: u64, hits: Vec<Hit>) {
        if asked == self.asked {
            self.here = hits;
        }
    }

    /// Takes in the answer to search `asked`; a late answer changes nothing.
    pub(crate) fn answer(&mut self, asked: u64, found: Found) {
        if asked == self.asked {
            self.found = found;
        }
    }
}

/// The byte ranges in `text` that match one of the words of `query`, without
/// regard to case and marks, so that the hit shows why it was found. Rising
/// and apart from each other.
pub(crate) fn marks(text: &str, query: &str) -> Vec<(usize, usize)> {
    let words: Vec<Vec<char>> = query
        .split_whitespace()
        .map(|word| word.chars().flat_map(fold).collect())
        .filter(|word: &Vec<char>| !word.is_empty())
        .collect();
    let folded: Vec<(usize, usize, char)> = text
        .char_indices()
        .flat_map(|(at, c)| fold(c).map(move |f| (at, at + c.len_utf8(), f)))
        .collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        let hit = words
            .iter()
            .filter(|word| {
                folded[at..].len() >= word.len()
                    && word.iter().zip(&folded[at..]).all(|(a, (_, _, b))| a == b)
            })
            .map(Vec::len)
            .max();
        let Some(len) = hit else {
            at += 1;
            continue;
        };
        let end = folded[at + len - 1].1;
        // Combining marks after the last letter belong to it.
        let end = end
            + text[end..]
                .chars()
                .take_while(|c| is_mark(*c))
                .map(char::len_utf8)
                .sum::<usize>();
        found.push((folded[at].0, end));
        at += len;
    }
    found.dedup_by(|next, last| {
        let touches = next.0 < last.1;
        if touches {
            last.1 = last.1.max(next.1);
        }
        touches
    });
    found
}

/// A character as search compares it: lower case, its marks taken off, đ as d.
fn fold(c: char) -> impl Iterator<Item = char> {
    use unicode_normalization::UnicodeNormalization;
    c.to_lowercase()
        .nfd()
        .filter(|c| !is_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect::<Vec<_>>()
        .into_iter()
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_show_why_it_was_found() {
        let check = |text: &str, query: &str, expected: &[&str]| {
            let found: Vec<&str> = marks(text, query)
                .iter()
                .map(|(from, to)| &text[*from..*to])
                .collect();
            assert_eq!(found, expected, "{text:?} {query:?}");
        };
        check("keep the gap open, Gap!", "gap", &["gap", "Gap"]);
        check("bản thiết kế mới", "thiet", &["thiết"]);
        check("Đường đi", "duong", &["Đường"]);
        check("设计会议室", "会议", &["会议"]);
        check("nothing", "", &[]);
        check("e\u{0301}te\u{0301}", "ete", &["e\u{0301}te\u{0301}"]);
    }

    #[test]
    fn a_late_answer_changes_nothing() {
        let mut panel = SearchPanel {
            query: "gap".into(),
            ..SearchPanel::default()
        };
        let first = panel.begin().unwrap();
        let second = panel.begin().unwrap();
        panel.answer(first, Found::Failed("late".into()));
        assert_eq!(panel.found, Found::Waits);
        panel.answer(second, Found::Failed("now".into()));
        assert_eq!(panel.found, Found::Failed("now".into()));
        panel.query.clear();
        assert_eq!(panel.begin(), None);
        assert_eq!(panel.found, Found::Nothing);
    }
}
