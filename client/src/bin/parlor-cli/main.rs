//! The headless client, for scripts and bots.
fn main() {}
