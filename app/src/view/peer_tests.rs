//! Talks between devices as people use them, and pictures of them.

mod acts;
mod looks;
