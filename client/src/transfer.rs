//! Files on their way up or down, as a session tells of them.
//!
//! A transfer is kept in the store from its beginning, so that it goes on
//! after a break of the line, a restart of the server, or the end of this program.

use std::path::PathBuf;

use bytes::Bytes;
use parlor_protocol::{File, Time};

use crate::outgoing::Nonce;
use crate::store::StoreError;

/// A transfer's number in its account's store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferId(pub i64);

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the server.
    Up,
    /// From the server.
    Down,
}

/// What an upload is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// It stands in the composer of its room, and goes with the next message.
    Draft,
    /// It goes with the message of this nonce, which waits for it.
    Message(Nonce),
    /// It is listed in its room's files, and nothing else.
    Listing,
}

/// One file on its way, or there.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// Its number.
    pub id: TransferId,
    /// Which way it goes.
    pub direction: Direction,
    /// The room it goes to or comes from.
    pub room: String,
    /// The file's name, cleaned.
    pub name: String,
    /// Where it is on this computer, or will be once it is whole.
    pub path: PathBuf,
    /// Bytes of the whole.
    pub size: u64,
    /// Bytes that are there already.
    pub done: u64,
    /// What an upload is for; of a download [`Purpose::Listing`].
    pub purpose: Purpose,
    /// The server's file: of a download always, of an upload once it is whole.
    pub file: Option<File>,
    /// When it was begun, by this computer's clock.
    pub begun: Time,
    /// When it was done or failed.
    pub ended: Option<Time>,
    /// How far it is.
    pub state: TransferState,
}

/// How far a transfer is.
#[derive(Debug, Clone, PartialEq)]
pub enum TransferState {
    /// For its turn, or for a connection.
    Waiting,
    /// On its way.
    Running {
        /// Bytes a second, lately.
        per_second: u64,
    },
    /// All bytes are there, and are compared with the file's hash.
    Checking,
    /// Its user stopped it for now.
    Paused,
    /// There, whole, its hash right.
    Done,
    /// It stopped; whether it may go on is said by [`TransferFailure::is_retryable`].
    Failed(TransferFailure),
}

/// Why a transfer stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferFailure {
    /// The server takes no file of this size.
    #[error("the server takes files of at most {limit} bytes")]
    TooLarge {
        /// Bytes at most.
        limit: u64,
    },
    /// The user or the server has as many bytes of files as the server allows.
    #[error("{0}")]
    Quota(String),
    /// The server cannot keep anything now (its disk is full).
    #[error("the server cannot keep files now: its disk may be full; try again later")]
    ServerFull,
    /// One may not post files in this room.
    #[error("{0}")]
    Forbidden(String),
    /// The room or the file is no longer there, or not for this user.
    #[error("it is not there any more")]
    Gone,
    /// The file to upload is not there any more.
    #[error("{path} is not there any more: choose it again", path = .0.display())]
    LocalMissing(PathBuf),
    /// The file to upload has changed since the upload began.
    #[error("{path} has changed since: upload it anew", path = .0.display())]
    LocalChanged(PathBuf),
    /// Reading or writing failed on this computer (its disk is full, for one).
    #[error("{0}")]
    Local(String),
    /// What came is not what the server said it would be.
    #[error("the bytes that came do not fit the file's hash: download it again")]
    Damaged,
    /// The connection broke too often in a row.
    #[error("the connection was lost: resume to go on from there")]
    Lost,
    /// Something else that the server said.
    #[error("{0}")]
    Refused(String),
}

impl TransferFailure {
    /// Whether resuming may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::TooLarge { .. } | Self::Gone | Self::LocalChanged(_) | Self::Forbidden(_) => {
                false
            }
            Self::Quota(_)
            | Self::ServerFull
            | Self::LocalMissing(_)
            | Self::Local(_)
            | Self::Damaged
            | Self::Lost
            | Self::Refused(_) => true,
        }
    }
}

/// What to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file of this computer's.
    Path(PathBuf),
    /// Bytes that are no file, a pasted picture for one. They are kept in the
    /// account's folder until they are uploaded.
    Bytes {
        /// What the file is called.
        name: String,
        /// The bytes.
        bytes: Bytes,
    },
}

/// Where to put a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveTo {
    /// Into this folder, under the file's own name; where that is taken, under
    /// the next free one (`report (2).pdf`).
    Folder(PathBuf),
    /// Under this path, which is free; where it is taken by the time the
    /// download is whole, under the next free one beside it.
    New(PathBuf),
    /// Under this path, which the user chose; what stands there is replaced
    /// once the download is whole.
    Path(PathBuf),
}

/// Why a transfer could not be begun or changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransferError {
    /// The file or folder on this computer cannot be used.
    #[error(transparent)]
    Failed(#[from] TransferFailure),
    /// There is no such transfer.
    #[error("there is no such transfer any more")]
    NoSuchTransfer,
    /// There is no connection, and the bytes are not kept here.
    #[error("there is no connection to the server: try again when it is back")]
    Offline,
    /// The session is over.
    #[error("the session is over: sign in again")]
    Ended,
    /// The local store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
