//! Pieces of forms: labelled fields, choices, errors, a server's tile.

use iced::widget::{button, column, container, row, stack, text_input};
use iced::{Alignment, Length, Padding, border};

use super::part::button::IconButton;
use super::part::{avatar, text};
use crate::icon::Icon;
use crate::locale::tr;
use crate::theme::{self, Element, Theme, Type, space};

/// A label above a field.
pub(crate) fn label<'a>(content: String) -> iced::widget::Text<'a, Theme> {
    text::medium(Type::Body, content)
}

/// A hint below a field.
pub(crate) fn hint<'a>(content: String) -> iced::widget::Text<'a, Theme> {
    text::plain(Type::Small, content).style(theme::text::t3)
}

/// An error below a field, in place of its hint.
pub(crate) fn wrong<'a>(content: String) -> iced::widget::Text<'a, Theme> {
    text::plain(Type::Small, content).style(theme::text::bad)
}

/// A field 36 high, to be finished by its caller (`on_input`, `on_submit`).
pub(crate) fn field<'a, Message: Clone + 'a>(
    id: &'static str,
    placeholder: &str,
    value: &str,
    is_wrong: bool,
) -> iced::widget::TextInput<'a, Message, Theme> {
    let style = if is_wrong {
        theme::field::input_wrong
    } else {
        theme::field::input
    };
    text_input(placeholder, value)
        .id(id)
        .size(Type::Text.size())
        .line_height(Type::Text.line_height())
        .padding([8, 10])
        .style(style)
}

/// A field for a password, with an eye that shows it.
pub(crate) fn secret<'a, Message: Clone + 'a>(
    input: iced::widget::TextInput<'a, Message, Theme>,
    shows: bool,
    on_show: Message,
) -> Element<'a, Message> {
    let name = if shows {
        tr!("form-hide-password")
    } else {
        tr!("form-show-password")
    };
    let eye = IconButton::new(Icon::Eye, name)
        .small()
        .on(shows)
        .view(Some(on_show));
    let eye = container(eye)
        .align_right(Length::Fill)
        .center_y(space::INPUT)
        .padding(Padding::ZERO.right(6));
    let input = input.secure(!shows).padding(Padding {
        top: 8.0,
        right: 38.0,
        bottom: 8.0,
        left: 10.0,
    });
    stack![input, eye].into()
}

/// A choice of a few words, all in view. The chosen one is filled.
pub(crate) fn segmented<'a, T: Copy + PartialEq + 'a, Message: Clone + 'a>(
    choices: Vec<(T, String)>,
    chosen: T,
    fills: bool,
    on_choose: impl Fn(T) -> Message + 'a,
) -> Element<'a, Message> {
    let parts = choices.into_iter().map(|(choice, words)| {
        let on = choice == chosen;
        let face = if on {
            text::medium(Type::Body, words)
        } else {
            text::line(Type::Body, words)
        };
        let width = if fills { Length::Fill } else { Length::Shrink };
        button(container(face).center_x(width).center_y(24))
            .padding([0, 10])
            .height(24)
            .width(width)
            .style(if on { segment_on } else { segment })
            .on_press(on_choose(choice))
            .into()
    });
    container(row(parts).spacing(2))
        .padding(2)
        .width(if fills { Length::Fill } else { Length::Shrink })
        .style(theme::surface::segmented)
        .into()
}

fn segment(theme: &Theme, status: button::Status) -> button::Style {
    button::Style {
        border: border::rounded(space::RADIUS_KEY),
        ..theme::button::icon(theme, status)
    }
}

fn segment_on(theme: &Theme, status: button::Status) -> button::Style {
    button::Style {
        border: border::rounded(space::RADIUS_KEY),
        ..theme::button::icon_on(theme, status)
    }
}

/// A box that says what went wrong.
pub(crate) fn error_box<'a, Message: 'a>(content: String) -> Element<'a, Message> {
    let inside = row![
        Icon::Alert.large(|tokens| tokens.bad),
        text::plain(Type::Body, content).width(Length::Fill)
    ]
    .spacing(10)
    .align_y(Alignment::Center);
    container(inside)
        .width(Length::Fill)
        .padding(Padding {
            top: 8.0,
            right: 8.0,
            bottom: 8.0,
            left: 12.0,
        })
        .style(theme::surface::notice_bad)
        .into()
}

/// A label, its field, and what is said below.
pub(crate) fn labelled<'a, Message: 'a>(
    name: String,
    field: impl Into<Element<'a, Message>>,
    below: Option<iced::widget::Text<'a, Theme>>,
) -> Element<'a, Message> {
    let mut whole = column![label(name), field.into()].spacing(6);
    if let Some(below) = below {
        whole = whole.push(below);
    }
    whole.into()
}

/// A button of the whole width, 36 high.
pub(crate) fn wide<'a, Message: Clone + 'a>(
    words: String,
    look: super::part::button::Look,
) -> iced::widget::Button<'a, Message, Theme> {
    button(container(text::medium(Type::Body, words)).center(Length::Fill))
        .width(Length::Fill)
        .height(space::INPUT)
        .padding(0)
        .style(look)
}

/// A server's tile: its initials on the accent, or on a colour of its own.
pub(crate) fn tile<'a, Message: 'a>(name: &str, side: f32, own: bool) -> Element<'a, Message> {
    let (letters, radius) = if side > 40.0 {
        (18.0, 10.0)
    } else {
        (12.0, space::RADIUS_CONTROL)
    };
    let content = text::medium(Type::Small, tile_letters(name)).size(letters);
    let name = name.to_owned();
    container(content)
        .center(side)
        .style(move |theme: &Theme| {
            let mut style = theme::surface::tile(theme);
            if own {
                let pair = theme.tokens().avatar(&name);
                style = style.background(pair.ground).color(pair.text);
            }
            style.border(border::rounded(radius))
        })
        .into()
}

/// "L4" of "Lab 4": a digit counts as a word's initial too.
fn tile_letters(name: &str) -> String {
    let letters: String = name
        .split_whitespace()
        .take(2)
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect();
    match letters.chars().next() {
        Some(first)
            if !first.is_alphanumeric() || first.is_alphabetic() && !first.is_uppercase() =>
        {
            avatar::initials(name)
        }
        Some(_) => letters,
        None => avatar::initials(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_every_script() {
        let check = |name: &str, expected: &str| assert_eq!(tile_letters(name), expected, "{name}");
        check("Lab 4", "L4");
        check("Atelier Réseau", "AR");
        check("深圳创客空间", "深");
        check("Nhà chung", "NC");
        check("parlord", "P");
    }
}
