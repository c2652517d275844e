//! Sizes, totals and rates.

use parlor_protocol::limits;
use serde::{Deserialize, Serialize};

/// Sizes and totals. `--no-rate-limits` does not lift them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sizes {
    /// A message's text, in bytes of UTF-8; 65,536 minus room for the rest of a line at most.
    pub text_bytes: usize,
    /// Connections at once, of everybody together.
    pub connections: usize,
    /// TLS handshakes at once, of everybody together.
    pub handshakes: usize,
}

/// How often one may do what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// Messages, edits, reactions and the like of a session.
    pub messages: Rate,
    /// The same of a user, over all sessions.
    pub user_messages: Rate,
    /// Other requests of a session.
    pub requests: Rate,
    /// `login` and `guest` from an address.
    pub sign_ins: Rate,
    /// `resume` from an address: cheap, and a whole school may do it at once.
    pub resumes: Rate,
    /// Passwords tried for a username, wherever from.
    pub passwords: Rate,
    /// `register` from an address.
    pub registrations: Rate,
    /// Requests of a user that concern files over HTTP.
    pub files: Rate,
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

impl Rate {
    /// A rate of so many a second, and so many at once.
    pub const fn new(per_second: f64, burst: f64) -> Self {
        Self { per_second, burst }
    }

    pub(crate) fn is_usable(self) -> bool {
        self.per_second.is_finite() && self.per_second > 0.0 && self.burst >= 1.0
    }
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            text_bytes: limits::TEXT_BYTES,
            connections: 50_000,
            handshakes: 1_024,
        }
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            messages: Rate::new(10.0, 40.0),
            user_messages: Rate::new(20.0, 80.0),
            requests: Rate::new(50.0, 300.0),
            sign_ins: Rate::new(2.0, 100.0),
            resumes: Rate::new(50.0, 1_000.0),
            passwords: Rate::new(0.2, 20.0),
            registrations: Rate::new(0.5, 60.0),
            files: Rate::new(50.0, 500.0),
            connections: Rate::new(50.0, 500.0),
            connections_per_address: 1_000,
        }
    }
}
