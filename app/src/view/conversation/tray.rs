//! The files that go with the next message: chips above its text.

use iced::widget::{column, container, row, scrollable, tooltip};
use iced::{Alignment, Length, Padding};
use parlor_client::{Transfer, TransferState};

use super::Scene;
use crate::controller::conversation::Message;
use crate::icon::Icon;
use crate::locale::{amount, tr};
use crate::model::composer::Attached;
use crate::model::cut::middle;
use crate::model::file_kind::FileKind;
use crate::theme::{self, Element, Type};
use crate::view::part::button::{IconButton, named};
use crate::view::part::text;
use crate::view::progress::{self, Words};

/// A chip's size.
const CHIP: (f32, f32) = (264.0, 52.0);
/// So many columns of a name have room, beside two buttons.
const NAME: usize = 27;
/// The tray's height, its space above the text included.
pub(super) const HEIGHT: f32 = 62.0;

/// The chips, if there are any.
pub(super) fn view<'a>(scene: Scene<'a>) -> Option<Element<'a, Message>> {
    let room = &scene.talk.room;
    let starting = scene.talk.composer.starting;
    let drafts = scene.account.transfers.drafts(room).map(chip);
    let attached = scene.talk.composer.attached.iter().enumerate();
    let attached = attached.map(|(at, file)| self::attached(at, file));
    let mut chips: Vec<Element<'a, Message>> = drafts.chain(attached).collect();
    if chips.is_empty() && starting == 0 {
        return None;
    }
    if chips.is_empty() {
        let words = text::line(Type::Small, tr!("tray-starting")).style(theme::text::t3);
        chips.push(container(words).center_y(CHIP.1).padding([0, 8]).into());
    }
    let thin = scrollable::Scrollbar::new()
        .width(4)
        .scroller_width(4)
        .margin(0);
    let tray = scrollable(row(chips).spacing(8))
        .direction(scrollable::Direction::Horizontal(thin))
        .width(Length::Fill);
    let tray = container(tray)
        .padding(Padding {
            top: 8.0,
            right: 9.0,
            bottom: 0.0,
            left: 9.0,
        })
        .height(HEIGHT);
    Some(tray.into())
}

/// A file of this computer: nothing of it goes anywhere before the post does.
fn attached<'a>(at: usize, file: &'a Attached) -> Element<'a, Message> {
    let name = text::line(Type::Small, middle(&file.name, NAME)).style(theme::text::t1);
    let size = text::line(Type::Small, amount::size(file.size)).style(theme::text::t3);
    let lines = column![container(name).clip(true), size].width(Length::Fill);
    let icon = progress::icon(FileKind::of_name(&file.name)).medium(|tokens| tokens.t2);
    let remove = IconButton::new(Icon::Close, tr!("attach-remove"))
        .small()
        .tooltip(tooltip::Position::Top)
        .view(Some(Message::Detach(at)));
    let inside = row![container(icon).center_x(20), lines, remove]
        .spacing(8)
        .align_y(Alignment::Center);
    container(inside)
        .width(CHIP.0)
        .height(CHIP.1)
        .align_y(Alignment::Center)
        .padding(Padding::ZERO.left(8).right(4))
        .style(theme::surface::chip)
        .into()
}

fn chip<'a>(transfer: &'a Transfer) -> Element<'a, Message> {
    let broken = progress::why_broken(transfer);
    let words = progress::words(transfer, Words::Short);
    let name = text::line(Type::Small, middle(&transfer.name, NAME)).style(theme::text::t1);
    let ink = if broken.is_some() {
        theme::text::bad
    } else {
        theme::text::t3
    };
    let state = text::line(Type::Small, words).style(ink);
    let mut lines = column![container(name).clip(true)].width(Length::Fill);
    if transfer.state != TransferState::Done {
        lines = lines.push(container(progress::bar(transfer)).padding([3, 0]));
    }
    let lines = lines.push(container(state).width(Length::Fill).clip(true));
    let icon = progress::icon(FileKind::of_name(&transfer.name)).medium(|tokens| tokens.t2);
    let inside = row![
        container(icon).center_x(20),
        lines,
        progress::buttons(transfer, true).map(Message::File)
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let chip = container(inside)
        .width(CHIP.0)
        .height(CHIP.1)
        .align_y(Alignment::Center)
        .padding(Padding::ZERO.left(8).right(4))
        .style(theme::surface::chip);
    match broken {
        Some(why) => named(chip, why, None, tooltip::Position::Top),
        None => chip.into(),
    }
}
