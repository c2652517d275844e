//! Questions: is this the right server, and are you sure?

use iced::widget::{column, container, row, space};
use iced::{Length, Padding};

use super::{Message, buttons, cancel, card, large, ringed};
use crate::controller::dialog::{FIRST_FIELD, Message as DialogMessage};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Confirm, Deliberate, Model, Trust, fours};
use crate::theme::{self, Element, Type};
use crate::view::part::{button, text};
use crate::view::people::role_name;
use crate::view::{form, people};

/// How many groups of a pin stand in a row.
const GROUPS: usize = 6;

/// A key that this computer has not seen.
pub(super) fn trust(trust: &Trust) -> Element<'_, Message> {
    let greeting = &trust.greeting;
    let about = text::plain(
        Type::Text,
        tr!(
            "trust-about",
            address = greeting.address.to_string(),
            name = greeting.welcome.server.name.as_str()
        ),
    )
    .style(theme::text::t2);
    let pin = greeting.pin.to_string();
    let groups = fours(&pin);
    let rows = groups.chunks(GROUPS).map(|chunk| {
        let mut line = row![].width(Length::Fill);
        for at in 0..GROUPS {
            let group = chunk.get(at).copied().unwrap_or_default().to_owned();
            line = line.push(
                container(
                    text::plain(Type::Code, group)
                        .size(14)
                        .line_height(iced::Pixels(24.0)),
                )
                .width(Length::FillPortion(1)),
            );
        }
        line.into()
    });
    let key = container(column(rows))
        .padding([10, 14])
        .width(Length::Fill)
        .style(theme::surface::code);
    let how = text::plain(Type::Body, tr!("trust-how")).style(theme::text::t2);
    let body = column![
        about,
        space::vertical().height(14),
        key,
        space::vertical().height(10),
        how
    ];
    let copy = button::icon_words(
        Icon::Copy,
        |tokens| tokens.accent,
        tr!("trust-copy"),
        theme::button::ghost,
    )
    .on_press(Message::Dialog(DialogMessage::CopyPin));
    let yes = button::words(tr!("trust-yes"), theme::button::primary)
        .on_press(Message::Dialog(DialogMessage::Matches));
    let buttons = buttons(
        Some(copy.into()),
        ringed(cancel(tr!("trust-not-now")), true),
        yes.into(),
    );
    card(large(Icon::Key), tr!("trust-title"), body.into(), buttons)
}

/// Another key than the one remembered. There is nothing to accept.
pub(super) fn key_changed(address: &str) -> Element<'_, Message> {
    let body = column![
        form::error_box(tr!("key-changed-refused")),
        space::vertical().height(10),
        text::plain(Type::Text, tr!("key-changed-about", address = address)).style(theme::text::t2),
    ];
    let forget = button::words(tr!("key-changed-forget"), theme::button::danger)
        .on_press(Message::Dialog(DialogMessage::ForgetServer));
    let buttons = buttons(
        Some(forget.into()),
        space().into(),
        ringed(cancel(tr!("dialog-close")), true),
    );
    let icon = Icon::Alert.large(|tokens| tokens.bad).into();
    card(icon, tr!("key-changed-title"), body.into(), buttons)
}

/// Are you sure?
pub(super) fn confirm<'a>(model: &'a Model, confirm: &'a Confirm) -> Element<'a, Message> {
    let (title, about, does) = words(model, &confirm.what);
    let mut body = column![text::plain(Type::Text, about).style(theme::text::t2)];
    if confirm.what.wants_reason() {
        let reason = form::field(FIRST_FIELD, "", &confirm.reason, false)
            .on_input(|text| Message::Dialog(DialogMessage::Reason(text)))
            .on_submit(Message::Dialog(DialogMessage::Submit));
        body = body.push(space::vertical().height(14)).push(form::labelled(
            tr!("confirm-reason"),
            reason,
            None,
        ));
    }
    let harmless = matches!(
        confirm.what,
        Deliberate::Rank(..) | Deliberate::QuitTransfers
    );
    let safe = if matches!(confirm.what, Deliberate::QuitTransfers) {
        tr!("confirm-quit-transfers-no")
    } else {
        tr!("dialog-cancel")
    };
    let look = if harmless {
        theme::button::primary
    } else {
        theme::button::danger_fill
    };
    let yes = button::words(does, look).on_press(Message::Dialog(DialogMessage::Submit));
    let buttons = buttons(
        None,
        ringed(cancel(safe), confirm.safe),
        ringed(yes, !confirm.safe),
    );
    let icon = Icon::Alert.large(|tokens| tokens.warn).into();
    let body = container(body).padding(Padding::ZERO);
    card(icon, title, body.into(), buttons)
}

/// The question, what it means, and the word on the button.
fn words(model: &Model, what: &Deliberate) -> (String, String, String) {
    let name = |username: &str| {
        model.front().map_or_else(
            || username.to_owned(),
            |account| account.name_of(username).to_owned(),
        )
    };
    match what {
        Deliberate::Kick(who) => (
            tr!("confirm-kick", who = name(who)),
            tr!("confirm-kick-about"),
            tr!("confirm-kick-yes"),
        ),
        Deliberate::Ban(who) => (
            tr!("confirm-ban", who = name(who)),
            tr!("confirm-ban-about"),
            tr!("confirm-ban-yes"),
        ),
        Deliberate::Mute(who) => (
            tr!("confirm-mute", who = name(who)),
            tr!("confirm-mute-about"),
            tr!("confirm-mute-yes"),
        ),
        Deliberate::Rank(who, role) => (
            tr!("confirm-rank", who = name(who), role = role_name(*role)),
            people::role_means(*role),
            tr!("confirm-rank-yes"),
        ),
        Deliberate::RemoveFromRoom { room, username } => (
            tr!("confirm-remove", who = name(username), room = room.as_str()),
            tr!("confirm-remove-about"),
            tr!("confirm-remove-yes"),
        ),
        Deliberate::LeaveRoom { room, public } => (
            tr!("confirm-leave", room = room.as_str()),
            if *public {
                tr!("confirm-leave-public")
            } else {
                tr!("confirm-leave-private")
            },
            tr!("confirm-leave-yes"),
        ),
        Deliberate::DeleteRoom(room) => (
            tr!("confirm-delete-room", room = room.as_str()),
            tr!("confirm-delete-room-about"),
            tr!("confirm-delete-room-yes"),
        ),
        other => words_of_this_computer(model, other),
    }
}

/// Questions about this computer's sessions and servers.
fn words_of_this_computer(model: &Model, what: &Deliberate) -> (String, String, String) {
    match what {
        Deliberate::EndSession { label, .. } => (
            tr!("confirm-end-session", label = label.as_str()),
            tr!("confirm-end-session-about"),
            tr!("confirm-end-session-yes"),
        ),
        Deliberate::Forget(address) => (
            tr!("confirm-forget", address = address.as_str()),
            tr!("confirm-forget-about"),
            tr!("confirm-forget-yes"),
        ),
        Deliberate::StopHosting => (
            tr!("confirm-stop-hosting"),
            tr!("confirm-stop-hosting-about"),
            tr!("confirm-stop-hosting-yes"),
        ),
        Deliberate::QuitTransfers => (
            tr!("confirm-quit"),
            tr!("confirm-quit-transfers-about", count = model.running()),
            tr!("confirm-quit-transfers-yes"),
        ),
        Deliberate::DeleteFile(file) => (
            tr!("confirm-delete-file", name = file.name.as_str()),
            tr!("confirm-delete-file-about"),
            tr!("confirm-delete-file-yes"),
        ),
        Deliberate::QuitHosting => (
            tr!("confirm-quit"),
            tr!("confirm-stop-hosting-about"),
            tr!("confirm-quit-yes"),
        ),
        Deliberate::SignOut(account) => {
            let waiting = model
                .account(account)
                .map_or(0, |account| account.waiting.len());
            (
                tr!("confirm-sign-out"),
                if waiting == 0 {
                    tr!("confirm-sign-out-about")
                } else {
                    tr!("confirm-sign-out-waiting", count = waiting)
                },
                tr!("confirm-sign-out-yes"),
            )
        }
        other => words_of_peers(model, other),
    }
}

/// Questions about talks between devices.
fn words_of_peers(model: &Model, what: &Deliberate) -> (String, String, String) {
    let name = |username: &str| {
        model.front().map_or_else(
            || username.to_owned(),
            |account| account.name_of(username).to_owned(),
        )
    };
    match what {
        Deliberate::Revoke { label, .. } => (
            tr!("confirm-revoke", label = label.as_str()),
            tr!("confirm-revoke-about"),
            tr!("confirm-revoke-yes"),
        ),
        Deliberate::LeaveChannel(channel) => (
            tr!("confirm-leave", room = channel.as_str()),
            tr!("confirm-leave-channel-about"),
            tr!("confirm-leave-yes"),
        ),
        Deliberate::ForgetTalk(who) => (
            tr!("confirm-forget-talk", who = name(who)),
            tr!("confirm-forget-talk-about", who = name(who)),
            tr!("confirm-forget-talk-yes"),
        ),
        Deliberate::Block(who) => (
            tr!("confirm-block", who = name(who)),
            tr!("confirm-block-about"),
            tr!("confirm-block-yes"),
        ),
        Deliberate::Differs(who) => (
            tr!("confirm-differs"),
            tr!("confirm-differs-about", who = name(who)),
            tr!("confirm-differs-yes"),
        ),
        // The others have words of their own above.
        _ => Default::default(),
    }
}
