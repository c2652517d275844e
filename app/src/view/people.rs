//! The people panel: who is in the room, by presence.

use iced::widget::{button, column, container, row, scrollable};
use iced::{Alignment, Length, Padding};
use parlor_protocol::{Role, User};

use super::menu;
use super::part::avatar::{self, Dot, Side};
use super::part::button::IconButton;
use super::part::text;
use crate::controller::Message;
use crate::controller::header::Message as Header;
use crate::controller::menu::Message as MenuMessage;
use crate::controller::people::Message as People;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::peer::here;
use crate::model::{Account, Groups, Menu, Model, may_add};
use crate::theme::{self, Element, Type, space as sizes};
use crate::widget::popover::Popover;

/// People drawn in one group: more would make a huge room slow to draw, and
/// nobody scrolls that far; "jump to" finds them.
const DRAWN: usize = 200;

/// The people panel.
pub(crate) fn view<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let talk = account.room.as_ref();
    let talk = talk.and_then(|name| account.peers.talks.get(name));
    let members = match (account.front(), talk) {
        (Some(state), _) => state.room.members,
        (None, Some(state)) => here(state, &account.me.username).1 as u64,
        (None, None) => 0,
    };
    let mut top = row![
        text::medium(Type::Text, tr!("people-title")),
        text::plain(Type::Text, members.to_string())
            .style(theme::text::t3)
            .width(Length::Fill),
    ]
    .spacing(5)
    .align_y(Alignment::Center);
    if account
        .front()
        .is_some_and(|state| may_add(&account.me, &state.room))
    {
        top = top.push(
            IconButton::new(Icon::PersonPlus, tr!("people-add"))
                .view(Some(Message::People(People::Add))),
        );
    }
    top = top.push(
        IconButton::new(Icon::Close, tr!("people-close"))
            .keys(tr!("keys-people"))
            .view(Some(Message::Header(Header::ClosePanel))),
    );
    let mut list = column![].width(Length::Fill);
    for (title, users) in groups(account) {
        if !users.is_empty() {
            list = list.push(group(model, account, title, &users));
        }
    }
    column![
        container(top)
            .padding(Padding::ZERO.left(16).right(8))
            .center_y(sizes::HEADER - 1.0),
        super::horizontal_line(),
        scrollable(list.padding(Padding::ZERO.bottom(12))).height(Length::Fill),
    ]
    .into()
}

/// The groups, each with its title.
fn groups(account: &Account) -> Vec<(String, Vec<&User>)> {
    match account.groups() {
        Groups::Known {
            online,
            away,
            offline,
        } => vec![
            (tr!("people-online", count = online.len()), online),
            (tr!("people-away", count = away.len()), away),
            (tr!("people-offline", count = offline.len()), offline),
        ],
        Groups::Linked { here, away } => vec![
            (tr!("people-here", count = here.len()), here),
            (tr!("people-not-here", count = away.len()), away),
        ],
        Groups::Unknown(users) => vec![(tr!("people-unknown", count = users.len()), users)],
    }
}

fn group<'a>(
    model: &'a Model,
    account: &'a Account,
    title: String,
    users: &[&'a User],
) -> Element<'a, Message> {
    let heading = container(text::line(Type::Small, title).style(theme::text::t3))
        .padding(Padding::ZERO.left(16).right(8).top(8))
        .center_y(36);
    let mut whole = column![heading];
    for user in users.iter().take(DRAWN) {
        whole = whole.push(person(model, account, user));
    }
    if users.len() > DRAWN {
        let more = tr!("people-more", count = users.len() - DRAWN);
        whole = whole.push(
            container(text::line(Type::Small, more).style(theme::text::t3))
                .padding(Padding::ZERO.left(50))
                .center_y(sizes::INPUT),
        );
    }
    whole.into()
}

fn person<'a>(model: &'a Model, account: &'a Account, user: &'a User) -> Element<'a, Message> {
    let dot = account
        .presence_of(&user.username)
        .map_or(Dot::Unknown, Dot::Known);
    let name = text::line(Type::Body, user.name.as_str()).style(theme::text::t1);
    let words: Element<'_, Message> = if user.status.is_empty() {
        name.into()
    } else {
        column![
            name.line_height(iced::Pixels(16.0)),
            text::line(Type::Small, user.status.as_str())
                .line_height(iced::Pixels(14.0))
                .style(theme::text::t3)
        ]
        .into()
    };
    let mut inside = row![
        avatar::with_presence(&user.username, &user.name, Side::Small, dot, |tokens| {
            tokens.side
        }),
        container(words).width(Length::Fill).clip(true),
    ]
    .spacing(10)
    .align_y(Alignment::Center)
    .height(Length::Fill);
    if let Some(role) = role_label(user.role) {
        inside = inside.push(text::line(Type::Micro, role).style(theme::text::t3));
    }
    let face = button(inside)
        .width(Length::Fill)
        .height(sizes::INPUT)
        .padding([0, 16])
        .style(|theme: &theme::Theme, status| button::Style {
            border: iced::Border::default(),
            ..theme::button::row(theme, status)
        })
        .on_press(Message::People(People::Person(user.username.clone())));
    let open = match &model.menu {
        Some(Menu::Person { username, ranks }) if *username == user.username => {
            Some(menu::person(account, user, *ranks))
        }
        _ => None,
    };
    Popover::new(face, open)
        .on_close(Message::Menu(MenuMessage::Close))
        .into()
}

/// The rank of those who have one that matters.
pub(crate) fn role_label(role: Role) -> Option<String> {
    match role {
        Role::Owner => Some(tr!("role-owner")),
        Role::Admin => Some(tr!("role-admin")),
        Role::Moderator => Some(tr!("role-moderator")),
        Role::Guest => Some(tr!("role-guest")),
        Role::Member => None,
    }
}

/// The rank in words.
pub(crate) fn role_name(role: Role) -> String {
    role_label(role).unwrap_or_else(|| tr!("role-member"))
}

/// What a rank allows, for the question before it is given.
pub(crate) fn role_means(role: Role) -> String {
    match role {
        Role::Owner => tr!("role-owner-means"),
        Role::Admin => tr!("role-admin-means"),
        Role::Moderator => tr!("role-moderator-means"),
        Role::Member | Role::Guest => tr!("role-member-means"),
    }
}
