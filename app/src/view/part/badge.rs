//! A count beside a room.

use iced::widget::container;

use super::text;
use crate::locale::tr;
use crate::theme::{Element, Type, surface};

/// A badge is this high, and at least this wide.
const SIDE: f32 = 18.0;
/// Above this a badge says "99+".
const MOST: u64 = 99;

/// How many messages are unread; `selected` for a row on the selection's ground.
pub(crate) fn unread<'a, Message: 'a>(count: u64, selected: bool) -> Element<'a, Message> {
    let style = if selected {
        surface::badge_on_select
    } else {
        surface::badge
    };
    badge(number(count), style)
}

/// How many of them mention the reader.
pub(crate) fn mentions<'a, Message: 'a>(count: u64) -> Element<'a, Message> {
    badge(format!("@{}", number(count)), surface::badge_mention)
}

fn number(count: u64) -> String {
    if count > MOST {
        tr!("badge-many", most = MOST)
    } else {
        count.to_string()
    }
}

fn badge<'a, Message: 'a>(
    content: String,
    style: fn(&crate::theme::Theme) -> container::Style,
) -> Element<'a, Message> {
    // A container cannot have a least width, so the padding of one digit makes it.
    let side = if content.chars().count() == 1 {
        6.0
    } else {
        5.0
    };
    container(text::medium(Type::Micro, content))
        .padding([0.0, side])
        .center_y(SIDE)
        .style(style)
        .into()
}
