//! The faces: Fira Sans in two weights, Fira Mono, and the system's emoji.
//!
//! Scripts that Fira has not (Chinese, and in mono Vietnamese) fall back to
//! what the system has; emoji are named outright, because a text face with
//! monochrome glyphs for some of them would otherwise win.

use iced::Font;
use iced::font::{Family, Weight};

/// The bundled faces, to be loaded at the start. Regular comes with iced.
pub(crate) const BUNDLED: [&[u8]; 2] = [
    include_bytes!("../../../assets/fonts/FiraSans-Medium.ttf"),
    include_bytes!("../../../assets/fonts/FiraMono-Regular.ttf"),
];

/// Fira Sans 400: everything that is not said otherwise.
pub(crate) const REGULAR: Font = Font::with_name("Fira Sans");

/// Fira Sans 500: names, titles, buttons, what is unread.
pub(crate) const MEDIUM: Font = Font {
    weight: Weight::Medium,
    ..REGULAR
};

/// Fira Mono: code.
pub(crate) const MONO: Font = Font {
    family: Family::Name("Fira Mono"),
    ..Font::MONOSPACE
};

/// Colour emoji.
pub(crate) const EMOJI: Font = Font::with_name(if cfg!(target_os = "macos") {
    "Apple Color Emoji"
} else if cfg!(windows) {
    "Segoe UI Emoji"
} else {
    "Noto Color Emoji"
});
