//! The bar below everything: it always tells the truth about the connection.

use iced::widget::{column, container, row, space};
use iced::{Alignment, Length};
use parlor_client::Trust;

use super::part::avatar::dot;
use super::part::{button, text};
use super::{way, when};
use crate::controller::Message;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Account, LinkState, Model, Screen, WIDE_SIDEBAR_FROM};
use crate::theme::{self, Element, Theme, Tokens, Type, space as sizes};

/// The status bar.
pub(crate) fn view(model: &Model) -> Element<'_, Message> {
    let inside = match &model.screen {
        Screen::SignIn(screen) => reached(screen),
        Screen::Welcome => row![state(
            |tokens| tokens.t3,
            true,
            not_connected(model),
            theme::text::t2
        )]
        .into(),
        Screen::Main | Screen::Host | Screen::Settings(_) => match model.front() {
            Some(account) => connection(model, account),
            None => row![state(
                |tokens| tokens.t3,
                true,
                tr!("status-not-connected"),
                theme::text::t2
            )]
            .into(),
        },
    };
    let mut whole = row![inside, space::horizontal()]
        .spacing(16)
        .align_y(Alignment::Center);
    let narrow = model.window.size.0 < WIDE_SIDEBAR_FROM;
    let counters = match model.screen {
        Screen::Main | Screen::Host => super::transfers::counters(model, narrow),
        _ => None,
    };
    if let Some(right) = right(model) {
        whole = whole.push(right);
    }
    if let (Screen::Main, Some(account)) = (&model.screen, model.front()) {
        whole = whole.push(peers(account, narrow));
    }
    whole = whole.push(counters);
    column![
        super::horizontal_line(),
        container(whole)
            .padding([0, 12])
            .center_y(sizes::STATUS_BAR - 1.0)
            .width(Length::Fill)
            .style(theme::surface::side)
    ]
    .into()
}

fn not_connected(model: &Model) -> String {
    match &model.welcome.reaching {
        Some(address) => tr!("status-reaching", address = address.as_str()),
        None => tr!("status-not-connected"),
    }
}

/// What the right end says: hosting, or what runs at the other end.
fn right(model: &Model) -> Option<Element<'_, Message>> {
    if let Some(running) = model.host.running() {
        let online = model.hosted_account().map_or(0, Account::online);
        let words = row![
            Icon::Server.small(|tokens| tokens.t2),
            text::line(
                Type::Small,
                tr!(
                    "status-hosting",
                    name = running.name.as_str(),
                    count = online
                )
            )
            .style(theme::text::t2)
        ]
        .spacing(6)
        .align_y(Alignment::Center);
        return Some(words.into());
    }
    let words = match &model.screen {
        Screen::SignIn(screen) => {
            let server = &screen.greeting.welcome.server;
            tr!(
                "status-runs",
                name = server.name.as_str(),
                version = server.version.as_str()
            )
        }
        Screen::Settings(_) => tr!("status-kept-at-once"),
        _ => return None,
    };
    Some(text::line(Type::Small, words).style(theme::text::t3).into())
}

/// How it goes to the person in front, and for whom something waits.
fn peers<'a>(account: &'a Account, narrow: bool) -> Option<Element<'a, Message>> {
    let front = account.front_person();
    let path = front
        .as_deref()
        .and_then(|username| account.peers.people.get(username))
        .and_then(|person| person.path.as_ref());
    let sealed = account.peers.sealed();
    let (icon, words) = match (path, front.as_deref(), sealed.as_slice()) {
        (Some(path), Some(username), _) => {
            let name = account.name_of(username);
            let words = tr!("status-way", name = name, way = way::short(path.way));
            (way::icon(path.way), words)
        }
        (_, _, []) => return None,
        (_, _, [(username, count)]) => {
            let name = account.name_of(username);
            (
                Icon::Sealed,
                tr!("status-sealed", count = *count, name = name),
            )
        }
        (_, _, all) => {
            let count: u64 = all.iter().map(|(_, count)| count).sum();
            let words = tr!("status-sealed-many", count = count, people = all.len());
            (Icon::Sealed, words)
        }
    };
    let icon = icon.small(|tokens| tokens.t2);
    if narrow {
        return Some(button::named(
            icon,
            words,
            None,
            iced::widget::tooltip::Position::Top,
        ));
    }
    let words = row![icon, text::line(Type::Small, words).style(theme::text::t2)];
    Some(words.spacing(6).align_y(Alignment::Center).into())
}

fn reached(screen: &crate::model::SignIn) -> Element<'_, Message> {
    let millis = i64::try_from(screen.greeting.round_trip.as_millis()).unwrap_or(i64::MAX);
    row![
        state(
            |tokens| tokens.ok,
            false,
            tr!("status-answers", ping = when::ping(millis)),
            theme::text::t2
        ),
        trusted(screen.greeting.trust)
    ]
    .spacing(16)
    .align_y(Alignment::Center)
    .into()
}

/// Why the server's key is trusted.
fn trusted<'a>(trust: Trust) -> Element<'a, Message> {
    let words = match trust {
        Trust::FromLink => tr!("status-key-link"),
        Trust::Remembered | Trust::FirstUse => tr!("status-key"),
        Trust::SystemRoots => tr!("status-key-roots"),
    };
    row![
        Icon::Lock.small(|tokens| tokens.t3),
        text::line(Type::Small, words).style(theme::text::t3)
    ]
    .spacing(6)
    .align_y(Alignment::Center)
    .into()
}

fn state<'a>(
    color: fn(&Tokens) -> iced::Color,
    hollow: bool,
    words: String,
    ink: fn(&Theme) -> iced::widget::text::Style,
) -> Element<'a, Message> {
    row![
        dot(color, hollow),
        text::line(Type::Small, words).style(ink)
    ]
    .spacing(6)
    .align_y(Alignment::Center)
    .into()
}

/// How the connection stands, in words that are never shortened.
fn connection<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let waiting = account.waiting.len();
    match &account.link {
        LinkState::Connected { ping } => {
            let words = if account.is_here() {
                tr!("status-connected-here")
            } else {
                match ping {
                    Some(ms) => tr!("status-connected", ping = when::ping(i64::from(*ms))),
                    None => tr!("status-connected-plain"),
                }
            };
            let words = with_waiting(words, waiting);
            row![
                state(|tokens| tokens.ok, false, words, theme::text::t2),
                trusted(account.server.trust)
            ]
            .spacing(16)
            .align_y(Alignment::Center)
            .into()
        }
        LinkState::Connecting => {
            let words = with_waiting(tr!("status-connecting"), waiting);
            state(|tokens| tokens.warn, true, words, theme::text::warn)
        }
        LinkState::Offline { why, .. } => {
            let words = match account.link.seconds_left(model.now) {
                Some(seconds) => tr!("status-offline", seconds = seconds),
                None => tr!("status-offline-now"),
            };
            let words = with_waiting(words, waiting);
            let said = state(|tokens| tokens.warn, false, words, theme::text::warn);
            let said = button::named(
                said,
                tr!("status-why", why = why.as_str()),
                None,
                iced::widget::tooltip::Position::Top,
            );
            row![
                said,
                button::link(tr!("status-try-now")).on_press(Message::TryNow)
            ]
            .spacing(16)
            .align_y(Alignment::Center)
            .into()
        }
        LinkState::KeyChanged => row![
            state(
                |tokens| tokens.bad,
                false,
                tr!("status-key-changed"),
                theme::text::bad,
            ),
            button::link(tr!("status-try-again")).on_press(Message::TryNow)
        ]
        .spacing(16)
        .align_y(Alignment::Center)
        .into(),
        LinkState::SignedOut { .. } => {
            let words = with_waiting(tr!("status-signed-out"), waiting);
            row![
                state(|tokens| tokens.bad, false, words, theme::text::bad),
                button::link(tr!("status-sign-in-again")).on_press(Message::SignInAgain)
            ]
            .spacing(16)
            .align_y(Alignment::Center)
            .into()
        }
    }
}

fn with_waiting(words: String, waiting: usize) -> String {
    if waiting == 0 {
        words
    } else {
        tr!("status-waiting", state = words, count = waiting)
    }
}
