//! The colours of text and icons.

use iced::widget::{svg, text};

use super::{Theme, field};

impl text::Catalog for Theme {
    type Class<'a> = text::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| text::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> text::Style {
        class(self)
    }
}

impl iced_selection::text::Catalog for Theme {
    type Class<'a> = iced_selection::text::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(selectable)
    }

    fn style(&self, class: &Self::Class<'_>) -> iced_selection::text::Style {
        class(self)
    }
}

impl svg::Catalog for Theme {
    type Class<'a> = svg::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, _| svg::Style {
            color: Some(theme.tokens().t2),
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: svg::Status) -> svg::Style {
        class(self, status)
    }
}

/// Text that can be selected, in the colour of what is around it.
pub(crate) fn selectable(theme: &Theme) -> iced_selection::text::Style {
    iced_selection::text::Style {
        color: None,
        selection: field::selection(theme),
    }
}

/// Text that can be selected and is on its way.
pub(crate) fn selectable_pending(theme: &Theme) -> iced_selection::text::Style {
    iced_selection::text::Style {
        color: Some(theme.tokens().t2),
        ..selectable(theme)
    }
}

macro_rules! inks {
    ($($(#[$doc:meta])* $name:ident = $token:ident;)+) => {
        $(
            $(#[$doc])*
            pub(crate) fn $name(theme: &Theme) -> text::Style {
                text::Style { color: Some(theme.tokens().$token) }
            }
        )+
    };
}

inks! {
    /// Text.
    t1 = t1;
    /// Secondary text.
    t2 = t2;
    /// Time, hints, what is disabled.
    t3 = t3;
    /// Links and what calls one.
    accent = accent;
    /// Verified, online.
    ok = ok;
    /// What asks for a look.
    warn = warn;
    /// What failed.
    bad = bad;
}
