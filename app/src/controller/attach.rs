//! Files to upload: chosen in a dialog, dropped on the window, pasted, or named by their path.

use std::path::PathBuf;

use parlor_client::{AccountId, Purpose, Transfer, TransferError};

use crate::controller::dialog::FIRST_FIELD;
use crate::controller::{conversation, talk, words};
use crate::effect::{Effect, FileEffect, PeerCommand, Upload};
use crate::locale::tr;
use crate::model::local_path;
use crate::model::peer::talk_of;
use crate::model::{Account, AttachPath, Dialog, Middle, Model, Screen};
use crate::picker::Picked;

/// What happens while files are chosen.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The paperclip, Ctrl+U, or the button of the list of files.
    Open,
    /// A file is to be named by its path.
    OpenPath,
    /// The user chose files in the system's dialog, or did not.
    Picked {
        /// Whose.
        account: AccountId,
        /// The room.
        room: String,
        /// What the uploads are for.
        purpose: Purpose,
        /// What was chosen.
        picked: Picked<Vec<PathBuf>>,
    },
    /// A file is held over the window.
    Hovered,
    /// What was held over the window went away.
    HoverLeft,
    /// A file was dropped on the window.
    Dropped(PathBuf),
    /// The clipboard's picture, if it has one and no text.
    PastePicture,
    /// An upload was begun, or not.
    Begun {
        /// Whose.
        account: AccountId,
        /// The room.
        room: String,
        /// What the upload is for.
        purpose: Purpose,
        /// Whether its path was typed, and the dialog waits for it.
        typed: bool,
        /// How it went: nothing, where nothing was on the clipboard.
        result: Box<Result<Option<Transfer>, Refused>>,
    },
}

/// A file that was not taken.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    /// Its name, for people.
    pub name: String,
    /// Why.
    pub why: TransferError,
}

/// Something happened while files are chosen.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Open => open(model),
        Message::OpenPath => match place(model) {
            Some((_, room, purpose)) => open_path(model, room, purpose),
            None => Effect::None,
        },
        Message::Picked {
            account,
            room,
            purpose,
            picked,
        } => match picked {
            Picked::Chosen(paths) => upload_all(model, &account, &room, &purpose, paths),
            Picked::Cancelled => Effect::None,
            Picked::NoDialog => open_path(model, room, purpose),
        },
        Message::Hovered => {
            model.window.hovered += 1;
            Effect::None
        }
        Message::HoverLeft => {
            model.window.hovered = 0;
            Effect::None
        }
        Message::Dropped(path) => {
            model.window.hovered = 0;
            match place(model) {
                Some((account, room, purpose)) => {
                    upload_all(model, &account, &room, &purpose, vec![path])
                }
                None => Effect::None,
            }
        }
        Message::PastePicture => paste(model),
        Message::Begun {
            account,
            room,
            purpose,
            typed,
            result,
        } => begun(model, &account, &room, (&purpose, typed), *result),
    }
}

/// Where files go that are chosen now, and what for; says why, if nowhere.
fn place(model: &mut Model) -> Option<(AccountId, String, Purpose)> {
    if !matches!(model.screen, Screen::Main) {
        return None;
    }
    let lists = model.window.middle == Middle::Files;
    let account = model.front()?;
    let (room, purpose) = match (lists, &account.files.room) {
        (true, Some(room)) => (room.clone(), Purpose::Listing),
        (true, None) => (account.room.clone()?, Purpose::Listing),
        (false, _) => (account.room.clone()?, Purpose::Draft),
    };
    if let Some(talk) = talk_of(&room).filter(|_| purpose == Purpose::Draft) {
        return match talk::may_attach(account, &talk) {
            Ok(()) => Some((account.id.clone(), room, purpose)),
            Err(why) => {
                model.toasts.failed(why);
                None
            }
        };
    }
    if account.may_upload(&room) {
        return Some((account.id.clone(), room, purpose));
    }
    let why = if !account.server.files && !account.link.is_connected() {
        tr!("attach-offline", server = account.server.name.as_str())
    } else if account.server.files {
        tr!("attach-closed", room = account.room_words(&room))
    } else {
        tr!("attach-no-files", server = account.server.name.as_str())
    };
    model.toasts.failed(why);
    None
}

fn open(model: &mut Model) -> Effect {
    model.menu = None;
    if matches!(model.dialog, Some(Dialog::AttachPath(_))) {
        model.dialog = None;
    }
    match place(model) {
        Some((account, room, purpose)) => {
            Effect::Files(account, FileEffect::Pick { room, purpose })
        }
        None => Effect::None,
    }
}

fn open_path(model: &mut Model, room: String, purpose: Purpose) -> Effect {
    model.menu = None;
    model.dialog = Some(Dialog::AttachPath(AttachPath {
        room,
        purpose,
        text: String::new(),
        error: None,
        waits: false,
    }));
    Effect::Focus(FIRST_FIELD)
}

/// The path in the dialog is to be uploaded.
pub(crate) fn submit_path(account: AccountId, dialog: &mut AttachPath) -> Effect {
    if dialog.waits {
        return Effect::None;
    }
    if dialog.text.trim().is_empty() {
        dialog.error = Some(tr!("attach-path-empty"));
        return Effect::Focus(FIRST_FIELD);
    }
    dialog.waits = true;
    dialog.error = None;
    if let Some(talk) = talk_of(&dialog.room) {
        let typed = Upload::Typed(dialog.text.clone());
        return Effect::Peer(account, PeerCommand::Look(talk, typed));
    }
    let upload = FileEffect::Upload {
        room: dialog.room.clone(),
        what: Upload::Typed(dialog.text.clone()),
        purpose: dialog.purpose.clone(),
    };
    Effect::Files(account, upload)
}

/// Files of this computer go up to a room.
pub(crate) fn upload_all(
    model: &mut Model,
    account: &AccountId,
    room: &str,
    purpose: &Purpose,
    paths: Vec<PathBuf>,
) -> Effect {
    let mut all = Effect::None;
    for path in paths {
        all = all.and(upload(model, account, room, purpose, Upload::Path(path)));
    }
    if *purpose == Purpose::Draft {
        all = all.and(Effect::Focus(conversation::COMPOSER));
    }
    all
}

fn upload(
    model: &mut Model,
    account: &AccountId,
    room: &str,
    purpose: &Purpose,
    what: Upload,
) -> Effect {
    if let (Some(talk), Some(account)) = (talk_of(room), model.account_mut(account)) {
        return talk::attach(account, &talk, [what]);
    }
    if *purpose == Purpose::Draft
        && let Some(account) = model.account_mut(account)
    {
        account.conversation(room).composer.starting += 1;
    }
    let upload = FileEffect::Upload {
        room: room.to_owned(),
        what,
        purpose: purpose.clone(),
    };
    Effect::Files(account.clone(), upload)
}

/// Whether files can go with the next message of a room or talk.
fn takes_files(account: &Account, room: &str) -> bool {
    match talk_of(room) {
        Some(talk) => talk::may_attach(account, &talk).is_ok(),
        None => account.may_upload(room),
    }
}

/// Ctrl+V in the composer: its text is pasted by the field itself.
fn paste(model: &mut Model) -> Effect {
    let Some(account) = model.front() else {
        return Effect::None;
    };
    let Some(room) = account.room.clone() else {
        return Effect::None;
    };
    if !takes_files(account, &room) {
        return Effect::None;
    }
    let id = account.id.clone();
    upload(model, &id, &room, &Purpose::Draft, Upload::Clipboard)
}

/// Files that were copied in a file manager are pasted: they go up. Where none are
/// taken, and for what is no list of files, the text is pasted.
pub(crate) fn paste_text(model: &mut Model, text: &str) -> Effect {
    let Some(account) = model.front() else {
        return Effect::None;
    };
    let Some(room) = account.room.clone() else {
        return Effect::None;
    };
    let id = account.id.clone();
    match local_path::pasted(text) {
        Some(paths) if takes_files(account, &room) => {
            upload_all(model, &id, &room, &Purpose::Draft, paths)
        }
        _ => {
            if let Some(account) = model.front_mut() {
                account.conversation(&room).composer.insert(text);
            }
            Effect::None
        }
    }
}

fn begun(
    model: &mut Model,
    id: &AccountId,
    room: &str,
    (purpose, typed): (&Purpose, bool),
    result: Result<Option<Transfer>, Refused>,
) -> Effect {
    let waits = matches!(&model.dialog, Some(Dialog::AttachPath(dialog)) if dialog.waits);
    let by_path = typed && waits;
    let went_well = result.is_ok();
    let transfer = match result {
        Ok(transfer) => transfer,
        Err(Refused { name, why }) => {
            let words = words::transfer::not_uploaded(&name, &why);
            match &mut model.dialog {
                Some(Dialog::AttachPath(dialog)) if by_path => {
                    dialog.waits = false;
                    dialog.error = Some(words);
                }
                _ => model.toasts.failed(words),
            }
            None
        }
    };
    let mut then = Effect::None;
    if by_path && went_well {
        model.dialog = None;
        then = Effect::Focus(conversation::COMPOSER);
    }
    let now = model.now;
    let Some(account) = model.account_mut(id) else {
        return then;
    };
    if let Some(transfer) = transfer {
        // An event may have told more of it already.
        if account.transfers.get(transfer.id).is_none() {
            account.transfers.put(transfer);
        }
    }
    // A typed path was never counted: the dialog stood before the composer.
    if *purpose != Purpose::Draft || typed {
        return then;
    }
    let composer = &mut account.conversation(room).composer;
    composer.starting = composer.starting.saturating_sub(1);
    if composer.starting == 0 && std::mem::take(&mut composer.sends_then) && went_well {
        return then.and(conversation::update(
            account,
            room,
            conversation::Message::Submit,
            now,
        ));
    }
    if !went_well {
        composer.sends_then = false;
    }
    then
}
