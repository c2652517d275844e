//! How far a transfer is: its bar, its words, its buttons. And the icon of a file.

use iced::widget::{progress_bar, row, tooltip};
use iced::{Alignment, Length};
use parlor_client::{Direction, Transfer, TransferState};

use super::part::button::IconButton;
use crate::controller::file::Message;
use crate::controller::transfers::may_resume;
use crate::controller::words;
use crate::icon::Icon;
use crate::locale::{amount, tr};
use crate::model::file_kind::FileKind;
use crate::model::transfers::is_running;
use crate::theme::{self, Element, Theme};

/// The height of a bar.
pub(crate) const BAR: f32 = 4.0;

/// The icon of a kind of file.
pub(crate) fn icon(kind: FileKind) -> Icon {
    match kind {
        FileKind::Picture => Icon::Image,
        FileKind::Archive => Icon::Archive,
        FileKind::Key => Icon::Key,
        FileKind::Document | FileKind::Other => Icon::File,
    }
}

/// The bar of a transfer.
pub(crate) fn bar<'a, M: 'a>(transfer: &Transfer) -> Element<'a, M> {
    let share = transfer.done as f64 / transfer.size.max(1) as f64;
    let look: fn(&Theme) -> progress_bar::Style = match transfer.state {
        TransferState::Paused => theme::choice::bar_paused,
        TransferState::Failed(_) => theme::choice::bar_broken,
        _ => theme::choice::bar,
    };
    progress_bar(0.0..=1.0, share as f32)
        .length(Length::Fill)
        .girth(BAR)
        .style(look)
        .into()
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// "62% · 8.1 MB/s · 4 s left".
    Short,
    /// "1.2 of 1.8 GB · 104 MB/s · 6 s left".
    Long,
}

/// How far a transfer is, in words.
pub(crate) fn words(transfer: &Transfer, how: Words) -> String {
    let (done, size) = (transfer.done, transfer.size);
    match &transfer.state {
        TransferState::Waiting => tr!("progress-waiting", size = amount::size(size)),
        TransferState::Running { per_second } => {
            let done_words = match how {
                Words::Short => tr!("progress-percent", percent = amount::percent(done, size)),
                Words::Long => amount::part(done, size),
            };
            match amount::left(size.saturating_sub(done), *per_second) {
                Some(left) => tr!(
                    "progress-running",
                    done = done_words,
                    speed = amount::speed(*per_second),
                    left = left
                ),
                None => done_words,
            }
        }
        TransferState::Checking => tr!("progress-checking", size = amount::size(size)),
        TransferState::Paused => tr!(
            "progress-paused",
            percent = amount::percent(done, size),
            size = amount::size(size)
        ),
        TransferState::Done => tr!("progress-ready", size = amount::size(size)),
        TransferState::Failed(_) => match (transfer.direction, done) {
            (Direction::Up, 0) => tr!("progress-not-up"),
            (Direction::Down, 0) => tr!("progress-not-down"),
            _ => tr!("progress-broke-off", part = amount::part(done, size)),
        },
    }
}

/// Why a transfer stopped by itself, and what to do.
pub(crate) fn why_broken(transfer: &Transfer) -> Option<String> {
    let TransferState::Failed(why) = &transfer.state else {
        return None;
    };
    let why = words::transfer::failure(why);
    Some(match (transfer.direction, transfer.done) {
        (Direction::Up, 0) => tr!("progress-not-up-why", why = why),
        (Direction::Down, 0) => tr!("progress-not-down-why", why = why),
        (_, done) => tr!("progress-broke-off-why", at = amount::size(done), why = why),
    })
}

/// The buttons of a transfer that is not over: stop or go on, and give up.
pub(crate) fn buttons<'a>(transfer: &Transfer, small: bool) -> Element<'a, Message> {
    let id = transfer.id;
    let size = |button: IconButton| if small { button.small() } else { button };
    let face = |icon, name: String, message| {
        size(IconButton::new(icon, name))
            .tooltip(tooltip::Position::Top)
            .view(Some(message))
    };
    let mut all = row![].align_y(Alignment::Center);
    if is_running(transfer) && transfer.state != TransferState::Checking {
        all = all.push(face(Icon::Pause, tr!("transfer-pause"), Message::Pause(id)));
    } else if may_resume(transfer) {
        let (icon, name) = match transfer.state {
            TransferState::Paused => (Icon::Play, tr!("transfer-resume")),
            _ => (Icon::Retry, tr!("transfer-retry")),
        };
        all = all.push(face(icon, name, Message::Resume(id)));
    }
    let name = match transfer.state {
        TransferState::Done => tr!("transfer-remove"),
        _ => tr!("transfer-cancel"),
    };
    all.push(face(Icon::Close, name, Message::Cancel(id)))
        .into()
}
