//! Where a download lies while it comes, and how it gets to its place without
//! ever taking another file's.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use parlor_protocol::limits::FILE_NAME_BYTES;

/// Names tried (`report (2).pdf`, …) before a folder is believed to be full of them.
const NAMES: u32 = 10_000;

/// Where the bytes of a download are kept until it is whole: hidden, beside its
/// place, under a name that nobody else uses.
pub(crate) fn partial(folder: &Path, name: &str) -> PathBuf {
    let mark = crate::random::hex(6);
    let most = FILE_NAME_BYTES - mark.len() - ".".len() * 2 - ".part".len();
    folder.join(format!(".{}.{mark}.part", cut(name, most)))
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The `n`th name for a file: itself, then `report (2).pdf`, `report (3).pdf`, …
pub(crate) fn numbered(name: &str, n: u32) -> String {
    if n < 2 {
        return name.to_owned();
    }
    let (stem, extension) = match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name, ""),
    };
    // Both halves of the likes of .tar.gz are its extension.
    let (stem, extension) = match stem.strip_suffix(".tar") {
        Some(inner) if !inner.is_empty() => name.split_at(inner.len()),
        _ => (stem, extension),
    };
    let number = format!(" ({n})");
    let most = FILE_NAME_BYTES.saturating_sub(number.len() + extension.len());
    format!("{}{number}{extension}", cut(stem, most))
}

/// Opens a partial file for its owner alone. One that is a link, or anything else than a
/// file of our own, is refused: somebody put it there.
pub(crate) fn open_partial(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    #[cfg(unix)]
    let alone = std::os::unix::fs::MetadataExt::nlink(&metadata) == 1;
    #[cfg(not(unix))]
    let alone = true;
    if metadata.is_file() && alone {
        Ok(file)
    } else {
        Err(io::Error::other("it is no file of this program's"))
    }
}

/// Gives a whole file the mode that a new one has in this folder, and puts it on the disk.
pub(crate) fn finish(file: &File, partial: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        // What the umask makes of a new file can only be seen by making one.
        let probe = partial.with_extension("new");
        let made = match probe_at(&probe) {
            // A crash left it: the name is this download's alone.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(&probe)?;
                probe_at(&probe)?
            }
            made => made?,
        };
        let usual = made.metadata()?.permissions();
        fs::remove_file(&probe)?;
        file.set_permissions(usual)?;
    }
    #[cfg(not(unix))]
    let _ = partial;
    file.sync_all()
}

#[cfg(unix)]
fn probe_at(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Puts a whole file under `name` into `folder`, or under the next name that is
/// free. `about` is told each place before it is tried.
pub(crate) fn put(
    partial: &Path,
    folder: &Path,
    name: &str,
    mut about: impl FnMut(&Path) -> io::Result<()>,
) -> io::Result<PathBuf> {
    for n in 1..=NAMES {
        let place = folder.join(numbered(name, n));
        // A look saves telling; what happens between it and the renaming is caught by that.
        if fs::symlink_metadata(&place).is_ok() {
            continue;
        }
        about(&place)?;
        match rename_new(partial, &place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => {
                flush_folder(folder)?;
                return Ok(place);
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Puts a whole file in a place that its user chose; what stands there is replaced.
pub(crate) fn replace(partial: &Path, place: &Path) -> io::Result<()> {
    fs::rename(partial, place)?;
    place.parent().map_or(Ok(()), flush_folder)
}

fn flush_folder(folder: &Path) -> io::Result<()> {
    as_far_as_possible(File::open(folder).and_then(|folder| folder.sync_all()))
}

/// Not every file system can flush a folder, and one that may be written to but not read
/// cannot be opened for it. The file itself is flushed and has its name: it came.
fn as_far_as_possible(flushed: io::Result<()>) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied};
    match flushed {
        Err(error) if matches!(error.kind(), InvalidInput | PermissionDenied) => Ok(()),
        done => done,
    }
}

/// Renames, and fails where the new name is taken, however it came to be.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // This file system, or this kernel, does not have it.
            Err(Errno::INVAL | Errno::NOSYS) => {}
            done => return Ok(done?),
        }
    }
    reserve_and_rename(from, to)
}

/// Takes the name by a new empty file, which no other file can be, and replaces that.
fn reserve_and_rename(from: &Path, to: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(to)?;
    fs::rename(from, to).inspect_err(|_| {
        let _ = fs::remove_file(to);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_before_their_extension() {
        let check = |name: &str, n: u32, expected: &str| assert_eq!(numbered(name, n), expected);
        check("report.pdf", 1, "report.pdf");
        check("report.pdf", 2, "report (2).pdf");
        check("report.tar.gz", 3, "report (3).tar.gz");
        check("README", 2, "README (2)");
        check("a.b.c", 2, "a.b (2).c");
        let long = format!("{}.pdf", "é".repeat(125));
        let second = numbered(&long, 2);
        assert!(second.len() <= FILE_NAME_BYTES && second.ends_with("é (2).pdf"));
        let hidden = partial(Path::new("/x"), &"é".repeat(127));
        assert!(hidden.file_name().unwrap().len() <= FILE_NAME_BYTES);
    }

    #[test]
    fn no_file_and_no_link_is_taken() {
        for how in [rename_new, reserve_and_rename] {
            let dir = tempfile::tempdir().unwrap();
            let (from, to) = (dir.path().join("a"), dir.path().join("b"));
            fs::write(&from, "new").unwrap();
            fs::write(&to, "old").unwrap();
            let kind = how(&from, &to).unwrap_err().kind();
            assert_eq!(kind, io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&to).unwrap(), b"old");
            fs::remove_file(&to).unwrap();
            std::os::unix::fs::symlink("nowhere", &to).unwrap();
            assert!(how(&from, &to).is_err());
            fs::remove_file(&to).unwrap();
            how(&from, &to).unwrap();
            assert_eq!(fs::read(&to).unwrap(), b"new");
        }
    }

    #[test]
    fn what_a_crash_left_of_a_look_at_the_mode_is_no_obstacle() {
        let dir = tempfile::tempdir().unwrap();
        let partial = partial(dir.path(), "report.pdf");
        let file = open_partial(&partial).unwrap();
        let probe = partial.with_extension("new");
        fs::write(&probe, "").unwrap();
        finish(&file, &partial).unwrap();
        assert!(!probe.exists());
        // Whatever else has the name is not looked into, and goes too.
        std::os::unix::fs::symlink("nowhere", &probe).unwrap();
        finish(&file, &partial).unwrap();
        assert!(fs::symlink_metadata(&probe).is_err());
    }

    #[test]
    fn a_folder_that_cannot_be_flushed_takes_files() {
        let check = |error: io::ErrorKind, is_failure: bool| {
            let done = as_far_as_possible(Err(error.into()));
            assert_eq!(done.is_err(), is_failure, "{error:?}");
        };
        check(io::ErrorKind::InvalidInput, false);
        check(io::ErrorKind::PermissionDenied, false);
        check(io::ErrorKind::StorageFull, true);
        check(io::ErrorKind::NotFound, true);
        check(io::ErrorKind::Other, true);
    }

    #[test]
    fn a_link_in_place_of_a_partial_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let (target, link) = (dir.path().join("target"), dir.path().join("link"));
        fs::write(&target, "theirs").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(open_partial(&link).is_err());
        let hard = dir.path().join("hard");
        fs::hard_link(&target, &hard).unwrap();
        assert!(open_partial(&hard).is_err());
        assert_eq!(fs::read(&target).unwrap(), b"theirs");
    }
}
