//! The panel of transfers.

use iced::keyboard::{Key, key::Named};
use parlor_client::{Direction, Purpose, Transfer, TransferId, TransferState};

use crate::controller::{file, header};
use crate::effect::{Effect, FileEffect};
use crate::model::transfers::is_running;
use crate::model::{Account, Model, Panel, Region};

/// What happens in the panel of transfers.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// It is to be shown or hidden.
    Toggle,
    /// Everything that runs stops for now.
    PauseAll,
    /// Everything that was stopped goes on.
    ResumeAll,
    /// The history is to be cleared.
    Clear,
}

/// Something happened in the panel.
pub(crate) fn update(model: &mut Model, message: &Message) -> Effect {
    if matches!(message, Message::Toggle) {
        return toggle(model);
    }
    let Some(account) = model.front() else {
        return Effect::None;
    };
    match message {
        Message::PauseAll => all(account, is_running, FileEffect::Pause),
        Message::ResumeAll => all(account, may_resume, FileEffect::Resume),
        Message::Clear => Effect::Files(account.id.clone(), FileEffect::Clear),
        Message::Toggle => Effect::None,
    }
}

fn toggle(model: &mut Model) -> Effect {
    if model.window.panel == Some(Panel::Transfers) {
        return header::close_panel(model);
    }
    if model.front().is_none() {
        return Effect::None;
    }
    model.menu = None;
    model.window.panel = Some(Panel::Transfers);
    model.window.region = Region::Panel;
    Effect::Unfocus
}

fn all(
    account: &Account,
    which: fn(&Transfer) -> bool,
    act: fn(TransferId) -> FileEffect,
) -> Effect {
    account
        .transfers
        .unfinished()
        .filter(|transfer| which(transfer))
        .map(|transfer| Effect::Files(account.id.clone(), act(transfer.id)))
        .fold(Effect::None, Effect::and)
}

/// Whether going on may help.
pub(crate) fn may_resume(transfer: &Transfer) -> bool {
    match &transfer.state {
        TransferState::Paused => true,
        TransferState::Failed(why) => why.is_retryable(),
        _ => false,
    }
}

/// A transfer stands otherwise than it did.
pub(crate) fn put(account: &mut Account, transfer: Transfer) -> Effect {
    // What is done stands in its room's list, if that is in front.
    let there = transfer.state == TransferState::Done
        && transfer.direction == Direction::Up
        && transfer.purpose != Purpose::Draft;
    if there && let Some(file) = &transfer.file {
        account.files.put(file.clone());
    }
    match account.transfers.put(transfer) {
        Some(path) => Effect::OpenFile(path),
        None => Effect::None,
    }
}

/// A key that no widget took, while the panel has the keyboard.
pub(crate) fn key(model: &mut Model, key: &Key) -> Effect {
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    if let Key::Named(arrow @ (Named::ArrowUp | Named::ArrowDown)) = key {
        account.transfers.step(*arrow == Named::ArrowUp);
        return Effect::None;
    }
    let chosen = account.transfers.chosen;
    let Some(transfer) = chosen.and_then(|id| account.transfers.get(id)) else {
        return Effect::None;
    };
    let id = transfer.id;
    let message = match key {
        Key::Named(Named::Delete) => file::Message::Cancel(id),
        Key::Named(Named::Enter | Named::Space) => match transfer.state {
            _ if is_running(transfer) => file::Message::Pause(id),
            TransferState::Done => file::Message::Open(id),
            _ => file::Message::Resume(id),
        },
        _ => return Effect::None,
    };
    file::update(model, message)
}
