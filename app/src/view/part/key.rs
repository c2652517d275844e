//! A key hint.

use iced::widget::container;

use super::text;
use crate::theme::{Element, Type, surface};

/// The keys that do the same, in a small frame.
pub(crate) fn hint<'a, Message: 'a>(
    keys: impl iced::widget::text::IntoFragment<'a>,
) -> Element<'a, Message> {
    container(text::line(Type::Micro, keys))
        .padding([1, 5])
        .style(surface::key)
        .into()
}
