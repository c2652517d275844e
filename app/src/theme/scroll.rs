//! The styles of what scrolls.

use iced::widget::container;
use iced::widget::scrollable::{AutoScroll, Catalog, Rail, Scroller, Status, Style, StyleFn};
use iced::{Background, Color, Shadow, border};

use super::Theme;
use super::space::RADIUS_FULL;

/// How wide a scrollbar is, in pixels.
pub(crate) const WIDTH: f32 = 8.0;

impl Catalog for Theme {
    type Class<'a> = StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(scrollable)
    }

    fn style(&self, class: &Self::Class<'_>, status: Status) -> Style {
        class(self, status)
    }
}

/// The part that one drags: fainter while nobody points at it.
pub(crate) fn thumb(theme: &Theme, active: bool) -> Color {
    let tokens = theme.tokens();
    if active {
        tokens.control
    } else {
        tokens.control.scale_alpha(0.45)
    }
}

fn rail(theme: &Theme, active: bool) -> Rail {
    Rail {
        background: None,
        border: border::rounded(RADIUS_FULL),
        scroller: Scroller {
            background: Background::Color(thumb(theme, active)),
            border: border::rounded(RADIUS_FULL),
        },
    }
}

/// A list that scrolls.
pub(crate) fn scrollable(theme: &Theme, status: Status) -> Style {
    let tokens = theme.tokens();
    let (vertical, horizontal) = match status {
        Status::Active { .. } => (false, false),
        Status::Hovered {
            is_horizontal_scrollbar_hovered: horizontal,
            is_vertical_scrollbar_hovered: vertical,
            ..
        }
        | Status::Dragged {
            is_horizontal_scrollbar_dragged: horizontal,
            is_vertical_scrollbar_dragged: vertical,
            ..
        } => (vertical, horizontal),
    };
    Style {
        container: container::Style::default(),
        vertical_rail: rail(theme, vertical),
        horizontal_rail: rail(theme, horizontal),
        gap: None,
        auto_scroll: AutoScroll {
            background: Background::Color(tokens.raised),
            border: border::rounded(RADIUS_FULL).width(1).color(tokens.control),
            shadow: Shadow::default(),
            icon: tokens.t1,
        },
    }
}
