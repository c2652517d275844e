//! Files go up and come down whole, over every break.

mod downloads;
mod messages;
mod uploads;

use std::path::{Path, PathBuf};

use parlor_client::{Event, Handle, Purpose, SaveTo, Source, Transfer, TransferId, TransferState};
use parlor_protocol::File;

use crate::fake::Fake;
use crate::person::Watching;

/// Bytes that repeat nowhere in step with pieces.
pub(crate) fn bytes(len: usize) -> Vec<u8> {
    (0..len)
        .map(|n| (n % 251) as u8 ^ (n >> 16) as u8)
        .collect()
}

pub(crate) fn local(dir: &Path, name: &str, len: usize) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes(len)).unwrap();
    path
}

/// Every name in a folder, hidden ones too.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub(crate) fn file(fake: &Fake, id: &str) -> File {
    serde_json::from_value(fake.lock().files.file(id)).unwrap()
}

async fn upload(handle: &Handle, path: &Path, purpose: Purpose) -> Transfer {
    let source = Source::Path(path.to_owned());
    handle.upload("general", source, purpose).await.unwrap()
}

async fn download(handle: &Handle, file: &File, folder: &Path) -> Transfer {
    let to = SaveTo::Folder(folder.to_owned());
    handle.download(file, to).await.unwrap()
}

impl Watching {
    /// Until a transfer is in a state that fits.
    async fn until_transfer(
        &mut self,
        id: TransferId,
        fits: impl Fn(&TransferState) -> bool,
    ) -> Transfer {
        let told = self.until(
            "the transfer",
            |event| matches!(event, Event::Transfer(t) if t.id == id && fits(&t.state)),
        );
        match told.await {
            Event::Transfer(transfer) => *transfer,
            event => panic!("{event:?}"),
        }
    }

    async fn until_done(&mut self, id: TransferId) -> Transfer {
        let over =
            |state: &TransferState| matches!(state, TransferState::Done | TransferState::Failed(_));
        let transfer = self.until_transfer(id, over).await;
        assert_eq!(transfer.state, TransferState::Done);
        transfer
    }

    async fn until_gone(&mut self, id: TransferId) {
        self.until("gone", |event| *event == Event::TransferGone(id))
            .await;
    }
}

/// What was asked over HTTP with this method.
fn calls(fake: &Fake, method: &str) -> Vec<String> {
    let state = fake.lock();
    let calls = state.files.calls.iter().filter(|(m, ..)| m == method);
    calls.map(|(_, _, from)| from.clone()).collect()
}

/// A file that the server says nothing about.
fn file_of(id: &str, len: usize) -> File {
    File {
        id: id.to_owned(),
        name: "gone".into(),
        size: len as u64,
        mime: String::new(),
        blake3: blake3::hash(&bytes(len)).to_hex().to_string(),
        by: "bob".into(),
        room: "general".into(),
        time: parlor_protocol::Time::from_millis(0),
    }
}
