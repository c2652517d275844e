//! The contract, and what only a file on a disk can get wrong.

use std::sync::Arc;

use tempfile::TempDir;

use super::SqliteStorage;
use crate::storage::Storage;
use crate::storage::contract::{Place, contract};

struct Folder(TempDir);

impl Place for Folder {
    fn open(&self) -> Arc<dyn Storage> {
        Arc::new(SqliteStorage::open_now(self.0.path().join("parlor.db")).unwrap())
    }
}

fn folder() -> Folder {
    Folder(TempDir::new().unwrap())
}

contract!(folder());
