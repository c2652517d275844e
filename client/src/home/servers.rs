//! The servers last used.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use parlor_protocol::Time;
use serde::{Deserialize, Serialize};

use super::{HomeError, files};

/// Servers kept in the list; the one not used for longest makes room.
const KEPT: usize = 50;

/// A server that was used from this home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentServer {
    /// Where it is: `HOST:PORT`.
    pub address: String,
    /// What it calls itself.
    pub name: String,
    /// When it was last used.
    pub last_used: Time,
}

fn path(home: &Path) -> PathBuf {
    home.join("servers.json")
}

/// The servers, the one used last first. A damaged list is an empty one: it is
/// a convenience and holds no trust.
pub(super) fn list(home: &Path) -> Vec<RecentServer> {
    match files::read_json(&path(home)) {
        Ok(servers) => servers.unwrap_or_default(),
        Err(error) => {
            tracing::warn!(%error, "the list of servers is left out");
            Vec::new()
        }
    }
}

pub(super) fn note(home: &Path, address: &str, name: &str) -> Result<(), HomeError> {
    let path = path(home);
    files::locked(&path, || {
        let mut servers = list(home);
        servers.retain(|server| server.address != address);
        servers.insert(
            0,
            RecentServer {
                address: address.to_owned(),
                name: name.to_owned(),
                last_used: Timestamp::now().into(),
            },
        );
        servers.truncate(KEPT);
        files::write_json(&path, &servers)
    })
}

pub(super) fn forget(home: &Path, address: &str) -> Result<(), HomeError> {
    let path = path(home);
    files::locked(&path, || {
        let mut servers = list(home);
        servers.retain(|server| server.address != address);
        files::write_json(&path, &servers)
    })
}
