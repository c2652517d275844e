//! A line of text with some of its letters marked.

use iced::widget::{rich_text, span};

use crate::theme::{Element, Theme, Tokens, Type};

/// `content` with the byte ranges `marks` on the search hit's ground. Ranges
/// rise, lie apart and end between characters.
pub(crate) fn marked<'a, Message: 'a>(
    kind: Type,
    content: &str,
    marks: &[(usize, usize)],
    tokens: &'static Tokens,
    dim: bool,
) -> Element<'a, Message> {
    let mut spans = Vec::new();
    let mut at = 0;
    for (from, to) in marks {
        if let Some(before) = content.get(at..*from).filter(|text| !text.is_empty()) {
            spans.push(span(before.to_owned()));
        }
        if let Some(hit) = content.get(*from..*to) {
            let hit = span::<(), iced::Font>(hit.to_owned())
                .background(tokens.mark)
                .border(iced::border::rounded(2))
                .color(tokens.t1);
            spans.push(hit);
        }
        at = *to;
    }
    if let Some(rest) = content.get(at..).filter(|text| !text.is_empty()) {
        spans.push(span(rest.to_owned()));
    }
    let color = if dim { tokens.t2 } else { tokens.t1 };
    let text: iced::widget::text::Rich<'a, (), Message, Theme> = rich_text(spans)
        .size(kind.size())
        .line_height(kind.line_height())
        .font(kind.font())
        .color(color);
    text.into()
}
