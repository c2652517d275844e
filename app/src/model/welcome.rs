//! The first screen: a field for a link, recent servers, hosting.

use parlor_client::AccountId;
use parlor_protocol::Time;

/// The first screen.
#[derive(Debug, Default)]
pub(crate) struct Welcome {
    /// What stands in the field.
    pub link: String,
    /// What was wrong with it, or with reaching it.
    pub error: Option<String>,
    /// The server that is being reached.
    pub reaching: Option<String>,
    /// Servers that were used before, the newest first.
    pub recent: Vec<Recent>,
}

/// A server that was used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recent {
    /// The account on this computer that is signed in there.
    pub account: Option<AccountId>,
    /// What it calls itself.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Who one is there, by display name, while signed in.
    pub who: Option<String>,
    /// When one was last there.
    pub last_here: Option<Time>,
}

impl Welcome {
    /// An account was used just now: its server is the newest.
    pub(crate) fn note(&mut self, account: &parlor_client::Account) {
        self.recent
            .retain(|recent| recent.address != account.address);
        let recent = Recent {
            account: Some(account.id.clone()),
            name: account.server_name.clone(),
            address: account.address.clone(),
            who: Some(account.name.clone()),
            last_here: Some(account.last_used),
        };
        self.recent.insert(0, recent);
    }
}
