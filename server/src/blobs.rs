//! The bytes of files, kept by their content: one copy of the same bytes,
//! named by their BLAKE3, whole or not there at all.
//!
//! [`Blobs`] is the trait behind which a folder stands ([`local`]), and an
//! object store may later. The crate `object_store` stands beside it for that day: its
//! local half flushes no folder, and gives no positioned reads into a buffer that is used again.

pub(crate) mod local;

use std::fmt::Debug;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::storage::ContentHash;

/// Where contents are kept. Every method blocks, and is called off the async threads.
pub(crate) trait Blobs: Debug + Send + Sync + 'static {
    /// Keeps what a flushed file holds; the file itself stays. When this
    /// answers, the content survives a power cut under its hash. One that is there
    /// already is not written again.
    fn keep(&self, hash: ContentHash, from: &Path) -> io::Result<()>;

    /// A content, for reading. It stays readable when it is erased meanwhile.
    fn open(&self, hash: ContentHash) -> io::Result<Arc<dyn Content>>;

    /// Erases a content; one that is not there is erased already.
    fn erase(&self, hash: ContentHash) -> io::Result<()>;

    /// The contents whose hash begins with this byte. What a crash left half
    /// done among them is removed.
    fn list(&self, first: u8) -> io::Result<Vec<ContentHash>>;
}

/// A content that is open for reading.
pub(crate) trait Content: Debug + Send + Sync {
    /// Bytes.
    fn size(&self) -> u64;

    /// Reads at an offset what is in memory already; `None` where a disk would
    /// have to be waited for. It never blocks.
    fn read_now(&self, offset: u64, buffer: &mut [u8]) -> Option<usize>;

    /// Reads at an offset, some bytes at least unless the content ends there. It blocks.
    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}
