//! The local store.
use std::path::Path;

use crate::outgoing::Outgoing;

/// Why the local store could not be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the local store cannot be used ({detail}): look whether the disk is full")]
pub struct StoreError {
    detail: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Store {}

fn unfinished<T>() -> Result<T, StoreError> {
    Err(StoreError {
        detail: "unfinished".into(),
    })
}

#[expect(clippy::unused_async, reason = "unfinished")]
impl Store {
    pub(crate) fn open(_path: &Path, _running: &Path, _me: &str) -> Result<Self, StoreError> {
        Ok(Self {})
    }
    pub(crate) async fn queue(&self, _outgoing: Outgoing) -> Result<(), StoreError> {
        unfinished()
    }
    pub(crate) async fn retry(&self, _nonce: String) -> Result<bool, StoreError> {
        unfinished()
    }
    pub(crate) async fn discard(&self, _nonce: String) -> Result<Option<Outgoing>, StoreError> {
        unfinished()
    }
    pub(crate) async fn save_draft(&self, _room: String, _text: String) -> Result<(), StoreError> {
        unfinished()
    }
}
