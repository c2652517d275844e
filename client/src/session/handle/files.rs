//! What handles have of files.

use bytes::Bytes;
use jiff::Timestamp;
use parlor_protocol::File;

use super::Handle;
use crate::outgoing::{Nonce, Outgoing, OutgoingState};
use crate::store::{Attached, StoreError};
use crate::transfer::{Purpose, SaveTo, Source, Transfer, TransferError, TransferId};

impl Handle {
    /// [`Self::send`], with files: uploads of the room that are drafts. It may be
    /// called while they are on their way; the message goes out once all are done. The text
    /// may be empty.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it could not be written: nothing was sent.
    pub async fn send_files(
        &self,
        room: &str,
        text: &str,
        reply_to: Option<u64>,
        files: Vec<TransferId>,
    ) -> Result<Nonce, StoreError> {
        let outgoing = Outgoing {
            nonce: crate::random::nonce(),
            room: room.to_owned(),
            text: text.to_owned(),
            reply_to,
            files,
            written: Timestamp::now().into(),
            state: OutgoingState::Waiting,
        };
        let nonce = outgoing.nonce.clone();
        match self.store.queue_with_files(outgoing).await? {
            Attached::Done => {}
            Attached::NoSuch(_) => return Err(StoreError::NoSuchTransfer),
        }
        self.transfers.wake();
        self.outgoing_changed(&nonce).await?;
        Ok(nonce)
    }

    /// Has a message told of as it now stands in the outbox.
    pub(super) async fn outgoing_changed(&self, nonce: &str) -> Result<(), StoreError> {
        let waits = self.store.outgoing(nonce.to_owned()).await?;
        self.shared.outgoing_changed(waits);
        Ok(())
    }

    /// Begins to upload a file to a room. Once this returns it is in the
    /// store, and goes on over every restart; how it goes is told by
    /// [`crate::Event::Transfer`].
    ///
    /// # Errors
    ///
    /// [`TransferError`] if the file cannot be read, or is larger than the server takes.
    pub async fn upload(
        &self,
        room: &str,
        source: Source,
        purpose: Purpose,
    ) -> Result<Transfer, TransferError> {
        self.transfers.upload(room, source, purpose).await
    }

    /// Begins to download a file. Until it is whole and its hash was compared,
    /// it stands under another name beside its place.
    ///
    /// # Errors
    ///
    /// [`TransferError`] if the folder cannot be written.
    pub async fn download(&self, file: &File, to: SaveTo) -> Result<Transfer, TransferError> {
        self.transfers.download(file, to).await
    }

    /// Stops a transfer for now.
    ///
    /// # Errors
    ///
    /// [`TransferError`] if there is none, or the store could not be written.
    pub async fn pause(&self, transfer: TransferId) -> Result<(), TransferError> {
        self.transfers.pause(transfer).await
    }

    /// Lets a paused or failed transfer go on from where it stopped.
    ///
    /// # Errors
    ///
    /// Those of [`Self::pause`].
    pub async fn resume(&self, transfer: TransferId) -> Result<(), TransferError> {
        let waits = self.transfers.resume(transfer).await?;
        self.shared.outgoing_changed(waits);
        Ok(())
    }

    /// Gives a transfer up: what was written of a download is removed, what the
    /// server has of an upload is deleted, also when it is whole and in no message yet.
    /// Of one that is over, its line in the history goes, and the file stays.
    ///
    /// # Errors
    ///
    /// Those of [`Self::pause`].
    pub async fn cancel(&self, transfer: TransferId) -> Result<(), TransferError> {
        let ended = self.transfers.cancel(transfer).await?;
        self.shared.outgoing_changed(ended.outgoing);
        Ok(())
    }

    /// Clears the history of transfers that are done.
    ///
    /// # Errors
    ///
    /// [`TransferError`] if the store could not be written.
    pub async fn clear_transfers(&self) -> Result<(), TransferError> {
        self.transfers.clear().await
    }

    /// The bytes of a small file, for a thumbnail: from the account's cache, or from
    /// the server into it.
    ///
    /// # Errors
    ///
    /// [`TransferError`]; [`crate::TransferFailure::TooLarge`] if it has more than `at_most` bytes.
    pub async fn preview(&self, file: &File, at_most: u64) -> Result<Bytes, TransferError> {
        self.transfers.preview(file, at_most).await
    }

    /// A file by its id, from what the server says of its bytes: its name, size, kind and hash.
    /// Its room, its uploader and its time are not said there, and are empty.
    ///
    /// # Errors
    ///
    /// [`TransferError`]; [`crate::TransferFailure::Gone`] if there is none, or not for this user.
    pub async fn file(&self, id: &str) -> Result<File, TransferError> {
        self.transfers.file(id).await
    }
}
