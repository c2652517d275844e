//! A state in words, with an icon.

use iced::widget::{container, row};
use iced::{Alignment, Color};

use super::text;
use crate::icon::{Icon, Ink};
use crate::theme::{Element, Theme, Tokens, Type, surface};

/// What a tag says of its matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A plain fact.
    Neutral,
    /// All is well.
    Ok,
    /// It asks for a look.
    Warn,
    /// It failed.
    Bad,
}

impl Tone {
    fn style(self) -> fn(&Theme) -> container::Style {
        match self {
            Self::Neutral => surface::tag,
            Self::Ok => surface::tag_ok,
            Self::Warn => surface::tag_warn,
            Self::Bad => surface::tag_bad,
        }
    }

    fn ink(self) -> Ink {
        fn pick(tone: Tone) -> fn(&Tokens) -> Color {
            match tone {
                Tone::Neutral => |tokens| tokens.t2,
                Tone::Ok => |tokens| tokens.ok,
                Tone::Warn => |tokens| tokens.warn,
                Tone::Bad => |tokens| tokens.bad,
            }
        }
        pick(self)
    }
}

/// A tag.
pub(crate) fn tag<'a, Message: 'a>(
    icon: Icon,
    content: impl iced::widget::text::IntoFragment<'a>,
    tone: Tone,
) -> Element<'a, Message> {
    let inside = row![icon.small(tone.ink()), text::line(Type::Small, content)]
        .spacing(5)
        .align_y(Alignment::Center);
    container(inside)
        .padding(iced::Padding {
            top: 2.0,
            right: 8.0,
            bottom: 2.0,
            left: 6.0,
        })
        .style(tone.style())
        .into()
}
