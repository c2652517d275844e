//! The contract, and what only a file on a disk can get wrong.

mod index;

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use parlor_protocol::{Role, Time};
use rusqlite::params;
use tempfile::TempDir;

use super::{SqliteStorage, checkpoint, chores, cursor, nonces, rooms, set_cursor};
use crate::storage::contract::{Place, contract};
use crate::storage::{
    Act, ActKind, Admission, Admitted, NewAudit, NewUser, Outcome, RoomId, SearchQuery, Storage,
    StorageError, UserId,
};

struct Folder(TempDir);

impl Folder {
    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("parlor.db")
    }

    fn sqlite(&self) -> SqliteStorage {
        SqliteStorage::open_now(self.path()).unwrap()
    }

    /// All bytes of the database and its write-ahead log.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = std::fs::read(self.path()).unwrap();
        bytes.extend(std::fs::read(self.0.path().join("parlor.db-wal")).unwrap_or_default());
        bytes
    }

    fn holds(&self, text: &str) -> bool {
        let bytes = self.bytes();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    }
}

impl Place for Folder {
    fn open(&self) -> Arc<dyn Storage> {
        Arc::new(self.sqlite())
    }
}

fn folder() -> Folder {
    Folder(TempDir::new().unwrap())
}

contract!(folder());

async fn alice(storage: &SqliteStorage) -> UserId {
    let new = NewUser {
        username: "alice".to_owned(),
        name: "Alice".to_owned(),
        role: Role::Member,
        password: None,
        created: Time::from_millis(0),
        rooms: vec![RoomId::GENERAL],
    };
    match storage.create_user(new, Admission::Open).await.unwrap() {
        Admitted::User(user) => user.id,
        other => panic!("{other:?}"),
    }
}

fn message(room: RoomId, by: UserId, n: usize, text: &str) -> Act {
    Act {
        room,
        by,
        name: "Alice".to_owned(),
        time: Time::from_millis(1),
        kind: ActKind::Message {
            text: text.to_owned(),
            nonce: format!("nonce-{n}"),
            reply_to: None,
            mentions: Vec::new(),
            files: Vec::new(),
        },
    }
}

async fn append(storage: &SqliteStorage, acts: Vec<Act>) -> Vec<Outcome> {
    storage.append(Arc::new(acts)).await.unwrap()
}

fn search(words: &str) -> SearchQuery {
    SearchQuery {
        words: words.to_owned(),
        rooms: vec![RoomId::GENERAL],
        from: None,
        before: None,
        limit: 50,
    }
}

/// Erases deleted rooms at once, as the writer does when it is quiet.
async fn purge(storage: &SqliteStorage) {
    let step = || {
        storage.writer.call(|work| {
            rooms::purge(work)?;
            Ok(work.state.purge)
        })
    };
    while step().await.unwrap() {}
}

#[test]
fn the_file_is_its_owners_alone() {
    let folder = folder();
    let _storage = folder.sqlite();
    let mode = std::fs::metadata(folder.path())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_is_no_database_is_told() {
    let folder = folder();
    std::fs::write(folder.path(), "This is a letter to my aunt. ".repeat(100)).unwrap();
    let opened = SqliteStorage::open_now(folder.path());
    assert!(
        matches!(opened, Err(StorageError::Corrupt(_))),
        "{opened:?}"
    );
    let opened = SqliteStorage::open_now("/proc/no/such/place.db".into());
    assert!(
        matches!(opened, Err(StorageError::Unavailable(_))),
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_deleted_text_is_gone_from_the_disk() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    // Long enough for pages of its own, and short ones that share a page.
    let long = "xylophonic secret ".repeat(600);
    let texts = [
        &long,
        "before it quux",
        "quixotically mellifluous",
        "after it quux",
    ];
    for (n, text) in texts.iter().enumerate() {
        append(&storage, vec![message(RoomId::GENERAL, by, n, text)]).await;
    }
    let act = |kind| Act {
        kind,
        ..message(RoomId::GENERAL, by, 0, "")
    };
    let edit = ActKind::Edit {
        target: 3,
        text: "sesquipedalian".to_owned(),
        mentions: Vec::new(),
    };
    assert_eq!(
        storage.search(search("quixot")).await.unwrap().hits.len(),
        1
    );
    append(&storage, vec![act(edit)]).await;
    assert_eq!(
        storage.search(search("sesqui")).await.unwrap().hits.len(),
        1
    );
    for target in [1, 3] {
        let may_moderate = false;
        append(
            &storage,
            vec![act(ActKind::Delete {
                target,
                may_moderate,
                files_stay: false,
            })],
        )
        .await;
    }
    storage.close().await.unwrap();
    // The index shares the beginnings of words, so their ends are looked for.
    for end in ["lophonic", "xotically", "lifluous", "quipedalian"] {
        assert!(!folder.holds(end), "{end} is still there");
    }
    assert!(folder.holds("before it quux") && folder.holds("after it quux"));
}

#[tokio::test]
async fn a_deleted_room_is_erased() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    let acts = (0..600).map(|n| message(RoomId::BROADCAST, by, n, "obstreperous"));
    append(&storage, acts.collect()).await;
    let mut query = search("obstreperous");
    query.rooms = vec![RoomId::BROADCAST];
    assert_eq!(storage.search(query).await.unwrap().hits.len(), 50);
    let audit = NewAudit::default();
    storage.delete_room(RoomId::BROADCAST, audit).await.unwrap();
    purge(&storage).await;
    storage.close().await.unwrap();
    assert!(!folder.holds("obstreperous"));
    assert!(!folder.holds("nonce-17"));
}

#[tokio::test]
async fn an_erased_rooms_ids_are_not_used_again() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    append(&storage, vec![message(RoomId::BROADCAST, by, 1, "gone")]).await;
    storage.search(search("gone")).await.unwrap();
    let audit = NewAudit::default();
    storage.delete_room(RoomId::BROADCAST, audit).await.unwrap();
    purge(&storage).await;
    drop(storage);
    let storage = folder.sqlite();
    append(&storage, vec![message(RoomId::GENERAL, by, 1, "new")]).await;
    assert_eq!(storage.search(search("new")).await.unwrap().hits.len(), 1);
}

#[tokio::test]
async fn nonces_are_known_wherever_they_are() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    let acts = |range: std::ops::Range<usize>| -> Vec<Act> {
        range
            .map(|n| message(RoomId::GENERAL, by, n, "x"))
            .collect()
    };
    append(&storage, acts(0..1500)).await;
    // Some go into the table, the rest are on their way, and more come.
    let drain = |steps: usize| {
        storage.writer.call(move |work| {
            for _ in 0..steps {
                work.state.nonces.begin_drain(work.conn)?;
                nonces::drain(work)?;
                work.state.nonces.drained();
            }
            cursor(work.conn, "nonces")
        })
    };
    assert_eq!(drain(2).await.unwrap(), 0);
    append(&storage, acts(1500..1600)).await;
    let all_duplicates = async |storage: &SqliteStorage| {
        let outcomes = append(storage, acts(0..1600)).await;
        let expected = (1..=1600).zip(&outcomes);
        for (seq, outcome) in expected {
            assert!(matches!(outcome, Outcome::Duplicate { seq: s, .. } if *s == seq));
        }
    };
    all_duplicates(&storage).await;
    // As after a crash, with the cursor before all of them.
    all_duplicates(&folder.sqlite()).await;
    // The writer goes on with what was begun by itself, too.
    assert!(drain(1).await.unwrap() >= 1500);
    all_duplicates(&storage).await;
    drop(storage);
    let storage = folder.sqlite();
    all_duplicates(&storage).await;
    let stored: i64 = storage
        .writer
        .call(|work| {
            Ok(work
                .conn
                .query_row("SELECT count(*) FROM nonces", [], |r| r.get(0))?)
        })
        .await
        .unwrap();
    assert!(stored >= 1500);
}

#[tokio::test]
async fn a_full_disk_keeps_nothing_and_passes() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    append(&storage, vec![message(RoomId::GENERAL, by, 0, "before")]).await;
    let pages: i64 = storage
        .writer
        .call(|work| {
            let pages = work
                .conn
                .query_row("PRAGMA page_count", [], |row| row.get(0))?;
            work.conn.pragma_update(None, "max_page_count", pages)?;
            Ok(pages)
        })
        .await
        .unwrap();
    assert!(pages > 0);
    let big = "a text that needs pages ".repeat(600);
    let batch = vec![
        message(RoomId::GENERAL, by, 1, "small"),
        message(RoomId::GENERAL, by, 2, &big),
    ];
    let full = storage.append(Arc::new(batch.clone())).await;
    assert!(
        matches!(full, Err(StorageError::Unavailable(_))),
        "{full:?}"
    );
    // The next one is written by a connection opened anew, without the limit,
    // as if there were space again; nothing of the failed batch shows.
    let outcomes = append(&storage, batch).await;
    let seqs: Vec<Option<u64>> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Appended(kept) => Some(kept.seq),
            _ => None,
        })
        .collect();
    assert_eq!(seqs, [Some(2), Some(3)]);
    let log = storage.events_after(RoomId::GENERAL, 0, 10).await.unwrap();
    assert_eq!(log.len(), 3);
}

#[test]
fn no_page_is_sorted() {
    let folder = folder();
    let _storage = folder.sqlite();
    let conn = super::open_reader(&folder.path()).unwrap();
    for sql in [
        super::index::SEARCH,
        super::history::FORWARD,
        super::history::BACKWARD,
        super::history::EVENTS,
    ] {
        let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let plan: Vec<String> = explain
            .query_map(
                rusqlite::params_from_iter(vec![0; explain.parameter_count()]),
                |row| row.get(3),
            )
            .unwrap()
            .map(|step| step.unwrap())
            .collect();
        let bad = |step: &String| step.contains("TEMP B-TREE") || step.starts_with("SCAN e");
        assert!(!plan.iter().any(bad), "{plan:#?}");
    }
}

#[tokio::test]
async fn a_panic_is_one_commands_own() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    let bad = storage.writer.call::<(), _>(|work| {
        work.conn.execute("DELETE FROM users", [])?;
        panic!("a fault of ours");
    });
    assert!(matches!(bad.await, Err(StorageError::Internal(_))));
    let kept = append(&storage, vec![message(RoomId::GENERAL, by, 1, "x")]).await;
    assert!(matches!(&kept[0], Outcome::Appended(kept) if kept.seq == 1));
    assert_eq!(storage.load().await.unwrap().users.len(), 1);
}

#[tokio::test]
async fn one_bad_command_fails_alone() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    // The writer is held, so that all three come into one group.
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let blocked = storage.writer.call(move |_| Ok(held.recv().is_ok()));
    let first = storage.append(Arc::new(vec![message(RoomId::GENERAL, by, 1, "one")]));
    let bad = storage.writer.call(|work| {
        work.conn
            .execute("INSERT INTO rooms (id) VALUES (?1)", params![7])?;
        Ok(())
    });
    let last = storage.append(Arc::new(vec![message(RoomId::GENERAL, by, 2, "two")]));
    // It may run twice: the second time it finds the sender gone.
    let release = async move {
        tokio::task::yield_now().await;
        hold.send(()).unwrap();
    };
    let (_, first, bad, last, ()) = tokio::join!(blocked, first, bad, last, release);
    assert!(matches!(bad, Err(StorageError::Internal(_))), "{bad:?}");
    assert!(matches!(&first.unwrap()[0], Outcome::Appended(kept) if kept.seq == 1));
    assert!(matches!(&last.unwrap()[0], Outcome::Appended(kept) if kept.seq == 2));
}

#[tokio::test]
async fn an_index_of_another_version_is_made_anew() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    append(&storage, vec![message(RoomId::GENERAL, by, 1, "findable")]).await;
    assert_eq!(
        storage.search(search("findable")).await.unwrap().hits.len(),
        1
    );
    let older = storage.writer.call(|work| set_cursor(work.conn, "fold", 0));
    older.await.unwrap();
    drop(storage);
    let storage = folder.sqlite();
    assert_eq!(
        storage.search(search("findable")).await.unwrap().hits.len(),
        1
    );
}

#[tokio::test]
async fn a_reader_in_the_way_puts_erasing_off() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    let reader = super::open_reader(&folder.path()).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM events")
        .unwrap();
    append(&storage, vec![message(RoomId::GENERAL, by, 1, "x")]).await;
    let conn = super::open_writer(&folder.path()).unwrap();
    assert!(checkpoint(&conn, "TRUNCATE").is_err());
    assert!(checkpoint(&conn, "PASSIVE").is_ok());
    reader.execute_batch("COMMIT").unwrap();
    assert!(checkpoint(&conn, "TRUNCATE").is_ok());
}

#[tokio::test]
async fn chores_are_done_when_it_is_quiet() {
    let folder = folder();
    let storage = folder.sqlite();
    let by = alice(&storage).await;
    append(&storage, vec![message(RoomId::GENERAL, by, 1, "x")]).await;
    let reader = super::open_reader(&folder.path()).unwrap();
    let deadline = std::time::Instant::now() + 20 * chores::RETRY;
    while !super::index::is_whole(&reader).unwrap() {
        assert!(
            std::time::Instant::now() < deadline,
            "the index stays behind"
        );
        tokio::task::yield_now().await;
    }
}
