//! What ends a command otherwise than wished, and with which code.

use std::fmt;
use std::io;

use parlor_client::peer::PeerError;
use parlor_client::{
    ConnectError, EndReason, HomeError, OfflineReason, OpenError, RequestError, SignInError,
    StoreError, TransferError,
};

/// Why a command failed, in one line.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Refused or failed.
    Refused(String),
    /// The session is over.
    Over(EndReason),
    /// Used wrongly.
    Usage(String),
    /// No connection.
    NoConnection(String),
    /// Whoever read our output has gone: nothing is wrong.
    NobodyReads,
}

impl Failure {
    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::NobodyReads => 0,
            Self::Refused(_) | Self::Over(_) => 1,
            Self::Usage(_) => 2,
            Self::NoConnection(_) => 3,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self {
            Self::Refused(why) | Self::Usage(why) | Self::NoConnection(why) => why.clone(),
            Self::Over(reason) => reason.to_string(),
            Self::NobodyReads => "nobody reads what is printed".to_owned(),
        };
        // One line, whatever a server put into its message.
        f.write_str(&crate::print::clean(&why).replace('\n', " "))
    }
}

impl From<HomeError> for Failure {
    fn from(error: HomeError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Unconfirmed { shown } => Self::Refused(format!(
                "the key of this server is not known: {shown}. If its owner gave you this pin, \
                 add ?pin={shown} to the link"
            )),
            error if error.is_transient() => Self::NoConnection(error.to_string()),
            error => Self::Refused(error.to_string()),
        }
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused(error) if error.rules.is_empty() => {
                Self::Refused(error.to_string())
            }
            SignInError::Refused(error) => {
                Self::Refused(format!("{error} {}", error.rules.join(" ")))
            }
            SignInError::Connect(error) => error.into(),
            SignInError::Home(error) => error.into(),
        }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Offline | RequestError::Lost => Self::NoConnection(error.to_string()),
            error => Self::Refused(error.to_string()),
        }
    }
}

impl From<PeerError> for Failure {
    fn from(error: PeerError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Offline => Self::NoConnection(error.to_string()),
            error => Self::Refused(error.to_string()),
        }
    }
}

impl From<EndReason> for Failure {
    fn from(reason: EndReason) -> Self {
        Self::Over(reason)
    }
}

impl From<OfflineReason> for Failure {
    fn from(reason: OfflineReason) -> Self {
        match reason {
            OfflineReason::Here(why) => Self::Refused(why),
            reason => Self::NoConnection(format!("no connection: {reason}")),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::NobodyReads
        } else {
            Self::Refused(error.to_string())
        }
    }
}
