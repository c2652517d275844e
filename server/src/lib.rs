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
//! - `listener`, `http`: the port, and what it answers to HTTP.
//! - `limits`: how often somebody may do something.
//! - [`storage`]: where everything is kept, behind a trait.
//! - [`passwords`]: what a password must be, and how it is kept.
//! - [`admin`]: what the command line does to accounts and invites.
#![allow(dead_code)]
#![warn(missing_docs)]

pub mod admin;
pub mod certificate;
pub mod config;
pub mod data_dir;
mod face;
mod first_start;
mod http;
mod limits;
mod listener;
pub mod passwords;
mod reachable;
pub mod server;
pub mod start_error;
pub mod storage;

pub use config::Config;
pub use server::{Phase, RunningServer};
pub use start_error::StartError;
