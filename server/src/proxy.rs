//! `parlord proxy`: a reverse proxy and balancer for small set-ups. It ends TLS for
//! browsers with a certificate of its own, and hands `parlor/1` through undecrypted,
//! so that Parlor's clients see the server's key.
//!
//! # Layout
//!
//! - [`settings`]: what a proxy is told; [`target`]: an upstream's address.
//! - [`running`]: a proxy as a whole, started and stopped.
//! - `front`: the port; `rewind`: a stream of which some bytes were read ahead.
//! - `strict`: where one request ends and the next begins, by the letter of RFC 9112;
//!   `guarded`: a stream held to it.
//! - `pass`: `parlor/1`, undecrypted; `tunnel`: bytes both ways.
//! - `forward`: a request and its answer; `headers`: what of their heads goes on.
//! - `upload`, `download`: their bodies; `upgrade`: what follows a 101.
//! - `balance`: which upstream; `upstream`: one of them, and its kept connections.
//! - `line`: a connection to an upstream; `health`: whether it lives.
//! - `patience`: how long somebody is waited for who does nothing.
//! - `page`: what is said where there is no answer.

mod balance;
mod download;
mod forward;
mod front;
mod guarded;
mod headers;
mod health;
mod line;
mod page;
mod pass;
mod patience;
mod rewind;
pub mod running;
pub mod settings;
mod strict;
pub mod target;
mod tunnel;
mod upgrade;
mod upload;
mod upstream;

pub use running::{Proxy, RunningProxy};
pub use settings::{Balance, HeaderUse, ProxyConfig};
pub use target::Target;
