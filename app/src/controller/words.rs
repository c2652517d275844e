//! Every error in plain words: why it is so, and what to do. The one place
//! that knows the codes of the protocol and the client's errors.

pub(crate) mod transfer;

use parlor_client::{
    AddressError, ConnectError, EndReason, LinkError, OfflineReason, RequestError, SignInError,
};
use parlor_protocol::{Code, ErrorLine};

use crate::locale::tr;

/// Why a request was not answered as wished.
pub(crate) fn request(error: &RequestError) -> String {
    match error {
        RequestError::Refused(line) => refused(line),
        RequestError::Offline => tr!("error-offline"),
        RequestError::Lost => tr!("error-lost"),
        RequestError::Ended => tr!("error-ended"),
        RequestError::TooLong => tr!("error-too-long"),
        RequestError::Unexpected => tr!("error-unexpected"),
        RequestError::Store(error) => tr!("error-store", why = error.to_string()),
    }
}

/// Why the server refused something.
pub(crate) fn refused(line: &ErrorLine) -> String {
    match line.code {
        Code::BadLine | Code::UnknownType | Code::BadRequest | Code::LineTooLong => {
            tr!("error-bad-request", said = said(line))
        }
        Code::NotSignedIn | Code::BadToken => tr!("error-ended"),
        Code::BadCredentials => tr!("error-bad-credentials"),
        Code::UsernameTaken => tr!("error-username-taken"),
        Code::BadUsername => tr!("error-bad-username"),
        Code::WeakPassword => tr!("error-weak-password"),
        Code::InviteRequired => tr!("error-invite-required"),
        Code::BadInvite => tr!("error-bad-invite"),
        Code::RegistrationClosed => tr!("error-registration-closed"),
        Code::GuestsNotAllowed => tr!("error-guests-not-allowed"),
        Code::AlreadyOnline => tr!("error-already-online"),
        Code::Banned => tr!("error-banned", said = said(line)),
        Code::Muted => tr!("error-muted"),
        Code::NoSuchRoom => tr!("error-no-such-room"),
        Code::RoomExists => tr!("error-room-exists"),
        Code::BadRoomName => tr!("error-bad-room-name"),
        Code::NotAMember => tr!("error-not-a-member"),
        Code::NoSuchUser => tr!("error-no-such-user"),
        Code::NoSuchMessage => tr!("error-no-such-message"),
        Code::NoSuchFile => tr!("error-no-such-file"),
        Code::TextTooLong => tr!("error-text-too-long"),
        Code::Forbidden => tr!("error-forbidden", said = said(line)),
        Code::RateLimited => match line.retry_after {
            Some(seconds) => tr!("error-rate-limited", seconds = whole(seconds)),
            None => tr!("error-rate-limited-some"),
        },
        Code::SlowConsumer => tr!("error-slow-consumer"),
        Code::HoldFull => tr!("error-hold-full"),
        Code::StorageUnavailable => tr!("error-storage-unavailable"),
        Code::Internal => tr!("error-internal"),
        Code::Unknown => tr!("error-unknown", said = said(line)),
    }
}

/// The server's own words, which a sentence of ours goes around.
fn said(line: &ErrorLine) -> String {
    line.message.trim_end_matches('.').to_owned()
}

/// Whole seconds, rounded up, so that waiting them is enough.
fn whole(seconds: f64) -> i64 {
    let seconds = seconds.ceil().clamp(1.0, 86_400.0);
    #[allow(clippy::cast_possible_truncation, reason = "it was clamped just above")]
    let whole = seconds as i64;
    whole
}

/// Why a server could not be reached, or not be trusted.
pub(crate) fn connect(error: &ConnectError) -> String {
    match error {
        ConnectError::UnknownHost { host } => tr!("error-unknown-host", host = host.as_str()),
        ConnectError::Unreachable { address, .. } => {
            tr!("error-unreachable", address = address.to_string())
        }
        ConnectError::TimedOut { address } => {
            tr!("error-timed-out", address = address.to_string())
        }
        ConnectError::Broken { address, .. } => {
            tr!("error-broken", address = address.to_string())
        }
        ConnectError::NotParlor { address, .. } => {
            tr!("error-not-parlor", address = address.to_string())
        }
        ConnectError::KeyChanged(_) => tr!("error-key-changed"),
        ConnectError::Unconfirmed { .. } => tr!("error-unconfirmed"),
        ConnectError::OtherProtocol { theirs } => tr!("error-other-protocol", theirs = *theirs),
        ConnectError::Refused(line) => refused(line),
        ConnectError::Here(what) => tr!("error-here", what = what.as_str()),
    }
}

/// Why a text is no link to a server.
pub(crate) fn link(error: &LinkError) -> String {
    match error {
        LinkError::Address(AddressError::Empty) => tr!("link-empty"),
        LinkError::Address(AddressError::BadHost(host)) => {
            tr!("link-bad-host", host = host.as_str())
        }
        LinkError::Address(AddressError::BadPort(port)) => {
            tr!("link-bad-port", port = port.as_str())
        }
        LinkError::Address(AddressError::BadBrackets) => tr!("link-bad-brackets"),
        LinkError::OtherScheme => tr!("link-other-scheme"),
        LinkError::Pin(_) => tr!("link-bad-pin"),
        LinkError::Path => tr!("link-path"),
        LinkError::Encoding(at) => tr!("link-damaged", at = at.as_str()),
        LinkError::TooLong => tr!("link-too-long"),
    }
}

/// Why signing in failed.
pub(crate) fn sign_in(error: &SignInError) -> String {
    match error {
        SignInError::Refused(line) => refused(line),
        SignInError::Connect(error) => connect(error),
        SignInError::Home(error) => tr!("error-here", what = error.to_string()),
    }
}

/// Why there is no connection just now.
pub(crate) fn offline(reason: &OfflineReason) -> String {
    match reason {
        OfflineReason::UnknownHost => tr!("offline-unknown-host"),
        OfflineReason::Unreachable(_) => tr!("offline-unreachable"),
        OfflineReason::TimedOut => tr!("offline-timed-out"),
        OfflineReason::Lost => tr!("offline-lost"),
        OfflineReason::Silent => tr!("offline-silent"),
        OfflineReason::Refused(line) => refused(line),
        OfflineReason::NotParlor(_) => tr!("offline-not-parlor"),
        OfflineReason::Here(what) => tr!("error-here", what = what.as_str()),
    }
}

/// Why a session is over.
pub(crate) fn ended(reason: &EndReason) -> String {
    match reason {
        EndReason::SignedOut | EndReason::Dropped => tr!("ended-signed-out"),
        EndReason::Kicked { by, reason } if reason.is_empty() => {
            tr!("ended-kicked", by = by.as_str())
        }
        EndReason::Kicked { by, reason } => {
            tr!("ended-kicked-why", by = by.as_str(), why = reason.as_str())
        }
        EndReason::Banned(said) => tr!("error-banned", said = said.trim_end_matches('.')),
        EndReason::TokenDead => tr!("error-ended"),
        EndReason::KeyChanged(_) => tr!("error-key-changed"),
        EndReason::OtherProtocol { theirs } => tr!("error-other-protocol", theirs = *theirs),
        EndReason::Refused(line) => refused(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_shown_and_each_says_what_to_do() {
        for code in Code::ALL {
            let words = refused(&ErrorLine::new(*code, "what the server said."));
            let as_code = code.as_str();
            assert!(
                !as_code.contains('_') || !words.contains(as_code),
                "{words}"
            );
            assert!(words.ends_with('.') && words.len() > 20, "{code}: {words}");
            assert!(!words.contains(".."), "{words}");
        }
    }

    #[test]
    fn a_damaged_link_is_explained() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<parlor_client::Link>().unwrap_err();
            let words = link(&error);
            assert!(words.contains(expected), "{text}: {words}");
        };
        check("http://lab4.example.org", "parlor://");
        check("lab4.example.org:none", "“none” is no port");
        check("two words", "no host name");
        check("[2001:db8::7", "brackets");
        check("parlor://lab4.example.org/?pin=short", "pin is damaged");
        check("parlor://lab4.example.org/general", "no path");
        check("parlor://lab4.example.org/?room=%zz", "damaged at “");
        check(&"a".repeat(100_000), "too long");
    }

    #[test]
    fn waiting_is_told_in_whole_seconds() {
        let line = ErrorLine {
            retry_after: Some(2.1),
            ..ErrorLine::new(Code::RateLimited, "")
        };
        assert!(refused(&line).contains('3'));
    }
}
