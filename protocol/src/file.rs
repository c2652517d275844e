//! A file that somebody shared in a room.

use serde::{Deserialize, Serialize};

use crate::Time;

/// FILE of the protocol, section 3: a file whose last byte has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its id, the end of its URL: 128 random bits in base64url.
    pub id: String,
    /// Its name, cleaned by [`crate::file_name::clean`].
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What it is, by its bytes: `image/png`, …, else `application/octet-stream`.
    pub mime: String,
    /// The BLAKE3 of its bytes, 64 lower-case hex digits.
    pub blake3: String,
    /// Who uploaded it, by username.
    pub by: String,
    /// The room it was uploaded to.
    pub room: String,
    /// When its last byte was kept.
    pub time: Time,
}
