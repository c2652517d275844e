//! Parlor's desktop app.
//!
//! # Layout
//!
//! - `model`: plain state with methods; no iced runtime, clock or I/O.
//! - `view`: pure functions from the model to elements.
//! - `controller`: each file owns its `Message` and its `update`, which returns an `effect`.
//! - `effect`: what is to be done, as data; `perform` turns it into tasks.
//! - `theme`, `icon`, `locale`: how it looks and what it says.
//! - `app`: all of these as one iced program. `sessions`: what the client tells, as subscriptions.
//! - `sending`: what was written, into the outbox in its order. `hosting`: the server inside the app.
//! - `picker`, `picture`: the system's dialogs for files, and pictures of others made safe to draw.
//! - `display`, `instance`, `preferences_file`: a screen, the only start, what is remembered.
#![warn(missing_docs)]

mod app;
mod controller;
mod display;
mod effect;
mod hosting;
mod icon;
mod instance;
mod locale;
mod model;
mod perform;
mod picker;
mod picture;
mod preferences_file;
mod sending;
mod sessions;
mod theme;
mod view;
mod widget;

use std::path::Path;

use parlor_client::{Home, HomeError};

pub use app::{Start, run};
pub use display::{Display, NoDisplay};
pub use instance::{Instance, InstanceError};

/// Opens the folder in which the app keeps everything; the user's data folder if none is named.
///
/// # Errors
///
/// [`HomeError`] if there is none, or it cannot be made.
pub fn open_home(dir: Option<&Path>) -> Result<Home, HomeError> {
    match dir {
        Some(dir) => Home::open(dir),
        None => Home::open(Home::default_dir()?),
    }
}
