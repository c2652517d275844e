//! Parlor's keys, certificates, pins and links, the servers that a client
//! remembers, and the rustls configuration of every part. Section 1 of the
//! protocol is its contract. No other crate of ours configures TLS.
//!
//! # Layout
//!
//! - [`pin`]: the hash by which a server's key is known.
//! - [`address`]: a host and a port, as people type them.
//! - [`link`]: `parlor://…`, which carries address, trust and account at once.
//! - [`private`]: folders and files that only their owner may read.
//! - [`identity`]: a server's key and certificate, its own or from PEM files.
//! - [`signing_key`]: the Ed25519 key with which a server vouches for its users.
//! - `provider`: the cryptography of every part.
//! - [`server_tls`]: what a server speaks, swapped live when its certificate changes.
//! - [`client_tls`]: what a client speaks, and whom it trusts.
//! - [`named_pins`]: pins by name, for whoever is handed a verifier once and for all.
//! - [`known`]: the servers that a client remembers, and what it decides by them.
//! - [`error`]: what can go wrong with all of these.
#![warn(missing_docs)]

pub mod address;
pub mod client_tls;
pub mod error;
pub mod identity;
pub mod known;
pub mod link;
pub mod named_pins;
pub mod pin;
pub mod private;
mod provider;
pub mod server_tls;
pub mod signing_key;
mod verifier;

pub use address::Address;
pub use client_tls::{
    Alpn, Refusal, Trust, client_config, refusal, server_name, shown_pin, verifier,
};
pub use error::{AddressError, CertError, KnownError, LinkError, PinError};
pub use identity::{Identity, PemFiles};
pub use known::{KnownServer, KnownServers, TrustDecision};
pub use link::Link;
pub use named_pins::NamedPins;
pub use pin::Pin;
pub use server_tls::ServerTls;
pub use signing_key::{ServerKey, ServerPublicKey};

/// The ALPN name of session lines, which travel over TLS 1.3 only.
pub const ALPN_SESSION: &[u8] = b"parlor/1";
/// The ALPN name of HTTP/2.
pub const ALPN_H2: &[u8] = b"h2";
/// The ALPN name of HTTP/1.1; a client without ALPN means it too.
pub const ALPN_HTTP: &[u8] = b"http/1.1";
/// The port of a link or an address that names none.
pub const DEFAULT_PORT: u16 = 8888;
