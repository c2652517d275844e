//! What can go wrong between the server and its storage.

/// Why a storage command was not carried out. Whatever the reason, nothing
/// of the command was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The disk is full, cannot be read or written, or the database is away.
    /// The same command may succeed later; on the wire `storage_unavailable`.
    #[error("the storage is unavailable: {0}")]
    Unavailable(String),
    /// What is stored makes no sense: a damaged file, or one that a newer
    /// version wrote. Trying again does not help.
    #[error("the stored data cannot be used: {0}")]
    Corrupt(String),
    /// A fault of ours: a command that the database refuses.
    #[error("a storage command failed: {0}")]
    Internal(String),
}

impl StorageError {
    /// Whether the same command may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
