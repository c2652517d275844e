//! A tag: an icon and some words in a pill.

use iced::Alignment;
use iced::widget::{container, row};

use super::text;
use crate::icon::{Icon, Ink};
use crate::theme::{Element, Theme, Type, surface};

/// A tag is this high.
const HEIGHT: f32 = 20.0;

/// What a tag says of what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Neither good nor bad.
    Plain,
    /// All is well.
    Ok,
    /// It needs a look.
    Warn,
    /// Something is wrong.
    Bad,
}

/// A tag; without an icon the words stand alone.
pub(crate) fn tag<'a, Message: 'a>(
    icon: Option<Icon>,
    words: String,
    mood: Mood,
) -> Element<'a, Message> {
    type Look = fn(&Theme) -> container::Style;
    let (ink, look): (Ink, Look) = match mood {
        Mood::Plain => (|tokens| tokens.t2, surface::tag),
        Mood::Ok => (|tokens| tokens.ok, surface::tag_ok),
        Mood::Warn => (|tokens| tokens.warn, surface::tag_warn),
        Mood::Bad => (|tokens| tokens.bad, surface::tag_bad),
    };
    let mut inside = row![].spacing(4).align_y(Alignment::Center);
    if let Some(icon) = icon {
        inside = inside.push(icon.small(ink));
    }
    container(inside.push(text::line(Type::Small, words)))
        .padding([0, 8])
        .center_y(HEIGHT)
        .style(look)
        .into()
}
