//! What one sees: pure functions from the model to elements.
//!
//! # Layout
//!
//! - [`part`]: small pieces that every region uses.

pub(crate) mod part;
