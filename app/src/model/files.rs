//! The list of files: of a room or of all, as far as it was fetched, and what of it shows.

use std::cmp::Reverse;

use parlor_protocol::File;

use crate::model::file_kind::FileKind;
use crate::model::search::marks;

/// Files in memory at most: what is older is found by another room or name.
pub(crate) const MOST: usize = 5_000;
/// Lines that show at once; more by a button.
pub(crate) const PAGE: usize = 200;

/// The list of files of one account.
#[derive(Debug)]
pub(crate) struct Files {
    /// Only of this room; of all if `None`.
    pub(crate) room: Option<String>,
    /// What their names must hold.
    pub(crate) query: String,
    /// Only of this kind.
    pub(crate) kind: Option<FileKind>,
    /// In which order.
    pub(crate) sort: Sort,
    /// The number of the newest question: answers to older ones are dropped.
    pub(crate) asked: u64,
    /// How the list came, or did not.
    pub(crate) state: Listed,
    /// The line that the keyboard chose, by its file's id.
    pub(crate) chosen: Option<String>,
    /// How many lines show.
    pub(crate) lines: usize,
    files: Vec<File>,
    more: bool,
}

/// How the list came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Listed {
    /// Nobody asked.
    #[default]
    Not,
    /// The server was asked.
    Waits,
    /// There.
    There,
    /// Why it is not, in words.
    Failed(String),
}

/// In which order files stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// The largest first.
    Largest,
    /// By name.
    Name,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            room: None,
            query: String::new(),
            kind: None,
            sort: Sort::default(),
            asked: 0,
            state: Listed::default(),
            chosen: None,
            lines: PAGE,
            files: Vec::new(),
            more: false,
        }
    }
}

impl Files {
    /// Begins anew for a room, or for all; the number of the question.
    pub(crate) fn begin(&mut self, room: Option<String>) -> u64 {
        if self.room != room {
            self.files.clear();
            self.room = room;
            self.chosen = None;
        }
        self.lines = PAGE;
        self.state = Listed::Waits;
        self.asked += 1;
        self.asked
    }

    /// A page came: the first of its question, or what is older. `true` if
    /// the next is wanted at once.
    pub(crate) fn page(&mut self, first: bool, files: Vec<File>, more: bool) -> bool {
        if first {
            self.files.clear();
        }
        for file in files {
            self.put(file);
        }
        self.more = more;
        self.state = Listed::There;
        self.wants_all() && self.last().is_some()
    }

    /// Takes in one file.
    pub(crate) fn put(&mut self, file: File) {
        let here = self.room.as_ref().is_none_or(|room| *room == file.room);
        if !here || self.files.len() >= MOST || self.files.iter().any(|old| old.id == file.id) {
            return;
        }
        let at = self
            .files
            .partition_point(|old| (old.time, &old.id) > (file.time, &file.id));
        self.files.insert(at, file);
    }

    /// A file was deleted.
    pub(crate) fn remove(&mut self, id: &str) {
        self.files.retain(|file| file.id != id);
        self.chosen.take_if(|chosen| chosen == id);
    }

    /// Whether what one looks for may lie on pages that are not here.
    fn wants_all(&self) -> bool {
        !self.query.trim().is_empty() || self.kind.is_some() || self.sort != Sort::Newest
    }

    /// The last file before which there are more, if more are to be fetched now.
    pub(crate) fn next(&self) -> Option<&str> {
        if self.state == Listed::There && (self.wants_all() || self.lines > self.files.len()) {
            self.last()
        } else {
            None
        }
    }

    fn last(&self) -> Option<&str> {
        let more = self.more && self.files.len() < MOST;
        let last = self.files.last().filter(|_| more);
        last.map(|file| file.id.as_str())
    }

    /// How many are here, and whether the server has more.
    pub(crate) fn count(&self) -> (usize, bool) {
        (self.files.len(), self.more)
    }

    /// The bytes of all that are here.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// The file of this id.
    pub(crate) fn get(&self, id: &str) -> Option<&File> {
        self.files.iter().find(|file| file.id == id)
    }

    /// What fits, in its order, all of it.
    pub(crate) fn fitting(&self) -> Vec<&File> {
        let query = self.query.trim();
        let fits = |file: &&File| {
            let kind = self.kind.is_none_or(|kind| FileKind::of(file) == kind);
            kind && (query.is_empty() || !marks(&file.name, query).is_empty())
        };
        let mut all: Vec<&File> = self.files.iter().filter(fits).collect();
        match self.sort {
            Sort::Newest => {}
            Sort::Oldest => all.reverse(),
            Sort::Largest => all.sort_by_key(|file| Reverse(file.size)),
            Sort::Name => all.sort_by_cached_key(|file| file.name.to_lowercase()),
        }
        all
    }

    /// Moves the choice of the keyboard.
    pub(crate) fn step(&mut self, back: bool) {
        let all: Vec<&str> = self
            .fitting()
            .into_iter()
            .take(self.lines)
            .map(|file| file.id.as_str())
            .collect();
        let at = self
            .chosen
            .as_deref()
            .and_then(|chosen| all.iter().position(|id| *id == chosen));
        let next = match (at, back) {
            (None, _) => 0,
            (Some(at), true) => at.saturating_sub(1),
            (Some(at), false) => (at + 1).min(all.len().saturating_sub(1)),
        };
        self.chosen = all.get(next).map(|id| (*id).to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::transfers::file;

    fn at(id: &str, name: &str, size: u64, minute: u32) -> File {
        File {
            time: format!("2026-11-19T09:{minute:02}:00Z").parse().unwrap(),
            ..file(id, name, size)
        }
    }

    fn four() -> Files {
        let mut files = Files::default();
        files.begin(None);
        let page = vec![
            at("d", "Đà-Lạt.jpg", 48, 4),
            at("c", "notes.md", 6, 3),
            at("b", "logs.tar.zst", 128, 2),
        ];
        assert!(!files.page(true, page, true));
        files
    }

    fn names(files: &Files) -> Vec<&str> {
        files
            .fitting()
            .into_iter()
            .map(|file| file.id.as_str())
            .collect()
    }

    #[test]
    fn files_are_found_without_marks_and_sorted() {
        let mut files = four();
        assert_eq!(names(&files), ["d", "c", "b"]);
        for (sort, expected) in [
            (Sort::Oldest, ["b", "c", "d"]),
            (Sort::Largest, ["b", "d", "c"]),
            (Sort::Name, ["b", "c", "d"]),
        ] {
            files.sort = sort;
            assert_eq!(names(&files), expected, "{sort:?}");
        }
        files.query = "da lat".into();
        assert_eq!(names(&files), ["d"]);
        files.query.clear();
        files.kind = Some(FileKind::Archive);
        assert_eq!(names(&files), ["b"]);
    }

    #[test]
    fn pages_follow_while_one_looks_for_something() {
        let mut files = four();
        assert_eq!(files.next(), Some("b"), "there is room for more");
        files.lines = 3;
        assert_eq!(files.next(), None);
        files.query = "old".into();
        assert_eq!(files.next(), Some("b"));
        assert!(files.page(false, vec![at("a", "old.pdf", 1, 1)], true));
        assert!(!files.page(false, Vec::new(), false));
        assert_eq!(files.next(), None);
        assert_eq!(names(&files), ["a"]);
    }

    #[test]
    fn a_new_file_stands_first_once_and_only_where_it_belongs() {
        let mut files = four();
        let new = at("e", "new.pdf", 1, 50);
        files.put(new.clone());
        files.put(new.clone());
        assert_eq!(names(&files), ["e", "d", "c", "b"]);
        files.remove("d");
        assert_eq!(files.count(), (3, true));
        assert_eq!(files.bytes(), 135);
        files.begin(Some("firmware".into()));
        files.put(new);
        assert_eq!(names(&files), [""; 0]);
    }

    #[test]
    fn the_keyboard_goes_through_what_shows() {
        let mut files = four();
        files.step(false);
        files.step(false);
        assert_eq!(files.chosen.as_deref(), Some("c"));
        files.step(true);
        files.step(true);
        assert_eq!(files.chosen.as_deref(), Some("d"));
    }
}
