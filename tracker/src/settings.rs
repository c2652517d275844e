//! What a tracker is told: bounds and rates. They are keys of the configuration
//! file too, so they are read and written by serde.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// All settings of a tracker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What the tracker is called, in `/info`.
    pub name: String,
    /// Whether the limits on rate and number by user and address hold. Sizes,
    /// totals and the relay's queues are not lifted.
    pub rate_limits: bool,
    /// Sizes and totals.
    pub limits: Limits,
    /// How often one may do what.
    pub rates: Rates,
    /// The relay.
    pub relay: Relay,
    /// Who may read `/metrics`.
    pub metrics: Metrics,
}

/// Sizes and totals, which always hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections at once, of everybody together.
    pub connections: usize,
    /// TLS handshakes at once, of everybody together.
    pub handshakes: usize,
    /// Entries, of everybody together.
    pub entries: usize,
    /// Entries of one user: a person's devices.
    pub entries_per_user: usize,
    /// Channels of one entry, and of one user by `add-list`.
    pub channels: usize,
    /// Tokens that `/login` gave and that have not ended; the oldest make room.
    pub tokens: usize,
    /// Tokens of one user.
    pub tokens_per_user: usize,
}

/// How often one may do what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// `/login` from an address.
    pub logins: Rate,
    /// Passwords tried for a username, wherever from.
    pub passwords: Rate,
    /// Calls from an address, which may be a whole school's.
    pub calls: Rate,
    /// Calls of a user.
    pub user_calls: Rate,
    /// New connections from an address.
    pub connections: Rate,
    /// Connections at once from an address.
    pub connections_per_address: usize,
}

/// A token bucket's measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How many a second in the long run.
    pub per_second: f64,
    /// How many at once.
    pub burst: f64,
}

/// The relay, and what tells peers their public addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relay {
    /// Whether there is one.
    pub enabled: bool,
    /// Bytes a second that are taken from one device; 0 is without a limit.
    pub bytes_per_second: u32,
    /// Bytes that one device may send at once beyond that.
    pub burst_bytes: u32,
    /// Connections at once from one device: one, and one that the device
    /// takes for dead while it is not yet noticed here.
    pub connections_per_device: usize,
}

/// Who may read `/metrics`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// The bearer token by which they are read; without one nobody reads them.
    pub token: Option<String>,
}

/// Characters of the token for `/metrics` at the least, so that nobody guesses it.
const METRICS_TOKEN_CHARS: usize = 16;

impl Rate {
    /// A rate of so many a second, and so many at once.
    pub const fn new(per_second: f64, burst: f64) -> Self {
        Self { per_second, burst }
    }

    fn is_usable(self) -> bool {
        self.per_second.is_finite() && self.per_second > 0.0 && self.burst >= 1.0
    }
}

impl Relay {
    /// The bytes a second that one device may send, if that is limited.
    pub(crate) fn rate(&self) -> Option<(NonZeroU32, NonZeroU32)> {
        let rate = NonZeroU32::new(self.bytes_per_second)?;
        Some((rate, NonZeroU32::new(self.burst_bytes).unwrap_or(rate)))
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let token = self.token.as_ref().map(|_| "..");
        f.debug_struct("Metrics").field("token", &token).finish()
    }
}

impl Settings {
    /// Refuses what no tracker could work with.
    ///
    /// # Errors
    ///
    /// The key, and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if !parlor_protocol::names::is_display_name(&self.name) {
            return Err((
                "name",
                "must have 1 to 64 characters and no control characters",
            ));
        }
        let limits = &self.limits;
        let counts = [
            ("limits.connections", limits.connections),
            ("limits.handshakes", limits.handshakes),
            ("limits.entries", limits.entries),
            ("limits.entries_per_user", limits.entries_per_user),
            ("limits.channels", limits.channels),
            ("limits.tokens", limits.tokens),
            ("limits.tokens_per_user", limits.tokens_per_user),
            (
                "rates.connections_per_address",
                self.rates.connections_per_address,
            ),
            (
                "relay.connections_per_device",
                self.relay.connections_per_device,
            ),
        ];
        if let Some((key, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
            return Err((key, "must be 1 or more"));
        }
        let rates = &self.rates;
        let rates = [
            ("rates.logins", rates.logins),
            ("rates.passwords", rates.passwords),
            ("rates.calls", rates.calls),
            ("rates.user_calls", rates.user_calls),
            ("rates.connections", rates.connections),
        ];
        if let Some((key, _)) = rates.into_iter().find(|(_, rate)| !rate.is_usable()) {
            return Err((key, "needs per_second above 0 and burst of 1 or more"));
        }
        let can_be_sent = |token: &String| {
            token.len() >= METRICS_TOKEN_CHARS && token.bytes().all(|b| b.is_ascii_graphic())
        };
        if !self.metrics.token.as_ref().is_none_or(can_be_sent) {
            return Err((
                "metrics.token",
                "must have at least 16 letters, digits and signs, without spaces",
            ));
        }
        Ok(())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Parlor tracker".into(),
            rate_limits: true,
            limits: Limits::default(),
            rates: Rates::default(),
            relay: Relay::default(),
            metrics: Metrics::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 20_000,
            handshakes: 512,
            entries: 100_000,
            entries_per_user: 16,
            channels: 64,
            tokens: 100_000,
            tokens_per_user: 16,
        }
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            logins: Rate::new(2.0, 100.0),
            passwords: Rate::new(0.2, 20.0),
            calls: Rate::new(200.0, 2_000.0),
            user_calls: Rate::new(20.0, 200.0),
            connections: Rate::new(50.0, 500.0),
            connections_per_address: 1_000,
        }
    }
}

impl Default for Relay {
    fn default() -> Self {
        Self {
            enabled: true,
            bytes_per_second: 4 << 20,
            burst_bytes: 8 << 20,
            connections_per_device: 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_make_no_sense_are_named() {
        let check = |change: fn(&mut Settings), key: &str| {
            let mut settings = Settings::default();
            settings.check().unwrap();
            change(&mut settings);
            assert_eq!(settings.check().unwrap_err().0, key);
        };
        check(|s| s.name.clear(), "name");
        check(|s| s.limits.entries = 0, "limits.entries");
        check(|s| s.rates.calls.per_second = 0.0, "rates.calls");
        check(|s| s.rates.logins.burst = f64::NAN, "rates.logins");
        check(|s| s.metrics.token = Some("short".into()), "metrics.token");
    }

    #[test]
    fn no_log_shows_the_token() {
        let metrics = Metrics {
            token: Some("0123456789abcdef".into()),
        };
        assert!(!format!("{metrics:?}").contains("0123"));
    }
}
