//! What the server does for each request.
//!
//! # Layout
//!
//! - [`accounts`]: `register`, `login`, `guest`, `resume`.
//! - [`entry`]: how a session begins on a connection, and what was missed.
//! - [`sessions`]: `logout`, `sessions`, `end_session`, `change_password`.
//! - [`rooms`]: making, listing, describing and deleting rooms.
//! - [`membership`]: coming into rooms and going.
//! - [`messages`]: `send`, `edit`, `delete`, `react`.
//! - [`history`]: `history`, `search`, `read`.
//! - [`files`]: `files`, `delete_file`.
//! - [`devices`]: `publish_device`, `devices`, `revoke_device`, `claim_keys`.
//! - [`mail`]: `hold`, `taken`.
//! - [`people`]: `users`, `profile`, `presence`, `typing`.
//! - [`rank`]: who may act on whom.
//! - [`discipline`]: `kick`, `ban`, `mute` and their opposites.
//! - [`office`]: `role`, `create_invite`, `alert`, `audit`.
//! - [`page`]: limits of lists, and cutting them to a line.

pub(crate) mod accounts;
pub(crate) mod devices;
pub(crate) mod discipline;
pub(crate) mod entry;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod mail;
pub(crate) mod membership;
pub(crate) mod messages;
pub(crate) mod office;
mod page;
pub(crate) mod people;
mod rank;
pub(crate) mod rooms;
pub(crate) mod sessions;
