//! Contents in a folder of the local disk, as `FOLDER/ab/abcd…`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_certs::private;
use rustix::io::{ReadWriteFlags, preadv2};

use super::{Blobs, Content};
use crate::storage::ContentHash;

/// What a copy is called until it is whole.
const PART: &str = "part";

/// Contents in a folder.
#[derive(Debug)]
pub(crate) struct LocalBlobs {
    folder: PathBuf,
    // A std Mutex: a set's operation, and the removal of one name, so that no copy
    // begins under it.
    copying: Mutex<HashSet<PathBuf>>,
}

impl LocalBlobs {
    /// Contents in this folder, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// If it can neither be found nor made.
    pub(crate) fn open(folder: PathBuf) -> io::Result<Self> {
        private::make_dir(&folder)?;
        private::restrict(&folder)?;
        Ok(Self {
            folder,
            copying: Mutex::default(),
        })
    }

    fn shelf(&self, first: u8) -> PathBuf {
        self.folder.join(format!("{first:02x}"))
    }

    fn path(&self, hash: ContentHash) -> PathBuf {
        self.shelf(hash.0[0]).join(hash.to_string())
    }

    fn copying(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.copying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies what cannot be linked; what is not whole yet is not for [`Blobs::list`] to remove.
    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let copying = Copying::begin(self, to.with_extension(PART));
        copy(from, &copying.part, to)
    }

    /// Removes what a crash left of a copy, unless it is one that is being made.
    fn remove_part(&self, part: &Path) -> io::Result<()> {
        let copying = self.copying();
        if copying.contains(part) {
            return Ok(());
        }
        match fs::remove_file(part) {
            // Its copy became whole since the folder was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// The folder of a content, which survives a power cut from now on.
    fn make_shelf(&self, first: u8) -> io::Result<PathBuf> {
        let shelf = self.shelf(first);
        if !shelf.is_dir() {
            private::make_dir(&shelf)?;
            flush(&self.folder)?;
        }
        Ok(shelf)
    }
}

/// A copy under way, until it is dropped.
struct Copying<'a> {
    blobs: &'a LocalBlobs,
    part: PathBuf,
}

impl<'a> Copying<'a> {
    fn begin(blobs: &'a LocalBlobs, part: PathBuf) -> Self {
        blobs.copying().insert(part.clone());
        Self { blobs, part }
    }
}

impl Drop for Copying<'_> {
    fn drop(&mut self) {
        self.blobs.copying().remove(&self.part);
    }
}

/// Flushes a folder: the names in it survive a power cut.
fn flush(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Whether a file system refuses a second name for a file, so that it must be copied.
fn must_copy(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::PermissionDenied | Kind::Unsupported | Kind::CrossesDevices | Kind::TooManyLinks
    )
}

fn copy(from: &Path, part: &Path, to: &Path) -> io::Result<()> {
    let copied = fs::copy(from, part)
        .and_then(|_| File::open(part)?.sync_all())
        .and_then(|()| private::restrict(part))
        .and_then(|()| fs::rename(part, to));
    if copied.is_err() {
        // Of the two errors the first one is worth telling; the list removes it later.
        let _ = fs::remove_file(part);
    }
    copied
}

impl Blobs for LocalBlobs {
    fn keep(&self, hash: ContentHash, from: &Path) -> io::Result<()> {
        let shelf = self.make_shelf(hash.0[0])?;
        let path = self.path(hash);
        match fs::hard_link(from, &path) {
            // The one that is there may have come right before a crash, its name unflushed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if must_copy(&error) => self.copy(from, &path)?,
            linked => linked?,
        }
        flush(&shelf)
    }

    fn open(&self, hash: ContentHash) -> io::Result<Arc<dyn Content>> {
        let file = File::open(self.path(hash))?;
        let size = file.metadata()?.len();
        Ok(Arc::new(LocalContent { file, size }))
    }

    fn erase(&self, hash: ContentHash) -> io::Result<()> {
        match fs::remove_file(self.path(hash)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => flush(&self.shelf(hash.0[0])),
        }
    }

    fn list(&self, first: u8) -> io::Result<Vec<ContentHash>> {
        let entries = match fs::read_dir(self.shelf(first)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            match name
                .to_str()
                .and_then(|name| blake3::Hash::from_hex(name).ok())
            {
                Some(hash) => found.push(ContentHash(*hash.as_bytes())),
                None if entry.path().extension().is_some_and(|e| e == PART) => {
                    self.remove_part(&entry.path())?;
                }
                None => tracing::warn!(path = %entry.path().display(), "not one of ours; it stays"),
            }
        }
        Ok(found)
    }
}

#[derive(Debug)]
struct LocalContent {
    file: File,
    size: u64,
}

impl Content for LocalContent {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_now(&self, offset: u64, buffer: &mut [u8]) -> Option<usize> {
        let mut buffers = [io::IoSliceMut::new(buffer)];
        // A file system that cannot say so beforehand is one to be waited for.
        let read = preadv2(&self.file, &mut buffers, offset, ReadWriteFlags::NOWAIT);
        read.ok().filter(|read| *read > 0)
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(bytes: &[u8]) -> ContentHash {
        ContentHash(*blake3::hash(bytes).as_bytes())
    }

    #[test]
    fn a_content_is_kept_once_and_erased_once() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = LocalBlobs::open(dir.path().join("files")).unwrap();
        let from = dir.path().join("upload");
        fs::write(&from, b"hello").unwrap();
        let hash = hash(b"hello");
        blobs.keep(hash, &from).unwrap();
        blobs.keep(hash, &from).unwrap();
        fs::remove_file(&from).unwrap();
        assert_eq!(blobs.list(hash.0[0]).unwrap(), [hash]);
        let content = blobs.open(hash).unwrap();
        assert_eq!(content.size(), 5);
        blobs.erase(hash).unwrap();
        blobs.erase(hash).unwrap();
        assert!(blobs.list(hash.0[0]).unwrap().is_empty());
        assert!(blobs.open(hash).is_err());
        // Whoever reads it meanwhile reads on.
        let mut buffer = [0; 8];
        assert_eq!(content.read(1, &mut buffer).unwrap(), 4);
        assert_eq!(&buffer[..4], b"ello");
        assert_eq!(content.read(5, &mut buffer).unwrap(), 0);
        assert!(matches!(content.read_now(0, &mut buffer), None | Some(5)));
    }

    #[test]
    fn a_copy_that_a_crash_cut_off_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = LocalBlobs::open(dir.path().join("files")).unwrap();
        let from = dir.path().join("upload");
        fs::write(&from, b"hello").unwrap();
        let hash = hash(b"hello");
        let shelf = blobs.make_shelf(hash.0[0]).unwrap();
        blobs.copy(&from, &shelf.join("x")).unwrap();
        blobs.keep(hash, &from).unwrap();
        let part = blobs.path(hash).with_extension(PART);
        fs::write(&part, b"he").unwrap();
        assert_eq!(blobs.list(hash.0[0]).unwrap(), [hash]);
        assert!(!part.exists());
    }

    #[test]
    fn a_copy_under_way_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = LocalBlobs::open(dir.path().join("files")).unwrap();
        let hash = hash(b"hello");
        blobs.make_shelf(hash.0[0]).unwrap();
        let part = blobs.path(hash).with_extension(PART);
        let copying = Copying::begin(&blobs, part.clone());
        fs::write(&part, b"he").unwrap();
        assert!(blobs.list(hash.0[0]).unwrap().is_empty());
        assert!(part.exists(), "it is still being made");
        drop(copying);
        assert!(blobs.list(hash.0[0]).unwrap().is_empty());
        assert!(!part.exists(), "nobody makes it any more");
        let from = dir.path().join("upload");
        fs::write(&from, b"hello").unwrap();
        blobs.copy(&from, &blobs.path(hash)).unwrap();
        assert!(blobs.copying().is_empty());
        assert_eq!(blobs.list(hash.0[0]).unwrap(), [hash]);
    }

    #[test]
    fn only_the_owner_may_look_in() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("files");
        let blobs = LocalBlobs::open(folder.clone()).unwrap();
        let from = dir.path().join("upload");
        fs::write(&from, b"x").unwrap();
        let hash = hash(b"x");
        blobs.make_shelf(hash.0[0]).unwrap();
        blobs.copy(&from, &blobs.path(hash)).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&blobs.shelf(hash.0[0])), 0o700);
        assert_eq!(mode(&blobs.path(hash)), 0o600);
    }
}
