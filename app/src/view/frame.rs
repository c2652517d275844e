//! The main screen's frame: sidebar, what is in front, and a right panel.

use iced::widget::{column, container, row, space, stack};
use iced::{Alignment, Length};

use super::part::text;
use super::{conversation, files, header, people, safety, search, sidebar, transfers};
use crate::controller::Message;
use crate::controller::talk::may_attach;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::peer::talk_of;
use crate::model::{Account, Middle, Model, Panel};
use crate::theme::{self, Element, Type};

/// Rooms and talk.
pub(crate) fn main(model: &Model) -> Element<'_, Message> {
    let Some(account) = model.front() else {
        return space().into();
    };
    let middle = match &account.room {
        Some(room) if model.window.middle == Middle::Files => {
            under_drop(model, account, room, files::view(model, account))
        }
        Some(room) => talk(model, account, room),
        None => nothing(account),
    };
    with_sidebar(model, account, with_panel(model, account, middle))
}

/// The server inside the app.
pub(crate) fn host(model: &Model) -> Element<'_, Message> {
    let page = super::host::view(model);
    match model.front() {
        Some(account) => with_sidebar(model, account, page),
        None => page,
    }
}

/// The parts keep their places while some do not show: what a part remembers (where the
/// talk is scrolled to, the keyboard's focus) is known by its place.
fn with_sidebar<'a>(
    model: &'a Model,
    account: &'a Account,
    middle: Element<'a, Message>,
) -> Element<'a, Message> {
    let width = model.window.sidebar_width();
    let (side, line): (Element<'a, Message>, Element<'a, Message>) = if width == 0.0 {
        (space().into(), space().into())
    } else {
        let side = container(sidebar::view(model, account))
            .width(width - 1.0)
            .height(Length::Fill)
            .style(theme::surface::side);
        (side.into(), super::vertical_line())
    };
    row![side, line, middle].into()
}

fn talk<'a>(model: &'a Model, account: &'a Account, room: &'a str) -> Element<'a, Message> {
    let talk = conversation::view(model, account, room).map(Message::Conversation);
    column![
        header::view(model, account),
        super::horizontal_line(),
        under_drop(model, account, room, talk),
    ]
    .into()
}

/// What is in the middle, and over it where files go that are held over the window.
/// The parts keep their places while nothing is.
fn under_drop<'a>(
    model: &'a Model,
    account: &'a Account,
    room: &'a str,
    middle: Element<'a, Message>,
) -> Element<'a, Message> {
    let middle = container(middle).width(Length::Fill).height(Length::Fill);
    if model.window.hovered == 0 {
        return stack![middle].into();
    }
    let count = model.window.hovered;
    let lists = model.window.middle == Middle::Files;
    let to = match (&account.files.room, lists) {
        (Some(listed), true) => account.room_words(listed),
        _ => account.room_words(room),
    };
    let takes = match talk_of(room).filter(|_| !lists) {
        Some(talk) => may_attach(account, &talk).is_ok(),
        None => account.may_upload(room),
    };
    let (what, then) = match (takes, lists) {
        (false, _) => (tr!("drop-closed"), tr!("drop-closed-why", room = to)),
        (true, true) => (
            tr!("drop-list", count = count),
            tr!("drop-list-then", room = to),
        ),
        (true, false) => (
            tr!("drop-send", count = count),
            tr!("drop-send-then", room = to),
        ),
    };
    let inside = column![
        Icon::Upload.large(|tokens| tokens.accent),
        space::vertical().height(6),
        text::medium(Type::Text, what),
        text::plain(Type::Small, then).style(theme::text::t2),
    ]
    .align_x(Alignment::Center);
    let over = container(inside)
        .center(Length::Fill)
        .style(theme::surface::drop);
    stack![middle, container(over).style(theme::surface::base)].into()
}

/// Before anything of an account is known.
fn nothing(account: &Account) -> Element<'_, Message> {
    let words = if account.loaded {
        tr!("frame-no-room")
    } else {
        tr!("frame-opening", server = account.server.name.as_str())
    };
    let inside = column![
        Icon::Hash.large(|tokens| tokens.t3),
        text::plain(Type::Text, words).style(theme::text::t2)
    ]
    .spacing(6)
    .align_x(Alignment::Center);
    container(inside).center(Length::Fill).into()
}

fn with_panel<'a>(
    model: &'a Model,
    account: &'a Account,
    middle: Element<'a, Message>,
) -> Element<'a, Message> {
    let (mut docked, mut over): (Element<'a, Message>, Element<'a, Message>) =
        (space().into(), space().into());
    if let Some(panel) = model.window.panel {
        let inside = match panel {
            Panel::People => people::view(model, account),
            Panel::Safety => safety::view(model, account),
            Panel::Search => search::view(model, account),
            Panel::Transfers => transfers::view(model, account),
        };
        let inside = container(inside)
            .width(panel.width() - 1.0)
            .height(Length::Fill)
            .style(theme::surface::side);
        let panel = row![super::vertical_line(), iced::widget::opaque(inside)];
        if model.window.panel_docks() {
            docked = panel.into();
        } else {
            over = container(panel).align_right(Length::Fill).into();
        }
    }
    let beside = row![container(middle).width(Length::Fill), docked];
    stack![beside, over].into()
}
