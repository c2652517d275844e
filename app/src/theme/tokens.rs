//! The colours of the design, by the names it gives them.

use iced::{Color, color};

/// How many pairs of avatar colours there are.
const AVATARS: usize = 8;

/// The ground and the letters of one avatar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AvatarPair {
    /// Behind the letters.
    pub(crate) ground: Color,
    /// The letters.
    pub(crate) text: Color,
}

/// Every colour of a theme. The text tokens reach AA on every ground.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tokens {
    /// Timeline, fields.
    pub(crate) base: Color,
    /// Sidebar, panels, status bar.
    pub(crate) side: Color,
    /// Cards, composer, menus, dialogs.
    pub(crate) raised: Color,
    /// The row under the pointer.
    pub(crate) hover: Color,
    /// The selected row, neutral badges, tracks.
    pub(crate) select: Color,
    /// Hairlines: decoration only.
    pub(crate) line: Color,
    /// The border of inputs and buttons.
    pub(crate) control: Color,
    /// Text.
    pub(crate) t1: Color,
    /// Secondary text, icons.
    pub(crate) t2: Color,
    /// Time, hints, what is disabled.
    pub(crate) t3: Color,
    /// Links, focus, mention text.
    pub(crate) accent: Color,
    /// Primary button, mention badge.
    pub(crate) accent_fill: Color,
    /// Text on `accent_fill` and `bad_fill`.
    pub(crate) on_fill: Color,
    /// The ground of a mention row.
    pub(crate) accent_soft: Color,
    /// Verified, online.
    pub(crate) ok: Color,
    /// The ground of good tags.
    pub(crate) ok_soft: Color,
    /// Offline, a new device.
    pub(crate) warn: Color,
    /// The ground of notices.
    pub(crate) warn_soft: Color,
    /// Failed, refused.
    pub(crate) bad: Color,
    /// The button that confirms destruction.
    pub(crate) bad_fill: Color,
    /// The ground of errors.
    pub(crate) bad_soft: Color,
    /// The ground of code blocks.
    pub(crate) code: Color,
    /// The ground of a search hit.
    pub(crate) mark: Color,
    /// What lies over everything behind a dialog.
    pub(crate) scrim: Color,
    /// The shadow of menus, dialogs and the pill.
    pub(crate) shadow: Color,
    avatars: [AvatarPair; AVATARS],
}

impl Tokens {
    /// The pair of a user, by a hash of the username (FNV-1a, so that it is the
    /// same on every device and in every version).
    pub(crate) fn avatar(&self, username: &str) -> AvatarPair {
        let hash = username.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        self.avatars[hash as usize % AVATARS]
    }
}

const fn pair(ground: u32, text: u32) -> AvatarPair {
    AvatarPair {
        ground: rgb(ground),
        text: rgb(text),
    }
}

const fn rgb(hex: u32) -> Color {
    Color::from_rgb8((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The dark theme.
pub(crate) static DARK: Tokens = Tokens {
    base: color!(0x1B1A19),
    side: color!(0x141312),
    raised: color!(0x242221),
    hover: color!(0x232120),
    select: color!(0x2F2C2A),
    line: color!(0x322F2D),
    control: color!(0x7D766F),
    t1: color!(0xEDEAE6),
    t2: color!(0xB8B2AB),
    t3: color!(0x9C958D),
    accent: color!(0x72C0E0),
    accent_fill: color!(0x1A7399),
    on_fill: color!(0xFFFFFF),
    accent_soft: color!(0x182C35),
    ok: color!(0x64BE90),
    ok_soft: color!(0x172B22),
    warn: color!(0xE0AE52),
    warn_soft: color!(0x33291A),
    bad: color!(0xF38B7F),
    bad_fill: color!(0xB5392F),
    bad_soft: color!(0x3A201D),
    code: color!(0x141312),
    mark: color!(0x5A4517),
    scrim: color!(0x080807, 0.6),
    shadow: color!(0x000000, 0.45),
    avatars: [
        pair(0x304D5A, 0xC8E3EF),
        pair(0x305A4A, 0xC8EFE1),
        pair(0x415A30, 0xD7EFC8),
        pair(0x5A4D30, 0xEFE3C8),
        pair(0x5A3D30, 0xEFD3C8),
        pair(0x5A303B, 0xEFC8D2),
        pair(0x4D305A, 0xE3C8EF),
        pair(0x30365A, 0xC8CDEF),
    ],
};

/// The light theme.
pub(crate) static LIGHT: Tokens = Tokens {
    base: color!(0xFFFFFF),
    side: color!(0xF5F4F2),
    raised: color!(0xFAF9F8),
    hover: color!(0xF1EFEC),
    select: color!(0xE6E3DF),
    line: color!(0xE2DFDA),
    control: color!(0x8A837B),
    t1: color!(0x1F1C1A),
    t2: color!(0x56504A),
    t3: color!(0x69625B),
    accent: color!(0x0A6187),
    accent_fill: color!(0x0E6C92),
    on_fill: color!(0xFFFFFF),
    accent_soft: color!(0xE3F1F7),
    ok: color!(0x17693F),
    ok_soft: color!(0xE4F3EA),
    warn: color!(0x7D5300),
    warn_soft: color!(0xFBF0D9),
    bad: color!(0xAE261D),
    bad_fill: color!(0xB5392F),
    bad_soft: color!(0xFCE9E6),
    code: color!(0xF5F4F2),
    mark: color!(0xFBE3A4),
    scrim: color!(0x1F1C1A, 0.38),
    shadow: color!(0x1F1C1A, 0.16),
    avatars: [
        pair(0xD0E3EC, 0x1D4A5D),
        pair(0xD0ECE2, 0x1D5D46),
        pair(0xDBECD0, 0x375D1D),
        pair(0xECE3D0, 0x5D4A1D),
        pair(0xECD8D0, 0x5D301D),
        pair(0xECD0D7, 0x5D1D2E),
        pair(0xE3D0EC, 0x4A1D5D),
        pair(0xD0D4EC, 0x1D265D),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast ratio of WCAG 2.2.
    fn ratio(a: Color, b: Color) -> f32 {
        let (a, b) = (a.relative_luminance(), b.relative_luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_reaches_aa_on_every_ground() {
        for tokens in [&DARK, &LIGHT] {
            let grounds = [
                tokens.base,
                tokens.side,
                tokens.raised,
                tokens.hover,
                tokens.select,
            ];
            for text in [
                tokens.t1,
                tokens.t2,
                tokens.t3,
                tokens.accent,
                tokens.ok,
                tokens.warn,
                tokens.bad,
            ] {
                for ground in grounds {
                    assert!(ratio(text, ground) >= 4.5, "{text:?} on {ground:?}");
                }
            }
            for fill in [tokens.accent_fill, tokens.bad_fill] {
                assert!(ratio(tokens.on_fill, fill) >= 4.5);
            }
            for pair in tokens.avatars {
                assert!(ratio(pair.text, pair.ground) >= 6.0);
            }
        }
    }

    #[test]
    fn an_avatar_keeps_its_colour() {
        assert_eq!(DARK.avatar("alice"), DARK.avatar("alice"));
        let differing = ["alice", "bob", "carol", "dave", "eve", "mallory"]
            .map(|name| format!("{:?}", DARK.avatar(name)));
        assert!(
            differing
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len()
                > 2
        );
    }
}
