//! The pages in a real browser.

#[path = "web/looks.rs"]
mod looks;
#[path = "web/walk.rs"]
mod walk;
