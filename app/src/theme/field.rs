//! The styles of what one types into.

use iced::widget::{text_editor, text_input};
use iced::{Background, Border, Color, border};

use super::Theme;
use super::space::{RADIUS_CARD, RADIUS_CONTROL};

impl text_input::Catalog for Theme {
    type Class<'a> = text_input::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(input)
    }

    fn style(&self, class: &Self::Class<'_>, status: text_input::Status) -> text_input::Style {
        class(self, status)
    }
}

impl text_editor::Catalog for Theme {
    type Class<'a> = text_editor::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(editor)
    }

    fn style(&self, class: &Self::Class<'_>, status: text_editor::Status) -> text_editor::Style {
        class(self, status)
    }
}

/// The ground of selected text.
pub(crate) fn selection(theme: &Theme) -> Color {
    theme.tokens().accent_fill.scale_alpha(0.45)
}

fn edge(theme: &Theme, status: text_input::Status, wrong: bool) -> Border {
    let tokens = theme.tokens();
    let rounded = border::rounded(RADIUS_CONTROL);
    match status {
        text_input::Status::Focused { .. } if wrong => rounded.width(2).color(tokens.bad),
        text_input::Status::Focused { .. } => rounded.width(2).color(tokens.accent),
        text_input::Status::Disabled => rounded.width(1).color(tokens.line),
        _ if wrong => rounded.width(1).color(tokens.bad),
        _ => rounded.width(1).color(tokens.control),
    }
}

fn field(theme: &Theme, status: text_input::Status, border: Border) -> text_input::Style {
    let tokens = theme.tokens();
    let disabled = status == text_input::Status::Disabled;
    text_input::Style {
        background: Background::Color(if disabled { tokens.select } else { tokens.base }),
        border,
        icon: tokens.t2,
        placeholder: tokens.t3,
        value: if disabled { tokens.t3 } else { tokens.t1 },
        selection: selection(theme),
    }
}

/// An input.
pub(crate) fn input(theme: &Theme, status: text_input::Status) -> text_input::Style {
    field(theme, status, edge(theme, status, false))
}

/// An input whose value was refused.
pub(crate) fn input_wrong(theme: &Theme, status: text_input::Status) -> text_input::Style {
    field(theme, status, edge(theme, status, true))
}

/// An input whose frame is drawn by what is around it.
pub(crate) fn input_bare(theme: &Theme, status: text_input::Status) -> text_input::Style {
    text_input::Style {
        background: Background::Color(Color::TRANSPARENT),
        ..field(theme, status, Border::default())
    }
}

/// A text of several lines.
pub(crate) fn editor(theme: &Theme, status: text_editor::Status) -> text_editor::Style {
    framed(theme, status, theme.tokens().base, RADIUS_CONTROL)
}

/// The field for a message.
pub(crate) fn composer(theme: &Theme, status: text_editor::Status) -> text_editor::Style {
    framed(theme, status, theme.tokens().raised, RADIUS_CARD)
}

fn framed(
    theme: &Theme,
    status: text_editor::Status,
    ground: Color,
    radius: f32,
) -> text_editor::Style {
    let tokens = theme.tokens();
    let edge = border::rounded(radius);
    text_editor::Style {
        background: Background::Color(ground),
        border: match status {
            text_editor::Status::Focused { .. } => edge.width(2).color(tokens.accent),
            text_editor::Status::Disabled => edge.width(1).color(tokens.line),
            text_editor::Status::Active | text_editor::Status::Hovered => {
                edge.width(1).color(tokens.control)
            }
        },
        placeholder: tokens.t3,
        value: tokens.t1,
        selection: selection(theme),
    }
}
