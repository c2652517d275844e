//! Dialogs: a scrim over the window and a card on it.

mod attach;
mod forms;
mod questions;
mod talks;
mod viewer;

use iced::widget::{column, container, mouse_area, opaque, row, space};
use iced::{Alignment, Length, Padding};

use super::part::{button, text};
use super::switcher;
use crate::controller::Message;
use crate::controller::dialog::Message as DialogMessage;
use crate::icon::Icon;
use crate::model::{Dialog, Model};
use crate::theme::{self, Element, Type, space as sizes};

/// The dialog that is open.
pub(crate) fn view(model: &Model) -> Option<Element<'_, Message>> {
    let dialog = model.dialog.as_ref()?;
    let card = match dialog {
        Dialog::Trust(trust) => questions::trust(trust),
        Dialog::KeyChanged { address } => questions::key_changed(address),
        Dialog::Confirm(confirm) => questions::confirm(model, confirm),
        Dialog::CreateRoom(room) => forms::create_room(room),
        Dialog::Browse(browse) => forms::browse(model, browse),
        Dialog::Invite(form) => forms::invite(model, form),
        Dialog::AddPerson(line) => forms::add_person(model, line),
        Dialog::Topic(line) => forms::topic(line),
        Dialog::Switcher(switcher) => switcher::view(model, switcher),
        Dialog::AttachPath(dialog) => attach::view(model, dialog),
        Dialog::Channel(line) => talks::channel(model, line),
        Dialog::Person(line) => talks::person(model, line),
        Dialog::NoDevice { username } => talks::no_device(model, username),
        Dialog::SaveFile(dialog) => talks::save_file(dialog),
        Dialog::Viewer(viewer) => return Some(opaque(viewer::view(model, viewer))),
    };
    let is_switcher = matches!(dialog, Dialog::Switcher(_));
    let placed = if is_switcher {
        container(opaque(card))
            .center_x(Length::Fill)
            .height(Length::Fill)
            .padding(Padding::ZERO.top(sizes::SWITCHER_TOP.min(model.window.size.1 / 8.0)))
    } else {
        container(opaque(card)).center(Length::Fill).padding(16)
    };
    let scrim = mouse_area(placed.style(theme::surface::scrim))
        .on_press(Message::Dialog(DialogMessage::Cancel));
    Some(opaque(scrim))
}

/// A card 520 wide: a title with an icon, what it is about, and the buttons.
fn card<'a>(
    icon: Element<'a, Message>,
    title: String,
    body: Element<'a, Message>,
    buttons: Element<'a, Message>,
) -> Element<'a, Message> {
    let words = column![
        text::medium(Type::Dialog, title),
        space::vertical().height(8),
        body,
        space::vertical().height(20),
        buttons
    ]
    .width(Length::Fill);
    let inside = row![container(icon).padding(Padding::ZERO.top(3)), words].spacing(12);
    container(inside)
        .width(sizes::DIALOG)
        .padding(24)
        .style(theme::surface::dialog)
        .into()
}

/// The buttons of a card: the safe one and the one that does it, at the right.
fn buttons<'a>(
    left: Option<Element<'a, Message>>,
    safe: Element<'a, Message>,
    does: Element<'a, Message>,
) -> Element<'a, Message> {
    let mut whole = row![].spacing(8).align_y(Alignment::Center);
    if let Some(left) = left {
        whole = whole.push(left);
    }
    whole.push(space::horizontal()).push(safe).push(does).into()
}

/// The focus ring around the button that Enter presses: 2 px, 2 px off.
fn ringed<'a>(content: impl Into<Element<'a, Message>>, on: bool) -> Element<'a, Message> {
    container(content)
        .padding(4)
        .style(move |theme: &theme::Theme| {
            let style = container::Style::default();
            if on {
                style.border(
                    iced::border::rounded(sizes::RADIUS_CONTROL + 4.0)
                        .width(2)
                        .color(theme.tokens().accent),
                )
            } else {
                style
            }
        })
        .into()
}

/// The button that closes a dialog and does nothing of it.
fn cancel<'a>(words: String) -> Element<'a, Message> {
    button::words(words, theme::button::secondary)
        .on_press(Message::Dialog(DialogMessage::Cancel))
        .into()
}

fn large<'a>(icon: Icon) -> Element<'a, Message> {
    icon.large(|tokens| tokens.accent).into()
}
