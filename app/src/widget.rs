//! Widgets that iced has not.
//!
//! # Layout
//!
//! - [`virtual_list`]: a list of any length that builds only the rows in sight.
//! - [`key_order`]: what follows a key that may move the keyboard waits until it has moved.
//! - [`popover`]: what opens beside a button and closes by a click elsewhere.

#[cfg(test)]
pub(crate) mod headless;
pub(crate) mod key_order;
pub(crate) mod popover;
pub(crate) mod virtual_list;

pub(crate) use key_order::KeyOrder;
pub(crate) use popover::Popover;
pub(crate) use virtual_list::VirtualList;
