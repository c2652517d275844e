//! What the transfers ask of the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parlor_protocol::File;

use super::{Attached, Ended, Kept, Store, StoreError, outbox, transfers};
use crate::outgoing::Outgoing;
use crate::transfer::{TransferFailure, TransferId};

impl Store {
    /// This session's transfers, the oldest first.
    pub(crate) async fn transfers(&self) -> Result<Vec<Kept>, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact(move |tx| Ok(transfers::of(tx, instance.id())?))
            .await
    }

    /// Takes over the transfers of sessions that run no more.
    pub(crate) async fn claim_transfers(&self) -> Result<(), StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact(move |tx| Ok(transfers::claim_abandoned(tx, &instance)?))
            .await
    }

    /// Begins one; it is on the disk when this returns.
    pub(crate) async fn begin_transfer(&self, new: Kept) -> Result<Kept, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact_flushed(move |tx| Ok(transfers::begin(tx, &instance, &new)?))
            .await
    }

    /// Puts a message with files into the outbox; it is on the disk when this returns.
    pub(crate) async fn queue_with_files(
        &self,
        outgoing: Outgoing,
    ) -> Result<Attached, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact_flushed(move |tx| Ok(transfers::attach(tx, &instance, &outgoing)?))
            .await
    }

    /// The entry of a nonce as it stands.
    pub(crate) async fn outgoing(&self, nonce: String) -> Result<Option<Outgoing>, StoreError> {
        self.writer
            .transact(move |tx| Ok(outbox::by_nonce(tx, &nonce)?.map(|entry| entry.outgoing)))
            .await
    }

    /// The ids of a message's files at the server.
    pub(crate) async fn file_ids(&self, files: Vec<TransferId>) -> Result<Vec<String>, StoreError> {
        self.writer
            .transact(move |tx| Ok(transfers::file_ids(tx, &files)?))
            .await
    }

    /// The copies in the account's folder that are still needed, whoever runs their transfers.
    pub(crate) async fn copies(&self) -> Result<Vec<PathBuf>, StoreError> {
        self.writer.transact(|tx| Ok(transfers::copies(tx)?)).await
    }

    /// The partial files of downloads that are not whole, whoever runs them.
    pub(crate) async fn partials(&self) -> Result<Vec<PathBuf>, StoreError> {
        self.writer
            .transact(|tx| Ok(transfers::partials(tx)?))
            .await
    }

    pub(crate) async fn pause_transfer(&self, id: TransferId) -> Result<bool, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact_flushed(move |tx| Ok(transfers::pause(tx, &instance, id)?))
            .await
    }

    /// Lets one go on; the message that waits for it again. `None` if there is none.
    pub(crate) async fn resume_transfer(
        &self,
        id: TransferId,
    ) -> Result<Option<Option<Outgoing>>, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact_flushed(move |tx| Ok(transfers::resume(tx, &instance, id)?))
            .await
    }

    pub(crate) async fn cancel_transfer(
        &self,
        id: TransferId,
    ) -> Result<Option<Ended>, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact_flushed(move |tx| Ok(transfers::cancel(tx, &instance, id)?))
            .await
    }

    pub(crate) async fn clear_transfers(&self) -> Result<(), StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact(move |tx| Ok(transfers::clear(tx, instance.owner())?))
            .await
    }

    /// A transfer is whole. Flushed: its bytes are in their place, and it must not begin anew.
    pub(crate) async fn transfer_done(
        &self,
        id: TransferId,
        file: File,
        path: Option<PathBuf>,
    ) -> Result<Ended, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact_flushed(move |tx| {
                Ok(transfers::done(tx, &instance, id, &file, path.as_deref())?)
            })
            .await
    }

    pub(crate) async fn transfer_failed(
        &self,
        id: TransferId,
        bytes: u64,
        failure: TransferFailure,
    ) -> Result<Ended, StoreError> {
        self.writer
            .transact(move |tx| Ok(transfers::failed(tx, id, bytes, &failure)?))
            .await
    }

    /// Notes how many bytes are there, for who looks at it while it does not run.
    pub(crate) async fn transfer_stopped(
        &self,
        id: TransferId,
        bytes: u64,
    ) -> Result<(), StoreError> {
        self.writer
            .transact(move |tx| Ok(transfers::set_done(tx, id, bytes)?))
            .await
    }

    /// Notes under which id the server has an upload.
    pub(crate) async fn set_upload(
        &self,
        id: TransferId,
        upload: Option<String>,
    ) -> Result<(), StoreError> {
        self.writer
            .transact(move |tx| Ok(transfers::set_upload(tx, id, upload.as_deref())?))
            .await
    }

    /// Notes where a download that is whole is about to be put.
    pub(crate) async fn set_placing(&self, id: TransferId, place: &Path) -> Result<(), StoreError> {
        let place = place.to_owned();
        self.writer
            .transact_flushed(move |tx| Ok(transfers::set_placing(tx, id, &place)?))
            .await
    }

    /// Nothing is left of it.
    pub(crate) async fn remove_transfer(&self, id: TransferId) -> Result<(), StoreError> {
        self.writer
            .transact(move |tx| Ok(transfers::remove(tx, id)?))
            .await
    }
}
