//! Parlor's tracker: how peers find each other, and the relay for those who cannot meet.
//! Section 4 of the protocol is its contract. It runs inside parlord or alone, as `parlor-tracker`.
//!
//! # Layout
//!
//! - [`settings`]: bounds and rates.
//! - [`authority`]: the room server, as the tracker asks it.
//! - [`room_server`]: the same, asked over HTTPS.
//! - [`sockets`]: the port, TCP and UDP.
//! - [`tracker`]: a tracker from its start to its end.
//! - `gate`: accepts connections; [`plain`]: who speaks no TLS; `http`: what is asked on a connection.
//! - `calls`: what each call does; `answer`: what it is answered.
//! - `tokens`: who may call; `rates`: how often.
//! - `registry`: who is where.
//! - `relay`: the relay, who may use it, and public addresses.
//! - `sweep`: what ends meanwhile; `metrics`: what is counted.
#![warn(missing_docs)]

mod answer;
pub mod authority;
mod calls;
mod gate;
mod http;
mod metrics;
pub mod plain;
mod rates;
mod registry;
mod relay;
pub mod room_server;
pub mod settings;
pub mod sockets;
mod state;
mod sweep;
mod tokens;
pub mod tracker;

pub use authority::{Authority, AuthorityError};
pub use settings::Settings;
pub use sockets::Sockets;
pub use tracker::{RunningTracker, StartError, Tracker, TrackerCounts, TrackerHandle};
