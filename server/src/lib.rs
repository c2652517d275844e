//! parlord, Parlor's room server, as a library.
//!
//! # Layout
//!
//! - [`storage`]: where everything is kept, behind a trait.
#![warn(missing_docs)]

pub mod storage;
