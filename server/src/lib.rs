//! parlord, Parlor's room server, as a library.
//!
//! # Layout
//!
//! - [`config`]: what a server is told.
//! - [`server`]: a server as a whole, started and stopped.
//! - [`start_error`]: why one did not start.
//! - [`data_dir`]: the folder where everything is kept.
//! - [`certificate`]: the certificate that it shows, as it changes on disk.
//! - `first_start`: the link that makes the owner.
//! - `face`, `reachable`: how it looks from outside.
//! - `listener`, `http`: the port, and what it answers to HTTP; `forwarded`: for whom a proxy asks.
//! - `web`: the pages.
//! - `limits`: how often somebody may do something.
//! - `state`: what all connections share.
//! - `connection`: a stream of bytes as session lines.
//! - `endpoint`, `connections`: a connection as the rest knows it, and all of them.
//! - `outbox`: what waits to be written to one connection.
//! - `dispatch`, `handlers`: what is done for each request.
//! - `endings`: how sessions end.
//! - `files`, `blobs`: uploads that become files, and where their bytes are.
//! - `transfers`: the uploads and downloads that run.
//! - `directory`: users, sessions, rooms and memberships in memory.
//! - `log`: the actor through which every act on a room goes.
//! - `bus`: who hears what.
//! - `trackers`: what sends users to the trackers.
//! - `typing`, `keeper`: who is writing, and what is done by the clock.
//! - `clock`, `secrets`: the time, and what nobody can guess.
//! - [`storage`]: where everything is kept, behind a trait.
//! - [`passwords`]: what a password must be, and how it is kept.
//! - [`proxy`]: `parlord proxy`, which stands in front of servers.
//! - [`admin`]: what the command line does to accounts and invites.
#![warn(missing_docs)]

pub mod admin;
mod blobs;
mod bus;
pub mod certificate;
mod clock;
pub mod config;
mod connection;
mod connections;
pub mod data_dir;
mod directory;
mod dispatch;
mod endings;
mod endpoint;
mod face;
mod files;
mod first_start;
mod forwarded;
mod handlers;
mod http;
mod keeper;
mod limits;
mod listener;
mod log;
mod outbox;
pub mod passwords;
pub mod proxy;
mod reachable;
mod secrets;
pub mod server;
pub mod start_error;
mod state;
pub mod storage;
#[cfg(test)]
mod tests;
mod trackers;
mod transfers;
mod typing;
mod web;

pub use config::Config;
pub use server::{Phase, RunningServer};
pub use start_error::StartError;
