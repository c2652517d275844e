//! Whether files came or went since somebody looked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rusqlite::Connection;

use crate::storage::Result;

/// The table whose rows are counted.
const TABLE: &str = "files";

/// Counts the transactions that changed files.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct FileChanges(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    /// The transaction that runs has changed some.
    touched: AtomicBool,
    count: AtomicU64,
}

impl FileChanges {
    /// A number that rises with every transaction that changed files, once it
    /// is flushed and before anybody is told of it.
    pub(in super::super) fn count(&self) -> u64 {
        self.0.count.load(Ordering::Acquire)
    }

    /// Notes what the writer's connection does to files, so that no command has to say so.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub(in super::super) fn watch(&self, conn: &Connection) -> Result<()> {
        let changes = self.clone();
        let note = move |_, _: &str, table: &str, _| {
            if table == TABLE {
                changes.touch();
            }
        };
        Ok(conn.update_hook(Some(note))?)
    }

    /// Files change though their rows do not: their room is deleted.
    pub(in super::super) fn touch(&self) {
        self.0.touched.store(true, Ordering::Relaxed);
    }

    /// A transaction has ended. One that failed counts too, for it may have
    /// reached the disk all the same.
    pub(in super::super) fn ended(&self) {
        if self.0.touched.swap(false, Ordering::Relaxed) {
            self.0.count.fetch_add(1, Ordering::Release);
        }
    }
}
