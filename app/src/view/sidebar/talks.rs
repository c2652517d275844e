//! Talks that no server keeps: peer channels, and people one talks with directly.

use iced::widget::{Column, container, row};
use iced::{Alignment, Length, Padding};
use parlor_client::peer::{Talk, TalkState};

use super::{Row, face};
use crate::controller::Message;
use crate::controller::talk::Message as TalkMessage;
use crate::icon::{Icon, Ink};
use crate::locale::tr;
use crate::model::peer::here;
use crate::model::{Account, Model};
use crate::theme::{self, Element, Theme, Type};
use crate::view::header::here_words;
use crate::view::part::avatar::{self, Dot, Side};
use crate::view::part::button::IconButton;
use crate::view::part::{badge, text};

/// The groups of talks, below the rooms.
pub(super) fn view<'a>(
    model: &'a Model,
    account: &'a Account,
    mut list: Column<'a, Message, Theme>,
) -> Column<'a, Message, Theme> {
    let (channels, people): (Vec<_>, Vec<_>) = account
        .peers
        .listed(|talk| account.talk_title(talk))
        .into_iter()
        .partition(|state| matches!(state.talk, Talk::Channel(_)));
    list = list.push(heading(
        tr!("sidebar-channels"),
        tr!("sidebar-add-channel"),
        TalkMessage::Channel,
    ));
    for state in channels {
        list = list.push(talk_row(model, account, state));
    }
    list = list.push(heading(
        tr!("sidebar-direct"),
        tr!("sidebar-add-direct"),
        TalkMessage::Choose,
    ));
    if people.is_empty() {
        let none = text::line(Type::Small, tr!("sidebar-no-direct")).style(theme::text::t3);
        list = list.push(container(none).padding([6, 16]).clip(true));
    }
    for state in people {
        list = list.push(talk_row(model, account, state));
    }
    list
}

fn heading<'a>(words: String, adds: String, message: TalkMessage) -> Element<'a, Message> {
    let plus = IconButton::new(Icon::Plus, adds)
        .small()
        .view(Some(Message::Talk(message)));
    let inside = row![
        text::line(Type::Small, words)
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

fn talk_row<'a>(
    model: &'a Model,
    account: &'a Account,
    state: &'a TalkState,
) -> Element<'a, Message> {
    let name = state.talk.to_string();
    let on = super::is_on(model, account, &name);
    let right: Option<Element<'a, Message>> = if state.unread > 0 {
        Some(badge::unread(state.unread, on))
    } else {
        aside(account, state)
            .map(|words| text::line(Type::Small, words).style(theme::text::t3).into())
    };
    let row = Row {
        name,
        title: account.talk_title(&state.talk),
        unread: state.unread > 0,
        muted: false,
        right,
    };
    face(model, account, row, |ink| mark(account, &state.talk, ink))
}

/// What is said of a talk at its right: who is here, or what waits.
fn aside(account: &Account, state: &TalkState) -> Option<String> {
    match &state.talk {
        Talk::Channel(_) => {
            let (there, all) = here(state, &account.me.username);
            Some(here_words(there, all))
        }
        Talk::Direct(username) => {
            let sealed = account.peers.people.get(username)?.sealed;
            (sealed > 0).then(|| tr!("sidebar-sealed", count = sealed))
        }
    }
}

fn mark<'a>(account: &'a Account, talk: &'a Talk, ink: Ink) -> Element<'a, Message> {
    match talk {
        Talk::Channel(_) => Icon::Mesh.medium(ink).into(),
        Talk::Direct(username) => {
            let dot = account
                .presence_of(username)
                .map_or(Dot::Unknown, Dot::Known);
            let name = account.name_of(username);
            avatar::with_presence(username, name, Side::Tiny, dot, |tokens| tokens.side)
        }
    }
}
