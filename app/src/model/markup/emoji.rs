//! Runs of emoji, which have a face of their own.

use unicode_segmentation::UnicodeSegmentation;

use super::{Kind, Span};

/// Cuts text into runs with and without emoji.
pub(super) fn emoji_runs(text: &str, kind: &Kind, spans: &mut Vec<Span>) {
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
