//! What is done with one file: in a message, in the list of files, in the panel of transfers.

use parlor_client::{AccountId, RequestError, TransferId, TransferState};
use parlor_protocol::request::DeleteFile;
use parlor_protocol::{File, Reply};

use crate::controller::{people, words};
use crate::effect::{Effect, FileEffect, Question};
use crate::locale::tr;
use crate::model::file_kind::{is_shown, may_open};
use crate::model::previews::{PICTURE_BYTES, PREVIEW_BYTES, Picture};
use crate::model::transfers::is_running;
use crate::model::{Account, Deliberate, Dialog, Model, Viewed, Viewer};

/// What is done with a file.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Into the user's folder for downloads.
    Download(Box<File>),
    /// To where the user says.
    SaveAs(Box<File>),
    /// A picture is shown in full; anything else is opened or downloaded.
    View(Box<File>),
    /// With the program that the system has for it: at once, or once it is there.
    OpenOutside(Box<File>),
    /// For everybody, after a question.
    Delete(Box<File>),
    /// The picture of a message is in sight.
    InSight(Box<File>),
    /// A picture came, or why it did not.
    Came {
        /// Whose.
        account: AccountId,
        /// The file's id.
        file: String,
        /// In full.
        full: bool,
        /// The picture.
        result: Result<Picture, String>,
    },
    /// A downloaded file is opened.
    Open(TransferId),
    /// A downloaded file is shown in its folder.
    ShowInFolder(TransferId),
    /// A transfer stops for now.
    Pause(TransferId),
    /// A transfer goes on.
    Resume(TransferId),
    /// A transfer is given up, or its line cleared.
    Cancel(TransferId),
}

/// Something is done with a file.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    model.menu = None;
    match message {
        Message::Came {
            account,
            file,
            full,
            result,
        } => return came(model, &account, &file, full, result),
        Message::View(file) => return view(model, file),
        Message::Delete(file) => {
            return people::ask_first(model, Deliberate::DeleteFile(file));
        }
        _ => {}
    }
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    match message {
        Message::Download(file) => download(account, file),
        Message::SaveAs(file) => of(account, FileEffect::SaveAs(file)),
        Message::OpenOutside(file) => open_outside(account, file),
        Message::InSight(file) => in_sight(account, file),
        Message::Open(id) => match account.transfers.get(id) {
            Some(transfer) if may_open(&transfer.name) => Effect::OpenFile(transfer.path.clone()),
            Some(transfer) => Effect::ShowInFolder(transfer.path.clone()),
            None => Effect::None,
        },
        Message::ShowInFolder(id) => match account.transfers.get(id) {
            Some(transfer) => Effect::ShowInFolder(transfer.path.clone()),
            None => Effect::None,
        },
        Message::Pause(id) => of(account, FileEffect::Pause(id)),
        Message::Resume(id) => of(account, FileEffect::Resume(id)),
        Message::Cancel(id) => of(account, FileEffect::Cancel(id)),
        Message::Came { .. } | Message::View(_) | Message::Delete(_) => Effect::None,
    }
}

fn of(account: &Account, effect: FileEffect) -> Effect {
    Effect::Files(account.id.clone(), effect)
}

/// Begins a download, or lets the one of this file go on.
fn download(account: &Account, file: Box<File>) -> Effect {
    match account.transfers.download(&file.id) {
        Some(transfer) if is_running(transfer) => Effect::None,
        Some(transfer) if transfer.state == TransferState::Paused => {
            of(account, FileEffect::Resume(transfer.id))
        }
        Some(transfer) if matches!(&transfer.state, TransferState::Failed(why) if why.is_retryable()) => {
            of(account, FileEffect::Resume(transfer.id))
        }
        _ => of(account, FileEffect::Download(file)),
    }
}

fn open_outside(account: &mut Account, file: Box<File>) -> Effect {
    let there = account
        .transfers
        .download(&file.id)
        .filter(|transfer| transfer.state == TransferState::Done);
    match there {
        Some(transfer) if may_open(&transfer.name) => Effect::OpenFile(transfer.path.clone()),
        Some(transfer) => Effect::ShowInFolder(transfer.path.clone()),
        None => {
            if may_open(&file.name) {
                account.transfers.open_when_there(&file.id);
            }
            download(account, file)
        }
    }
}

/// A click on a file, or Enter.
fn view(model: &mut Model, file: Box<File>) -> Effect {
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    if !is_shown(&file) || file.size > PICTURE_BYTES {
        return open_outside(account, file);
    }
    let shown = of(
        account,
        FileEffect::Picture {
            file: file.clone(),
            full: true,
        },
    );
    model.dialog = Some(Dialog::Viewer(Box::new(Viewer {
        file: *file,
        state: Viewed::Waits,
    })));
    shown
}

/// Whether a file of a message is shown as a picture.
pub(crate) fn is_pictured(file: &File) -> bool {
    is_shown(file) && file.size <= PREVIEW_BYTES
}

fn in_sight(account: &mut Account, file: Box<File>) -> Effect {
    if !account.previews.want(&file.id) {
        return Effect::None;
    }
    of(account, FileEffect::Picture { file, full: false })
}

fn came(
    model: &mut Model,
    id: &AccountId,
    file: &str,
    full: bool,
    result: Result<Picture, String>,
) -> Effect {
    if !full {
        if let Some(account) = model.account_mut(id) {
            account.previews.put(file, result);
        }
        return Effect::None;
    }
    if let Some(Dialog::Viewer(viewer)) = &mut model.dialog
        && viewer.file.id == file
    {
        viewer.state = match result {
            Ok(picture) => Viewed::Shown(picture),
            Err(why) => Viewed::Failed(why),
        };
    }
    Effect::None
}

/// Enter on the message that the keyboard chose: its first file.
pub(crate) fn of_chosen(account: &Account, room: &str) -> Option<Box<File>> {
    let talk = account.conversations.get(room)?;
    let entry = talk.timeline.entry_of(talk.chosen?)?;
    let file = entry.message()?.files().first()?;
    Some(Box::new(file.clone()))
}

/// D on the message that the keyboard chose: all its files.
pub(crate) fn download_chosen(account: &Account, room: &str) -> Effect {
    let files = account.conversations.get(room).and_then(|talk| {
        let entry = talk.timeline.entry_of(talk.chosen?)?;
        Some(entry.message()?.files())
    });
    files
        .unwrap_or_default()
        .iter()
        .map(|file| download(account, Box::new(file.clone())))
        .fold(Effect::None, Effect::and)
}

/// Yes was said: the file is deleted.
pub(crate) fn delete(account: AccountId, file: Box<File>) -> Effect {
    Effect::Ask {
        account,
        request: DeleteFile {
            file: file.id.clone(),
        }
        .into(),
        question: Question::DeleteFile(file),
    }
}

/// The server deleted a file, or did not.
pub(crate) fn deleted(
    model: &mut Model,
    id: &AccountId,
    file: &File,
    result: Result<Reply, RequestError>,
) -> Effect {
    let now = model.now;
    match result {
        Ok(_) => {
            if let Some(account) = model.account_mut(id) {
                account.files.remove(&file.id);
            }
            let done = tr!("file-deleted", name = file.name.as_str());
            model.toasts.done(done, now);
        }
        Err(error) => {
            let why = words::request(&error);
            let failed = tr!("file-not-deleted", name = file.name.as_str(), why = why);
            model.toasts.failed(failed);
        }
    }
    Effect::None
}
