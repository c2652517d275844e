//! One row of the list: what stands before a line, and the line.

use iced::widget::{button, column, container, row, rule, space};
use iced::{Alignment, Length, Padding};
use jiff::civil::Date;
use parlor_client::Happening;

use super::{Scene, message, notice};
use crate::controller::conversation::Message;
use crate::icon::Icon;
use crate::locale::{self, tr};
use crate::model::peer::talk_of;
use crate::model::timeline::Edge;
use crate::model::timeline::entry::{Body, Entry};
use crate::model::timeline::rows::{What, day};
use crate::theme::space::S20;
use crate::theme::{self, Element, Type};
use crate::view::part::{self, text};

/// Where a system line begins: below the texts.
const SYSTEM_LEFT: f32 = 64.0;

/// The row at an index. Its last part is its box, over which the actions float.
pub(super) fn view<'a>(scene: Scene<'a>, index: usize, hovered: bool) -> Element<'a, Message> {
    let timeline = &scene.talk.timeline;
    let line = timeline.row(index, locale::zone(), &scene.account.me.username);
    let mut whole = column![].width(Length::Fill);
    if let Some(date) = line.day {
        whole = whole.push(divider_of(day_label(
            date,
            day(scene.frame.now, locale::zone()),
        )));
    }
    if line.divider {
        whole = whole.push(new_messages());
    }
    let key = timeline.key(index);
    let content = match &line.what {
        What::Start(edge) => start(scene, *edge),
        What::Tail(edge) => tail(*edge),
        What::Entry(entry) => match &entry.body {
            Body::System(happening) => system(scene, entry, happening),
            Body::Notice(notice) => notice::view(scene, entry, notice),
            Body::Message(message) => {
                if let Some(away) = notice::away(scene, entry.seq) {
                    whole = whole.push(away);
                }
                whole = whole.push(message::gap(scene, &line));
                message::kept(scene, entry, message, (line.head, hovered))
            }
        },
        What::Pending(pending) => {
            whole = whole.push(message::gap(scene, &line));
            message::pending(scene, pending, key, (line.head, hovered))
        }
    };
    whole.push(content).into()
}

/// A day in words; the year only where it is another.
fn day_label(date: Date, today: Date) -> String {
    let weekday = date.weekday().to_monday_one_offset();
    let label = tr!(
        "day",
        weekday = weekday,
        day = date.day(),
        month = date.month()
    );
    if date.year() == today.year() {
        label
    } else {
        // As text: a number of people's would be grouped by thousands.
        tr!("day-of-year", day = label, year = date.year().to_string())
    }
}

fn divider_of<'a>(label: String) -> Element<'a, Message> {
    let line = || rule::horizontal(1).style(theme::surface::hairline);
    let inside = row![
        line(),
        text::line(Type::Small, label).style(theme::text::t3),
        line()
    ]
    .spacing(theme::space::S12)
    .align_y(Alignment::Center)
    .height(28);
    container(inside)
        .padding(Padding {
            top: 8.0,
            right: S20,
            bottom: 0.0,
            left: S20,
        })
        .into()
}

fn new_messages<'a>() -> Element<'a, Message> {
    let inside = row![
        rule::horizontal(1).style(theme::surface::accent_line),
        text::medium(Type::Small, tr!("new-messages")).style(theme::text::accent),
    ]
    .spacing(theme::space::S12)
    .align_y(Alignment::Center)
    .height(20);
    container(inside)
        .padding(Padding {
            top: 10.0,
            right: S20,
            bottom: 0.0,
            left: S20,
        })
        .into()
}

/// What is older than the first line.
fn start<'a>(scene: Scene<'a>, edge: Edge) -> Element<'a, Message> {
    match edge {
        Edge::End => match talk_of(&scene.talk.room) {
            Some(talk) => notice::opening(scene, &talk),
            None => hint(tr!("room-start", room = scene.room_name()), false),
        },
        Edge::More | Edge::Asked => hint(tr!("older-loading"), false),
        Edge::Offline => hint(tr!("older-offline"), false),
        Edge::Failed => hint(tr!("older-failed"), true),
    }
}

/// What is newer than the last line.
fn tail<'a>(edge: Edge) -> Element<'a, Message> {
    match edge {
        Edge::End => space().into(),
        Edge::More | Edge::Asked => hint(tr!("newer-loading"), false),
        Edge::Offline => hint(tr!("newer-offline"), false),
        Edge::Failed => hint(tr!("newer-failed"), true),
    }
}

fn hint<'a>(label: String, again: bool) -> Element<'a, Message> {
    let mut inside = row![text::plain(Type::Small, label).style(theme::text::t3)]
        .spacing(theme::space::S8)
        .align_y(Alignment::Center);
    if again {
        inside = inside.push(part::button::link(tr!("load-again")).on_press(Message::AskAgain));
    }
    container(inside)
        .center_x(Length::Fill)
        .padding([12.0, S20])
        .into()
}

/// Something that happened in the room.
fn system<'a>(
    scene: Scene<'a>,
    entry: &'a Entry,
    happening: &'a Happening,
) -> Element<'a, Message> {
    let time = message::clock(entry.time);
    let name = |username: &'a str| scene.account.name_of(username).to_owned();
    let (icon, who, what) = match happening {
        Happening::Joined {
            username,
            name: then,
            by: None,
        } => (
            Icon::PersonPlus,
            scene.name(username, then).to_owned(),
            tr!("joined", time = time),
        ),
        Happening::Joined {
            username,
            name: then,
            by: Some(by),
        } => {
            let what = tr!("joined-by", by = name(by), time = time);
            (
                Icon::PersonPlus,
                scene.name(username, then).to_owned(),
                what,
            )
        }
        Happening::Left {
            username, by: None, ..
        } => (Icon::Leave, name(username), tr!("left", time = time)),
        Happening::Left {
            username,
            by: Some(by),
            reason,
        } => {
            let what = match reason.as_deref().filter(|reason| !reason.is_empty()) {
                Some(why) => tr!("put-out-why", by = name(by), why = why, time = time),
                None => tr!("put-out", by = name(by), time = time),
            };
            (Icon::Leave, name(username), what)
        }
        Happening::Topic { topic, by } if topic.is_empty() => {
            (Icon::Edit, name(by), tr!("topic-removed", time = time))
        }
        Happening::Topic { topic, by } => (
            Icon::Edit,
            name(by),
            tr!("topic-set", topic = topic.as_str(), time = time),
        ),
    };
    let line = iced::widget::Text::<'a, theme::Theme>::line_height;
    let words = row![
        line(text::medium(Type::Small, who), iced::Pixels(18.0)).style(theme::text::t2),
        line(text::plain(Type::Small, what), iced::Pixels(18.0)).style(theme::text::t3),
    ]
    .spacing(4);
    let inside = row![
        container(icon.small(|tokens| tokens.t3)).padding([2, 0]),
        words
    ]
    .spacing(theme::space::S8);
    container(inside)
        .padding(Padding {
            top: 9.0,
            right: S20,
            bottom: 1.0,
            left: SYSTEM_LEFT,
        })
        .into()
}

/// An invisible button that makes of its content a place to click.
pub(super) fn clickable<'a>(
    content: impl Into<Element<'a, Message>>,
    message: Message,
) -> Element<'a, Message> {
    button(content)
        .padding(0)
        .style(theme::button::bare)
        .on_press(message)
        .into()
}
