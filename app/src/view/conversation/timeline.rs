//! The list of messages, and the pill over it.

use std::hash::{DefaultHasher, Hash, Hasher};

use iced::widget::{button, column, container, row, stack};
use iced::{Alignment, Length, Padding};
use parlor_client::peer::Talk;

use super::{Scene, actions, row as line};
use crate::controller::conversation::Message;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::peer::talk_of;
use crate::theme::{self, Element, Type};
use crate::view::part::text;
use crate::widget::VirtualList;

/// The height of the pill.
const PILL: f32 = 30.0;

/// The list and what floats over it.
pub(super) fn view<'a>(scene: Scene<'a>) -> Element<'a, Message> {
    let timeline = &scene.talk.timeline;
    let talk = talk_of(&scene.talk.room);
    if timeline.is_empty() && !matches!(talk, Some(Talk::Direct(_))) {
        return empty(talk.is_some());
    }
    let list = VirtualList::new(
        timeline.len(),
        |index| timeline.key(index),
        move |index, hovered| line::view(scene, index, hovered),
    )
    .float(move |index| actions::view(scene, index))
    .pinned(scene.talk.open.map(crate::model::Open::row))
    .send(timeline.send())
    .subject(subject(scene))
    .bottom(theme::space::S8)
    .on_view(Message::Seen);
    match pill(scene) {
        Some(pill) => stack![list, pill].into(),
        None => stack![list].into(),
    }
}

/// A number for the account and room, by which the list knows that it shows another.
fn subject(scene: Scene<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (scene.account.id.as_str(), &scene.talk.room).hash(&mut hasher);
    hasher.finish()
}

fn empty<'a>(channel: bool) -> Element<'a, Message> {
    let (icon, what) = match channel {
        true => (Icon::Mesh, tr!("channel-empty-what")),
        false => (Icon::Hash, tr!("room-empty-what")),
    };
    let words = column![
        icon.large(|tokens| tokens.t3),
        text::medium(Type::Text, tr!("room-empty")),
        text::plain(Type::Body, what).style(theme::text::t2),
    ]
    .spacing(theme::space::S8)
    .align_x(Alignment::Center);
    container(words).center(Length::Fill).into()
}

/// What leads to the newest message when it is far away.
fn pill<'a>(scene: Scene<'a>) -> Option<Element<'a, Message>> {
    let timeline = &scene.talk.timeline;
    let far = !timeline.at_now() || timeline.view.is_some_and(|view| view.far);
    let jumped = !timeline.at_now() || timeline.marked.is_some();
    let label = match (jumped, timeline.missed) {
        _ if !far => return None,
        (false, 0) => return None,
        (false, count) => tr!("pill-new", count = count),
        (true, 0) => tr!("pill-now"),
        (true, count) => tr!("pill-now-new", count = count),
    };
    let inside = row![
        Icon::ArrowDown.medium(|tokens| tokens.t2),
        text::line(Type::Body, label)
    ]
    .spacing(6)
    .align_y(Alignment::Center)
    .height(Length::Fill);
    let pill = button(inside)
        .height(PILL)
        .padding(Padding {
            top: 0.0,
            right: 12.0,
            bottom: 0.0,
            left: 10.0,
        })
        .style(theme::button::pill)
        .on_press(Message::ToNow);
    Some(
        container(pill)
            .width(Length::Fill)
            .height(Length::Fill)
            .align_x(Alignment::Center)
            .align_y(Alignment::End)
            .padding(theme::space::S8)
            .into(),
    )
}
