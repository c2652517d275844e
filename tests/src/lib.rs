//! The harness of Parlor's tests: real processes, real sockets, and a client
//! of its own that shares no code with `parlor-client`.
//!
//! # Layout
//!
//! - [`program`]: where the built programs are, and whether they are fresh.
//! - [`process`]: a child process that never outlives its test.
//! - [`until`]: waiting for a fact, with a deadline.
//! - [`parlord`]: a running room server with a data folder of its own.
//! - [`tls`]: TLS by pin, made here so that the tests judge `certs` from outside.
//! - [`raw`]: bytes and lines over one connection.
//! - [`wire`]: a signed-in user on such a connection.
//! - [`shape`]: what members an object must have.
//! - [`gate`]: what holds connections in the middle of what they carry.
//! - [`http`]: one HTTP request over TLS.
//! - [`cli`]: `parlor-cli` with a home of its own.
//! - [`desktop`]: Xvfb, a window manager, and app windows driven by keys.
//! - [`store`]: what an app keeps in its home, read from outside.
//! - [`tree`]: the source tree, for the invariants.
//! - [`bench`]: the parts of `cargo bench-parlor`.
#![warn(missing_docs)]

pub mod bench;
pub mod cli;
pub mod desktop;
pub mod gate;
pub mod http;
pub mod parlord;
pub mod process;
pub mod program;
pub mod raw;
pub mod shape;
pub mod store;
pub mod tls;
pub mod tree;
pub mod until;
pub mod wire;
