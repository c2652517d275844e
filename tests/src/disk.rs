//! A small disk of its own: a tmpfs, which can be filled to the brim.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::statvfs;
use tempfile::TempDir;

/// What is written at once to fill it.
const PIECE: u64 = 4096;

/// A small disk, unmounted when dropped.
#[derive(Debug)]
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// A disk of this size, as `mount` takes it.
    ///
    /// # Panics
    ///
    /// When nothing can be mounted here.
    pub fn mount(size: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .status()
            .expect("mount is there");
        assert!(status.success(), "a tmpfs can be mounted here");
        Self { folder }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Bytes that are free.
    ///
    /// # Panics
    ///
    /// When the system does not say.
    pub fn free(&self) -> u64 {
        let facts = statvfs(self.path()).expect("a disk has its facts");
        facts.f_bavail * facts.f_frsize
    }

    /// Fills what is free, but for so many bytes, with one file.
    ///
    /// # Panics
    ///
    /// When the file cannot be made.
    pub fn fill(&self, but: u64) -> PathBuf {
        let path = self.path().join("ballast");
        let mut ballast = File::create(&path).expect("a file is made");
        let piece = [0x55; PIECE as usize];
        while self.free() >= but + PIECE && ballast.write_all(&piece).is_ok() {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// Runs a test again as the root of a user namespace of its own, where one may
/// mount without being root.
///
/// # Panics
///
/// When it fails there, or there can be no such namespace.
pub fn as_namespace_root(test: &str) {
    let status = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount"])
        .arg(std::env::current_exe().expect("a test knows its path"))
        .args(["--exact", test])
        .status()
        .expect("unshare is there");
    assert!(
        status.success(),
        "failed in a user namespace: run the tests as root where these are not allowed"
    );
}
