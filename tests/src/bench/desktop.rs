//! The app's start and memory.
