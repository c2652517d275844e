//! Which server is meant.

use std::fmt;

/// A server as the user names it: a link, or an address typed by hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    /// What was pasted or typed: `parlor://…`, `host`, or `host:port`.
    pub text: String,
}

impl Target {
    /// The target that `text` names; white space around it does not count.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
