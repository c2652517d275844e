//! The styles of buttons.

use iced::widget::button::{Catalog, Status, Style, StyleFn};
use iced::{Background, Border, Color, border};

use super::Theme;
use super::space::{RADIUS_CONTROL, RADIUS_FULL};

impl Catalog for Theme {
    type Class<'a> = StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(secondary)
    }

    fn style(&self, class: &Self::Class<'_>, status: Status) -> Style {
        class(self, status)
    }
}

fn control(width: f32, color: Color) -> Border {
    border::rounded(RADIUS_CONTROL).width(width).color(color)
}

fn style(ground: Option<Color>, text: Color, border: Border) -> Style {
    Style {
        background: ground.map(Background::Color),
        text_color: text,
        border,
        ..Style::default()
    }
}

/// The text and ground of whatever cannot be pressed now.
fn disabled(theme: &Theme) -> Style {
    let tokens = theme.tokens();
    style(Some(tokens.select), tokens.t3, control(1.0, tokens.select))
}

/// Mixes a little of `with` into `color`, for a filled button under the pointer.
fn mixed(color: Color, with: Color, share: f32) -> Color {
    Color {
        r: color.r + (with.r - color.r) * share,
        g: color.g + (with.g - color.g) * share,
        b: color.b + (with.b - color.b) * share,
        a: color.a,
    }
}

fn filled(theme: &Theme, status: Status, fill: Color) -> Style {
    let tokens = theme.tokens();
    let ground = match status {
        Status::Active => fill,
        // Darker keeps the white text's contrast; lighter would lose it.
        Status::Hovered => mixed(fill, Color::BLACK, 0.10),
        Status::Pressed => mixed(fill, Color::BLACK, 0.22),
        Status::Disabled => return disabled(theme),
    };
    style(Some(ground), tokens.on_fill, control(1.0, ground))
}

fn outlined(theme: &Theme, status: Status, text: Color, edge: Color) -> Style {
    let tokens = theme.tokens();
    let ground = match status {
        Status::Active => None,
        Status::Hovered => Some(tokens.hover),
        Status::Pressed => Some(tokens.select),
        Status::Disabled => return disabled(theme),
    };
    style(ground, text, control(1.0, edge))
}

/// The one action that a view is for.
pub(crate) fn primary(theme: &Theme, status: Status) -> Style {
    filled(theme, status, theme.tokens().accent_fill)
}

/// Every other action.
pub(crate) fn secondary(theme: &Theme, status: Status) -> Style {
    let tokens = theme.tokens();
    outlined(theme, status, tokens.t1, tokens.control)
}

/// An action within text or a bar.
pub(crate) fn ghost(theme: &Theme, status: Status) -> Style {
    plain(theme, status, theme.tokens().accent)
}

/// A ghost in the colour of secondary text.
pub(crate) fn quiet(theme: &Theme, status: Status) -> Style {
    plain(theme, status, theme.tokens().t2)
}

fn plain(theme: &Theme, status: Status, text: Color) -> Style {
    let tokens = theme.tokens();
    let ground = match status {
        Status::Active | Status::Disabled => None,
        Status::Hovered => Some(tokens.hover),
        Status::Pressed => Some(tokens.select),
    };
    let text = if status == Status::Disabled {
        tokens.t3
    } else {
        text
    };
    style(ground, text, control(0.0, Color::TRANSPARENT))
}

/// An action that destroys, before it is confirmed.
pub(crate) fn danger(theme: &Theme, status: Status) -> Style {
    let tokens = theme.tokens();
    outlined(theme, status, tokens.bad, tokens.bad)
}

/// The confirmation of such an action, in its dialog.
pub(crate) fn danger_fill(theme: &Theme, status: Status) -> Style {
    filled(theme, status, theme.tokens().bad_fill)
}

/// A square with an icon alone; the icon takes the colour of [`super::text::icon`].
pub(crate) fn icon(theme: &Theme, status: Status) -> Style {
    quiet(theme, status)
}

/// An icon button that is switched on.
pub(crate) fn icon_on(theme: &Theme, _status: Status) -> Style {
    let tokens = theme.tokens();
    style(
        Some(tokens.select),
        tokens.t1,
        control(0.0, Color::TRANSPARENT),
    )
}

/// A row of a list or menu.
pub(crate) fn row(theme: &Theme, status: Status) -> Style {
    plain(theme, status, theme.tokens().t1)
}

/// The chosen row of a list or menu.
pub(crate) fn row_on(theme: &Theme, _status: Status) -> Style {
    icon_on(theme, Status::Active)
}

/// A row of a menu that destroys.
pub(crate) fn row_danger(theme: &Theme, status: Status) -> Style {
    plain(theme, status, theme.tokens().bad)
}

/// Text that acts, without ground: a quote that jumps, a word in a sentence.
pub(crate) fn bare(theme: &Theme, _status: Status) -> Style {
    style(None, theme.tokens().t3, control(0.0, Color::TRANSPARENT))
}

/// A link within a line of text.
pub(crate) fn link(theme: &Theme, _status: Status) -> Style {
    style(
        None,
        theme.tokens().accent,
        control(0.0, Color::TRANSPARENT),
    )
}

fn round(theme: &Theme, ground: Color, text: Color, edge: Color, status: Status) -> Style {
    let ground = match status {
        Status::Hovered | Status::Pressed => theme.tokens().select,
        Status::Active | Status::Disabled => ground,
    };
    let edge = border::rounded(RADIUS_FULL).width(1.0).color(edge);
    style(Some(ground), text, edge)
}

/// A reaction.
pub(crate) fn chip(theme: &Theme, status: Status) -> Style {
    let tokens = theme.tokens();
    round(theme, tokens.raised, tokens.t2, tokens.line, status)
}

/// A reaction that is one's own too.
pub(crate) fn chip_on(theme: &Theme, status: Status) -> Style {
    let tokens = theme.tokens();
    round(
        theme,
        tokens.accent_soft,
        tokens.accent,
        tokens.accent,
        status,
    )
}

/// What floats over the timeline and leads to its end.
pub(crate) fn pill(theme: &Theme, status: Status) -> Style {
    let tokens = theme.tokens();
    round(theme, tokens.raised, tokens.t1, tokens.control, status)
}
