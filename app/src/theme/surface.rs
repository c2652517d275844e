//! The styles of grounds: what containers are.
//!
//! The design gives menus, dialogs and the pill a shadow. They have none: the software
//! renderer paints a shadow outside of the part of the window that is drawn anew, so that
//! with every blink of a caret it grows darker. Their edge parts them from what lies below.

use iced::widget::container::{Catalog, Style, StyleFn};
use iced::widget::rule;
use iced::{Background, Color, border};

use super::Theme;
use super::space::{RADIUS_CARD, RADIUS_CONTROL, RADIUS_DIALOG, RADIUS_FULL, RADIUS_KEY};

impl Catalog for Theme {
    type Class<'a> = StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> Style {
        class(self)
    }
}

impl rule::Catalog for Theme {
    type Class<'a> = rule::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(hairline)
    }

    fn style(&self, class: &Self::Class<'_>) -> rule::Style {
        class(self)
    }
}

/// The ground of a picture for cameras, the same in both themes.
pub(crate) const PAPER: Color = Color::WHITE;
/// Its dark cells.
pub(crate) const INK: Color = Color::BLACK;

/// A hairline.
pub(crate) fn hairline(theme: &Theme) -> rule::Style {
    line(theme.tokens().line)
}

/// The line of the unread divider.
pub(crate) fn accent_line(theme: &Theme) -> rule::Style {
    line(theme.tokens().accent)
}

fn line(color: Color) -> rule::Style {
    rule::Style {
        color,
        radius: 0.into(),
        fill_mode: rule::FillMode::Full,
        snap: true,
    }
}

fn ground(color: Color) -> Style {
    Style::default().background(Background::Color(color))
}

fn framed(theme: &Theme, color: Color, radius: f32) -> Style {
    let edge = border::rounded(radius).width(1).color(theme.tokens().line);
    ground(color).border(edge)
}

/// The timeline.
pub(crate) fn base(theme: &Theme) -> Style {
    ground(theme.tokens().base)
}

/// The sidebar, panels and the status bar.
pub(crate) fn side(theme: &Theme) -> Style {
    ground(theme.tokens().side)
}

/// The row under the pointer.
pub(crate) fn hover(theme: &Theme) -> Style {
    ground(theme.tokens().hover)
}

/// A row that names the reader.
pub(crate) fn mention(theme: &Theme) -> Style {
    ground(theme.tokens().accent_soft)
}

/// A row that one jumped to.
pub(crate) fn marked(theme: &Theme) -> Style {
    ground(theme.tokens().select)
}

/// A row chosen by the keyboard.
pub(crate) fn chosen(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    ground(tokens.hover).border(
        border::rounded(RADIUS_CONTROL)
            .width(2)
            .color(tokens.accent),
    )
}

/// A card.
pub(crate) fn card(theme: &Theme) -> Style {
    framed(theme, theme.tokens().raised, RADIUS_CARD)
}

/// The tile before a file's name.
pub(crate) fn file_tile(theme: &Theme) -> Style {
    ground(theme.tokens().select).border(border::rounded(RADIUS_CONTROL))
}

/// The place of a picture.
pub(crate) fn picture(theme: &Theme) -> Style {
    card(theme)
}

/// A file above the text that it goes with.
pub(crate) fn chip(theme: &Theme) -> Style {
    framed(theme, theme.tokens().base, RADIUS_CONTROL)
}

/// Where files that are held over the window would go.
pub(crate) fn drop(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    ground(tokens.accent_soft)
        .color(tokens.t1)
        .border(border::rounded(RADIUS_CARD).width(2).color(tokens.accent))
}

/// A menu or popup.
pub(crate) fn menu(theme: &Theme) -> Style {
    card(theme)
}

/// The bar of actions on a row.
pub(crate) fn actions(theme: &Theme) -> Style {
    card(theme)
}

/// A dialog.
pub(crate) fn dialog(theme: &Theme) -> Style {
    framed(theme, theme.tokens().raised, RADIUS_DIALOG)
}

/// What lies over everything behind a dialog.
pub(crate) fn scrim(theme: &Theme) -> Style {
    ground(theme.tokens().scrim)
}

/// A block of code.
pub(crate) fn code(theme: &Theme) -> Style {
    framed(theme, theme.tokens().code, RADIUS_CONTROL)
}

/// A key hint.
pub(crate) fn key(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    Style::default()
        .color(tokens.t3)
        .border(border::rounded(RADIUS_KEY).width(1).color(tokens.line))
}

/// A tooltip.
pub(crate) fn tooltip(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    framed(theme, tokens.raised, RADIUS_CONTROL).color(tokens.t1)
}

fn round(color: Color, text: Color) -> Style {
    ground(color)
        .color(text)
        .border(border::rounded(RADIUS_FULL))
}

/// A count of unread messages.
pub(crate) fn badge(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    round(tokens.select, tokens.t1)
}

/// A count of unread messages on a chosen row.
pub(crate) fn badge_on_select(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    round(tokens.base, tokens.t1)
}

/// A count of mentions.
pub(crate) fn badge_mention(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    round(tokens.accent_fill, tokens.on_fill)
}

/// A tag that says all is well.
pub(crate) fn tag_ok(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    round(tokens.ok_soft, tokens.ok)
}

/// A tag that says something neither good nor bad.
pub(crate) fn tag(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    round(tokens.select, tokens.t2)
}

/// A tag that needs a look.
pub(crate) fn tag_warn(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    round(tokens.warn_soft, tokens.warn)
}

/// A tag that says that something is wrong.
pub(crate) fn tag_bad(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    round(tokens.bad_soft, tokens.bad)
}

fn soft(color: Color, text: Color) -> Style {
    ground(color)
        .color(text)
        .border(border::rounded(RADIUS_CARD))
}

/// A notice that needs a look.
pub(crate) fn notice_warn(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    soft(tokens.warn_soft, tokens.t1)
}

/// A notice of an error.
pub(crate) fn notice_bad(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    soft(tokens.bad_soft, tokens.t1)
}

/// A server's tile.
pub(crate) fn tile(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    ground(tokens.accent_fill)
        .color(tokens.on_fill)
        .border(border::rounded(RADIUS_CONTROL))
}

/// The frame around the parts of a segmented choice.
pub(crate) fn segmented(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    Style::default().border(
        border::rounded(RADIUS_CONTROL)
            .width(1)
            .color(tokens.control),
    )
}
