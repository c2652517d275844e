//! Text of the type scale.

use iced::widget::text::{IntoFragment, Wrapping};
use iced::widget::{Text, text};

use crate::theme::{Theme, Type, font};

/// Text of a kind, in the colour of what is around it.
pub(crate) fn plain<'a>(kind: Type, content: impl IntoFragment<'a>) -> Text<'a, Theme> {
    text(content)
        .size(kind.size())
        .line_height(kind.line_height())
        .font(kind.font())
        .shaping(text::Shaping::Advanced)
}

/// The same in the medium weight.
pub(crate) fn medium<'a>(kind: Type, content: impl IntoFragment<'a>) -> Text<'a, Theme> {
    plain(kind, content).font(font::MEDIUM)
}

/// Text that stays on one line; what is around it must clip it.
pub(crate) fn line<'a>(kind: Type, content: impl IntoFragment<'a>) -> Text<'a, Theme> {
    plain(kind, content).wrapping(Wrapping::None)
}
