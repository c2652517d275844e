//! Files between devices: accepted, declined, held up, opened.

use std::path::{Path, PathBuf};

use parlor_client::AccountId;
use parlor_client::peer::PeerFile;

use crate::controller::dialog::FIRST_FIELD;
use crate::effect::{Effect, PeerCommand};
use crate::locale::tr;
use crate::model::file_kind::may_open;
use crate::model::{Dialog, Model, SaveFile};
use crate::picker::Picked;

/// What is done with a file between devices.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// It is accepted: where to, the user is asked.
    Accept {
        /// The offer.
        id: String,
        /// The file's name.
        name: String,
    },
    /// It is declined, taken back or given up.
    Cancel(String),
    /// It stops for now.
    Pause(String),
    /// It goes on.
    Resume(String),
    /// It is opened.
    Open {
        /// Its name.
        name: String,
        /// Where it is.
        path: PathBuf,
    },
    /// It is shown in its folder.
    ShowInFolder(PathBuf),
}

/// Something is done with a file between devices.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    model.menu = None;
    let Some(account) = model.current.clone() else {
        return Effect::None;
    };
    let of = |command| Effect::Peer(account, command);
    match message {
        Message::Accept { id, name } => of(PeerCommand::Place { id, name }),
        Message::Cancel(id) => of(PeerCommand::CancelFile(id)),
        Message::Pause(id) => of(PeerCommand::PauseFile(id, true)),
        Message::Resume(id) => of(PeerCommand::PauseFile(id, false)),
        Message::Open { name, path } if may_open(&name) => Effect::OpenFile(path),
        Message::Open { path, .. } | Message::ShowInFolder(path) => Effect::ShowInFolder(path),
    }
}

/// Enter on the post that the keyboard chose: its file is accepted or opened.
pub(crate) fn of_chosen(file: &PeerFile, own: bool) -> Option<Message> {
    use parlor_client::peer::PeerFileState::{Done, Offered};
    match (&file.state, &file.path) {
        (Offered, _) if !own => Some(Message::Accept {
            id: file.id.clone(),
            name: file.name.clone(),
        }),
        (Done, Some(path)) => Some(Message::Open {
            name: file.name.clone(),
            path: path.clone(),
        }),
        _ => None,
    }
}

/// The user said where an offered file is to go, or not.
pub(super) fn placed(
    model: &mut Model,
    account: &AccountId,
    id: String,
    name: String,
    picked: Picked<PathBuf>,
    default: &Path,
) -> Effect {
    match picked {
        Picked::Chosen(to) => Effect::Peer(account.clone(), PeerCommand::Accept { id, to }),
        Picked::Cancelled => Effect::None,
        Picked::NoDialog => {
            model.dialog = Some(Dialog::SaveFile(SaveFile {
                id,
                name,
                text: default.display().to_string(),
                error: None,
                waits: false,
            }));
            Effect::Focus(FIRST_FIELD)
        }
    }
}

/// The path in the dialog is where the file is to go.
pub(crate) fn submit_path(account: AccountId, dialog: &mut SaveFile) -> Effect {
    if dialog.waits {
        return Effect::None;
    }
    if dialog.text.trim().is_empty() {
        dialog.error = Some(tr!("attach-path-empty"));
        return Effect::Focus(FIRST_FIELD);
    }
    dialog.waits = true;
    dialog.error = None;
    let accept = PeerCommand::Accept {
        id: dialog.id.clone(),
        to: PathBuf::from(dialog.text.trim()),
    };
    Effect::Peer(account, accept)
}

/// An offered file was accepted, or not.
pub(super) fn accepted(model: &mut Model, id: &str, result: Result<(), String>) -> Effect {
    let ours = matches!(&model.dialog, Some(Dialog::SaveFile(dialog)) if dialog.id == id);
    match (result, &mut model.dialog) {
        (Ok(()), dialog) if ours => *dialog = None,
        (Err(why), Some(Dialog::SaveFile(dialog))) if ours => {
            dialog.waits = false;
            dialog.error = Some(tr!("save-file-failed", why = why));
            return Effect::Focus(FIRST_FIELD);
        }
        (Err(why), _) => model.toasts.failed(tr!("save-file-failed", why = why)),
        (Ok(()), _) => {}
    }
    Effect::None
}
