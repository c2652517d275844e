//! Effects with files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iced::{Task, clipboard};
use jiff::Zoned;
use parlor_client::{
    AccountId, Handle, Purpose, SaveTo, Source, Transfer, TransferError, TransferFailure,
};
use parlor_protocol::File;
use tokio::sync::Semaphore;

use super::{failed, only_failure, told};
use crate::app::{Message, World};
use crate::controller::attach::{self, Refused};
use crate::controller::{self, file, words};
use crate::effect::{FileEffect, Upload};
use crate::locale::tr;
use crate::model::local_path;
use crate::model::peer::talk_of;
use crate::model::previews::{PICTURE_BYTES, PREVIEW_BYTES};
use crate::picker::Picked;
use crate::picture::{self, FULL, SMALL, Unreadable};

/// Pictures fetched at once: enough for a screen, and few enough that talk goes on.
const FETCHED: usize = 3;

/// What keeps pictures within bounds.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    fetching: Arc<Semaphore>,
    /// One is decoded at a time: each may take some hundred megabytes while it is.
    decoding: Arc<Semaphore>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            fetching: Arc::new(Semaphore::new(FETCHED)),
            decoding: Arc::new(Semaphore::new(1)),
        }
    }
}

/// Does something with files.
pub(super) fn perform(world: &World, account: AccountId, effect: FileEffect) -> Task<Message> {
    let Some(handle) = world.handles.get(&account).cloned() else {
        return failed(words::transfer::error(&TransferError::Offline));
    };
    match effect {
        FileEffect::Pick { room, purpose } => pick(world, account, room, purpose),
        FileEffect::Upload {
            room,
            what,
            purpose,
        } => upload(handle, account, room, what, purpose),
        FileEffect::Download(file) => {
            let folder = downloads(world.home.dir());
            download(handle, *file, SaveTo::Folder(folder))
        }
        FileEffect::SaveAs(file) => save_as(world, handle, *file),
        FileEffect::Picture { file, full } => shown(world, handle, account, *file, full),
        FileEffect::Pause(id) => changed(async move { handle.pause(id).await }),
        FileEffect::Resume(id) => changed(async move { handle.resume(id).await }),
        FileEffect::Cancel(id) => changed(async move { handle.cancel(id).await }),
        FileEffect::Clear => changed(async move { handle.clear_transfers().await }),
    }
}

/// Changes a transfer; only that it could not be done is told.
fn changed(
    future: impl Future<Output = Result<(), TransferError>> + Send + 'static,
) -> Task<Message> {
    only_failure(future, |error| {
        tr!("transfer-not-changed", why = words::transfer::error(error))
    })
}

fn of_attach(message: attach::Message) -> Message {
    told(controller::Message::Attach(message))
}

/// A room or talk as the system's dialog names it.
fn room_words(room: &str) -> String {
    match talk_of(room) {
        Some(talk) => talk.to_string(),
        None => format!("#{room}"),
    }
}

fn pick(world: &World, account: AccountId, room: String, purpose: Purpose) -> Task<Message> {
    let chosen = world
        .picker
        .files(tr!("attach-title", room = room_words(&room)));
    Task::perform(chosen, move |picked| {
        of_attach(attach::Message::Picked {
            account,
            room,
            purpose,
            picked,
        })
    })
}

fn upload(
    handle: Handle,
    account: AccountId,
    room: String,
    what: Upload,
    purpose: Purpose,
) -> Task<Message> {
    let (to, why) = (room.clone(), purpose.clone());
    let typed = matches!(what, Upload::Typed(_));
    let begun = move |result: Begun| {
        let (room, purpose) = (room.clone(), purpose.clone());
        of_attach(attach::Message::Begun {
            account: account.clone(),
            room,
            purpose,
            typed,
            result: Box::new(result),
        })
    };
    match what {
        Upload::Path(path) => {
            Task::future(async move { begin(&handle, &to, path, why).await }).map(begun)
        }
        Upload::Typed(text) => Task::future(async move {
            match local_path::typed(&text, home().as_deref()) {
                Some(path) => begin(&handle, &to, path, why).await,
                None => Ok(None),
            }
        })
        .map(begun),
        Upload::Clipboard => clipboard::read()
            .then(move |text| {
                let (handle, to, why) = (handle.clone(), to.clone(), why.clone());
                Task::future(async move {
                    // A text was pasted by the field that has the keyboard.
                    if text.is_some_and(|text| !text.is_empty()) {
                        return Ok(None);
                    }
                    pasted(&handle, &to, why).await
                })
            })
            .map(begun),
    }
}

type Begun = Result<Option<Transfer>, Refused>;

async fn begin(handle: &Handle, room: &str, path: PathBuf, purpose: Purpose) -> Begun {
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    let begun = handle.upload(room, Source::Path(path), purpose).await;
    begun.map(Some).map_err(|why| Refused { name, why })
}

/// The picture on the clipboard, as a PNG.
async fn pasted(handle: &Handle, room: &str, purpose: Purpose) -> Begun {
    let bytes = tokio::task::spawn_blocking(picture::of_clipboard).await;
    let Ok(Some(bytes)) = bytes else {
        return Ok(None);
    };
    let name = format!("pasted-{}.png", Zoned::now().strftime("%Y-%m-%d-%H.%M.%S"));
    let source = Source::Bytes {
        name: name.clone(),
        bytes: bytes.into(),
    };
    let begun = handle.upload(room, source, purpose).await;
    begun.map(Some).map_err(|why| Refused { name, why })
}

fn download(handle: Handle, file: File, to: SaveTo) -> Task<Message> {
    let begun = async move {
        if let SaveTo::Folder(folder) = &to {
            // A new user may have no such folder yet; why it cannot be made, the client says.
            let _ = tokio::fs::create_dir_all(folder).await;
        }
        let result = handle.download(&file, to).await;
        (file.name, result)
    };
    Task::future(begun).then(|(name, result)| match result {
        Ok(_) => Task::none(),
        Err(error) => failed(tr!(
            "download-refused",
            name = name,
            why = words::transfer::error(&error)
        )),
    })
}

fn save_as(world: &World, handle: Handle, file: File) -> Task<Message> {
    let folder = downloads(world.home.dir());
    let asked = world.picker.place(tr!("save-as-title"), file.name.clone());
    Task::future(asked).then(move |picked| match picked {
        Picked::Chosen(path) => download(handle.clone(), file.clone(), SaveTo::Path(path)),
        Picked::Cancelled => Task::none(),
        Picked::NoDialog => {
            let said = failed(tr!(
                "save-as-no-dialog",
                folder = folder.display().to_string()
            ));
            let to = SaveTo::Folder(folder.clone());
            Task::batch([said, download(handle.clone(), file.clone(), to)])
        }
    })
}

/// The folder for downloads that the user has, or one beside where the app keeps everything.
pub(super) fn downloads(home_dir: &Path) -> PathBuf {
    let dirs = directories::UserDirs::new();
    let known = dirs.as_ref().and_then(|dirs| dirs.download_dir());
    match (known, &dirs) {
        (Some(folder), _) => folder.to_owned(),
        (None, Some(dirs)) => dirs.home_dir().join("Downloads"),
        (None, None) => home_dir.join("Downloads"),
    }
}

pub(super) fn home() -> Option<PathBuf> {
    directories::UserDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

fn shown(
    world: &World,
    handle: Handle,
    account: AccountId,
    file: File,
    full: bool,
) -> Task<Message> {
    let bounds = world.pictures.clone();
    let id = file.id.clone();
    let fetched = async move { fetch(&bounds, &handle, &file, full).await };
    Task::perform(fetched, move |result| {
        told(controller::Message::File(file::Message::Came {
            account,
            file: id,
            full,
            result,
        }))
    })
}

async fn fetch(
    bounds: &Bounds,
    handle: &Handle,
    file: &File,
    full: bool,
) -> Result<crate::model::previews::Picture, String> {
    let (most, into) = if full {
        (PICTURE_BYTES, FULL)
    } else {
        (PREVIEW_BYTES, SMALL)
    };
    // Neither is ever closed; were one, its bound would still be kept by the other.
    let fetching = bounds.fetching.acquire().await.ok();
    let bytes = handle
        .preview(file, most)
        .await
        .map_err(|error| words::transfer::error(&error))?;
    drop(fetching);
    let _decoding = bounds.decoding.acquire().await.ok();
    let decoded = tokio::task::spawn_blocking(move || picture::decode(&bytes, into)).await;
    match decoded {
        Ok(Ok(picture)) => Ok(picture),
        Ok(Err(Unreadable::TooLarge)) => Err(tr!("picture-too-large")),
        // A decoder that panics took only its own thread.
        Ok(Err(Unreadable::Broken)) | Err(_) => Err(tr!("picture-broken")),
    }
}

/// Opens a file of this computer, or says that it is not there.
pub(super) fn open(path: PathBuf) -> Task<Message> {
    with_system(path.clone(), path)
}

/// Opens the folder of a file.
pub(super) fn show_in_folder(path: &Path) -> Task<Message> {
    let folder = path.parent().unwrap_or(path).to_owned();
    with_system(path.to_owned(), folder)
}

fn with_system(must_be_there: PathBuf, what: PathBuf) -> Task<Message> {
    let opened = async move {
        tokio::task::spawn_blocking(move || {
            if !must_be_there.exists() {
                let missing = TransferFailure::LocalMissing(must_be_there);
                return Err(words::transfer::failure(&missing));
            }
            open::that_detached(what).map_err(|error| error.to_string())
        })
        .await
        .unwrap_or_else(|error| Err(error.to_string()))
    };
    only_failure(opened, |why: &String| {
        tr!("file-not-opened", why = why.as_str())
    })
}
