//! The header of a room: its name, its topic, its panels. [`talk`]: that of a talk between devices.

mod talk;

use iced::widget::{button, container, row, space, tooltip};
use iced::{Alignment, Length, Padding};
use parlor_protocol::RoomKind;

use super::menu;
use super::part::button::{IconButton, named};
use super::part::text;
use crate::controller::Message;
use crate::controller::header::Message as Header;
use crate::controller::menu::Message as MenuMessage;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Account, Menu, Model, Panel, TOPIC_FROM};
use crate::theme::{self, Element, Type, space as sizes};
use crate::widget::popover::Popover;

pub(crate) use talk::here_words;

/// The header of the room in front.
pub(crate) fn view<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    if let Some(talk) = account.front_talk() {
        return talk::view(model, account, &talk);
    }
    let Some(state) = account.front() else {
        return space().into();
    };
    let room = &state.room;
    let wide = model.window.size.0 >= TOPIC_FROM;
    let icon = match room.kind {
        RoomKind::Broadcast => Icon::Megaphone,
        RoomKind::Private => Icon::Lock,
        RoomKind::Direct => Icon::Person,
        RoomKind::Public => Icon::Hash,
    };
    let name = text::medium(Type::Title, account.room_title(room))
        .wrapping(iced::widget::text::Wrapping::None);
    let name: Element<'_, Message> = if wide || room.topic.is_empty() {
        name.into()
    } else {
        named(name, room.topic.clone(), None, tooltip::Position::Bottom)
    };
    let mut inside = row![icon.large(|tokens| tokens.t1), name]
        .spacing(8)
        .align_y(Alignment::Center);
    if wide && !room.topic.is_empty() {
        let topic = text::line(Type::Body, room.topic.as_str()).style(theme::text::t2);
        inside = inside
            .push(
                container(super::vertical_line())
                    .height(18)
                    .padding(Padding::from([0, 4])),
            )
            .push(container(topic).width(Length::Fill).clip(true));
    } else {
        inside = inside.push(space::horizontal());
    }
    if wide && room.kind != RoomKind::Direct {
        inside = inside.push(count(room.members));
    }
    let search = IconButton::new(Icon::Search, tr!("header-search"))
        .keys(tr!("keys-search"))
        .on(model.window.panel == Some(Panel::Search))
        .view(Some(Message::Header(Header::Search)));
    let files = IconButton::new(Icon::Folder, tr!("header-files"))
        .view(Some(Message::Header(Header::Files)));
    let people = IconButton::new(Icon::People, tr!("header-people"))
        .keys(tr!("keys-people"))
        .on(model.window.panel == Some(Panel::People))
        .view(Some(Message::Header(Header::People)));
    let more = IconButton::new(Icon::More, tr!("header-more"))
        .on(model.menu == Some(Menu::Room))
        .view(Some(Message::Header(Header::Room)));
    let open = (model.menu == Some(Menu::Room)).then(|| menu::room(account, state));
    let more = Popover::new(more, open).on_close(Message::Menu(MenuMessage::Close));
    inside = inside.push(search).push(files).push(people).push(more);
    container(inside)
        .padding(Padding::ZERO.left(20).right(12))
        .center_y(sizes::HEADER - 1.0)
        .width(Length::Fill)
        .into()
}

/// How many people are in the room; a click shows them.
fn count<'a>(members: u64) -> Element<'a, Message> {
    let inside = row![
        Icon::People.medium(|tokens| tokens.t2),
        text::plain(Type::Small, members.to_string()).style(theme::text::t2)
    ]
    .spacing(6)
    .align_y(Alignment::Center);
    let face = button(container(inside).center_y(Length::Fill))
        .height(sizes::BUTTON_SMALL)
        .padding([0, 10])
        .style(theme::button::icon)
        .on_press(Message::Header(Header::People));
    let words = tr!("header-members", count = members);
    named(face, words, None, tooltip::Position::Bottom)
}
