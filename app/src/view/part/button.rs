//! Buttons with words, with an icon alone, and rows of menus.

use iced::widget::{Button, button, container, row, space, tooltip};
use iced::{Alignment, Length, Padding};

use super::{key, text};
use crate::icon::{Icon, Ink};
use crate::theme::{self, Element, Theme, Type};

/// How far a tooltip stands from what it names.
const TOOLTIP_GAP: f32 = 6.0;

/// How a button with words looks.
pub(crate) type Look = fn(&Theme, button::Status) -> button::Style;

/// A button 32 high with words.
pub(crate) fn words<'a, Message: Clone + 'a>(
    label: String,
    look: Look,
) -> Button<'a, Message, Theme> {
    let content = text::medium(Type::Body, label).wrapping(iced::widget::text::Wrapping::None);
    button(container(content).center_y(Length::Fill))
        .height(theme::space::BUTTON)
        .padding([0, 12])
        .style(look)
}

/// A button 26 high with words.
pub(crate) fn small<'a, Message: Clone + 'a>(
    label: String,
    look: Look,
) -> Button<'a, Message, Theme> {
    let content = text::medium(Type::Small, label).wrapping(iced::widget::text::Wrapping::None);
    button(container(content).center_y(Length::Fill))
        .height(theme::space::BUTTON_SMALL)
        .padding([0, 10])
        .style(look)
}

/// A button 32 high with an icon before its words.
pub(crate) fn icon_words<'a, Message: Clone + 'a>(
    icon: Icon,
    ink: Ink,
    label: String,
    look: Look,
) -> Button<'a, Message, Theme> {
    let label = text::medium(Type::Body, label).wrapping(iced::widget::text::Wrapping::None);
    let content = row![icon.medium(ink), label]
        .spacing(6)
        .align_y(Alignment::Center);
    button(container(content).center_y(Length::Fill))
        .height(theme::space::BUTTON)
        .padding([0, 12])
        .style(look)
}

/// Words in a sentence or line that act.
pub(crate) fn link<'a, Message: Clone + 'a>(label: String) -> Button<'a, Message, Theme> {
    button(text::medium(Type::Small, label))
        .padding(0)
        .style(theme::button::link)
}

/// An icon button: 28 square, named by a tooltip with its keys.
#[derive(Debug, Clone)]
pub(crate) struct IconButton {
    icon: Icon,
    name: String,
    keys: Option<String>,
    on: bool,
    side: f32,
    position: tooltip::Position,
}

impl IconButton {
    /// The button that does what `name` says.
    pub(crate) fn new(icon: Icon, name: String) -> Self {
        Self {
            icon,
            name,
            keys: None,
            on: false,
            side: theme::space::ICON_BUTTON,
            position: tooltip::Position::Bottom,
        }
    }

    /// Says which keys do the same.
    pub(crate) fn keys(mut self, keys: String) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Shows it switched on.
    pub(crate) fn on(mut self, on: bool) -> Self {
        self.on = on;
        self
    }

    /// Makes it 24 square with a smaller icon, for headings of lists.
    pub(crate) fn small(mut self) -> Self {
        self.side = 24.0;
        self
    }

    /// Where the tooltip stands.
    pub(crate) fn tooltip(mut self, position: tooltip::Position) -> Self {
        self.position = position;
        self
    }

    /// The widget; without a message it is disabled.
    pub(crate) fn view<'a, Message: Clone + 'a>(
        self,
        on_press: Option<Message>,
    ) -> Element<'a, Message> {
        let ink: Ink = match (self.on, on_press.is_some()) {
            (true, _) => |tokens| tokens.t1,
            (false, true) => |tokens| tokens.t2,
            (false, false) => |tokens| tokens.t3,
        };
        let icon = if self.side < theme::space::ICON_BUTTON {
            self.icon.medium(ink)
        } else {
            self.icon.large(ink)
        };
        let look = if self.on {
            theme::button::icon_on
        } else {
            theme::button::icon
        };
        let face = button(container(icon).center(Length::Fill))
            .width(self.side)
            .height(self.side)
            .padding(0)
            .style(look)
            .on_press_maybe(on_press);
        named(face, self.name, self.keys, self.position)
    }
}

/// Anything with a tooltip: what it is, and the keys that do the same.
pub(crate) fn named<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    name: String,
    keys: Option<String>,
    position: tooltip::Position,
) -> Element<'a, Message> {
    let mut label = row![text::plain(Type::Small, name)]
        .spacing(8)
        .align_y(Alignment::Center);
    if let Some(keys) = keys {
        label = label.push(key::hint(keys));
    }
    let label = container(label)
        .padding([4, 8])
        .style(theme::surface::tooltip);
    tooltip(content, label, position).gap(TOOLTIP_GAP).into()
}

/// A row of a menu: an icon, words, and the keys that do the same.
pub(crate) fn menu_row<'a, Message: Clone + 'a>(
    icon: Icon,
    label: String,
    keys: Option<String>,
    on_press: Message,
) -> Element<'a, Message> {
    menu_row_in(
        |tokens| tokens.t2,
        theme::button::row,
        (icon, label, keys),
        on_press,
    )
}

/// A row of a menu that destroys.
pub(crate) fn menu_row_danger<'a, Message: Clone + 'a>(
    icon: Icon,
    label: String,
    keys: Option<String>,
    on_press: Message,
) -> Element<'a, Message> {
    menu_row_in(
        |tokens| tokens.bad,
        theme::button::row_danger,
        (icon, label, keys),
        on_press,
    )
}

fn menu_row_in<'a, Message: Clone + 'a>(
    ink: Ink,
    look: Look,
    (icon, label, keys): (Icon, String, Option<String>),
    on_press: Message,
) -> Element<'a, Message> {
    let mut inside = row![
        icon.medium(ink),
        text::line(Type::Body, label),
        space::horizontal()
    ]
    .spacing(8)
    .align_y(Alignment::Center)
    .height(Length::Fill);
    if let Some(keys) = keys {
        inside = inside.push(text::line(Type::Micro, keys).style(theme::text::t3));
    }
    button(inside)
        .width(Length::Fill)
        .height(theme::space::MENU_ROW)
        .padding(Padding::from([0, 8]))
        .style(look)
        .on_press(on_press)
        .into()
}
