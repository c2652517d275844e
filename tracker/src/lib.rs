//! Parlor tracker.
