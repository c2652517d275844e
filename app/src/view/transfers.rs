//! The panel of transfers: what runs, and what is done.

use iced::widget::{column, container, row, scrollable, space, tooltip};
use iced::{Alignment, Length, Padding};
use parlor_client::{Direction, Purpose, Transfer, TransferState};

use super::part::button::{self, IconButton};
use super::part::text;
use super::{peer_file, progress};
use crate::controller::Message;
use crate::controller::file::Message as FileMessage;
use crate::controller::header::Message as Header;
use crate::controller::transfers::{Message as Transfers, may_resume};
use crate::icon::Icon;
use crate::locale::{self, amount, tr};
use crate::model::cut::middle;
use crate::model::file_kind::may_open;
use crate::model::peer::Moving;
use crate::model::{Account, Model};
use crate::theme::{self, Element, Type, space as sizes};

/// So many columns of a name have room.
const NAME: usize = 30;
/// Lines of the history that show; older ones are cleared, or searched for as files.
const HISTORY: usize = 100;

/// The panel.
pub(crate) fn view<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let unfinished: Vec<&Transfer> = account.transfers.unfinished().collect();
    let (today, before) = account.transfers.done_by_day(model.now, locale::zone());
    let mut list = column![].width(Length::Fill);
    let chosen = account.transfers.chosen;
    let is_chosen = |transfer: &Transfer| chosen == Some(transfer.id);
    for transfer in &unfinished {
        list = list.push(unfinished_line(account, transfer, is_chosen(transfer)));
    }
    let moving: Vec<&Moving> = account.peers.files.all().collect();
    for moving in &moving {
        list = list.push(peer_line(account, moving));
    }
    let mut first = true;
    for (title, lines) in [
        (tr!("transfers-today"), today),
        (tr!("transfers-before"), before),
    ] {
        if lines.is_empty() {
            continue;
        }
        list = list.push(group(title, std::mem::take(&mut first)));
        for transfer in lines.into_iter().take(HISTORY) {
            list = list.push(done_line(account, transfer, is_chosen(transfer)));
        }
    }
    let body: Element<'a, Message> = if unfinished.is_empty() && moving.is_empty() && first {
        empty()
    } else {
        scrollable(list).height(Length::Fill).into()
    };
    column![top(account), super::horizontal_line(), body].into()
}

fn top(account: &Account) -> Element<'_, Message> {
    let running = account.running().running();
    let mut title = row![text::medium(Type::Text, tr!("transfers-title"))].spacing(5);
    if running > 0 {
        let count = tr!("transfers-running", count = running);
        title = title.push(text::line(Type::Text, count).style(theme::text::t3));
    }
    let mut top = row![container(title).width(Length::Fill)].align_y(Alignment::Center);
    let button =
        |icon, name: String, act| IconButton::new(icon, name).view(Some(Message::Transfers(act)));
    if account.transfers.counts().running() > 0 {
        top = top.push(button(
            Icon::Pause,
            tr!("transfers-pause-all"),
            Transfers::PauseAll,
        ));
    } else if account.transfers.unfinished().any(may_resume) {
        top = top.push(button(
            Icon::Play,
            tr!("transfers-resume-all"),
            Transfers::ResumeAll,
        ));
    }
    let close = IconButton::new(Icon::Close, tr!("transfers-close"))
        .keys(tr!("keys-transfers"))
        .view(Some(Message::Header(Header::ClosePanel)));
    container(top.push(close))
        .padding(Padding::ZERO.left(16).right(8))
        .center_y(sizes::HEADER - 1.0)
        .into()
}

fn empty<'a>() -> Element<'a, Message> {
    let inside = column![
        Icon::Upload.large(|tokens| tokens.t3),
        space::vertical().height(6),
        text::medium(Type::Text, tr!("transfers-empty")),
        text::plain(Type::Body, tr!("transfers-empty-how"))
            .style(theme::text::t2)
            .align_x(Alignment::Center),
    ]
    .align_x(Alignment::Center);
    container(inside).center(Length::Fill).padding(16).into()
}

/// The head of a part of the history; the first clears all of it.
fn group<'a>(title: String, clears: bool) -> Element<'a, Message> {
    let mut inside = row![
        text::line(Type::Small, title)
            .style(theme::text::t3)
            .width(Length::Fill)
    ]
    .align_y(Alignment::Center)
    .height(sizes::BUTTON_SMALL);
    if clears {
        inside = inside.push(
            button::small(tr!("transfers-clear"), theme::button::ghost)
                .on_press(Message::Transfers(Transfers::Clear)),
        );
    }
    container(inside)
        .padding(Padding {
            top: 12.0,
            right: 8.0,
            bottom: 4.0,
            left: 16.0,
        })
        .into()
}

/// Where it goes to or comes from.
fn place(account: &Account, transfer: &Transfer) -> String {
    account.room_words(&transfer.room)
}

fn unfinished_line<'a>(
    account: &'a Account,
    transfer: &'a Transfer,
    chosen: bool,
) -> Element<'a, Message> {
    let icon = match transfer.direction {
        Direction::Up => Icon::Upload,
        Direction::Down => Icon::Download,
    };
    let acts = progress::buttons(transfer, false).map(Message::File);
    let bar = container(progress::bar(transfer)).padding(Padding {
        top: 4.0,
        right: 8.0,
        bottom: 4.0,
        left: 24.0,
    });
    let words = match progress::why_broken(transfer) {
        Some(why) => text::plain(Type::Small, why).style(theme::text::bad),
        None => text::plain(Type::Small, state(account, transfer)).style(theme::text::t3),
    };
    line(
        icon,
        &transfer.name,
        acts,
        Some(bar.into()),
        words.into(),
        chosen,
    )
}

/// A file between devices that is on its way.
fn peer_line<'a>(account: &'a Account, moving: &'a Moving) -> Element<'a, Message> {
    let file = &moving.file;
    let icon = match moving.own {
        true => Icon::Upload,
        false => Icon::Download,
    };
    let state = peer_file::words(account, &moving.talk, file, moving.own);
    let place = account.talk_title(&moving.talk);
    let words = tr!("transfers-line-plain", place = place, state = state);
    let words = text::plain(Type::Small, words).style(theme::text::t3);
    let acts = peer_file::acts(file, moving.own).map(Message::PeerFile);
    let bar = peer_file::bar(file);
    line(icon, &file.name, acts, bar, words.into(), false)
}

/// "#general · 30 of 48 MB · 8.1 MB/s · 4 s".
fn state(account: &Account, transfer: &Transfer) -> String {
    let place = place(account, transfer);
    let (done, size) = (transfer.done, transfer.size);
    match &transfer.state {
        TransferState::Running { per_second } => {
            let part = amount::part(done, size);
            match amount::left(size.saturating_sub(done), *per_second) {
                Some(left) => tr!(
                    "transfers-line",
                    place = place,
                    part = part,
                    speed = amount::speed(*per_second),
                    left = left
                ),
                None => tr!("transfers-line-plain", place = place, state = part),
            }
        }
        TransferState::Paused => {
            let percent = amount::percent(done, size);
            let size = amount::size(size);
            tr!(
                "transfers-paused",
                place = place,
                percent = percent,
                size = size
            )
        }
        _ => {
            let state = progress::words(transfer, progress::Words::Long);
            tr!("transfers-line-plain", place = place, state = state)
        }
    }
}

fn done_line<'a>(
    account: &'a Account,
    transfer: &'a Transfer,
    chosen: bool,
) -> Element<'a, Message> {
    let size = amount::size(transfer.size);
    let place = place(account, transfer);
    let (words, acts): (String, Element<'a, Message>) = match transfer.direction {
        Direction::Down => {
            let folder = transfer
                .path
                .parent()
                .and_then(|folder| folder.file_name())
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            let words = tr!("transfers-there", size = size, folder = folder);
            (words, there(transfer))
        }
        Direction::Up if transfer.purpose == Purpose::Draft => (
            tr!("transfers-ready", place = place, size = size),
            space().into(),
        ),
        Direction::Up => (
            tr!("transfers-sent", place = place, size = size),
            space().into(),
        ),
    };
    let words = text::plain(Type::Small, words).style(theme::text::t3);
    line(
        Icon::Check,
        &transfer.name,
        acts,
        None,
        words.into(),
        chosen,
    )
}

/// What can be done with a file that came down.
fn there<'a>(transfer: &Transfer) -> Element<'a, Message> {
    let button = |icon, name: String, act| {
        IconButton::new(icon, name)
            .tooltip(tooltip::Position::Top)
            .view(Some(Message::File(act)))
    };
    let mut acts = row![];
    if may_open(&transfer.name) {
        let open = FileMessage::Open(transfer.id);
        acts = acts.push(button(Icon::Eye, tr!("file-open"), open));
    }
    let folder = FileMessage::ShowInFolder(transfer.id);
    acts.push(button(Icon::Folder, tr!("file-folder"), folder))
        .into()
}

fn line<'a>(
    icon: Icon,
    name: &str,
    acts: Element<'a, Message>,
    bar: Option<Element<'a, Message>>,
    words: Element<'a, Message>,
    chosen: bool,
) -> Element<'a, Message> {
    let name =
        text::medium(Type::Body, middle(name, NAME)).wrapping(iced::widget::text::Wrapping::None);
    let head = row![
        icon.medium(|tokens| tokens.t3),
        container(name).width(Length::Fill).clip(true),
        acts
    ]
    .spacing(8)
    .align_y(Alignment::Center)
    .height(sizes::ICON_BUTTON);
    let words = container(words).padding(Padding::ZERO.left(24).right(8));
    let inside = column![head].push(bar).push(words);
    let inside = container(inside)
        .width(Length::Fill)
        .padding(Padding {
            top: 9.0,
            right: 8.0,
            bottom: 9.0,
            left: 16.0,
        })
        .style(if chosen {
            theme::surface::chosen
        } else {
            theme::surface::side
        });
    column![inside, super::horizontal_line()].into()
}

/// What runs, for the status bar; a click shows the panel.
pub(crate) fn counters(model: &Model, narrow: bool) -> Option<Element<'_, Message>> {
    let counts = model.front()?.running();
    let mut all = Vec::new();
    if counts.up > 0 {
        let words = match (narrow, counts.up_speed) {
            (true, _) => counts.up.to_string(),
            (false, 0) => tr!("status-up-waits", count = counts.up),
            (false, speed) => tr!("status-up", count = counts.up, speed = amount::speed(speed)),
        };
        all.push(counter(Icon::Upload, words, false));
    }
    if counts.down > 0 {
        let words = match (narrow, counts.down_speed) {
            (true, _) => counts.down.to_string(),
            (false, 0) => tr!("status-down-waits", count = counts.down),
            (false, speed) => {
                tr!(
                    "status-down",
                    count = counts.down,
                    speed = amount::speed(speed)
                )
            }
        };
        all.push(counter(Icon::Download, words, false));
    }
    if counts.broken > 0 {
        let words = if narrow {
            counts.broken.to_string()
        } else {
            tr!("status-broken", count = counts.broken)
        };
        all.push(counter(Icon::Alert, words, true));
    }
    let all = (!all.is_empty()).then(|| row(all).spacing(16).align_y(Alignment::Center));
    all.map(Element::from)
}

fn counter<'a>(icon: Icon, words: String, bad: bool) -> Element<'a, Message> {
    let (icon, words) = if bad {
        (
            icon.small(|tokens| tokens.bad),
            text::line(Type::Small, words).style(theme::text::bad),
        )
    } else {
        (
            icon.small(|tokens| tokens.t2),
            text::line(Type::Small, words).style(theme::text::t2),
        )
    };
    let inside = row![icon, words].spacing(6).align_y(Alignment::Center);
    let face = iced::widget::button(inside)
        .padding(0)
        .style(theme::button::bare)
        .on_press(Message::Transfers(Transfers::Toggle));
    button::named(
        face,
        tr!("status-transfers"),
        Some(tr!("keys-transfers")),
        tooltip::Position::Top,
    )
}
