//! The page of the server inside the app.

use iced::widget::{column, container, row, scrollable, space};
use iced::{Alignment, Length, Padding};
use parlor_protocol::{Presence, User};

use super::part::avatar::{Side, avatar, dot};
use super::part::button::IconButton;
use super::part::{button, text};
use super::{form, menu, people, when};
use crate::controller::Message;
use crate::controller::host::Message as Host;
use crate::controller::menu::Message as MenuMessage;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Account, HostState, Menu, Model, Running, TWO_COLUMNS_FROM, WIDE_SIDEBAR_FROM};
use crate::theme::{self, Element, Type, space as sizes};
use crate::widget::popover::Popover;

/// The right column's width.
const RIGHT: f32 = 296.0;
/// People drawn at most; the people panel has the others.
const DRAWN: usize = 50;

/// The page.
pub(crate) fn view(model: &Model) -> Element<'_, Message> {
    let Some(running) = model.host.running() else {
        return stopped(model);
    };
    let left = column![
        link(model, running),
        space::vertical().height(24),
        online(model)
    ];
    let right = column![
        code(running),
        space::vertical().height(16),
        facts(model, running)
    ];
    let body: Element<'_, Message> = if model.window.size.0 >= TWO_COLUMNS_FROM {
        row![
            container(left).width(Length::Fill),
            container(right).width(RIGHT)
        ]
        .spacing(24)
        .into()
    } else {
        column![left, right].spacing(24).into()
    };
    column![
        header(model, running),
        super::horizontal_line(),
        scrollable(container(body).padding(24).width(Length::Fill)).height(Length::Fill)
    ]
    .width(Length::Fill)
    .into()
}

/// While it is stopping, or when it is off by now.
fn stopped(model: &Model) -> Element<'_, Message> {
    let words = match model.host.state {
        HostState::Stopping => tr!("host-stopping"),
        _ => tr!("host-off"),
    };
    let inside = column![
        Icon::Server.large(|tokens| tokens.t3),
        text::plain(Type::Text, words).style(theme::text::t2),
        button::words(tr!("host-back"), theme::button::secondary)
            .on_press(Message::Host(Host::Back)),
    ]
    .spacing(12)
    .align_x(Alignment::Center);
    container(inside).center(Length::Fill).into()
}

fn header<'a>(model: &'a Model, running: &'a Running) -> Element<'a, Message> {
    let since = when::short(running.since, model.now);
    let tag = container(
        row![
            dot(|tokens| tokens.ok, false),
            text::line(Type::Small, tr!("host-since", time = since))
        ]
        .spacing(5)
        .align_y(Alignment::Center),
    )
    .padding([2, 8])
    .style(theme::surface::tag_ok);
    let mut about = row![
        Icon::Server.large(|tokens| tokens.t1),
        text::medium(
            Type::Title,
            tr!("host-hosting", name = running.name.as_str())
        )
        .wrapping(iced::widget::text::Wrapping::None),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    // A narrow window has no room for it beside the buttons.
    if model.window.size.0 >= WIDE_SIDEBAR_FROM {
        about = about.push(container(tag).padding(Padding::ZERO.left(6)));
    }
    let inside = row![
        container(about).width(Length::Fill).clip(true),
        button::words(tr!("host-back"), theme::button::secondary)
            .on_press(Message::Host(Host::Back)),
        button::icon_words(
            Icon::Stop,
            |tokens| tokens.bad,
            tr!("host-stop"),
            theme::button::danger
        )
        .on_press(Message::Host(Host::Stop)),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    container(inside)
        .padding(Padding::ZERO.left(20).right(12))
        .center_y(sizes::HEADER - 1.0)
        .width(Length::Fill)
        .into()
}

fn link<'a>(model: &'a Model, running: &'a Running) -> Element<'a, Message> {
    let shown = running.shared_link();
    let words = match shown {
        Some(link) => link.to_owned(),
        None => tr!("host-link-waits"),
    };
    let field = container(text::line(Type::Code, words).style(theme::text::t2))
        .padding([0, 10])
        .center_y(40)
        .width(Length::Fill)
        .clip(true)
        .style(|theme: &theme::Theme| {
            let tokens = theme.tokens();
            container::Style::default().background(tokens.base).border(
                iced::border::rounded(sizes::RADIUS_CONTROL)
                    .width(1)
                    .color(tokens.control),
            )
        });
    let copy = button::icon_words(
        Icon::Copy,
        |tokens| tokens.on_fill,
        tr!("invite-copy"),
        theme::button::primary,
    )
    .height(40)
    .on_press_maybe(shown.map(|_| Message::Host(Host::Copy)));
    let mut inside = column![
        text::medium(Type::Text, tr!("host-invite")),
        row![field, copy].spacing(8),
    ]
    .spacing(10);
    if running.open {
        inside =
            inside.push(text::plain(Type::Small, tr!("host-open-about")).style(theme::text::t3));
    } else {
        inside = inside
            .push(uses(model))
            .push(text::plain(Type::Small, tr!("host-invite-about")).style(theme::text::t3));
    }
    container(inside)
        .padding(20)
        .width(Length::Fill)
        .style(theme::surface::card)
        .into()
}

/// For how many people and days the link is good, and a new one.
fn uses(model: &Model) -> Element<'_, Message> {
    let choice = form::segmented(
        [1, 5, 20]
            .into_iter()
            .map(|count: u64| (count, tr!("invite-people", count = count)))
            .collect(),
        model.host.uses,
        false,
        |uses| Message::Host(Host::Uses(uses)),
    );
    let line = row![
        text::plain(Type::Body, tr!("host-good-for")).style(theme::text::t2),
        choice,
        text::plain(Type::Body, tr!("host-for-days")).style(theme::text::t2),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let new = button::small(tr!("host-new-link"), theme::button::ghost)
        .on_press(Message::Host(Host::NewLink));
    if model.window.size.0 >= WIDE_SIDEBAR_FROM {
        line.push(space::horizontal()).push(new).into()
    } else {
        // Long words of some languages take two lines.
        line.push(new).wrap().vertical_spacing(6).into()
    }
}

fn online(model: &Model) -> Element<'_, Message> {
    let Some(account) = model.hosted_account() else {
        return space().into();
    };
    let mut there: Vec<&User> = account
        .users
        .values()
        .filter(|user| is_there(account, user))
        .collect();
    there.sort_by_cached_key(|user| {
        (
            user.username != account.me.username,
            user.name.to_lowercase(),
        )
    });
    let head = row![
        text::medium(Type::Title, tr!("host-online", count = account.online())).width(Length::Fill),
        text::plain(
            Type::Small,
            tr!("host-accounts", count = account.users.len().max(1))
        )
        .style(theme::text::t3)
    ]
    .align_y(Alignment::Center);
    let mut list = column![head, space::vertical().height(4)];
    for user in there.into_iter().take(DRAWN) {
        list = list.push(person(model, account, user));
        list = list.push(super::horizontal_line());
    }
    list.into()
}

fn is_there(account: &Account, user: &User) -> bool {
    user.username == account.me.username || user.presence != Presence::Offline
}

fn person<'a>(model: &'a Model, account: &'a Account, user: &'a User) -> Element<'a, Message> {
    let me = user.username == account.me.username;
    let mut name =
        row![text::plain(Type::Text, user.name.as_str()).line_height(iced::Pixels(18.0))]
            .spacing(6)
            .align_y(Alignment::Center);
    if let Some(role) = people::role_label(user.role) {
        name = name.push(text::plain(Type::Small, role).style(theme::text::t3));
    }
    let below = if me {
        tr!("sidebar-this-computer")
    } else if user.status.is_empty() {
        user.username.clone()
    } else {
        user.status.clone()
    };
    let words = column![name, text::line(Type::Small, below).style(theme::text::t3)];
    let mut inside = row![
        avatar(&user.username, &user.name, Side::Medium),
        container(words).width(Length::Fill).clip(true)
    ]
    .spacing(12)
    .height(44)
    .align_y(Alignment::Center);
    if !me {
        let more = IconButton::new(Icon::More, tr!("welcome-more"))
            .view(Some(Message::Host(Host::Person(user.username.clone()))));
        let open = match &model.menu {
            Some(Menu::Person { username, ranks }) if *username == user.username => {
                Some(menu::person(account, user, *ranks))
            }
            _ => None,
        };
        inside = inside.push(Popover::new(more, open).on_close(Message::Menu(MenuMessage::Close)));
    }
    inside.into()
}

fn code(running: &Running) -> Element<'_, Message> {
    let mut inside = column![].spacing(12).align_x(Alignment::Center);
    match &running.code {
        Some(code) => {
            inside = inside.push(super::code::view(code.clone(), PICTURE));
            inside =
                inside.push(text::plain(Type::Small, tr!("host-camera")).style(theme::text::t3));
        }
        None => {
            inside = inside
                .push(text::plain(Type::Small, tr!("host-link-waits")).style(theme::text::t3));
        }
    }
    container(inside)
        .padding(20)
        .center_x(Length::Fill)
        .style(theme::surface::card)
        .into()
}

/// The side of the link's picture, in pixels.
const PICTURE: f32 = 254.0;

fn facts<'a>(model: &'a Model, running: &'a Running) -> Element<'a, Message> {
    let fact = |name: String, value: Element<'a, Message>| {
        column![
            row![
                text::plain(Type::Body, name)
                    .style(theme::text::t2)
                    .width(Length::Fill),
                value
            ]
            .height(31)
            .align_y(Alignment::Center),
            super::horizontal_line()
        ]
    };
    let address = row![
        dot(|tokens| tokens.ok, false),
        text::plain(Type::Body, running.address.as_str())
    ]
    .spacing(6)
    .align_y(Alignment::Center);
    column![
        fact(tr!("host-network"), address.into()),
        fact(
            tr!("host-kept"),
            text::plain(Type::Body, model.host.folder.as_str()).into()
        ),
        fact(
            tr!("host-on-close"),
            text::plain(Type::Body, tr!("host-on-close-stops")).into()
        ),
        space::vertical().height(8),
        text::plain(
            Type::Small,
            tr!("host-outside", port = running.port.to_string())
        )
        .style(theme::text::t3)
    ]
    .into()
}
