//! The icons drawn for Parlor, tinted by a token.
//!
//! Each is one drawing on a grid of 20 pixels. At 16 and 14 pixels its stroke
//! is drawn wider, so that it keeps its weight beside text.

use std::sync::LazyLock;

use iced::Color;
use iced::widget::svg::{self, Svg};

use crate::theme::{Theme, Tokens};

/// Which token an icon takes its colour from.
pub(crate) type Ink = fn(&Tokens) -> Color;

/// The sides an icon is drawn at, in pixels, with the stroke of each.
const SIDES: [(f32, &str); 3] = [(20.0, "1.5"), (16.0, "1.7"), (14.0, "1.9")];

macro_rules! icons {
    ($($variant:ident = $file:literal,)+) => {
        /// Every icon there is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(dead_code, reason = "the set is drawn as a whole; a later view takes the rest")]
        pub(crate) enum Icon { $(#[doc = $file] $variant,)+ }

        /// Their drawings, in the same order.
        const DRAWINGS: &[&str] = &[
            $(include_str!(concat!("../../assets/icons/", $file, ".svg")),)+
        ];
    };
}

icons! {
    Alert = "alert",
    Archive = "archive",
    ArrowDown = "arrow-down",
    ArrowUp = "arrow-up",
    Attach = "attach",
    BellOff = "bell-off",
    Bell = "bell",
    CheckDouble = "check-double",
    Check = "check",
    ChevronDown = "chevron-down",
    ChevronLeft = "chevron-left",
    ChevronRight = "chevron-right",
    Clock = "clock",
    Close = "close",
    Copy = "copy",
    Device = "device",
    Direct = "direct",
    Download = "download",
    Edit = "edit",
    Eye = "eye",
    File = "file",
    Folder = "folder",
    Gear = "gear",
    Globe = "globe",
    Hash = "hash",
    Image = "image",
    Key = "key",
    Keyboard = "keyboard",
    Lan = "lan",
    Leave = "leave",
    Link = "link",
    Lock = "lock",
    Megaphone = "megaphone",
    Mesh = "mesh",
    More = "more",
    Pause = "pause",
    People = "people",
    PersonPlus = "person-plus",
    Person = "person",
    Play = "play",
    Plus = "plus",
    Qr = "qr",
    Relay = "relay",
    Reply = "reply",
    Retry = "retry",
    Sealed = "sealed",
    Search = "search",
    Send = "send",
    Server = "server",
    ShieldCheck = "shield-check",
    Shield = "shield",
    Smile = "smile",
    Stop = "stop",
    Theme = "theme",
    Tracker = "tracker",
    Trash = "trash",
    Upload = "upload",
}

/// Every drawing at every side, parsed once: iced keeps what it rasterised by the handle's id.
static HANDLES: LazyLock<Vec<[svg::Handle; 3]>> = LazyLock::new(|| {
    let at = |drawing: &str, stroke: &str| {
        let drawn = drawing.replace(
            "stroke-width=\"1.5\"",
            &format!("stroke-width=\"{stroke}\""),
        );
        svg::Handle::from_memory(drawn.into_bytes())
    };
    DRAWINGS
        .iter()
        .map(|drawing| SIDES.map(|(_, stroke)| at(drawing, stroke)))
        .collect()
});

impl Icon {
    /// At 20 pixels: icon buttons, the header.
    pub(crate) fn large<'a>(self, ink: Ink) -> Svg<'a, Theme> {
        self.at(0, ink)
    }

    /// At 16 pixels: rows, states, small buttons.
    pub(crate) fn medium<'a>(self, ink: Ink) -> Svg<'a, Theme> {
        self.at(1, ink)
    }

    /// At 14 pixels: within a line of small text.
    pub(crate) fn small<'a>(self, ink: Ink) -> Svg<'a, Theme> {
        self.at(2, ink)
    }

    fn at<'a>(self, side: usize, ink: Ink) -> Svg<'a, Theme> {
        let pixels = SIDES[side].0;
        Svg::new(HANDLES[self as usize][side].clone())
            .width(pixels)
            .height(pixels)
            .style(move |theme: &Theme, _| svg::Style {
                color: Some(ink(theme.tokens())),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_takes_the_stroke_of_its_side() {
        assert_eq!(HANDLES.len(), DRAWINGS.len());
        for drawing in DRAWINGS {
            assert_eq!(
                drawing.matches("stroke-width=\"1.5\"").count(),
                1,
                "{drawing}"
            );
        }
    }

    #[test]
    fn every_file_is_an_icon() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/icons");
        // The app's own mark has colours of its own and is drawn by the desktop.
        let files = std::fs::read_dir(folder)
            .unwrap()
            .filter(|file| file.as_ref().unwrap().file_name() != "parlor.svg")
            .count();
        assert_eq!(files, DRAWINGS.len());
    }
}
