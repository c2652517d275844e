//! Sessions against a server that is small, speaks the protocol over real TLS,
//! and misbehaves when told to.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails where something is not there"
)]

#[allow(dead_code, reason = "the tests of parlor-cli use more of it")]
mod fake;
#[allow(dead_code, reason = "the tests of parlor-cli use more of it")]
mod fake_files;
mod files;
mod history;
mod outbox;
mod person;
mod resume;
mod trust;
