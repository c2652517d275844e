//! Start pages and lists of files that are kept as long as nothing on them changes.
//!
//! What they show stands in two places, each of which counts its changes: the
//! directory and the table of files. A [`Stamp`] says where both stood *before* they were
//! read, so that what was kept under it is either still true or has another stamp by now.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use parlor_protocol::{File, Time};

use super::language::Language;
use crate::clock;
use crate::state::State;
use crate::storage::{RoomId, SessionId};

/// Pages that are kept: of a few kilobytes each, and at most some hundred.
const PAGES: usize = 1_024;

/// Bytes of a page that is kept; one that shows a thousand rooms is written anew.
const PAGE_BYTES: usize = 64 << 10;

/// Lists of files that are kept, one for each set of rooms that somebody is in.
const LISTS: usize = 1_024;

/// Where the directory and the files stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    directory: u64,
    files: u64,
}

impl Stamp {
    /// Where they stand. To be taken before anything is read that is kept under it.
    pub(super) fn now(state: &State) -> Self {
        Self {
            directory: state.directory.changes(),
            files: state.storage.file_changes(),
        }
    }
}

/// A page of one session.
#[derive(Debug, Clone)]
struct Page {
    stamp: Stamp,
    /// When the first session of its list expires, which nothing else would tell.
    until: Time,
    html: Bytes,
}

#[derive(Debug, Clone)]
struct List {
    files: u64,
    newest: Arc<[File]>,
}

/// What is kept, for all who look.
// Std Mutexes: a map operation each, never over an await.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pages: Mutex<HashMap<(SessionId, Language), Page>>,
    lists: Mutex<HashMap<Vec<RoomId>, List>>,
}

impl Kept {
    /// The page of a session in a language, if all on it stands as it did.
    pub(super) fn page(
        &self,
        session: SessionId,
        language: Language,
        stamp: Stamp,
    ) -> Option<Bytes> {
        let pages = lock(&self.pages);
        let page = pages.get(&(session, language))?;
        (page.stamp == stamp && page.until > clock::now()).then(|| page.html.clone())
    }

    /// Keeps a page for as long as its stamp stands, and until a time.
    pub(super) fn keep_page(
        &self,
        session: SessionId,
        language: Language,
        stamp: Stamp,
        until: Time,
        html: &Bytes,
    ) {
        if html.len() > PAGE_BYTES {
            return;
        }
        let html = html.clone();
        let page = Page { stamp, until, html };
        let mut pages = lock(&self.pages);
        make_place(&mut pages, PAGES, |page| page.stamp == stamp);
        pages.insert((session, language), page);
    }

    /// The newest files of some rooms.
    pub(super) fn newest(&self, rooms: &[RoomId], stamp: Stamp) -> Option<Arc<[File]>> {
        let lists = lock(&self.lists);
        let list = lists.get(rooms)?;
        (list.files == stamp.files).then(|| Arc::clone(&list.newest))
    }

    /// Keeps the newest files of some rooms.
    pub(super) fn keep_newest(&self, rooms: Vec<RoomId>, stamp: Stamp, newest: Arc<[File]>) {
        let files = stamp.files;
        let mut lists = lock(&self.lists);
        make_place(&mut lists, LISTS, |list| list.files == files);
        lists.insert(rooms, List { files, newest });
    }
}

/// Makes place for one more: by dropping what nobody would be shown any more, else all.
fn make_place<K: Eq + Hash, V>(kept: &mut HashMap<K, V>, most: usize, holds: impl Fn(&V) -> bool) {
    if kept.len() >= most {
        kept.retain(|_, value| holds(value));
    }
    if kept.len() >= most {
        kept.clear();
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: i64 = i64::MAX / 2;

    fn stamp(directory: u64, files: u64) -> Stamp {
        Stamp { directory, files }
    }

    fn page(kept: &Kept, session: i64, stamp: Stamp) -> Option<Bytes> {
        kept.page(SessionId(session), Language::English, stamp)
    }

    fn keep(kept: &Kept, session: i64, stamp: Stamp, until: i64, html: &Bytes) {
        let until = Time::from_millis(until);
        kept.keep_page(SessionId(session), Language::English, stamp, until, html);
    }

    #[test]
    fn a_page_is_for_its_session_language_and_stamp_alone() {
        let kept = Kept::default();
        let html = Bytes::from_static(b"x");
        keep(&kept, 1, stamp(3, 5), NEVER, &html);
        assert_eq!(page(&kept, 1, stamp(3, 5)), Some(html.clone()));
        assert_eq!(page(&kept, 1, stamp(4, 5)), None);
        assert_eq!(page(&kept, 1, stamp(3, 6)), None);
        assert_eq!(page(&kept, 2, stamp(3, 5)), None);
        let french = kept.page(SessionId(1), Language::French, stamp(3, 5));
        assert_eq!(french, None);
        keep(&kept, 1, stamp(3, 5), 1, &html);
        assert_eq!(page(&kept, 1, stamp(3, 5)), None, "a session expired");
    }

    #[test]
    fn no_more_is_kept_than_its_bounds() {
        let kept = Kept::default();
        let large = Bytes::from(vec![b'x'; PAGE_BYTES + 1]);
        keep(&kept, 1, stamp(1, 1), NEVER, &large);
        assert_eq!(page(&kept, 1, stamp(1, 1)), None);
        let html = Bytes::from_static(b"x");
        keep(&kept, 0, stamp(2, 1), NEVER, &html);
        for session in 1..PAGES as i64 {
            keep(&kept, session, stamp(1, 1), NEVER, &html);
        }
        assert_eq!(lock(&kept.pages).len(), PAGES);
        // What is stale goes first, then everything.
        keep(&kept, -1, stamp(2, 1), NEVER, &html);
        assert_eq!(lock(&kept.pages).len(), 2);
        for room in 0..LISTS as i64 + 1 {
            kept.keep_newest(vec![RoomId(room)], stamp(1, 1), Arc::new([]));
        }
        assert_eq!(lock(&kept.lists).len(), 1);
    }
}
