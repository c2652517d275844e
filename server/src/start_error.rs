//! Why a server did not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use parlor_certs::CertError;

use crate::config::ConfigError;
use crate::storage::StorageError;

/// Why a server did not start: one line each, which says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is unusable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The user has no data folder of their own.
    #[error("there is no data folder of this user; name one with --data")]
    NoDataDir,
    /// The data folder cannot be made, read or written.
    #[error("cannot use the data folder {}: {source}", path.display())]
    DataDir {
        /// Which folder, or which file in it.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another server uses the data folder.
    #[error(
        "the data folder {} is in use by another server; stop that one, or name another folder with --data",
        path.display()
    )]
    DataInUse {
        /// Which folder.
        path: PathBuf,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {}", listen_reason(source))]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The tracker cannot listen on its address.
    #[error("the tracker cannot listen on {address}: {}", tracker_reason(source))]
    Tracker {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A key or certificate is unusable.
    #[error(transparent)]
    Cert(#[from] CertError),
    /// The storage cannot be opened or read.
    #[error("cannot use the database {}: {source}", path.display())]
    Storage {
        /// The database.
        path: PathBuf,
        /// Why.
        source: StorageError,
    },
}

fn tracker_reason(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::AddrInUse => "the port is in use; stop what uses it, choose another with \
             --tracker, or do without one with --tracker off"
            .into(),
        io::ErrorKind::PermissionDenied => {
            "this port is reserved; choose one of 1024 or above with --tracker".into()
        }
        _ => listen_reason(source),
    }
}

fn listen_reason(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            "the port is in use; stop what uses it, or choose another with --listen".into()
        }
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address".into(),
        io::ErrorKind::PermissionDenied => {
            "this port is reserved; choose one of 1024 or above with --listen".into()
        }
        _ => source.to_string(),
    }
}
