//! Whole flows against the session core, over streams in memory and a real
//! store in a folder of its own.

mod accounts;
mod bounds;
mod failing;
mod files;
pub(crate) mod harness;
mod messages;
mod moderation;
mod people;
mod replay;
mod rooms;
mod trackers;
mod web;
