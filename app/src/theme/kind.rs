//! The type scale: sizes in pixels with the height of their line.

use iced::widget::text::LineHeight;
use iced::{Font, Pixels};

use super::font;

/// What a text is, which fixes its size and line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// 11/14: badge, role, key hint.
    Micro,
    /// 12/16: time, hint, status bar, address line.
    Small,
    /// 13/18: buttons, panels, topic.
    Body,
    /// 13/20 in mono: code.
    Code,
    /// 14/20: messages, lists, fields.
    Text,
    /// 16/22: room name, section title, switcher input.
    Title,
    /// 20/26: dialog title.
    Dialog,
    /// 28/34: welcome.
    Hero,
}

impl Type {
    /// The size in pixels.
    pub(crate) fn size(self) -> f32 {
        match self {
            Self::Micro => 11.0,
            Self::Small => 12.0,
            Self::Body | Self::Code => 13.0,
            Self::Text => 14.0,
            Self::Title => 16.0,
            Self::Dialog => 20.0,
            Self::Hero => 28.0,
        }
    }

    /// The height of a line in pixels.
    pub(crate) fn line(self) -> f32 {
        match self {
            Self::Micro => 14.0,
            Self::Small => 16.0,
            Self::Body => 18.0,
            Self::Code | Self::Text => 20.0,
            Self::Title => 22.0,
            Self::Dialog => 26.0,
            Self::Hero => 34.0,
        }
    }

    /// The height of a line as iced takes it: fixed, so that no script moves a row.
    pub(crate) fn line_height(self) -> LineHeight {
        LineHeight::Absolute(Pixels(self.line()))
    }

    /// The face, in the regular weight.
    pub(crate) fn font(self) -> Font {
        match self {
            Self::Code => font::MONO,
            _ => font::REGULAR,
        }
    }
}

/// The user's text size. It scales the whole window, so that rows and icons keep
/// their proportion to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TextSize {
    /// Small.
    S,
    /// As designed.
    #[default]
    M,
    /// Large.
    L,
    /// Extra large.
    Xl,
}

impl TextSize {
    /// Every size, rising.
    pub(crate) const ALL: [Self; 4] = [Self::S, Self::M, Self::L, Self::Xl];

    /// What everything is multiplied by (the application's `scale_factor`).
    pub(crate) fn factor(self) -> f32 {
        match self {
            Self::S => 0.93,
            Self::M => 1.0,
            Self::L => 1.14,
            Self::Xl => 1.29,
        }
    }
}
