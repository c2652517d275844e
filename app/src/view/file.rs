//! A file as a card: what it is, how far it is, and what can be done with it.

use iced::widget::{column, container, row, space, tooltip};
use iced::{Alignment, Length, Padding};
use parlor_client::{Transfer, TransferState};
use parlor_protocol::File;

use super::part::button::{IconButton, named};
use super::part::text;
use super::progress::{self, Words};
use crate::controller::file::Message;
use crate::icon::Icon;
use crate::locale::{amount, tr};
use crate::model::Account;
use crate::model::cut::middle;
use crate::model::file_kind::{FileKind, label, may_open};
use crate::theme::{self, Element, Type};

/// The width of a card.
pub(crate) const CARD: f32 = 340.0;
/// Its height, with a bar or without, so that nothing moves when a transfer begins.
pub(crate) const HEIGHT: f32 = 54.0;
/// The tile with the icon.
const TILE: f32 = 36.0;
/// So many columns of a name have room.
const NAME: usize = 31;

/// A file that the server has kept.
pub(crate) fn kept<'a>(account: &'a Account, file: &'a File) -> Element<'a, Message> {
    let transfer = account.transfers.download(&file.id);
    let download = || {
        let act = Message::Download(Box::new(file.clone()));
        button(Icon::Download, tr!("file-download"), act)
    };
    let what = what(account, file);
    match transfer {
        None => card(
            file_icon(file),
            &file.name,
            None,
            line(what, false),
            download(),
        ),
        Some(transfer) if transfer.state == TransferState::Done => {
            let id = transfer.id;
            let mut acts = row![].align_y(Alignment::Center);
            if may_open(&transfer.name) {
                acts = acts.push(button(Icon::Eye, tr!("file-open"), Message::Open(id)));
            }
            let folder = Message::ShowInFolder(id);
            acts = acts.push(button(Icon::Folder, tr!("file-folder"), folder));
            let what = tr!("file-there", what = what);
            card(
                file_icon(file),
                &file.name,
                None,
                line(what, false),
                acts.into(),
            )
        }
        Some(transfer) => moving(transfer),
    }
}

/// A file on its way.
pub(crate) fn moving<'a>(transfer: &'a Transfer) -> Element<'a, Message> {
    let broken = progress::why_broken(transfer);
    let words = progress::words(transfer, Words::Long);
    let icon = progress::icon(FileKind::of_name(&transfer.name));
    let ready = transfer.state == TransferState::Done;
    let bar = (!ready).then(|| progress::bar(transfer));
    let acts = if ready {
        space().into()
    } else {
        progress::buttons(transfer, false)
    };
    let card = card(
        icon,
        &transfer.name,
        bar,
        line(words, broken.is_some()),
        acts,
    );
    match broken {
        // The card has one line for it; the reason and what to do are longer.
        Some(why) => named(card, why, None, tooltip::Position::Top),
        None => card,
    }
}

/// What a file is: "CSV · 10.4 MB · Carol".
pub(crate) fn what(account: &Account, file: &File) -> String {
    let name = account.name_of(&file.by);
    let first = name.split_whitespace().next().unwrap_or(name);
    let size = amount::size(file.size);
    match label(&file.name) {
        Some(kind) => tr!("file-what", kind = kind, size = size, who = first),
        None => tr!("file-what-plain", size = size, who = first),
    }
}

fn file_icon(file: &File) -> Icon {
    progress::icon(FileKind::of(file))
}

fn button<'a>(icon: Icon, name: String, act: Message) -> Element<'a, Message> {
    IconButton::new(icon, name)
        .tooltip(tooltip::Position::Top)
        .view(Some(act))
}

fn line<'a>(words: String, broken: bool) -> Element<'a, Message> {
    let ink = if broken {
        theme::text::bad
    } else {
        theme::text::t3
    };
    container(text::line(Type::Small, words).style(ink))
        .width(Length::Fill)
        .clip(true)
        .into()
}

/// The tile with a file's icon.
pub(crate) fn tile<'a, M: 'a>(icon: Icon) -> Element<'a, M> {
    container(icon.large(|tokens| tokens.t2))
        .center(TILE)
        .style(theme::surface::file_tile)
        .into()
}

fn card<'a>(
    icon: Icon,
    name: &str,
    bar: Option<Element<'a, Message>>,
    words: Element<'a, Message>,
    acts: Element<'a, Message>,
) -> Element<'a, Message> {
    let name =
        text::medium(Type::Body, middle(name, NAME)).wrapping(iced::widget::text::Wrapping::None);
    let mut lines = column![container(name).clip(true)].width(Length::Fill);
    if let Some(bar) = bar {
        lines = lines.push(container(bar).padding(Padding::ZERO.top(1).bottom(2)));
    }
    let lines = lines.push(words);
    let inside = row![tile(icon), lines, acts]
        .spacing(10)
        .align_y(Alignment::Center);
    container(inside)
        .width(CARD)
        .height(HEIGHT)
        .align_y(Alignment::Center)
        .padding(Padding::ZERO.left(10).right(7))
        .style(theme::surface::card)
        .into()
}
