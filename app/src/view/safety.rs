//! The safety panel of a talk: the number to compare, the person's devices, how it goes.

use iced::widget::{column, container, row, scrollable, space};
use iced::{Alignment, Length, Padding};
use parlor_client::peer::{DeviceStanding, KnownDevice, Person, Trust, Way};

use super::part::button::IconButton;
use super::part::tag::{Mood, tag};
use super::part::{button, text};
use super::{menu, way, when};
use crate::controller::Message;
use crate::controller::header::Message as Header;
use crate::controller::menu::Message as MenuMessage;
use crate::controller::safety::{Message as Safety, may_match};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::peer::Going;
use crate::model::{Account, Code, Menu, Model};
use crate::theme::{self, Element, Type, font, space as sizes};
use crate::widget::popover::Popover;

/// How many groups of five digits stand in a row.
const GROUPS: usize = 4;
/// The side of the number's picture, in pixels.
const PICTURE: f32 = 200.0;
/// The column of what a fact is about.
const ABOUT: f32 = 96.0;

/// The panel of the talk in front.
pub(crate) fn view<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let top = row![
        text::medium(Type::Text, tr!("safety-title")).width(Length::Fill),
        IconButton::new(Icon::Close, tr!("people-close"))
            .keys(tr!("keys-people"))
            .view(Some(Message::Header(Header::ClosePanel))),
    ]
    .align_y(Alignment::Center);
    let username = account.front_person();
    let person = username
        .as_deref()
        .and_then(|username| account.peers.people.get(username));
    let inside: Element<'a, Message> = match person {
        Some(person) => column![
            number(model, account, person),
            super::horizontal_line(),
            devices(model, account, person),
            super::horizontal_line(),
            goes(model, account, person),
        ]
        .spacing(14)
        .into(),
        None => text::plain(Type::Body, tr!("safety-unknown"))
            .style(theme::text::t2)
            .into(),
    };
    column![
        container(top)
            .padding(Padding::ZERO.left(16).right(8))
            .center_y(sizes::HEADER - 1.0),
        super::horizontal_line(),
        scrollable(container(inside).padding([14, 16])).height(Length::Fill),
    ]
    .into()
}

fn number<'a>(model: &'a Model, account: &'a Account, person: &'a Person) -> Element<'a, Message> {
    let (icon, words, mood) = match person.trust {
        Trust::NewDevice { .. } => (Icon::Shield, tr!("trust-not-compared"), Mood::Warn),
        _ => way::trust(person),
    };
    let title = row![
        text::medium(Type::Text, tr!("safety-number")).width(Length::Fill),
        tag(Some(icon), words, mood)
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let Some(safety) = &person.safety else {
        let name = account.name_of(&person.username);
        let none = text::plain(Type::Small, tr!("safety-none", name = name));
        return column![title, none.style(theme::text::t2)]
            .spacing(10)
            .into();
    };
    let code = account
        .peers
        .code
        .then(|| Code::new(safety.digits()))
        .flatten();
    let shown: Element<'a, Message> = match code {
        Some(code) => container(super::code::view(code, PICTURE))
            .center_x(Length::Fill)
            .into(),
        None => {
            let groups: Vec<&str> = safety.groups().collect();
            column(groups.chunks(GROUPS).map(digits)).spacing(6).into()
        }
    };
    column![
        title,
        shown,
        text::plain(Type::Small, about(model, account, person)).style(theme::text::t2),
        acts(model, account, person),
    ]
    .spacing(10)
    .into()
}

fn digits<'a>(groups: &[&str]) -> Element<'a, Message> {
    let groups = groups.iter().map(|group| {
        let group = text::plain(Type::Title, (*group).to_owned())
            .font(font::MONO)
            .line_height(iced::Pixels(24.0));
        container(group).width(Length::FillPortion(1)).into()
    });
    row(groups).into()
}

/// What is to be known of the number.
fn about(model: &Model, account: &Account, person: &Person) -> String {
    let name = account.name_of(&person.username);
    match person.trust {
        Trust::Verified { at } => tr!(
            "safety-compared",
            day = when::day(at, model.now),
            time = when::clock(at),
            name = name
        ),
        Trust::Differs { at } => tr!(
            "safety-differs",
            day = when::day(at, model.now),
            name = name
        ),
        Trust::NewDevice { at, .. } => {
            let new = person.devices.iter().rev();
            let mut new = new.filter(|known| is_new(known));
            let day = when::day(at, model.now);
            match new.next() {
                Some(known) => tr!("safety-changed", day = day, label = known.label.as_str()),
                None => tr!("safety-how", name = name),
            }
        }
        Trust::NotCompared => tr!("safety-how", name = name),
    }
}

fn acts<'a>(model: &'a Model, account: &'a Account, person: &'a Person) -> Element<'a, Message> {
    let small =
        |words: String, look, does| button::small(words, look).on_press(Message::Safety(does));
    let code_words = match account.peers.code {
        true => tr!("safety-digits"),
        false => tr!("safety-code"),
    };
    let compares = may_match(account, &person.username);
    let mut all = row![].spacing(8).align_y(Alignment::Center);
    if compares {
        let differs = !matches!(person.trust, Trust::Differs { .. });
        all = all.push(small(
            tr!("safety-match"),
            theme::button::primary,
            Safety::Match,
        ));
        all = all.push(
            differs.then(|| small(tr!("safety-differ"), theme::button::danger, Safety::Differ)),
        );
    }
    let open = (model.menu == Some(Menu::Safety)).then(|| menu::safety(person));
    let more = IconButton::new(Icon::More, tr!("more"))
        .on(model.menu == Some(Menu::Safety))
        .view(Some(Message::Safety(Safety::Menu)));
    let more = Popover::new(more, open).on_close(Message::Menu(MenuMessage::Close));
    let copy = button::icon_words(
        Icon::Copy,
        |tokens| tokens.t1,
        tr!("safety-copy"),
        theme::button::secondary,
    )
    .height(sizes::BUTTON_SMALL)
    .on_press(Message::Safety(Safety::Copy));
    let code = button::icon_words(
        Icon::Qr,
        |tokens| tokens.t1,
        code_words,
        theme::button::secondary,
    )
    .height(sizes::BUTTON_SMALL)
    .on_press(Message::Safety(Safety::Code));
    let others = row![copy, code, space::horizontal(), more]
        .spacing(8)
        .align_y(Alignment::Center);
    match compares {
        true => column![all, others].spacing(8).into(),
        false => others.into(),
    }
}

fn is_new(known: &KnownDevice) -> bool {
    matches!(
        known.standing,
        DeviceStanding::New | DeviceStanding::Changed
    )
}

fn devices<'a>(model: &'a Model, account: &'a Account, person: &'a Person) -> Element<'a, Message> {
    let name = account.name_of(&person.username);
    let mut whole = column![
        text::medium(Type::Text, tr!("safety-devices", name = name)),
        space::vertical().height(4)
    ];
    for known in &person.devices {
        whole = whole.push(device(model, known, is_new(known)));
    }
    if person.devices.is_empty() {
        let none = text::plain(Type::Small, tr!("safety-no-device", name = name));
        whole = whole.push(none.style(theme::text::t2));
    }
    whole.into()
}

/// A device: what it is called, since when it is known, and how it is reached.
fn device<'a>(model: &'a Model, known: &'a KnownDevice, new: bool) -> Element<'a, Message> {
    let day = when::day(known.since, model.now);
    let below = match known.standing {
        DeviceStanding::Revoked => tr!("device-ended"),
        DeviceStanding::Changed => tr!("device-changed"),
        DeviceStanding::New => tr!("device-new", since = when::ago(known.since, model.now)),
        DeviceStanding::Accepted => tr!("device-since", day = day),
    };
    let below = match &known.path {
        Some(_) => tr!("device-connected", what = below),
        None => below,
    };
    let label = text::line(Type::Body, known.label.as_str()).style(theme::text::t1);
    let mut top = row![container(label).width(Length::Fill).clip(true)].spacing(4);
    if new {
        let (words, mood) = match known.standing {
            DeviceStanding::Changed => (tr!("device-tag-changed"), Mood::Bad),
            _ => (tr!("device-tag-new"), Mood::Warn),
        };
        top = top.push(tag(None, words, mood));
    } else if let Some(path) = &known.path {
        let words = match path.way {
            Way::Lan => tr!("way-tag-lan"),
            other => way::short(other),
        };
        top = top.push(tag(Some(way::icon(path.way)), words, Mood::Plain));
    }
    let below = text::plain(Type::Small, below).style(theme::text::t3);
    let mut bottom = row![container(below).width(Length::Fill)];
    if new {
        let accept = button::link(tr!("notice-accept"))
            .on_press(Message::Safety(Safety::Accept(known.device)));
        bottom = bottom.push(accept);
    }
    let inside = row![Icon::Device.large(|tokens| tokens.t2), column![top, bottom]].spacing(8);
    container(inside).padding([6, 0]).into()
}

/// How it goes now, and otherwise.
fn goes<'a>(model: &'a Model, account: &'a Account, person: &'a Person) -> Element<'a, Message> {
    let server = account.server.name.as_str();
    let name = account.name_of(&person.username);
    let mut whole = column![
        text::medium(Type::Text, tr!("safety-goes")),
        space::vertical().height(2)
    ];
    let going = account.peers.going(&person.username);
    match &person.path {
        Some(path) => {
            let words = tr!("goes-at", way = way::short(path.way), at = path.at.as_str());
            whole = whole.push(fact(tr!("goes-now"), Some(way::icon(path.way)), words));
            if path.way != Way::Relay {
                whole = whole.push(fact(
                    tr!("goes-otherwise"),
                    Some(Icon::Relay),
                    tr!("goes-relay"),
                ));
            }
            let away = tr!("goes-sealed", server = server);
            whole = whole.push(fact(tr!("goes-away"), Some(Icon::Sealed), away));
        }
        None => {
            let (icon, now) = match going {
                Going::Nowhere => (Icon::Device, tr!("goes-nowhere")),
                Going::Reaching => (Icon::Clock, tr!("goes-reaching")),
                _ => {
                    let words = tr!("goes-waits", count = person.sealed, server = server);
                    (Icon::Sealed, words)
                }
            };
            whole = whole.push(fact(tr!("goes-now"), Some(icon), now));
            if let Some(dialled) = person.dialled {
                let last = when::ago(dialled.last, model.now);
                let left = dialled
                    .next
                    .map(|next| (next.as_millis() - model.now.as_millis()) / 1_000);
                let words = match left.filter(|left| *left > 0) {
                    Some(seconds) => tr!("goes-dialled", last = last, seconds = seconds),
                    None => last,
                };
                whole = whole.push(fact(tr!("goes-dialled-what"), None, words));
            }
            if person.sealed > 0 {
                let words = tr!("goes-until", name = name);
                whole = whole.push(fact(tr!("goes-kept"), None, words));
            }
        }
    }
    whole.into()
}

fn fact<'a>(about: String, icon: Option<Icon>, words: String) -> Element<'a, Message> {
    let mut inside =
        row![container(text::plain(Type::Body, about).style(theme::text::t3)).width(ABOUT),]
            .spacing(8);
    if let Some(icon) = icon {
        inside = inside.push(container(icon.medium(|tokens| tokens.t1)).padding([1, 0]));
    }
    let words = text::plain(Type::Body, words).width(Length::Fill);
    container(inside.push(words)).padding([3, 0]).into()
}
