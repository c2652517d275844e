//! How an account's connection stands: what the status bar says.

use parlor_protocol::Time;

/// How the connection stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum LinkState {
    /// On the way, for the first time or again.
    #[default]
    Connecting,
    /// There, with the last round trip in milliseconds once it was measured.
    Connected {
        /// The round trip.
        ping: Option<u32>,
    },
    /// Not there; the client tries again by itself.
    Offline {
        /// Why, in plain words.
        why: String,
        /// When it tries again.
        again: Option<Time>,
    },
    /// The server's key is another than the one remembered; nothing was said to it.
    KeyChanged,
    /// The session is over (signed out elsewhere, kicked, banned); one must sign in again.
    SignedOut {
        /// Why, in plain words.
        why: String,
    },
}

impl LinkState {
    /// Whether requests reach the server now.
    pub(crate) fn is_connected(&self) -> bool {
        matches!(self, Self::Connected { .. })
    }

    /// Whole seconds until the next try, at least 1; `None` if none is planned.
    pub(crate) fn seconds_left(&self, now: Time) -> Option<i64> {
        let Self::Offline {
            again: Some(again), ..
        } = self
        else {
            return None;
        };
        let millis = again.as_millis() - now.as_millis();
        (millis > 0).then(|| (millis + 999) / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_up() {
        let check = |at: i64, expected| {
            let state = LinkState::Offline {
                why: String::new(),
                again: Some(Time::from_millis(at)),
            };
            assert_eq!(state.seconds_left(Time::from_millis(1_000)), expected);
        };
        check(5_000, Some(4));
        check(1_001, Some(1));
        check(1_000, None);
        assert_eq!(LinkState::Connecting.seconds_left(Time::default()), None);
    }
}
