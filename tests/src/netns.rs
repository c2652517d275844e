//! Networks that a test makes for itself: hosts behind routers, or at one switch, each in a network
//! namespace of its own.
//!
//! Nothing outside of them is touched, and nothing of them is left: a namespace is held by a process
//! that ends when its standard input does, which is when the test ends, however it ends.
//!
//! # Layout
//!
//! - [`space`]: one namespace, and programs in it.
//! - [`homes`]: two hosts behind a router each, and a public host.
//! - [`lan`]: hosts at one switch, which leads nowhere else.
//! - [`capture`]: what passes, in a file.

pub mod capture;
pub mod homes;
pub mod lan;
pub mod space;

pub use capture::Capture;
pub use homes::Homes;
pub use lan::Lan;
pub use space::Space;

use crate::disk::as_namespace_root;

/// Whether networks can be made by this process. Without being root the test `name` is run again as the
/// root of a user namespace, and must not go on here.
///
/// # Panics
///
/// When the test fails there, or there can be no such namespace.
pub fn can_be_made(name: &str) -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        as_namespace_root(name);
    }
    is_root
}
