//! Parlor's desktop app.
//!
//! # Layout
//!
//! - `model`: plain state with methods; no iced runtime, clock or I/O.
//! - `view`: pure functions from the model to elements.
//! - `controller`: each file owns its `Message` and its `update`, which returns an `effect`.
//! - `effect`: what is to be done, as data; `perform` turns it into tasks.
//! - `theme`, `icon`, `locale`: how it looks and what it says.
#![warn(missing_docs)]
#![allow(dead_code, unused_imports)]

mod controller;
mod effect;
mod icon;
mod locale;
mod model;
mod theme;
mod view;
