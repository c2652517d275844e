//! What can go wrong with keys, certificates, pins, links and remembered servers.
//! The messages are for people: they say what to do next.

use std::io;
use std::path::{Path, PathBuf};

use crate::Pin;

/// A text that is no pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pin is 43 characters of A-Z, a-z, 0-9, - and _; copy the whole of it")]
pub struct PinError;

/// A text that is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was given.
    #[error("type the address of a server, such as chat.example.org or 192.0.2.7:8888")]
    Empty,
    /// The host can be neither a name nor an IP address.
    #[error("{0:?} is no host name and no IP address")]
    BadHost(String),
    /// The port is no number from 1 to 65535.
    #[error("{0:?} is no port; a port is a number from 1 to 65535")]
    BadPort(String),
    /// An opening bracket without its closing one, or text after it.
    #[error("an IPv6 address stands in brackets, as in [2001:db8::7]:8888")]
    BadBrackets,
}

/// A text that is no link to a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Another scheme than `parlor:`.
    #[error("this is no Parlor link; those begin with parlor://")]
    OtherScheme,
    /// What stands before the query is no address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A `pin` that is none.
    #[error("the link's pin is damaged: {0}")]
    Pin(#[from] PinError),
    /// More than `/` after the address.
    #[error("a Parlor link has no path after its address")]
    Path,
    /// A percent sign without two hex digits, or bytes that are no UTF-8.
    #[error("the link is damaged at {0:?}; copy the whole of it again")]
    Encoding(String),
    /// More bytes than a link may have.
    #[error("the link is too long to be one")]
    TooLong,
}

/// Keys, certificates and TLS configurations.
#[derive(Debug, thiserror::Error)]
pub enum CertError {
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file has no usable key.
    #[error("{} has no usable private key: {reason}", path.display())]
    BadKey {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file has no usable certificate.
    #[error("{} has no usable certificate: {reason}", path.display())]
    BadCertificate {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The certificate is for another key.
    #[error("the certificate in {} is not for the key in {}", cert.display(), key.display())]
    KeyMismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// A certificate stands without its key, and a new key would change the pin.
    #[error(
        "{} is missing; put it back, or remove {} to make a new key (the pin will change)",
        key.display(), cert.display()
    )]
    KeyMissing {
        /// The key's file.
        key: PathBuf,
        /// The certificate's file.
        cert: PathBuf,
    },
    /// A name that no certificate can carry.
    #[error("a certificate cannot carry the name {0:?}; give a host name or an IP address")]
    BadName(String),
    /// The certificate that a server showed cannot be read.
    #[error("the server's certificate cannot be read")]
    Unreadable,
    /// Making a key, a certificate or a configuration failed.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

impl CertError {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn setup(error: impl std::fmt::Display) -> Self {
        Self::Setup(error.to_string())
    }
}

/// The file of remembered servers.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// The file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what this program wrote.
    #[error(
        "{} is damaged ({reason}); mend it, or move it away to be asked about every server again",
        path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The server showed another key than the remembered one.
    #[error("the key of {address} has changed; it now shows {shown}")]
    PinChanged {
        /// The server.
        address: String,
        /// What it shows now.
        shown: Pin,
    },
    /// The server's signing key is another than the remembered one.
    #[error("the signing key of {address} has changed")]
    ServerKeyChanged {
        /// The server.
        address: String,
    },
}
