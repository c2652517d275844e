//! Folders with mode 0700, files with 0600, replaced whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::HomeError;

pub(super) fn failed(what: &'static str, path: &Path, error: &io::Error) -> HomeError {
    HomeError::Io {
        what,
        path: path.to_owned(),
        detail: error.to_string(),
    }
}

/// Whether a folder is there with anything in it.
pub(super) fn holds_something(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some())
}

/// Makes a folder that only its owner may enter; one that is there is closed to others.
pub(super) fn make_folder(path: &Path) -> Result<(), HomeError> {
    let make = || -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
            builder.mode(0o700).create(path)?;
            if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
            }
        }
        #[cfg(not(unix))]
        builder.create(path)?;
        Ok(())
    };
    make().map_err(|error| failed("make", path, &error))
}

/// Opens a file for its owner alone, making it where it is missing.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Replaces a file: readers see the old bytes or the new, never a part, and a
/// power loss leaves one of the two.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = path.with_file_name(name);
    let write = || -> io::Result<()> {
        let mut file = open_private(&new)?;
        file.set_len(0)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&new);
        failed("write", path, &error)
    })
}

pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, HomeError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path, &error)),
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| HomeError::Damaged {
            path: path.to_owned(),
            detail: error.to_string(),
        })
}

pub(super) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), HomeError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| HomeError::Damaged {
        path: path.to_owned(),
        detail: error.to_string(),
    })?;
    bytes.push(b'\n');
    replace(path, &bytes)
}

/// Runs `change` while no other process of this home changes the same file.
pub(super) fn locked<T>(
    path: &Path,
    change: impl FnOnce() -> Result<T, HomeError>,
) -> Result<T, HomeError> {
    let lock = path.with_extension("lock");
    let held = open_private(&lock)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| failed("lock", &lock, &error))?;
    let done = change();
    drop(held);
    done
}
