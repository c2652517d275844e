//! The fuzz targets of Parlor's codec. Run one with
//! `cargo +nightly fuzz run request` (or `incoming`, `lines`, `link`) from the
//! workspace's folder; CONTRIBUTING.md says more.

pub mod properties;
