//! What happened to a talk between devices, and what is to be known of it: its beginning,
//! new devices, changed keys, and that somebody is away.

use iced::widget::{Row, column, container, rich_text, row, span, tooltip};
use iced::{Alignment, Font, Length, Padding};
use parlor_client::peer::{Notice, Talk, Trust};
use parlor_protocol::DeviceId;

use super::{Scene, message};
use crate::controller::conversation::Message;
use crate::controller::safety::Message as Safety;
use crate::icon::{Icon, Ink};
use crate::locale::tr;
use crate::model::peer::{Going, devices, person_of};
use crate::model::timeline::entry::Entry;
use crate::theme::space::S20;
use crate::theme::{self, Element, Theme, Type, font};
use crate::view::part::avatar::{Side, avatar};
use crate::view::part::button::{self, IconButton};
use crate::view::part::text;

/// Where a system line begins: below the texts.
const SYSTEM_LEFT: f32 = 64.0;
/// The text of the opening is no wider.
const OPENING: f32 = 560.0;

/// How a talk begins: who can read it, and where it is kept.
pub(super) fn opening<'a>(scene: Scene<'a>, talk: &Talk) -> Element<'a, Message> {
    let name = scene.room_name();
    let (mark, about): (Element<'a, Message>, String) = match talk {
        Talk::Direct(username) => (
            avatar(username, &name, Side::Huge),
            tr!("opening-direct", name = name.as_str()),
        ),
        Talk::Channel(_) => (
            Icon::Mesh.large(|tokens| tokens.accent).into(),
            tr!(
                "opening-channel",
                channel = name.as_str(),
                server = scene.account.server.name.as_str()
            ),
        ),
    };
    let words = column![
        mark,
        container(text::medium(Type::Title, name)).padding(Padding::ZERO.top(10)),
        container(text::plain(Type::Body, about).style(theme::text::t2))
            .padding(Padding::ZERO.top(2))
            .max_width(OPENING),
    ];
    container(words)
        .padding(Padding {
            top: 20.0,
            right: S20,
            bottom: 8.0,
            left: S20,
        })
        .into()
}

/// Something happened to the talk.
pub(super) fn view<'a>(
    scene: Scene<'a>,
    entry: &'a Entry,
    notice: &'a Notice,
) -> Element<'a, Message> {
    let about = scene.talk.timeline.author(entry).0;
    let asks = |device: &DeviceId| scene.account.peers.asks_about(about, device);
    match notice {
        Notice::NewDevice { device, label } if asks(device) => {
            new_device(scene, entry, about, (*device, label.as_str()))
        }
        Notice::KeyChanged { device, label } if asks(device) => {
            key_changed(scene, about, (*device, label.as_str()))
        }
        _ => line(scene, entry, about, notice),
    }
}

/// A line as of a room's happenings: who, and what.
fn line<'a>(
    scene: Scene<'a>,
    entry: &'a Entry,
    about: &'a str,
    notice: &'a Notice,
) -> Element<'a, Message> {
    let time = message::clock(entry.time);
    let name = scene.account.name_of(about).to_owned();
    let own = about == scene.account.me.username;
    let plain: Ink = |tokens| tokens.t3;
    let (icon, ink, who, what): (Icon, Ink, String, String) = match notice {
        Notice::NewDevice { label, .. } => {
            let who = match own {
                true => tr!("notice-new-device-own"),
                false => tr!("notice-new-device", name = name),
            };
            let what = tr!("notice-device", label = label.as_str(), time = time);
            (Icon::Device, plain, who, what)
        }
        Notice::KeyChanged { label, .. } => (
            Icon::Alert,
            |tokens| tokens.bad,
            tr!("notice-key-changed", name = name),
            tr!("notice-device", label = label.as_str(), time = time),
        ),
        Notice::DeviceRevoked { label, .. } => {
            let who = match own {
                true => tr!("notice-revoked-own"),
                false => tr!("notice-revoked", name = name),
            };
            let what = tr!("notice-device", label = label.as_str(), time = time);
            (Icon::Device, plain, who, what)
        }
        Notice::Compared => (
            Icon::ShieldCheck,
            |tokens| tokens.ok,
            String::new(),
            tr!("notice-compared", name = name, time = time),
        ),
        Notice::Differs => (
            Icon::Alert,
            |tokens| tokens.bad,
            tr!("notice-differs", name = name),
            tr!("notice-differs-what", time = time),
        ),
        Notice::Forked { .. } => (
            Icon::Alert,
            |tokens| tokens.warn,
            tr!("notice-forked", name = name),
            tr!("notice-forked-what", time = time),
        ),
    };
    let mut words = row![];
    if !who.is_empty() {
        let who = text::medium(Type::Small, who).line_height(iced::Pixels(18.0));
        words = words.push(who.style(theme::text::t2));
    }
    let what = text::plain(Type::Small, what).line_height(iced::Pixels(18.0));
    words = words.push(what.style(theme::text::t3));
    let inside = row![container(icon.small(ink)).padding([2, 0]), words].spacing(theme::space::S8);
    container(inside)
        .padding(Padding {
            top: 2.0,
            right: S20,
            bottom: 2.0,
            left: SYSTEM_LEFT,
        })
        .into()
}

/// Words in a box, the first of them medium.
fn words<'a>(scene: Scene<'_>, first: String, rest: String) -> Element<'a, Message> {
    let tokens = scene.frame.theme.tokens();
    let all: iced::widget::text::Rich<'a, (), Message, Theme, iced::Renderer> = rich_text([
        span::<(), Font>(first).font(font::MEDIUM),
        span::<(), Font>(rest),
    ])
    .size(Type::Body.size())
    .line_height(Type::Body.line_height())
    .font(font::REGULAR)
    .color(tokens.t1);
    container(all).width(Length::Fill).into()
}

fn boxed<'a>(
    ground: fn(&Theme) -> container::Style,
    icon: Element<'a, Message>,
    words: Element<'a, Message>,
    acts: Row<'a, Message, Theme>,
) -> Element<'a, Message> {
    let inside = row![icon, words, acts.spacing(8).align_y(Alignment::Center)]
        .spacing(10)
        .align_y(Alignment::Center);
    let card = container(inside)
        .padding([8, 14])
        .width(Length::Fill)
        .style(ground);
    container(card).padding(Padding::from([6.0, S20])).into()
}

fn compare<'a>() -> Element<'a, Message> {
    button::small(tr!("notice-compare"), theme::button::secondary)
        .on_press(Message::Safety(Safety::Compare))
        .into()
}

fn accept<'a>(device: DeviceId) -> Element<'a, Message> {
    button::small(tr!("notice-accept"), theme::button::ghost)
        .on_press(Message::Safety(Safety::Accept(device)))
        .into()
}

/// A new device, until the reader has answered.
fn new_device<'a>(
    scene: Scene<'a>,
    entry: &'a Entry,
    about: &str,
    (device, label): (DeviceId, &str),
) -> Element<'a, Message> {
    let name = scene.account.name_of(about).to_owned();
    let held_back = scene.account.peers.people.get(about).is_some_and(|person| {
        matches!(
            person.trust,
            Trust::NewDevice {
                was_verified: true,
                ..
            }
        )
    });
    let since = message::clock(entry.time);
    let rest = match held_back {
        true => tr!("notice-new-held-back", label = label, time = since),
        false => tr!("notice-new-compare", label = label, time = since),
    };
    let mut acts = row![compare()];
    if held_back {
        acts = acts.push(accept(device));
    } else {
        let close = IconButton::new(Icon::Close, tr!("notice-later"))
            .small()
            .tooltip(tooltip::Position::Top)
            .view(Some(Message::Safety(Safety::PutOff(device))));
        acts = acts.push(close);
    }
    boxed(
        theme::surface::notice_warn,
        Icon::Device.large(|tokens| tokens.warn).into(),
        words(scene, tr!("notice-new-device", name = name), rest),
        acts,
    )
}

/// A known device shows another key: somebody may stand between.
fn key_changed<'a>(
    scene: Scene<'a>,
    about: &str,
    (device, label): (DeviceId, &str),
) -> Element<'a, Message> {
    let name = scene.account.name_of(about).to_owned();
    let rest = tr!(
        "notice-key-changed-what",
        label = label,
        name = name.as_str()
    );
    boxed(
        theme::surface::notice_bad,
        Icon::Alert.large(|tokens| tokens.bad).into(),
        words(scene, tr!("notice-key-changed", name = name), rest),
        row![compare(), accept(device)],
    )
}

/// Before the first post that nobody has yet: that its receiver is away, and where it waits.
pub(super) fn away<'a>(scene: Scene<'a>, place: u64) -> Option<Element<'a, Message>> {
    let username = person_of(&scene.talk.room)?;
    let waits = scene.account.peers.going(&username) == Going::Sealed
        && scene.talk.timeline.first_undelivered() == Some(place);
    if !waits {
        return None;
    }
    let server = scene.account.server.name.as_str();
    let person = scene.account.peers.people.get(&username)?;
    let name = scene.account.name_of(&username).to_owned();
    let count = devices(person).count();
    let rest = match scene.account.link.is_connected() {
        true => tr!("notice-sealed", count = count, server = server),
        false => tr!("notice-waits-here", server = server),
    };
    Some(boxed(
        theme::surface::card,
        Icon::Sealed.large(|tokens| tokens.t2).into(),
        words(scene, tr!("notice-away", name = name), rest),
        row![],
    ))
}
