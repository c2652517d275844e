//! Parlor's headless client: it keeps an account's rooms and messages on this
//! computer, stays connected, and sends what its user wrote exactly once.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use parlor_client::{Credentials, Event, Home, Trust, connect, greet, sign_in};
//!
//! let home = Home::open(Home::default_dir()?)?;
//! let link = "parlor://127.0.0.1:8888/?pin=…".parse()?;
//! let greeting = greet(&home, &link).await?;
//! if greeting.trust == Trust::FirstUse {
//!     // Show greeting.pin, ask once, and on yes:
//!     home.remember(&greeting)?;
//! }
//! let who = Credentials::Login { username: "alice".into(), password: "…".into() };
//! let account = sign_in(&home, &link, who).await?;
//! let (handle, mut events) = connect(&home, &account.id)?;
//! handle.send("general", "Chào!", None).await?;
//! while let Some(batch) = events.next().await {
//!     for event in batch {
//!         if let Event::Messages { room, items } = event {
//!             // Each item as it now stands, in `seq` order.
//!         }
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! # Layout
//!
//! - [`home`]: the folder in which everything is kept, and the accounts in it.
//! - [`greet`](mod@greet): first contact with a server, and why it can be trusted.
//! - [`sign_in`](mod@sign_in): signing in.
//! - [`session`]: one account's session: [`Handle`] asks, [`Events`] tell.
//! - [`event`]: what a session tells.
//! - [`item`], [`outgoing`], [`history`]: what stands in a timeline, what is on
//!   its way into it, and pages of it.
//! - [`transfer`]: files on their way up or down.
//! - [`peer`]: direct talks, peer channels and files between devices.
//! - `actor`: the task behind a session: connecting, resuming, sending.
//! - `transfers`: the task behind those; `http`: how they reach the server.
//! - `store`: the local store, in SQLite.
//! - `paging`: pages from the store, or from the server into the store.
//! - `dial`: TCP, TLS and lines.
#![warn(missing_docs)]

mod actor;
mod dial;
pub mod event;
pub mod greet;
pub mod history;
pub mod home;
mod http;
pub mod item;
pub mod outgoing;
mod paging;
pub mod peer;
mod random;
pub mod session;
mod shared;
pub mod sign_in;
mod store;
pub mod transfer;
mod transfers;

pub use dial::ConnectError;
pub use event::{
    ConnectionState, EndReason, Event, KeyChange, OfflineReason, RoomState, ServerKey, Snapshot,
};
pub use greet::{Greeting, Trust, greet};
pub use history::{HistoryPage, Place};
pub use home::{Account, AccountId, Home, HomeError, RecentServer};
pub use item::{Happening, Item, SystemLine};
pub use outgoing::{Failure, Nonce, Outgoing, OutgoingState};
pub use parlor_certs::{Address, AddressError, Link, LinkError, Pin};
pub use session::{
    Answer, Events, Follow, Handle, OpenError, Options, RequestError, connect, connect_with,
};
pub use sign_in::{Credentials, SignInError, sign_in, sign_in_line};
pub use store::StoreError;
pub use transfer::{
    Direction, Purpose, SaveTo, Source, Transfer, TransferError, TransferFailure, TransferId,
    TransferState,
};
