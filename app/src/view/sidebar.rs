//! The sidebar: the server, "jump to", rooms, [`talks`], oneself.

mod talks;

use iced::widget::{button, column, container, row, scrollable};
use iced::{Alignment, Length, Padding};
use parlor_client::RoomState;
use parlor_protocol::{Notify, RoomKind};

use super::part::avatar::{self, Dot, Side};
use super::part::button::IconButton;
use super::part::{badge, key, text};
use super::{form, menu};
use crate::controller::Message;
use crate::controller::menu::Message as MenuMessage;
use crate::controller::sidebar::Message as Sidebar;
use crate::icon::{Icon, Ink};
use crate::locale::tr;
use crate::model::{Account, Menu, Model, Region};
use crate::theme::{self, Element, Type, space as sizes};
use crate::widget::popover::Popover;

/// The sidebar.
pub(crate) fn view<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let mut list = column![].width(Length::Fill);
    let (direct, rooms): (Vec<_>, Vec<_>) = account
        .sidebar_rooms()
        .into_iter()
        .partition(|state| state.room.kind == RoomKind::Direct);
    list = list.push(heading(model));
    for state in rooms.into_iter().chain(direct) {
        list = list.push(room_row(model, account, state));
    }
    list = talks::view(model, account, list);
    column![
        server(model, account),
        super::horizontal_line(),
        jump(),
        scrollable(list.padding(Padding::ZERO.bottom(8)))
            .id("sidebar-rooms")
            .height(Length::Fill),
        super::horizontal_line(),
        me(account),
    ]
    .into()
}

fn server<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let below = if account.is_here() {
        tr!("sidebar-this-computer")
    } else {
        account.place().to_owned()
    };
    let words = column![
        text::medium(Type::Text, account.server.name.as_str())
            .line_height(iced::Pixels(18.0))
            .wrapping(iced::widget::text::Wrapping::None),
        text::line(Type::Small, below).style(theme::text::t3),
    ];
    let others: u64 = model
        .accounts
        .iter()
        .filter(|other| other.id != account.id)
        .map(Account::unread)
        .sum();
    let mut inside = row![
        form::tile(&account.server.name, 28.0, false),
        container(words).width(Length::Fill).clip(true),
    ]
    .spacing(10)
    .align_y(Alignment::Center);
    if others > 0 {
        inside = inside.push(badge::unread(others, false));
    }
    inside = inside.push(Icon::ChevronDown.medium(|tokens| tokens.t3));
    let face = button(container(inside).center_y(Length::Fill))
        .width(Length::Fill)
        .height(sizes::HEADER - 1.0)
        .padding([0, 12])
        .style(flat)
        .on_press(Message::Sidebar(Sidebar::Server));
    let open = (model.menu == Some(Menu::Server)).then(|| menu::server(model, account));
    Popover::new(face, open)
        .on_close(Message::Menu(MenuMessage::Close))
        .into()
}

/// A row without rounded corners, for what fills its region.
fn flat(theme: &theme::Theme, status: button::Status) -> button::Style {
    button::Style {
        border: iced::Border::default(),
        ..theme::button::row(theme, status)
    }
}

fn jump<'a>() -> Element<'a, Message> {
    let inside = row![
        Icon::Search.medium(|tokens| tokens.t3),
        text::line(Type::Body, tr!("sidebar-jump"))
            .style(theme::text::t3)
            .width(Length::Fill),
        key::hint(tr!("keys-jump")),
    ]
    .spacing(6)
    .align_y(Alignment::Center);
    let face = button(container(inside).center_y(Length::Fill))
        .width(Length::Fill)
        .height(30)
        .padding([0, 8])
        .style(|theme: &theme::Theme, _| {
            let tokens = theme.tokens();
            button::Style {
                background: Some(tokens.base.into()),
                border: iced::border::rounded(sizes::RADIUS_CONTROL)
                    .width(1)
                    .color(tokens.line),
                text_color: tokens.t3,
                ..button::Style::default()
            }
        })
        .on_press(Message::Sidebar(Sidebar::Jump));
    container(face)
        .padding(Padding {
            top: 8.0,
            right: 8.0,
            bottom: 4.0,
            left: 8.0,
        })
        .into()
}

fn heading(model: &Model) -> Element<'_, Message> {
    let plus = IconButton::new(Icon::Plus, tr!("sidebar-add-room"))
        .small()
        .view(Some(Message::Sidebar(Sidebar::Rooms)));
    let open = (model.menu == Some(Menu::Rooms)).then(|| menu::rooms(model));
    let plus = Popover::new(plus, open).on_close(Message::Menu(MenuMessage::Close));
    let inside = row![
        text::line(Type::Small, tr!("sidebar-rooms"))
            .style(theme::text::t3)
            .width(Length::Fill),
        plus
    ]
    .align_y(Alignment::Center);
    let inside = container(inside)
        .padding(Padding::ZERO.left(16).right(8))
        .center_y(28);
    container(inside).padding(Padding::ZERO.top(8)).into()
}

/// A row of the list: a room or a talk.
struct Row<'a> {
    /// By what it is opened.
    name: String,
    /// What it is called.
    title: &'a str,
    /// Whether somebody said something since it was read.
    unread: bool,
    /// Whether nothing is told of it.
    muted: bool,
    /// What stands at its right.
    right: Option<Element<'a, Message>>,
}

/// Whether a room or talk is the one that shows.
fn is_on(model: &Model, account: &Account, name: &str) -> bool {
    account.room.as_deref() == Some(name)
        && matches!(model.screen, crate::model::Screen::Main)
        && model.window.middle == crate::model::Middle::Talk
}

fn room_row<'a>(
    model: &'a Model,
    account: &'a Account,
    state: &'a RoomState,
) -> Element<'a, Message> {
    let room = &state.room;
    let muted = room.notify == Notify::None;
    let unread = state.unread > 0 && !muted;
    let right = if !muted && state.mentions > 0 {
        Some(badge::mentions(state.mentions))
    } else {
        unread.then(|| badge::unread(state.unread, is_on(model, account, &room.room)))
    };
    let row = Row {
        name: room.room.clone(),
        title: account.room_title(room),
        unread,
        muted,
        right,
    };
    face(model, account, row, |ink| mark(account, state, ink))
}

/// A row of the list, as it looks.
fn face<'a>(
    model: &Model,
    account: &Account,
    of: Row<'a>,
    mark: impl FnOnce(Ink) -> Element<'a, Message>,
) -> Element<'a, Message> {
    let on = is_on(model, account, &of.name);
    let ink: Ink = match (on || of.unread, of.muted) {
        (true, _) => |tokens| tokens.t1,
        (false, true) => |tokens| tokens.t3,
        (false, false) => |tokens| tokens.t2,
    };
    let style = match (on || of.unread, of.muted) {
        (true, _) => theme::text::t1,
        (false, true) => theme::text::t3,
        (false, false) => theme::text::t2,
    };
    let words = if of.unread {
        text::medium(Type::Text, of.title).wrapping(iced::widget::text::Wrapping::None)
    } else {
        text::line(Type::Text, of.title)
    };
    let inside = row![
        mark(ink),
        container(words.style(style)).width(Length::Fill).clip(true)
    ]
    .push(of.right)
    .spacing(8)
    .align_y(Alignment::Center)
    .height(Length::Fill);
    let ring = on && model.window.region == Region::Sidebar && model.window.keyboard;
    let face = button(inside)
        .width(Length::Fill)
        .height(sizes::SIDEBAR_ROW)
        .padding([0, 8])
        .style(move |theme: &theme::Theme, status| {
            let mut style = if on {
                theme::button::row_on(theme, status)
            } else {
                theme::button::row(theme, status)
            };
            if ring {
                style.border = style.border.width(2).color(theme.tokens().accent);
            }
            style
        })
        .on_press(Message::Sidebar(Sidebar::Room(of.name)));
    container(face).padding([0, 8]).into()
}

/// What stands before a room's name.
fn mark<'a>(account: &'a Account, state: &'a RoomState, ink: Ink) -> Element<'a, Message> {
    let room = &state.room;
    if let Some(with) = &room.with {
        let dot = account.presence_of(with).map_or(Dot::Unknown, Dot::Known);
        return avatar::with_presence(with, account.name_of(with), Side::Tiny, dot, |tokens| {
            tokens.side
        });
    }
    let icon = match (room.notify, room.kind) {
        (Notify::None, _) => Icon::BellOff,
        (_, RoomKind::Broadcast) => Icon::Megaphone,
        (_, RoomKind::Private) => Icon::Lock,
        (_, RoomKind::Public | RoomKind::Direct) => Icon::Hash,
    };
    icon.medium(ink).into()
}

fn me(account: &Account) -> Element<'_, Message> {
    let me = &account.me;
    let dot = account
        .presence_of(&me.username)
        .map_or(Dot::Unknown, Dot::Known);
    let below = if !account.link.is_connected() {
        tr!("sidebar-offline")
    } else if me.status.is_empty() {
        me.username.clone()
    } else {
        me.status.clone()
    };
    let words = column![
        text::medium(Type::Body, me.name.as_str())
            .line_height(iced::Pixels(16.0))
            .wrapping(iced::widget::text::Wrapping::None),
        text::line(Type::Small, below).style(theme::text::t3),
    ];
    let inside = row![
        avatar::with_presence(&me.username, &me.name, Side::Medium, dot, |tokens| tokens
            .side),
        container(words).width(Length::Fill).clip(true),
        IconButton::new(Icon::Gear, tr!("sidebar-settings"))
            .keys(tr!("keys-settings"))
            .tooltip(iced::widget::tooltip::Position::Top)
            .view(Some(Message::Sidebar(Sidebar::Settings))),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    container(inside)
        .padding(Padding::ZERO.left(12).right(8))
        .center_y(47)
        .width(Length::Fill)
        .into()
}
