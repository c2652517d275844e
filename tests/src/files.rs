//! What a server keeps of files in its data folder, seen from outside.

use std::path::{Path, PathBuf};

/// Every regular file under a folder, with its length. What goes while one looks is left out.
pub fn all(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() {
            found.extend(all(&entry.path()));
        } else if let Ok(facts) = entry.metadata() {
            found.push((entry.path(), facts.len()));
        }
    }
    found
}

/// The contents of files, whole or not.
pub fn contents(data: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = all(&data.join("files"));
    found.extend(all(&data.join("uploads")));
    found
}

/// Bytes of all [`contents`].
pub fn weight(data: &Path) -> u64 {
    contents(data).iter().map(|(_, length)| length).sum()
}
