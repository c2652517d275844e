//! Why a file does not go up or come down, in plain words.

use parlor_client::{TransferError, TransferFailure};

use super::request;
use crate::locale::{amount, tr};
use parlor_client::RequestError;

/// Why a transfer stopped.
pub(crate) fn failure(failure: &TransferFailure) -> String {
    match failure {
        TransferFailure::TooLarge { limit } => {
            tr!("transfer-too-large", limit = amount::size(*limit))
        }
        TransferFailure::Quota(said) => tr!("transfer-quota", said = plain(said)),
        TransferFailure::ServerFull => tr!("transfer-server-full"),
        TransferFailure::Forbidden(said) => tr!("error-forbidden", said = plain(said)),
        TransferFailure::Gone => tr!("transfer-gone"),
        TransferFailure::LocalMissing(path) => {
            tr!("transfer-local-missing", path = path.display().to_string())
        }
        TransferFailure::LocalChanged(path) => {
            tr!("transfer-local-changed", path = path.display().to_string())
        }
        TransferFailure::Local(said) => tr!("transfer-local", said = plain(said)),
        TransferFailure::Damaged => tr!("transfer-damaged"),
        TransferFailure::Lost => tr!("transfer-lost"),
        TransferFailure::Refused(said) => tr!("transfer-refused", said = plain(said)),
    }
}

/// Why a transfer could not be begun or changed.
pub(crate) fn error(error: &TransferError) -> String {
    match error {
        TransferError::Failed(why) => failure(why),
        TransferError::NoSuchTransfer => tr!("transfer-none"),
        TransferError::Offline => request(&RequestError::Offline),
        TransferError::Ended => request(&RequestError::Ended),
        TransferError::Store(why) => tr!("error-store", why = why.to_string()),
    }
}

/// A file could not be taken to be uploaded.
pub(crate) fn not_uploaded(name: &str, why: &TransferError) -> String {
    match why {
        TransferError::Failed(TransferFailure::TooLarge { limit }) => tr!(
            "upload-too-large",
            name = name,
            limit = amount::size(*limit)
        ),
        why => tr!("upload-refused", name = name, why = error(why)),
    }
}

/// What the server or the system said, to stand within a sentence of ours.
fn plain(said: &str) -> &str {
    said.trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_why_and_what_to_do() {
        let all = [
            TransferFailure::TooLarge { limit: 2 << 30 },
            TransferFailure::Quota("You have 10 GB of 10 GB.".into()),
            TransferFailure::ServerFull,
            TransferFailure::Forbidden("Only moderators write here.".into()),
            TransferFailure::Gone,
            TransferFailure::LocalMissing("/tmp/a".into()),
            TransferFailure::LocalChanged("/tmp/a".into()),
            TransferFailure::Local("No space left on device".into()),
            TransferFailure::Damaged,
            TransferFailure::Lost,
            TransferFailure::Refused("Not now.".into()),
        ];
        for why in all {
            let words = failure(&why);
            assert!(words.ends_with('.') && words.len() > 20, "{words}");
            assert!(!words.contains(".."), "{words}");
        }
        let large = TransferFailure::TooLarge { limit: 2 << 30 };
        let words = not_uploaded("bench.iso", &large.into());
        assert!(
            words.starts_with("Not uploaded: bench.iso is over the 2 GB this server takes."),
            "{words}"
        );
    }
}
