//! How a node behaves.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::store::PeerStore;
use crate::store::StoreError;

/// How a node behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PeerOptions {
    /// What this device is called; the host's name if empty.
    pub label: String,
    /// Whether it looks for others on the LAN.
    pub lan: bool,
    /// Whether it goes by relays only and shows its address to nobody.
    pub relay_only: bool,
    /// Whether keys may be kept in the system's keyring.
    pub keyring: bool,
    /// Where accepted files go if nobody says otherwise; without it each is asked about.
    pub save_to: Option<PathBuf>,
}

impl Default for PeerOptions {
    fn default() -> Self {
        Self {
            label: String::new(),
            lan: true,
            relay_only: false,
            keyring: true,
            save_to: None,
        }
    }
}

impl PeerOptions {
    /// These, showing no more of this computer than the others do.
    pub(crate) fn tightened(self, by: &Self) -> Self {
        Self {
            lan: self.lan && by.lan,
            relay_only: self.relay_only || by.relay_only,
            ..self
        }
    }

    /// Whether something of this computer is to be shown to nobody.
    pub(crate) fn is_tight(&self) -> bool {
        !self.lan || self.relay_only
    }
}

/// Where the options are kept that were wished last, for commands that run without whoever wished them.
const OPTIONS: &str = "options";

/// Keeps options, for [`kept`].
pub(crate) async fn keep(store: &PeerStore, options: &PeerOptions) -> Result<(), StoreError> {
    let json = serde_json::to_string(options).unwrap_or_default();
    store.set_meta(OPTIONS, json).await
}

/// The options that were wished last, if any were.
pub(crate) async fn kept(store: &PeerStore) -> Result<Option<PeerOptions>, StoreError> {
    let kept = store.meta(OPTIONS).await?;
    Ok(kept.and_then(|json| serde_json::from_str(&json).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::store::Wish;

    #[tokio::test]
    async fn options_of_two_processes_show_no_more_than_either() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("peer.db");
        let store = PeerStore::open(&path, "alice").unwrap();
        let open = PeerOptions {
            label: "desk".into(),
            ..PeerOptions::default()
        };
        let no_lan = PeerOptions {
            lan: false,
            ..PeerOptions::default()
        };
        let hidden = PeerOptions {
            relay_only: true,
            ..PeerOptions::default()
        };
        assert!(!open.is_tight() && no_lan.is_tight() && hidden.is_tight());
        let wishes = [&no_lan, &hidden, &hidden].map(|by| Wish::Tighten(Box::new(by.clone())));
        for wish in wishes.clone() {
            store.wish(wish).await.unwrap();
        }
        let wishes = store.wishes().await.unwrap().into_iter();
        let mut options = open.clone();
        let mut count = 0;
        for (_, wish) in wishes {
            let Wish::Tighten(by) = wish else {
                panic!("{wish:?}")
            };
            options = options.tightened(&by);
            count += 1;
        }
        assert_eq!(count, 2, "the same wish again is one");
        let both = PeerOptions {
            lan: false,
            relay_only: true,
            ..open.clone()
        };
        assert_eq!(options, both);
        // They are found by who runs later.
        assert_eq!(kept(&store).await.unwrap(), None);
        keep(&store, &both).await.unwrap();
        let later = PeerStore::open(&path, "alice").unwrap();
        assert_eq!(kept(&later).await.unwrap(), Some(both.clone()));
        // Who shows less is not opened by who shows all.
        assert_eq!(both.clone().tightened(&open), both);
    }
}
