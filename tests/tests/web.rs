//! The pages: attacked from outside byte for byte, and in a real browser.

#[path = "web/attacks.rs"]
mod attacks;
#[path = "web/hostile.rs"]
mod hostile;
#[path = "web/looks.rs"]
mod looks;
#[path = "web/pairs.rs"]
mod pairs;
#[path = "web/units.rs"]
mod units;
#[path = "web/walk.rs"]
mod walk;
