//! Dialogs that ask for something: a room, a person, an invite.

use iced::widget::{button as plain_button, column, container, row, scrollable, space};
use iced::{Alignment, Length, Padding};
use parlor_protocol::{Role, Room, RoomKind};

use super::{Message, buttons, cancel, card, large};
use crate::controller::dialog::{FIRST_FIELD, Message as DialogMessage, SECOND_FIELD};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Browse, InviteForm, Model, NewRoom, OneLine};
use crate::theme::{self, Element, Type};
use crate::view::form;
use crate::view::part::avatar::{Side, avatar};
use crate::view::part::{button, text};

fn submit(words: String, waits: bool) -> Element<'static, Message> {
    button::words(words, theme::button::primary)
        .on_press_maybe((!waits).then_some(Message::Dialog(DialogMessage::Submit)))
        .into()
}

/// A new room.
pub(super) fn create_room(room: &NewRoom) -> Element<'_, Message> {
    let name = form::field(
        FIRST_FIELD,
        &tr!("create-placeholder"),
        &room.name,
        room.error.is_some(),
    )
    .on_input(|text| Message::Dialog(DialogMessage::Text(text)))
    .on_submit(Message::Dialog(DialogMessage::Submit));
    let below = match &room.error {
        Some(error) => form::wrong(error.clone()),
        None => form::hint(tr!("create-name-hint")),
    };
    let topic = form::field(SECOND_FIELD, "", &room.topic, false)
        .on_input(|text| Message::Dialog(DialogMessage::Topic(text)))
        .on_submit(Message::Dialog(DialogMessage::Submit));
    let kind = form::segmented(
        vec![
            (RoomKind::Public, tr!("create-public")),
            (RoomKind::Private, tr!("create-private")),
        ],
        room.kind,
        true,
        |kind| Message::Dialog(DialogMessage::Kind(kind)),
    );
    let about = match room.kind {
        RoomKind::Private => tr!("create-private-hint"),
        _ => tr!("create-public-hint"),
    };
    let body = column![
        form::labelled(tr!("create-name"), name, Some(below)),
        form::labelled(tr!("create-who"), kind, Some(form::hint(about))),
        form::labelled(tr!("create-topic"), topic, None),
    ]
    .spacing(14);
    let does = submit(tr!("create-yes"), room.waits);
    let buttons = buttons(None, cancel(tr!("dialog-cancel")), does);
    card(large(Icon::Hash), tr!("create-title"), body.into(), buttons)
}

/// Rooms that one may join.
pub(super) fn browse<'a>(model: &'a Model, browse: &'a Browse) -> Element<'a, Message> {
    let filter = form::field(
        FIRST_FIELD,
        &tr!("browse-placeholder"),
        &browse.filter,
        false,
    )
    .on_input(|text| Message::Dialog(DialogMessage::Text(text)));
    let rooms: Element<'_, Message> = match (&browse.rooms, &browse.error) {
        (_, Some(error)) => form::error_box(error.clone()),
        (None, None) => text::plain(Type::Text, tr!("browse-waits"))
            .style(theme::text::t2)
            .into(),
        (Some(rooms), None) => {
            let wanted = browse.filter.to_lowercase();
            let fits = |room: &&Room| {
                room.room.contains(&wanted) || room.topic.to_lowercase().contains(&wanted)
            };
            let mut list = column![].width(Length::Fill);
            let mut count = 0;
            for room in rooms.iter().filter(fits) {
                list = list.push(browse_row(model, room));
                count += 1;
            }
            if count == 0 {
                list = list
                    .push(text::plain(Type::Text, tr!("browse-nothing")).style(theme::text::t2));
            }
            let most = (model.window.size.1 - 320.0).clamp(120.0, 360.0);
            container(scrollable(list).height(Length::Shrink))
                .max_height(most)
                .into()
        }
    };
    let body = column![filter, rooms].spacing(12);
    let buttons = buttons(None, space().into(), cancel(tr!("dialog-close")));
    card(large(Icon::Hash), tr!("browse-title"), body.into(), buttons)
}

fn browse_row<'a>(model: &'a Model, room: &'a Room) -> Element<'a, Message> {
    let joined = model
        .front()
        .is_some_and(|account| account.rooms.contains_key(&room.room));
    let below = if room.topic.is_empty() {
        tr!("browse-members", count = room.members)
    } else {
        tr!(
            "browse-members-topic",
            count = room.members,
            topic = room.topic.as_str()
        )
    };
    let words = column![
        text::medium(Type::Text, room.room.as_str()).wrapping(iced::widget::text::Wrapping::None),
        text::line(Type::Small, below).style(theme::text::t3)
    ];
    let does: Element<'_, Message> = if joined {
        text::line(Type::Small, tr!("browse-joined"))
            .style(theme::text::t3)
            .into()
    } else {
        button::small(tr!("browse-join"), theme::button::secondary)
            .on_press(Message::Dialog(DialogMessage::Join(room.room.clone())))
            .into()
    };
    row![
        Icon::Hash.medium(|tokens| tokens.t2),
        container(words).width(Length::Fill).clip(true),
        does
    ]
    .spacing(10)
    .height(48)
    .align_y(Alignment::Center)
    .padding(Padding::ZERO.right(12))
    .into()
}

/// An invite to the server.
pub(super) fn invite<'a>(model: &'a Model, form: &'a InviteForm) -> Element<'a, Message> {
    let server = model
        .front()
        .map_or("", |account| account.server.name.as_str());
    let uses = form::segmented(
        [1, 5, 20, 100]
            .into_iter()
            .map(|count: u64| (count, tr!("invite-people", count = count)))
            .collect(),
        form.uses,
        false,
        |uses| Message::Dialog(DialogMessage::Uses(uses)),
    );
    let days = form::segmented(
        [1, 7, 30]
            .into_iter()
            .map(|count: i64| (count, tr!("invite-days", count = count)))
            .collect(),
        form.days,
        false,
        |days| Message::Dialog(DialogMessage::Days(days)),
    );
    let mut roles = vec![
        (Role::Member, tr!("role-member")),
        (Role::Moderator, tr!("role-moderator")),
    ];
    if model
        .front()
        .is_some_and(|account| account.me.role == Role::Owner)
    {
        roles.push((Role::Admin, tr!("role-admin")));
    }
    let role = form::segmented(roles, form.role, false, |role| {
        Message::Dialog(DialogMessage::Role(role))
    });
    let mut body = column![
        text::plain(Type::Text, tr!("invite-about", server = server)).style(theme::text::t2),
        form::labelled(tr!("invite-for"), uses, None),
        form::labelled(tr!("invite-until"), days, None),
        form::labelled(tr!("invite-as"), role, None),
    ]
    .spacing(14);
    if let Some(error) = &form.error {
        body = body.push(form::error_box(error.clone()));
    }
    let does: Element<'_, Message> = match &form.link {
        Some(link) => {
            let shown = container(text::line(Type::Code, link.as_str()).style(theme::text::t2))
                .padding([8, 10])
                .width(Length::Fill)
                .clip(true)
                .style(theme::surface::code);
            body = body.push(form::labelled(tr!("invite-link"), shown, None));
            button::icon_words(
                Icon::Copy,
                |tokens| tokens.on_fill,
                tr!("invite-copy"),
                theme::button::primary,
            )
            .on_press(Message::Dialog(DialogMessage::CopyLink))
            .into()
        }
        None => submit(tr!("invite-make"), form.waits),
    };
    let buttons = buttons(None, cancel(tr!("dialog-close")), does);
    card(
        large(Icon::PersonPlus),
        tr!("invite-title"),
        body.into(),
        buttons,
    )
}

/// How many people are offered while somebody is sought.
const OFFERED: usize = 5;

/// Somebody is to be brought into a room.
pub(super) fn add_person<'a>(model: &'a Model, line: &'a OneLine) -> Element<'a, Message> {
    let field = form::field(
        FIRST_FIELD,
        &tr!("add-placeholder"),
        &line.text,
        line.error.is_some(),
    )
    .on_input(|text| Message::Dialog(DialogMessage::Text(text)))
    .on_submit(Message::Dialog(DialogMessage::Submit));
    let below = match &line.error {
        Some(error) => form::wrong(error.clone()),
        None => form::hint(tr!("add-hint")),
    };
    let mut body = column![form::labelled(tr!("add-who"), field, Some(below))].spacing(8);
    if let Some(account) = model.front() {
        let wanted = line.text.trim().trim_start_matches('@').to_lowercase();
        let here: Vec<&str> = account.people.of(&line.room).collect();
        let fits = account.users.values().filter(|user| {
            user.username != wanted
                && !here.contains(&user.username.as_str())
                && (user.username.contains(&wanted) || user.name.to_lowercase().contains(&wanted))
        });
        for user in fits.take(OFFERED) {
            let inside = row![
                avatar(&user.username, &user.name, Side::Small),
                text::line(Type::Text, user.name.as_str()),
                text::line(Type::Small, user.username.as_str()).style(theme::text::t3)
            ]
            .spacing(10)
            .align_y(Alignment::Center);
            body = body.push(
                plain_button(container(inside).center_y(Length::Fill))
                    .width(Length::Fill)
                    .height(36)
                    .padding([0, 8])
                    .style(theme::button::row)
                    .on_press(Message::Dialog(DialogMessage::Text(user.username.clone()))),
            );
        }
    }
    let does = submit(tr!("add-yes"), line.waits);
    let buttons = buttons(None, cancel(tr!("dialog-cancel")), does);
    let title = tr!("add-title", room = line.room.as_str());
    card(large(Icon::PersonPlus), title, body.into(), buttons)
}

/// A room's topic.
pub(super) fn topic(line: &OneLine) -> Element<'_, Message> {
    let field = form::field(FIRST_FIELD, "", &line.text, line.error.is_some())
        .on_input(|text| Message::Dialog(DialogMessage::Text(text)))
        .on_submit(Message::Dialog(DialogMessage::Submit));
    let below = match &line.error {
        Some(error) => form::wrong(error.clone()),
        None => form::hint(tr!("topic-hint")),
    };
    let body = form::labelled(tr!("topic-label"), field, Some(below));
    let does = submit(tr!("topic-yes"), line.waits);
    let buttons = buttons(None, cancel(tr!("dialog-cancel")), does);
    let title = tr!("topic-title", room = line.room.as_str());
    card(large(Icon::Edit), title, body, buttons)
}
