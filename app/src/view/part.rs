//! Small pieces that every region uses.
//!
//! # Layout
//!
//! - [`text`]: text of the type scale.
//! - [`avatar`], [`badge`], [`key`]: a person, a count, a key.
//! - [`button`]: buttons with words, with an icon, and rows of menus.

pub(crate) mod avatar;
pub(crate) mod badge;
pub(crate) mod button;
pub(crate) mod key;
pub(crate) mod tag;
pub(crate) mod text;
