//! "Jump to".

use iced::widget::{button, column, container, row, scrollable, space, text_input};
use iced::{Alignment, Length, Padding};
use parlor_client::peer::{Talk, TalkState};
use parlor_protocol::RoomKind;

use super::header::here_words;
use super::marked::marked;
use super::part::avatar::{Side, avatar};
use super::part::{key, text};
use super::search::tokens;
use crate::controller::Message;
use crate::controller::switcher::{self, FIELD, Message as Switch};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::peer::here;
use crate::model::{Account, AppCommand, Jump, Model, Row, Switcher};
use crate::theme::{self, Element, Type, space as sizes};

/// The card of "jump to".
pub(crate) fn view<'a>(model: &'a Model, switcher: &'a Switcher) -> Element<'a, Message> {
    let input = text_input(&tr!("switcher-placeholder"), &switcher.query)
        .id(FIELD)
        .on_input(|query| Message::Switcher(Switch::Edited(query)))
        .on_submit(Message::Switcher(Switch::Submit))
        .size(Type::Title.size())
        .line_height(Type::Title.line_height())
        .padding(0)
        .style(theme::field::input_bare);
    let top = row![
        Icon::Search.large(|tokens| tokens.t3),
        input,
        key::hint(tr!("keys-escape"))
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let inside = column![
        container(top).padding([0, 16]).center_y(sizes::HEADER),
        super::horizontal_line(),
        list(model, switcher),
        super::horizontal_line(),
        container(foot()).padding([0, 16]).center_y(36),
    ];
    container(inside)
        .width(sizes::SWITCHER)
        .style(theme::surface::dialog)
        .into()
}

fn foot<'a>() -> Element<'a, Message> {
    let hint = |words| text::line(Type::Small, words).style(theme::text::t3);
    row![
        hint(tr!("switcher-choose")),
        hint(tr!("switcher-search-all")),
        space::horizontal(),
        hint(tr!("switcher-rooms")),
        hint(tr!("switcher-people")),
        hint(tr!("switcher-commands")),
    ]
    .spacing(16)
    .align_y(Alignment::Center)
    .into()
}

fn list<'a>(model: &'a Model, switcher: &'a Switcher) -> Element<'a, Message> {
    let Some(account) = model.front() else {
        return space().into();
    };
    let rows = switcher::rows(model, switcher);
    let mut whole = column![].width(Length::Fill);
    let mut at = 0;
    let groups = [
        (tr!("switcher-group-rooms"), rows.rooms),
        (tr!("switcher-group-people"), rows.people),
        (tr!("switcher-group-commands"), rows.commands),
    ];
    for (title, group) in groups {
        if group.is_empty() {
            continue;
        }
        whole = whole.push(
            container(text::line(Type::Small, title).style(theme::text::t3)).padding(Padding {
                top: 10.0,
                right: 12.0,
                bottom: 4.0,
                left: 12.0,
            }),
        );
        for row in &group {
            whole = whole.push(jump_row(model, account, row, at, at == switcher.at));
            at += 1;
        }
    }
    if at == 0 {
        let words = tr!("switcher-nothing", query = switcher.query.as_str());
        whole = whole.push(
            container(text::plain(Type::Text, words).style(theme::text::t2))
                .center_x(Length::Fill)
                .padding([24, 12]),
        );
    }
    let most = (model.window.size.1 - 240.0).max(120.0);
    container(scrollable(whole.padding(Padding::from([0, 6]).bottom(8))))
        .max_height(most)
        .into()
}

fn jump_row<'a>(
    model: &'a Model,
    account: &'a Account,
    row_of: &Row,
    at: usize,
    chosen: bool,
) -> Element<'a, Message> {
    let (mark, right) = face(account, &row_of.does);
    let words = marked(
        Type::Text,
        &row_of.text,
        &row_of.marks,
        tokens(model),
        false,
    );
    let mut inside = row![
        container(mark).center_x(24),
        container(words).width(Length::Fill).clip(true),
        text::line(Type::Small, right).style(theme::text::t3),
    ]
    .spacing(12)
    .align_y(Alignment::Center)
    .height(Length::Fill);
    if chosen {
        inside = inside.push(key::hint(tr!("keys-enter")));
    }
    button(inside)
        .width(Length::Fill)
        .height(36)
        .padding([0, 12])
        .style(if chosen {
            theme::button::row_on
        } else {
            theme::button::row
        })
        .on_press(Message::Switcher(Switch::Chosen(at)))
        .into()
}

/// What stands before a row, and what it says at its right.
fn face<'a>(account: &'a Account, does: &Jump) -> (Element<'a, Message>, String) {
    match does {
        Jump::Room(room) => {
            if let Some(state) = account.peers.talks.get(room) {
                return talk(account, state);
            }
            let Some(state) = account.rooms.get(room) else {
                return (space().into(), String::new());
            };
            if let Some(with) = &state.room.with {
                let face = avatar(with, account.name_of(with), Side::Small);
                return (face, unread(state.mentions, state.unread));
            }
            let icon = match state.room.kind {
                RoomKind::Broadcast => Icon::Megaphone,
                RoomKind::Private => Icon::Lock,
                RoomKind::Public | RoomKind::Direct => Icon::Hash,
            };
            let face = icon.large(|tokens| tokens.t2).into();
            (face, unread(state.mentions, state.unread))
        }
        Jump::Person(username) => (
            avatar(username, account.name_of(username), Side::Small),
            tr!("switcher-opens-talk"),
        ),
        Jump::Command(command) => {
            let icon = match command {
                AppCommand::Light | AppCommand::Dark => Icon::Theme,
                AppCommand::Settings => Icon::Gear,
                AppCommand::CreateRoom => Icon::Plus,
                AppCommand::Channel => Icon::Mesh,
                AppCommand::BrowseRooms => Icon::Hash,
                AppCommand::Search => Icon::Search,
                AppCommand::Invite => Icon::PersonPlus,
                AppCommand::Servers => Icon::Server,
            };
            (icon.large(|tokens| tokens.t2).into(), String::new())
        }
    }
}

/// A talk between devices.
fn talk<'a>(account: &'a Account, state: &'a TalkState) -> (Element<'a, Message>, String) {
    let unread = unread(0, state.unread);
    match &state.talk {
        Talk::Direct(username) => {
            let face = avatar(username, account.name_of(username), Side::Small);
            match unread.is_empty() {
                true => (face, tr!("switcher-direct")),
                false => (face, unread),
            }
        }
        Talk::Channel(_) => {
            let face = Icon::Mesh.large(|tokens| tokens.t2).into();
            let (there, all) = here(state, &account.me.username);
            let words = tr!("switcher-channel", here = here_words(there, all));
            match unread.is_empty() {
                true => (face, words),
                false => (face, unread),
            }
        }
    }
}

fn unread(mentions: u64, unread: u64) -> String {
    match (mentions, unread) {
        (0, 0) => String::new(),
        (0, unread) => tr!("switcher-unread", count = unread),
        (mentions, _) => tr!("switcher-mentions", count = mentions),
    }
}
