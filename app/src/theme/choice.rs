//! The styles of what one chooses with.

use iced::overlay::menu;
use iced::widget::{checkbox, pick_list, progress_bar, radio, toggler};
use iced::{Background, Color, border};

use super::Theme;
use super::space::{RADIUS_CARD, RADIUS_CONTROL, RADIUS_FULL, RADIUS_KEY};

impl toggler::Catalog for Theme {
    type Class<'a> = toggler::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(switch)
    }

    fn style(&self, class: &Self::Class<'_>, status: toggler::Status) -> toggler::Style {
        class(self, status)
    }
}

impl checkbox::Catalog for Theme {
    type Class<'a> = checkbox::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(tick)
    }

    fn style(&self, class: &Self::Class<'_>, status: checkbox::Status) -> checkbox::Style {
        class(self, status)
    }
}

impl radio::Catalog for Theme {
    type Class<'a> = radio::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(dot)
    }

    fn style(&self, class: &Self::Class<'_>, status: radio::Status) -> radio::Style {
        class(self, status)
    }
}

impl pick_list::Catalog for Theme {
    type Class<'a> = pick_list::StyleFn<'a, Self>;

    fn default<'a>() -> pick_list::StyleFn<'a, Self> {
        Box::new(select)
    }

    fn style(
        &self,
        class: &pick_list::StyleFn<'_, Self>,
        status: pick_list::Status,
    ) -> pick_list::Style {
        class(self, status)
    }
}

impl menu::Catalog for Theme {
    type Class<'a> = menu::StyleFn<'a, Self>;

    fn default<'a>() -> menu::StyleFn<'a, Self> {
        Box::new(options)
    }

    fn style(&self, class: &menu::StyleFn<'_, Self>) -> menu::Style {
        class(self)
    }
}

impl progress_bar::Catalog for Theme {
    type Class<'a> = progress_bar::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(bar)
    }

    fn style(&self, class: &Self::Class<'_>) -> progress_bar::Style {
        class(self)
    }
}

/// A switch, on or off.
pub(crate) fn switch(theme: &Theme, status: toggler::Status) -> toggler::Style {
    let tokens = theme.tokens();
    let (on, disabled) = match status {
        toggler::Status::Active { is_toggled } | toggler::Status::Hovered { is_toggled } => {
            (is_toggled, false)
        }
        toggler::Status::Disabled { is_toggled } => (is_toggled, true),
    };
    let (ground, edge, knob) = match (on, disabled) {
        (_, true) => (tokens.select, tokens.line, tokens.t3),
        (true, false) => (tokens.accent_fill, tokens.accent_fill, tokens.on_fill),
        (false, false) => (Color::TRANSPARENT, tokens.control, tokens.control),
    };
    toggler::Style {
        background: Background::Color(ground),
        background_border_width: 1.0,
        background_border_color: edge,
        foreground: Background::Color(knob),
        foreground_border_width: 0.0,
        foreground_border_color: Color::TRANSPARENT,
        text_color: Some(if disabled { tokens.t3 } else { tokens.t1 }),
        border_radius: Some(RADIUS_FULL.into()),
        padding_ratio: 0.17,
    }
}

/// A box to tick.
pub(crate) fn tick(theme: &Theme, status: checkbox::Status) -> checkbox::Style {
    let tokens = theme.tokens();
    let (on, disabled) = match status {
        checkbox::Status::Active { is_checked } | checkbox::Status::Hovered { is_checked } => {
            (is_checked, false)
        }
        checkbox::Status::Disabled { is_checked } => (is_checked, true),
    };
    let (ground, edge) = match (on, disabled) {
        (_, true) => (tokens.select, tokens.line),
        (true, false) => (tokens.accent_fill, tokens.accent_fill),
        (false, false) => (tokens.base, tokens.control),
    };
    checkbox::Style {
        background: Background::Color(ground),
        icon_color: if disabled { tokens.t3 } else { tokens.on_fill },
        border: border::rounded(RADIUS_KEY).width(1).color(edge),
        text_color: Some(if disabled { tokens.t3 } else { tokens.t1 }),
    }
}

/// One of several, by a dot.
pub(crate) fn dot(theme: &Theme, status: radio::Status) -> radio::Style {
    let tokens = theme.tokens();
    let (radio::Status::Active { is_selected } | radio::Status::Hovered { is_selected }) = status;
    radio::Style {
        background: Background::Color(tokens.base),
        dot_color: tokens.accent,
        border_width: 1.0,
        border_color: if is_selected {
            tokens.accent
        } else {
            tokens.control
        },
        text_color: Some(tokens.t1),
    }
}

/// One of several, by a list that drops down.
pub(crate) fn select(theme: &Theme, status: pick_list::Status) -> pick_list::Style {
    let tokens = theme.tokens();
    let edge = match status {
        pick_list::Status::Opened { .. } => tokens.accent,
        pick_list::Status::Active | pick_list::Status::Hovered => tokens.control,
    };
    let ground = match status {
        pick_list::Status::Hovered => tokens.hover,
        _ => tokens.base,
    };
    pick_list::Style {
        text_color: tokens.t1,
        placeholder_color: tokens.t3,
        handle_color: tokens.t2,
        background: Background::Color(ground),
        border: border::rounded(RADIUS_CONTROL).width(1).color(edge),
    }
}

/// The list that drops down.
pub(crate) fn options(theme: &Theme) -> menu::Style {
    let tokens = theme.tokens();
    menu::Style {
        background: Background::Color(tokens.raised),
        border: border::rounded(RADIUS_CARD).width(1).color(tokens.line),
        text_color: tokens.t1,
        selected_text_color: tokens.t1,
        selected_background: Background::Color(tokens.select),
        shadow: iced::Shadow::default(),
    }
}

/// How far something has come.
pub(crate) fn bar(theme: &Theme) -> progress_bar::Style {
    bar_of(theme, theme.tokens().accent)
}

/// How far something has come that its user stopped.
pub(crate) fn bar_paused(theme: &Theme) -> progress_bar::Style {
    bar_of(theme, theme.tokens().t3)
}

/// How far something has come that broke off.
pub(crate) fn bar_broken(theme: &Theme) -> progress_bar::Style {
    bar_of(theme, theme.tokens().bad)
}

fn bar_of(theme: &Theme, color: Color) -> progress_bar::Style {
    progress_bar::Style {
        background: Background::Color(theme.tokens().select),
        bar: Background::Color(color),
        border: border::rounded(RADIUS_FULL),
    }
}
