//! A person as others see them.

use serde::{Deserialize, Serialize};

use crate::{Presence, Role};

/// USER of the protocol, section 2.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Never changes, never given again.
    pub username: String,
    /// The display name, in any script.
    pub name: String,
    /// The rank on this server.
    pub role: Role,
    /// Whether they are there now.
    pub presence: Presence,
    /// A line of their own ("In the lab until 6"); empty if none.
    #[serde(default)]
    pub status: String,
}
