//! A file between devices: what it is, how far it is, and what can be done with it.

use iced::widget::{column, container, progress_bar, row, tooltip};
use iced::{Alignment, Length, Padding};
use parlor_client::peer::{PeerFile, PeerFileState as State, Talk};

use super::file::{HEIGHT, tile};
use super::part::button::{self, IconButton, named};
use super::part::text;
use super::progress;
use crate::controller::peer_file::Message;
use crate::icon::Icon;
use crate::locale::{amount, tr};
use crate::model::Account;
use crate::model::cut::middle;
use crate::model::file_kind::{FileKind, may_open};
use crate::theme::{self, Element, Theme, Type};

/// The width of a card.
const CARD: f32 = 440.0;
/// So many columns of a name have room.
const NAME: usize = 38;

/// The card of a file; `own` if it is offered by this side.
pub(super) fn card<'a>(
    account: &'a Account,
    talk: &Talk,
    file: &'a PeerFile,
    own: bool,
) -> Element<'a, Message> {
    let name = text::medium(Type::Body, middle(&file.name, NAME))
        .wrapping(iced::widget::text::Wrapping::None);
    let mut lines = column![container(name).clip(true)].width(Length::Fill);
    if let Some(bar) = bar(file) {
        lines = lines.push(container(bar).padding(Padding::ZERO.top(1).bottom(2)));
    }
    let ink = match file.state {
        State::Failed(_) => theme::text::bad,
        _ => theme::text::t3,
    };
    let words = text::line(Type::Small, words(account, talk, file, own)).style(ink);
    let lines = lines.push(container(words).width(Length::Fill).clip(true));
    let icon = progress::icon(FileKind::of_name(&file.name));
    let inside = row![tile(icon), lines, acts(file, own)]
        .spacing(10)
        .align_y(Alignment::Center);
    let card = container(inside)
        .width(CARD)
        .height(HEIGHT)
        .align_y(Alignment::Center)
        .padding(Padding::ZERO.left(10).right(7))
        .style(theme::surface::card);
    let card: Element<'a, Message> = match &file.state {
        // The card has one line for it; the reason and what to do are longer.
        State::Failed(why) => named(card, failed(own, why), None, tooltip::Position::Top),
        _ => card.into(),
    };
    container(card)
        .padding(Padding::ZERO.top(4).bottom(2))
        .into()
}

/// Whether a file goes nowhere any more.
pub(super) fn is_over(file: &PeerFile) -> bool {
    matches!(
        file.state,
        State::Declined | State::Cancelled | State::Failed(_)
    )
}

/// The bar of a file that is on its way, or was.
pub(super) fn bar<'a, M: 'a>(file: &PeerFile) -> Option<Element<'a, M>> {
    let look: fn(&Theme) -> progress_bar::Style = match file.state {
        State::Running | State::Sealing | State::Hashing => theme::choice::bar,
        State::Paused => theme::choice::bar_paused,
        State::Waiting if file.done > 0 => theme::choice::bar_paused,
        State::Failed(_) if file.done > 0 => theme::choice::bar_broken,
        _ => return None,
    };
    let share = file.done as f64 / file.size.max(1) as f64;
    let bar = progress_bar(0.0..=1.0, share as f32)
        .length(Length::Fill)
        .girth(progress::BAR)
        .style(look);
    Some(bar.into())
}

pub(super) fn words(account: &Account, talk: &Talk, file: &PeerFile, own: bool) -> String {
    let size = amount::size(file.size);
    let part = amount::part(file.done, file.size);
    let name = account.talk_title(talk);
    match &file.state {
        State::Hashing => tr!("peer-file-hashing", size = size),
        State::Offered if own => tr!("peer-file-offered", size = size, name = name),
        State::Offered => tr!("peer-file-asks", size = size, name = name),
        State::Waiting if file.done > 0 => tr!("peer-file-waits-at", part = part, name = name),
        State::Waiting => tr!("peer-file-waits", size = size, name = name),
        State::Running => running(file, part),
        State::Sealing => match (own, file.rate) {
            (true, Some(rate)) => {
                let speed = amount::speed(rate);
                tr!("peer-file-sealing-at", part = part, speed = speed)
            }
            (true, None) => tr!("peer-file-sealing", part = part),
            (false, _) => running(file, part),
        },
        State::Sealed => {
            let server = account.server.name.as_str();
            tr!("peer-file-sealed", size = size, server = server)
        }
        State::Paused => tr!(
            "peer-file-paused",
            percent = amount::percent(file.done, file.size),
            size = size
        ),
        State::Done if own => tr!("peer-file-delivered", size = size),
        State::Done => tr!("peer-file-there", size = size),
        State::Declined if own => tr!("peer-file-declined", size = size, name = name),
        State::Declined => tr!("peer-file-declined-own", size = size),
        State::Cancelled if own => tr!("peer-file-cancelled-own", size = size),
        State::Cancelled => tr!("peer-file-cancelled", size = size, name = name),
        State::Failed(why) => failed(own, why),
    }
}

fn failed(own: bool, why: &str) -> String {
    match own {
        true => tr!("peer-file-failed", why = why),
        false => tr!("peer-file-not-here", why = why),
    }
}

/// "1.2 of 1.8 GB · 104 MB/s · 6 s left".
fn running(file: &PeerFile, part: String) -> String {
    let rate = file.rate.unwrap_or_default();
    match amount::left(file.size.saturating_sub(file.done), rate) {
        Some(left) => tr!(
            "progress-running",
            done = part,
            speed = amount::speed(rate),
            left = left
        ),
        None => part,
    }
}

pub(super) fn acts<'a>(file: &'a PeerFile, own: bool) -> Element<'a, Message> {
    let id = || file.id.clone();
    let icon = |icon: Icon, name: String, act: Message| {
        IconButton::new(icon, name)
            .tooltip(tooltip::Position::Top)
            .view(Some(act))
    };
    let pause = || icon(Icon::Pause, tr!("transfer-pause"), Message::Pause(id()));
    let cancel = |name: String| icon(Icon::Close, name, Message::Cancel(id()));
    let mut all = row![].align_y(Alignment::Center);
    all = match &file.state {
        State::Offered if !own => {
            let accept = Message::Accept {
                id: id(),
                name: file.name.clone(),
            };
            all.push(
                button::small(tr!("peer-file-accept"), theme::button::primary).on_press(accept),
            )
            .push(cancel(tr!("peer-file-decline")))
        }
        State::Running | State::Sealing => all.push(pause()).push(cancel(tr!("transfer-cancel"))),
        State::Paused => all
            .push(icon(
                Icon::Play,
                tr!("transfer-resume"),
                Message::Resume(id()),
            ))
            .push(cancel(tr!("transfer-cancel"))),
        State::Hashing | State::Waiting => all.push(cancel(tr!("transfer-cancel"))),
        State::Offered | State::Sealed => all.push(cancel(tr!("peer-file-take-back"))),
        State::Done => match &file.path {
            Some(path) => {
                if may_open(&file.name) {
                    let open = Message::Open {
                        name: file.name.clone(),
                        path: path.clone(),
                    };
                    all = all.push(icon(Icon::Eye, tr!("file-open"), open));
                }
                let folder = Message::ShowInFolder(path.clone());
                all.push(icon(Icon::Folder, tr!("file-folder"), folder))
            }
            None => all,
        },
        State::Failed(_) => all
            .push(icon(
                Icon::Retry,
                tr!("transfer-retry"),
                Message::Resume(id()),
            ))
            .push(cancel(tr!("transfer-cancel"))),
        State::Declined | State::Cancelled => all,
    };
    all.into()
}
