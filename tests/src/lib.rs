//! The harness of Parlor's tests: real processes, real sockets, and a client
//! of its own that shares no code with `parlor-client`.
//!
//! # Layout
//!
//! - [`program`]: where the built programs are, and whether they are fresh.
//! - [`process`]: a child process that never outlives its test.
//! - [`until`]: waiting for a fact, with a deadline.
//! - [`parlord`]: a running room server with a data folder of its own.
//! - [`tracker`]: a tracker that stands alone.
//! - [`reverse`]: a running proxy; [`upstream`]: one that remembers what reached it.
//! - [`tls`]: TLS by pin, made here so that the tests judge `certs` from outside.
//! - [`raw`]: bytes and lines over one connection.
//! - [`wire`]: a signed-in user on such a connection.
//! - [`device`]: a device with keys of its own.
//! - [`elsewhere`]: a connection from another address.
//! - [`shape`]: what members an object must have.
//! - [`http`]: HTTP over TLS, in exact bytes.
//! - [`tus`]: uploads and downloads by such requests.
//! - [`files`]: what a server keeps of them on its disk.
//! - [`gate`]: what holds connections in the middle of what they carry.
//! - [`cli`]: `parlor-cli` with a home of its own.
//! - [`desktop`]: Xvfb, a window manager, and app windows driven by keys.
//! - [`browser`]: scripts that drive a real browser.
//! - [`store`]: what an app keeps in its home, read from outside.
//! - [`disk`]: a small disk that can be filled.
//! - [`netns`]: networks of their own, with routers, switches and captures.
//! - [`tree`]: the source tree, for the invariants.
//! - [`bench`]: the parts of `cargo bench-parlor`.
#![warn(missing_docs)]

pub mod bench;
pub mod browser;
pub mod cli;
pub mod desktop;
pub mod device;
pub mod disk;
pub mod elsewhere;
pub mod files;
pub mod gate;
pub mod http;
pub mod netns;
pub mod parlord;
pub mod process;
pub mod program;
pub mod raw;
pub mod reverse;
pub mod shape;
pub mod store;
pub mod tls;
pub mod tracker;
pub mod tree;
pub mod tus;
pub mod until;
pub mod upstream;
pub mod wire;
