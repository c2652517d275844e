//! The parts of `cargo bench-parlor`: what is measured, how, and beside which aim.
//!
//! The server runs on one core, everything of the load on another. The load
//! is one thread over `epoll` with rustls' unbuffered connections, because a
//! receiver must cost less than what it measures.
//!
//! # Layout
//!
//! - [`conn`]: one cheap connection.
//! - [`crowd`]: many of them on one thread.
//! - [`server`]: the release build of `parlord`, on its core.
//! - [`fanout`]: one sender to many receivers, saturated and at a steady rate.
//! - [`acks`]: acknowledged sends, closed loop.
//! - [`idle`]: memory of connections that say nothing.
//! - [`handshakes`]: connecting anew with `resume`.
//! - [`files`]: files up and down, beside nginx and a bare pipe.
//! - [`desktop`]: the app's start and memory.
//! - [`proxy`]: `parlord proxy` beside [`nginx`]; [`pages`]: `parlord`'s pages beside it.
//! - [`peers`]: two peers: a message, and a file.
//! - [`tracker`]: a tracker with many peers.
//! - [`report`]: a line of what was measured, beside its aim.

pub mod acks;
pub mod conn;
pub mod crowd;
pub mod desktop;
pub mod fanout;
pub mod files;
pub mod handshakes;
pub mod idle;
pub mod nginx;
pub mod pages;
pub mod peers;
pub mod proxy;
pub mod report;
pub mod server;
pub mod tracker;
