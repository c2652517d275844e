//! A session: one account's actor, behind a [`Handle`] to ask and [`Events`] to listen.

mod events;
mod handle;
pub(crate) mod tap;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

pub use events::Events;
pub use handle::{Answer, Handle, RequestError};

use crate::actor::Actor;
use crate::home::{AccountId, Home, HomeError};
use crate::http::Caller;
use crate::shared::Shared;
use crate::store::{Store, StoreError};
use crate::transfers::{Standing, Transfers};

/// Commands that wait for the actor. It takes them at once, also while offline,
/// so that the bound is met only by an app that asks without waiting.
const COMMANDS: usize = 64;

/// Batches that wait for the app. What comes while they are full is gathered into the next.
const BATCHES: usize = 4;

/// How a session follows the rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// From the store's cursors on, keeping what comes in the store: for an app.
    Store,
    /// From [`Options::since`] or from now on, with cursors in memory: what comes
    /// is told as [`crate::Event::Raw`], and reconnecting loses and doubles nothing.
    Memory,
    /// Not at all: it asks and sends.
    Nothing,
}

/// How a session behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether and how it follows the rooms.
    pub follow: Follow,
    /// Whether it sends what waits in the outbox; its own messages, and those
    /// that processes which ended have left.
    pub outbox: bool,
    /// Whether it runs the transfers that are in the store, also those that
    /// processes which ended have left: for an app. Else only those it began itself.
    pub transfers: bool,
    /// Whether it fetches the newest messages of rooms of which few are kept,
    /// so that an app opens full while offline. Only with [`Follow::Store`].
    pub backfill: bool,
    /// Whether every line of the server's is told as [`crate::Event::Raw`] too.
    pub raw: bool,
    /// With [`Follow::Memory`]: the last `seq` seen of rooms; others begin now.
    pub since: std::collections::BTreeMap<String, u64>,
    /// How long a connection may take: name, TCP, TLS and the server's first line together.
    pub connect_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            follow: Follow::Store,
            outbox: true,
            transfers: true,
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
    let address: parlor_certs::Address = account.address.parse().map_err(|error| {
        HomeError::Known(format!(
            "the account's address cannot be read ({error}): sign in again"
        ))
    })?;
    let store = Store::open(&files.store()?, &files.running()?, &account.username)?;
    let shared = Arc::new(Shared::default());
    let tap = Arc::new(tap::Tap::default());
    let stop = CancellationToken::new();
    let (standing, stands) = watch::channel(Standing::default());
    let caller = Caller::new(
        home.clone(),
        account.id.clone(),
        address.clone(),
        options.connect_timeout,
    );
    let transfers = Transfers::new(store.clone(), files, Arc::new(caller), stands);
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
        tap: Arc::clone(&tap),
        asked,
        tell,
        standing,
        transfers: transfers.clone(),
        asker: commands.downgrade(),
        stop: stop.clone(),
    });
    tokio::spawn(actor.run());
    let events = Events::new(batches, store.clone(), stop.drop_guard());
    Ok((
        Handle::new(account, store, shared, commands, transfers, tap),
        events,
    ))
}
