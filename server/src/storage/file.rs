//! Files, unfinished uploads, and where they are kept track of. The bytes are
//! elsewhere ([`crate::blobs`]); what counts is what stands here.

use std::fmt;

use async_trait::async_trait;
use parlor_protocol::{File, Time};

use super::{NewAudit, Result, RoomId, UserId};

/// The BLAKE3 of a content, by which its bytes are kept once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Who may have a file, beside who uploads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Those who may read a room's history.
    Room(RoomId),
    /// One user, for whom it is sealed.
    SealedFor(UserId),
}

impl Audience {
    /// The room, if it is one's.
    pub fn room(self) -> Option<RoomId> {
        match self {
            Self::Room(room) => Some(room),
            Self::SealedFor(_) => None,
        }
    }
}

/// An upload that is not finished: nobody's file but its uploader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRecord {
    /// Its id, which becomes the file's.
    pub id: String,
    /// Whom it is for.
    pub audience: Audience,
    /// Who uploads it.
    pub user: UserId,
    /// The cleaned name.
    pub name: String,
    /// Bytes, when it is whole.
    pub size: u64,
    /// `Upload-Metadata` as it was sent.
    pub metadata: String,
    /// When it is swept if nothing more comes.
    pub expires: Time,
    /// While bytes arrive whose checksum comes with them: as far as the bytes
    /// are known to be right. What stands behind is dropped if they break off.
    pub verified: Option<u64>,
}

/// The bounds on a new upload, in what is declared and stored together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Bytes of the user's files and unfinished uploads.
    pub user_bytes: u64,
    /// Bytes of everybody's.
    pub total_bytes: u64,
    /// Unfinished uploads of the user.
    pub uploads: usize,
}

/// What became of a new upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadCreated {
    /// It stands.
    Created,
    /// The user has as many unfinished ones as they may.
    TooMany,
    /// The user's total would be passed; so many bytes are left.
    UserFull(u64),
    /// The server's total would be passed.
    ServerFull,
    /// The room was deleted.
    NoSuchRoom,
    /// The user for whom it would be sealed is gone.
    NoSuchUser,
}

/// An upload whose bytes are all there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The upload.
    pub id: String,
    /// What its bytes are.
    pub mime: String,
    /// Their hash.
    pub hash: ContentHash,
    /// Now.
    pub time: Time,
}

/// A file with the numbers of what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// FILE of the protocol; its room is empty where it is sealed.
    pub file: File,
    /// Who may have it.
    pub audience: Audience,
    /// Who uploaded it.
    pub user: UserId,
    /// The hash of its content.
    pub hash: ContentHash,
}

/// Which files to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileQuery {
    /// The rooms that one may see.
    pub rooms: Vec<RoomId>,
    /// Only what is older than the file with this id.
    pub before: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// Files, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilePage {
    /// The files.
    pub files: Vec<File>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Which files go by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staleness {
    /// Those whose last message was deleted before this.
    pub dropped_before: Time,
    /// Those that were uploaded before this and never sent.
    pub unsent_before: Option<Time>,
    /// Those that are sealed and were uploaded before this.
    pub sealed_before: Time,
}

/// The part of [`super::Storage`] that keeps track of files.
///
/// A content that no file has any more becomes *loose*: it is listed until its
/// bytes are gone, so that a crash between the two leaves nothing behind.
#[async_trait]
pub trait FileStorage {
    /// Keeps a new upload, if its user and the server have room for it.
    async fn create_upload(&self, upload: UploadRecord, quota: Quota) -> Result<UploadCreated>;

    /// An unfinished upload.
    async fn upload(&self, id: &str) -> Result<Option<UploadRecord>>;

    /// Notes a sign of life of an upload, and how far it is verified; `false` if there is none.
    async fn mark_upload(&self, id: &str, expires: Time, verified: Option<u64>) -> Result<bool>;

    /// Makes a file of an upload; `None` if it went meanwhile, or its room did. One whose
    /// uploader is no longer in the room goes, which is decided in the same transaction.
    async fn finish_upload(&self, finished: Finished) -> Result<Option<FileRecord>>;

    /// Forgets an upload; `false` if there is none.
    async fn delete_upload(&self, id: &str) -> Result<bool>;

    /// Forgets the uploads that expired; answers how many.
    async fn expire_uploads(&self, now: Time) -> Result<usize>;

    /// The ids of all unfinished uploads.
    async fn upload_ids(&self) -> Result<Vec<String>>;

    /// A file.
    async fn file(&self, id: &str) -> Result<Option<FileRecord>>;

    /// A number that rises whenever a file comes or goes, a room's deletion with
    /// its files included, before whoever did it is answered: as long as it stays,
    /// [`FileStorage::files`] answers the same. What other processes do is not in it.
    fn file_changes(&self) -> u64;

    /// A page of files.
    async fn files(&self, query: FileQuery) -> Result<FilePage>;

    /// Deletes a file, from the messages too; `false` if there is none.
    async fn delete_file(&self, id: &str, audit: Option<NewAudit>) -> Result<bool>;

    /// Deletes files that go by the clock; answers how many.
    async fn expire_files(&self, staleness: Staleness) -> Result<usize>;

    /// Up to `limit` contents that no file has any more.
    async fn loose_contents(&self, limit: usize) -> Result<Vec<ContentHash>>;

    /// Whether no file has this content.
    async fn is_loose(&self, hash: ContentHash) -> Result<bool>;

    /// The bytes of a loose content are gone.
    async fn content_erased(&self, hash: ContentHash) -> Result<()>;

    /// Those among contents that no file has: they become loose.
    async fn loosen(&self, contents: Vec<ContentHash>) -> Result<usize>;

    /// Up to `limit` contents of files above `after`, in rising order, with their size.
    async fn contents_after(
        &self,
        after: Option<ContentHash>,
        limit: usize,
    ) -> Result<Vec<(ContentHash, u64)>>;
}
