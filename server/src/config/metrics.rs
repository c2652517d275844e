//! Who may read `/metrics`.

use serde::{Deserialize, Serialize};

/// Who may read `/metrics`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// The bearer token by which they are read; without one nobody reads them.
    pub token: Option<MetricsToken>,
}

/// A secret; `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricsToken(String);

/// Characters of a token at the least, so that nobody guesses it.
const LEAST_CHARS: usize = 16;

impl std::fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MetricsToken(..)")
    }
}

impl MetricsToken {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Metrics {
    pub(super) fn validate(&self) -> Result<(), (&'static str, &'static str)> {
        let can_be_sent =
            |token: &str| token.len() >= LEAST_CHARS && token.bytes().all(|b| b.is_ascii_graphic());
        match &self.token {
            Some(token) if !can_be_sent(token.as_str()) => Err((
                "metrics.token",
                "must have at least 16 letters, digits and signs, without spaces",
            )),
            _ => Ok(()),
        }
    }
}
