//! A session: one account's actor, behind a [`Handle`] to ask and [`Events`] to listen.

mod events;
mod handle;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use events::Events;
pub use handle::{Answer, Handle, RequestError};

use crate::actor::Actor;
use crate::home::{AccountId, Home, HomeError};
use crate::shared::Shared;
use crate::store::{Store, StoreError};

/// Commands that wait for the actor. It takes them at once, also while offline,
/// so that the bound is met only by an app that asks without waiting.
const COMMANDS: usize = 64;

/// Batches that wait for the app. What comes while they are full is gathered into the next.
const BATCHES: usize = 4;

/// How a session behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Follow the rooms: resume with cursors, keep what comes in the local
    /// store. Without it the session sends and asks, and its events are the
    /// outgoing messages' and the connection's alone.
    pub follow: bool,
    /// Fetch the newest messages of rooms of which nothing is kept yet, so that the app opens full while offline.
    pub backfill: bool,
    /// Tell every line of the server's as [`crate::Event::Raw`] too.
    pub raw: bool,
    /// Start from these cursors instead of the store's: events after them are
    /// told (as [`crate::Event::Raw`]), also those that the store already has.
    pub since: std::collections::BTreeMap<String, u64>,
    /// How long a connection may take: name, TCP, TLS and the server's first line together.
    pub connect_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            follow: true,
            backfill: true,
            raw: false,
            since: std::collections::BTreeMap::new(),
            connect_timeout: crate::dial::CONNECT_TIMEOUT,
        }
    }
}

/// Why a session could not be started.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OpenError {
    /// The home does not have what is needed.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The local store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Starts a session with an account that has signed in: reads the local store, and connects.
///
/// The actor runs until [`Events`] is dropped, every [`Handle`] is dropped, or
/// the session ends ([`crate::ConnectionState::Ended`]). It must be called
/// within a tokio runtime.
///
/// # Errors
///
/// [`OpenError`] if there is no such account, it is signed out, or its store cannot be opened.
pub fn connect(home: &Home, account: &AccountId) -> Result<(Handle, Events), OpenError> {
    connect_with(home, account, Options::default())
}

/// [`connect`], behaving otherwise.
///
/// # Errors
///
/// Those of [`connect`].
pub fn connect_with(
    home: &Home,
    account: &AccountId,
    options: Options,
) -> Result<(Handle, Events), OpenError> {
    let files = home.account_files(account);
    let account = files.load()?;
    let token = files.token()?;
    let address = account.address.parse().map_err(|error| {
        HomeError::Known(format!(
            "the account's address cannot be read ({error}): sign in again"
        ))
    })?;
    let store = Store::open(&files.store()?, &files.running()?, &account.username)?;
    let shared = Arc::new(Shared::default());
    let stop = CancellationToken::new();
    let (commands, asked) = mpsc::channel(COMMANDS);
    let (tell, batches) = mpsc::channel(BATCHES);
    let actor = Actor::new(crate::actor::Parts {
        home: home.clone(),
        account: account.clone(),
        address,
        token,
        options,
        store: store.clone(),
        shared: Arc::clone(&shared),
        asked,
        tell,
        stop: stop.clone(),
    });
    tokio::spawn(actor.run());
    let handle = Handle::new(account, store, shared, commands);
    Ok((handle, Events::new(batches, stop.drop_guard())))
}
