//! Dialogs about talks between devices: with whom, which channel, where a file goes.

use iced::Length;
use iced::widget::{column, container, row, space};
use iced::{Alignment, widget::button as plain_button};

use super::{Message, buttons, cancel, card, large, ringed};
use crate::controller::dialog::{FIRST_FIELD, Message as DialogMessage};
use crate::controller::talk::Message as Talk;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Model, OneLine, SaveFile};
use crate::theme::{self, Element, Type};
use crate::view::form;
use crate::view::part::avatar::{self, Dot, Side};
use crate::view::part::{button, text};

/// How many people are offered while somebody is sought.
const OFFERED: usize = 6;

fn server(model: &Model) -> &str {
    model
        .front()
        .map_or("", |account| account.server.name.as_str())
}

fn line<'a>(placeholder: &str, text: &str, wrong: bool) -> Element<'a, Message> {
    form::field(FIRST_FIELD, placeholder, text, wrong)
        .on_input(|text| Message::Dialog(DialogMessage::Text(text)))
        .on_submit(Message::Dialog(DialogMessage::Submit))
        .into()
}

fn below<'a>(error: Option<&String>, hint: String) -> iced::widget::Text<'a, theme::Theme> {
    match error {
        Some(error) => form::wrong(error.clone()),
        None => form::hint(hint),
    }
}

fn yes<'a>(words: String, waits: bool) -> Element<'a, Message> {
    button::words(words, theme::button::primary)
        .on_press_maybe((!waits).then_some(Message::Dialog(DialogMessage::Submit)))
        .into()
}

/// A new peer channel, or one that others are in.
pub(super) fn channel<'a>(model: &'a Model, of: &'a OneLine) -> Element<'a, Message> {
    let field = line(&tr!("channel-placeholder"), &of.text, of.error.is_some());
    let about = text::plain(Type::Text, tr!("channel-about", server = server(model)));
    let body = column![
        about.style(theme::text::t2),
        form::labelled(
            tr!("channel-name"),
            field,
            Some(below(of.error.as_ref(), tr!("channel-name-hint")))
        ),
    ]
    .spacing(14);
    let does = yes(tr!("channel-yes"), of.waits);
    let buttons = buttons(None, cancel(tr!("dialog-cancel")), does);
    card(
        large(Icon::Mesh),
        tr!("channel-title"),
        body.into(),
        buttons,
    )
}

/// Somebody is to be talked with.
pub(super) fn person<'a>(model: &'a Model, of: &'a OneLine) -> Element<'a, Message> {
    let field = line(&tr!("add-placeholder"), &of.text, of.error.is_some());
    let hint = tr!("person-hint");
    let mut body = column![form::labelled(
        tr!("person-who"),
        field,
        Some(below(of.error.as_ref(), hint))
    )]
    .spacing(8);
    if let Some(account) = model.front() {
        let wanted = of.text.trim().trim_start_matches('@').to_lowercase();
        let fits = account.users.values().filter(|user| {
            user.username != account.me.username
                && (user.username.contains(&wanted) || user.name.to_lowercase().contains(&wanted))
        });
        for user in fits.take(OFFERED) {
            let dot = account
                .presence_of(&user.username)
                .map_or(Dot::Unknown, Dot::Known);
            let face =
                avatar::with_presence(&user.username, &user.name, Side::Small, dot, |tokens| {
                    tokens.raised
                });
            let inside = row![
                face,
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
                    .on_press(Message::Talk(Talk::With(user.username.clone()))),
            );
        }
    }
    let does = yes(tr!("person-yes"), of.waits);
    let buttons = buttons(None, cancel(tr!("dialog-cancel")), does);
    card(large(Icon::Lock), tr!("person-title"), body.into(), buttons)
}

/// Somebody has no device yet: there is only the room that the server keeps.
pub(super) fn no_device<'a>(model: &'a Model, username: &'a str) -> Element<'a, Message> {
    let name = model
        .front()
        .map_or(username, |account| account.name_of(username));
    let about = tr!("no-device-about", name = name, server = server(model));
    let body = text::plain(Type::Text, about).style(theme::text::t2);
    let does = button::words(
        tr!("no-device-yes", server = server(model)),
        theme::button::secondary,
    )
    .on_press(Message::Talk(Talk::ByServer(username.to_owned())));
    let buttons = buttons(
        None,
        ringed(cancel(tr!("dialog-cancel")), false),
        does.into(),
    );
    card(
        large(Icon::Device),
        tr!("no-device-title", name = name),
        body.into(),
        buttons,
    )
}

/// Where an offered file is to go, by its path.
pub(super) fn save_file(dialog: &SaveFile) -> Element<'_, Message> {
    let field = line(
        &tr!("attach-path-placeholder"),
        &dialog.text,
        dialog.error.is_some(),
    );
    let hint = tr!("save-file-hint");
    let body = column![
        text::plain(Type::Text, tr!("save-file-about")).style(theme::text::t2),
        space::vertical().height(14),
        form::labelled(
            tr!("attach-path-label"),
            field,
            Some(below(dialog.error.as_ref(), hint))
        ),
    ];
    let does = yes(tr!("save-file-yes"), dialog.waits);
    card(
        large(Icon::Download),
        tr!("save-file-title", name = dialog.name.as_str()),
        body.into(),
        buttons(None, ringed(cancel(tr!("dialog-cancel")), false), does),
    )
}
