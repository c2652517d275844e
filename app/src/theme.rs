//! How everything looks: the design's tokens as an iced theme, and the styles of each widget.
//!
//! A view names a style (`.style(theme::button::primary)`) or asks the theme for a token
//! (`|theme| theme.tokens().t3`); no colour stands anywhere else. Text sizes are those of
//! [`Type`]; the user's text size scales the whole window ([`kind::TextSize::factor`]).
//!
//! # Layout
//!
//! - [`tokens`]: the colours, dark and light.
//! - [`kind`]: the type scale and the user's text size. [`font`]: faces and their fallbacks.
//! - [`space`]: steps, radii, and the sizes of the frame.
//! - [`button`], [`field`], [`surface`], [`choice`], [`scroll`], [`text`]: the styles.

pub(crate) mod button;
pub(crate) mod choice;
pub(crate) mod field;
pub(crate) mod font;
pub(crate) mod kind;
pub(crate) mod scroll;
pub(crate) mod space;
pub(crate) mod surface;
pub(crate) mod text;
pub(crate) mod tokens;

use iced::theme::{Base, Mode, Palette, Style};

pub(crate) use kind::Type;
pub(crate) use tokens::Tokens;

/// An element of this app: every widget is drawn by our [`Theme`].
pub(crate) type Element<'a, Message> = iced::Element<'a, Message, Theme>;

/// Dark or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Theme {
    /// Warm near-black grounds.
    #[default]
    Dark,
    /// White and warm greys.
    Light,
}

impl Theme {
    /// The colours of this theme.
    pub(crate) fn tokens(self) -> &'static Tokens {
        match self {
            Self::Dark => &tokens::DARK,
            Self::Light => &tokens::LIGHT,
        }
    }
}

impl Base for Theme {
    fn default(preference: Mode) -> Self {
        match preference {
            Mode::Light => Self::Light,
            Mode::Dark | Mode::None => Self::Dark,
        }
    }

    fn mode(&self) -> Mode {
        match self {
            Self::Dark => Mode::Dark,
            Self::Light => Mode::Light,
        }
    }

    fn base(&self) -> Style {
        let tokens = self.tokens();
        Style {
            background_color: tokens.base,
            text_color: tokens.t1,
        }
    }

    fn palette(&self) -> Option<Palette> {
        let tokens = self.tokens();
        Some(Palette {
            background: tokens.base,
            text: tokens.t1,
            primary: tokens.accent_fill,
            success: tokens.ok,
            warning: tokens.warn,
            danger: tokens.bad_fill,
        })
    }

    fn name(&self) -> &str {
        match self {
            Self::Dark => "parlor-dark",
            Self::Light => "parlor-light",
        }
    }
}
