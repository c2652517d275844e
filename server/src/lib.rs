//! parlord, Parlor's room server, as a library.
//!
//! # Layout
//!
//! - [`config`]: what a server is told.
//! - `limits`: how often somebody may do something.
//! - [`storage`]: where everything is kept, behind a trait.
#![warn(missing_docs)]

pub mod config;
#[allow(dead_code)]
mod limits;
pub mod storage;
