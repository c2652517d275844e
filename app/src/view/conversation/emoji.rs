//! The emoji one picks from.

use iced::widget::{button, column, container, row};
use iced::{Length, Pixels};

use crate::controller::conversation::Message;
use crate::model::emoji::{IN_A_ROW, OFFERED};
use crate::theme::{self, Element, Type, font};
use crate::view::part::text;

/// The side of one emoji's button.
const SIDE: f32 = 32.0;
/// The size of an emoji in it.
const SIZE: f32 = 18.0;

/// A grid of emoji.
pub(super) fn view<'a>(pick: impl Fn(&'static str) -> Message) -> Element<'a, Message> {
    let one = |emoji: &'static str| {
        let face = text::line(Type::Text, emoji)
            .font(font::EMOJI)
            .size(SIZE)
            .line_height(Pixels(22.0));
        button(container(face).center(Length::Fill))
            .width(SIDE)
            .height(SIDE)
            .padding(0)
            .style(theme::button::row)
            .on_press(pick(emoji))
    };
    let line = |line: &[&'static str]| line.iter().fold(row![], |row, emoji| row.push(one(emoji)));
    let grid = OFFERED
        .chunks(IN_A_ROW)
        .fold(column![], |grid, emoji| grid.push(line(emoji)));
    container(grid)
        .padding(8)
        .style(theme::surface::menu)
        .into()
}
