//! How much may be shared, and how long it is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

const GIB: u64 = 1 << 30;
const HOUR: u64 = 60 * 60;

/// The largest file that any setting allows: what a client's number holds exactly.
const MOST_BYTES: u64 = parlor_protocol::limits::MAX_INTEGER;

/// Files. The sizes always hold; `--no-rate-limits` lifts the numbers by user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The largest file, in bytes; with 0 there are no files.
    pub file_bytes: u64,
    /// A user's files and unfinished uploads together, in bytes.
    pub user_bytes: u64,
    /// Everybody's, in bytes.
    pub total_bytes: u64,
    /// Unfinished uploads of a user.
    pub uploads: usize,
    /// Uploads and downloads of a user that run at once.
    pub transfers: usize,
    /// Hours without a byte after which an unfinished upload is swept.
    pub upload_hours: u32,
    /// Days for which a file stays whose last message was deleted; 0: it goes with it.
    pub keep_dropped_days: u32,
    /// Days for which a file stays that was never sent; 0: until it is deleted.
    pub keep_unsent_days: u32,
    /// Days for which a file stays that is sealed for one user.
    pub keep_sealed_days: u32,
}

impl Files {
    /// Whether there are files at all.
    pub(crate) fn are_on(&self) -> bool {
        self.file_bytes > 0
    }

    /// The time without a byte after which an unfinished upload is swept.
    pub(crate) fn upload_life(&self) -> Duration {
        Duration::from_secs(u64::from(self.upload_hours) * HOUR)
    }

    pub(super) fn validate(&self) -> Result<(), (&'static str, &'static str)> {
        if self.upload_hours == 0 {
            return Err(("files.upload_hours", "must be 1 or more"));
        }
        if self.keep_sealed_days == 0 {
            return Err(("files.keep_sealed_days", "must be 1 or more"));
        }
        if self.uploads == 0 || self.transfers == 0 {
            let key = "files.uploads and files.transfers";
            return Err((key, "must be 1 or more; file_bytes = 0 switches files off"));
        }
        if self.file_bytes > MOST_BYTES
            || self.user_bytes > MOST_BYTES
            || self.total_bytes > MOST_BYTES
        {
            return Err((
                "files",
                "has sizes beyond 9007199254740991, which clients cannot count",
            ));
        }
        Ok(())
    }
}

impl Default for Files {
    fn default() -> Self {
        Self {
            file_bytes: 2 * GIB,
            user_bytes: 20 * GIB,
            total_bytes: 200 * GIB,
            uploads: 32,
            transfers: 64,
            upload_hours: 7 * 24,
            keep_dropped_days: 0,
            keep_unsent_days: 0,
            keep_sealed_days: 30,
        }
    }
}
