//! What can be done to a message: the bar over its row, and the menu of all.

use iced::widget::{column, container, row, tooltip};

use super::{Scene, emoji};
use crate::controller::conversation::{Message, may_delete};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::Open;
use crate::model::timeline::entry::Entry;
use crate::model::timeline::rows::What;
use crate::theme::space::MENU;
use crate::theme::{self, Element, Type};
use crate::view::part::button::{self, IconButton, menu_row, menu_row_danger};
use crate::view::part::text;
use crate::widget::Popover;

/// What floats over a row, if it is a message that something can be done to.
pub(super) fn view<'a>(scene: Scene<'a>, index: usize) -> Option<Element<'a, Message>> {
    let timeline = &scene.talk.timeline;
    let row = timeline.row(index, crate::locale::zone(), &scene.account.me.username);
    let What::Entry(entry) = row.what else {
        return None;
    };
    entry.message().filter(|message| !message.deleted)?;
    let open = match scene.talk.open {
        Some(Open::Menu(seq)) if seq == entry.seq => Some(menu(scene, entry)),
        Some(Open::Delete(seq)) if seq == entry.seq => Some(question(seq)),
        Some(Open::React(seq)) if seq == entry.seq => Some(emoji::view(move |emoji| {
            Message::React(seq, emoji.to_owned())
        })),
        _ => None,
    };
    let bar = Popover::new(bar(scene, entry.seq), open).on_close(Message::Open(None));
    Some(bar.into())
}

fn bar<'a>(scene: Scene<'a>, seq: u64) -> Element<'a, Message> {
    let opens = |icon: Icon, name: String, open: Open| {
        let is_open = scene.talk.open == Some(open);
        let message = Message::Open((!is_open).then_some(open));
        IconButton::new(icon, name)
            .on(is_open)
            .tooltip(tooltip::Position::Top)
            .view(Some(message))
    };
    let does = |icon: Icon, name: String, message: Message| {
        IconButton::new(icon, name)
            .tooltip(tooltip::Position::Top)
            .view(Some(message))
    };
    let writes = scene
        .account
        .rooms
        .get(&scene.talk.room)
        .is_none_or(|state| state.room.can_send);
    let mut bar = row![opens(Icon::Smile, tr!("react"), Open::React(seq))];
    if writes {
        bar = bar.push(does(Icon::Reply, tr!("reply"), Message::Reply(seq)));
    }
    bar = bar
        .push(does(Icon::Copy, tr!("copy-text"), Message::Copy(seq)))
        .push(opens(Icon::More, tr!("more"), Open::Menu(seq)));
    container(bar)
        .padding(2)
        .style(theme::surface::actions)
        .into()
}

/// Everything that can be done to a message.
fn menu<'a>(scene: Scene<'a>, entry: &'a Entry) -> Element<'a, Message> {
    let author = scene.talk.timeline.author(entry).0;
    let (seq, own) = (entry.seq, author == scene.account.me.username);
    let writes = scene
        .account
        .rooms
        .get(&scene.talk.room)
        .is_none_or(|state| state.room.can_send);
    let mut rows = column![];
    if writes {
        rows = rows.push(menu_row(
            Icon::Reply,
            tr!("reply"),
            Some(tr!("key-reply")),
            Message::Reply(seq),
        ));
    }
    let react_key = (!own).then(|| tr!("key-react"));
    rows = rows
        .push(menu_row(
            Icon::Smile,
            tr!("react"),
            react_key,
            Message::Open(Some(Open::React(seq))),
        ))
        .push(menu_row(
            Icon::Copy,
            tr!("copy-text"),
            Some(tr!("key-copy")),
            Message::Copy(seq),
        ));
    let is_file = entry
        .message()
        .is_some_and(|message| message.is_peer_file());
    if own && !is_file {
        rows = rows.push(menu_row(
            Icon::Edit,
            tr!("edit"),
            Some(tr!("key-edit")),
            Message::Edit(seq),
        ));
    }
    if may_delete(scene.account, &scene.talk.room, author) {
        let ask = Message::Open(Some(Open::Delete(seq)));
        rows = rows.push(menu_row_danger(
            Icon::Trash,
            tr!("delete"),
            Some(tr!("key-delete")),
            ask,
        ));
    }
    container(rows)
        .padding(5)
        .width(MENU)
        .style(theme::surface::menu)
        .into()
}

/// Whether to delete it. The safe answer stands first.
fn question<'a>(seq: u64) -> Element<'a, Message> {
    let answers = row![
        button::small(tr!("delete-no"), theme::button::secondary).on_press(Message::Open(None)),
        button::small(tr!("delete-yes"), theme::button::danger_fill).on_press(Message::Delete(seq)),
    ]
    .spacing(8);
    let inside = column![text::plain(Type::Body, tr!("delete-question")), answers].spacing(12);
    container(inside)
        .padding(12)
        .width(MENU)
        .style(theme::surface::menu)
        .into()
}
