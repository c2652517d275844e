//! The address line: who can read what is written, and how it goes.

use iced::widget::{container, row};
use iced::{Alignment, Length};
use parlor_client::peer::{Talk, Trust};
use parlor_protocol::RoomKind;

use super::Scene;
use crate::controller::conversation::Message;
use crate::icon::{Icon, Ink};
use crate::locale::tr;
use crate::model::peer::{here, talk_of};
use crate::theme::{self, Element, Type, font};
use crate::view::header::here_words;
use crate::view::part::text;
use crate::view::way;

/// The address line, and who is writing.
pub(super) fn view<'a>(scene: Scene<'a>) -> Element<'a, Message> {
    let talk = talk_of(&scene.talk.room);
    let mut words = row![].spacing(3).align_y(Alignment::Center);
    if let Some(talk) = &talk {
        let differs = match talk {
            Talk::Direct(username) => {
                let person = scene.account.peers.people.get(username);
                person.is_some_and(|person| matches!(person.trust, Trust::Differs { .. }))
            }
            Talk::Channel(_) => false,
        };
        let (icon, ink): (Icon, Ink) = match talk {
            Talk::Direct(_) if differs => (Icon::Alert, |tokens| tokens.bad),
            Talk::Direct(_) => (Icon::Lock, |tokens| tokens.ok),
            Talk::Channel(_) => (Icon::Mesh, |tokens| tokens.t3),
        };
        words = words.push(container(icon.small(ink)).padding([0, 3]));
    }
    let (mark, how) = match &talk {
        Some(Talk::Direct(username)) => (", ", way::address(scene.account, username)),
        Some(Talk::Channel(_)) => (" · ", channel(scene)),
        None => (" · ", room(scene)),
    };
    words = words
        .push(text::line(Type::Small, tr!("address-to")).style(theme::text::t3))
        .push(row![
            text::line(Type::Small, scene.room_name())
                .font(font::MEDIUM)
                .style(theme::text::t2),
            text::line(Type::Small, format!("{mark}{how}")).style(theme::text::t3),
        ]);
    let typing = text::line(Type::Small, typing(scene)).style(theme::text::t3);
    row![container(words).width(Length::Fill).clip(true), typing]
        .spacing(12)
        .height(24)
        .align_y(Alignment::Center)
        .into()
}

/// A room of the server: it keeps what is said, and can read it.
fn room(scene: Scene<'_>) -> String {
    let server = scene.account.server.name.as_str();
    match scene.account.rooms.get(&scene.talk.room) {
        _ if !scene.account.link.is_connected() => tr!("address-offline", server = server),
        Some(state) if state.room.kind == RoomKind::Direct => {
            tr!("address-direct", server = server)
        }
        Some(state) => tr!("address-room", people = state.room.members, server = server),
        None => String::new(),
    }
}

fn channel(scene: Scene<'_>) -> String {
    let me = &scene.account.me.username;
    let state = scene.account.peers.talks.get(&scene.talk.room);
    let (there, all) = state.map_or((1, 1), |state| here(state, me));
    tr!("address-channel", here = here_words(there, all))
}

fn typing(scene: Scene<'_>) -> String {
    let names: Vec<&str> = scene
        .talk
        .who_types()
        .map(|username| first_name(scene.account.name_of(username)))
        .collect();
    match names.as_slice() {
        [] => String::new(),
        [a] => tr!("typing-one", a = *a),
        [a, b] => tr!("typing-two", a = *a, b = *b),
        _ => tr!("typing-many"),
    }
}

/// One word is enough to know who writes.
fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}
