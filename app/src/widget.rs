//! Widgets that iced has not.
//!
//! # Layout
//!
//! - [`virtual_list`]: a list of any length that builds only the rows in sight.
//! - [`popover`]: what opens beside a button and closes by a click elsewhere.

pub(crate) mod popover;
pub(crate) mod virtual_list;

pub(crate) use popover::Popover;
pub(crate) use virtual_list::VirtualList;
