//! `preferences.json` in the home: read before the window opens, written
//! whole whenever a choice changes.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::model::Preferences;

fn path(home: &Path) -> PathBuf {
    home.join("preferences.json")
}

/// The choices kept in this home. A file that cannot be read is as none: it
/// holds nothing that cannot be chosen again.
pub(crate) fn read(home: &Path) -> Preferences {
    let text = match fs::read_to_string(path(home)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Preferences::default(),
        Err(error) => {
            tracing::warn!(%error, "the preferences cannot be read");
            return Preferences::default();
        }
    };
    serde_json::from_str(&text).unwrap_or_else(|error| {
        tracing::warn!(%error, "the preferences are damaged, and begin anew");
        Preferences::default()
    })
}

/// Writes the choices: first beside the file, then in its place, so that a
/// crash leaves one or the other whole.
pub(crate) fn write(home: &Path, preferences: &Preferences) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(preferences)?;
    let beside = home.join("preferences.json.new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&beside)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&beside, path(home))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ThemeChoice;

    #[test]
    fn what_was_written_is_read() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(read(home.path()), Preferences::default());
        let preferences = Preferences {
            theme: ThemeChoice::Light,
            ..Preferences::default()
        };
        write(home.path(), &preferences).unwrap();
        assert_eq!(read(home.path()), preferences);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(path(home.path()))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(path(home.path()), "no json").unwrap();
        assert_eq!(read(home.path()), Preferences::default());
    }
}
