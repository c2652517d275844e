//! Files and unfinished uploads.

use super::*;
use crate::storage::{
    Audience, ContentHash, FileQuery, FileRecord, Finished, HistoryQuery, Quota, Staleness,
    UploadCreated, UploadRecord,
};

const QUOTA: Quota = Quota {
    user_bytes: 100,
    total_bytes: 150,
    uploads: 3,
};

fn upload(user: UserId, id: &str, size: u64) -> UploadRecord {
    UploadRecord {
        id: id.to_owned(),
        audience: Audience::Room(RoomId::GENERAL),
        user,
        name: format!("{id}.txt"),
        size,
        metadata: "room Z2VuZXJhbA==".to_owned(),
        expires: at(100),
        verified: None,
    }
}

async fn create(storage: &dyn Storage, new: UploadRecord) -> UploadCreated {
    storage.create_upload(new, QUOTA).await.unwrap()
}

fn hash(content: u8) -> ContentHash {
    ContentHash([content; 32])
}

async fn file(storage: &dyn Storage, user: UserId, id: &str, content: u8) -> FileRecord {
    finished(storage, upload(user, id, 10), content).await
}

async fn finished(storage: &dyn Storage, new: UploadRecord, content: u8) -> FileRecord {
    let id = new.id.clone();
    assert_eq!(create(storage, new).await, UploadCreated::Created);
    let finished = Finished {
        id,
        mime: "image/png".to_owned(),
        hash: hash(content),
        time: at(7),
    };
    storage.finish_upload(finished).await.unwrap().unwrap()
}

fn showing(by: UserId, nonce: &str, files: &[&str]) -> Act {
    act(
        by,
        ActKind::Message {
            text: String::new(),
            nonce: nonce.to_owned(),
            reply_to: None,
            mentions: Vec::new(),
            files: files.iter().map(|id| (*id).to_owned()).collect(),
        },
    )
}

async fn listed(storage: &dyn Storage, before: Option<&str>, limit: usize) -> (Vec<String>, bool) {
    let query = FileQuery {
        rooms: vec![RoomId::BROADCAST, RoomId::GENERAL],
        before: before.map(str::to_owned),
        limit,
    };
    let page = storage.files(query).await.unwrap();
    let ids = page.files.into_iter().map(|file| file.id);
    (ids.collect(), page.more)
}

pub(in crate::storage) async fn uploads_keep_within_their_quota(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let check = async |new, expected| assert_eq!(create(&*storage, new).await, expected);
    check(upload(alice, "a", 101), UploadCreated::UserFull(100)).await;
    check(upload(alice, "a", 60), UploadCreated::Created).await;
    check(upload(alice, "b", 41), UploadCreated::UserFull(40)).await;
    check(upload(bob, "c", 91), UploadCreated::ServerFull).await;
    check(upload(bob, "c", 90), UploadCreated::Created).await;
    let nowhere = UploadRecord {
        audience: Audience::Room(RoomId(77)),
        ..upload(alice, "d", 1)
    };
    check(nowhere, UploadCreated::NoSuchRoom).await;
    for id in ["e", "f"] {
        check(upload(alice, id, 0), UploadCreated::Created).await;
    }
    check(upload(alice, "g", 0), UploadCreated::TooMany).await;
    assert!(storage.delete_upload("a").await.unwrap());
    assert!(!storage.delete_upload("a").await.unwrap());
    check(upload(alice, "h", 60), UploadCreated::Created).await;

    assert!(storage.mark_upload("h", at(500), Some(9)).await.unwrap());
    let kept = storage.upload("h").await.unwrap().unwrap();
    assert_eq!((kept.expires, kept.verified), (at(500), Some(9)));
    assert_eq!(storage.expire_uploads(at(101)).await.unwrap(), 3);
    assert_eq!(storage.upload_ids().await.unwrap(), ["h"]);
    assert!(!storage.mark_upload("c", at(500), None).await.unwrap());
}

pub(in crate::storage) async fn messages_show_files(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let first = file(&*storage, alice, "one", 1).await;
    let second = file(&*storage, alice, "two", 2).await;
    file(&*storage, bob, "three", 3).await;
    assert_eq!(
        (first.file.by.as_str(), first.file.room.as_str()),
        ("alice", "general")
    );
    assert_eq!(
        listed(&*storage, None, 2).await,
        (vec!["three".into(), "two".into()], true)
    );
    assert_eq!(
        listed(&*storage, Some("two"), 2).await,
        (vec!["one".into()], false)
    );
    assert_eq!(
        listed(&*storage, Some("none"), 2).await,
        (Vec::new(), false)
    );
    for files in [&["one", "three"][..], &["none"], &["one", "none"]] {
        let refused = append(&*storage, showing(alice, "n", files)).await;
        assert_eq!(
            refused,
            Outcome::Refused(crate::storage::Refusal::NoSuchFile)
        );
    }
    let kept = appended(&*storage, showing(alice, "n", &["two", "one"])).await;
    let shown = vec![second.file.clone(), first.file.clone()];
    assert_eq!(kept.files, shown);
    drop(storage);
    let storage = place.open();
    let query = HistoryQuery {
        room: RoomId::GENERAL,
        before: None,
        after: None,
        limit: 9,
        viewer: bob,
    };
    let page = storage.history(query).await.unwrap();
    assert_eq!(page.messages[0].files, shown);
    let events = storage.events_after(RoomId::GENERAL, 0, 9).await.unwrap();
    assert!(
        matches!(&events[0].body, parlor_protocol::LogBody::Message(message) if message.files == shown)
    );
    assert!(
        storage
            .delete_file("two", Some(audit("delete_file")))
            .await
            .unwrap()
    );
    assert!(!storage.delete_file("two", None).await.unwrap());
    let page = storage.history(query).await.unwrap();
    assert_eq!(page.messages[0].files, [first.file]);
    let (entries, _) = storage.audit(None, 9).await.unwrap();
    assert_eq!(entries.len(), 1);
}

pub(in crate::storage) async fn files_go_and_leave_their_content_loose(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    for (id, content) in [("one", 1), ("twin", 1), ("stays", 2), ("unsent", 3)] {
        file(&*storage, alice, id, content).await;
    }
    let message = appended(&*storage, showing(alice, "n1", &["one", "stays"])).await;
    appended(&*storage, showing(alice, "n2", &["stays"])).await;
    appended(&*storage, delete(alice, message.seq)).await;
    let left = vec!["unsent".into(), "stays".into(), "twin".into()];
    assert_eq!(listed(&*storage, None, 9).await, (left, false));
    assert!(
        storage.loose_contents(9).await.unwrap().is_empty(),
        "its twin has it"
    );
    let stale = |dropped, unsent: Option<i64>| Staleness {
        dropped_before: at(dropped),
        unsent_before: unsent.map(at),
        sealed_before: at(0),
    };
    assert_eq!(storage.expire_files(stale(1_000, None)).await.unwrap(), 0);
    assert_eq!(
        storage.expire_files(stale(1_000, Some(8))).await.unwrap(),
        2
    );
    let mut loose = storage.loose_contents(9).await.unwrap();
    loose.sort();
    assert_eq!(loose, [hash(1), hash(3)]);
    // It comes again before it is erased.
    file(&*storage, alice, "again", 1).await;
    assert!(!storage.is_loose(hash(1)).await.unwrap());
    assert_eq!(storage.loose_contents(9).await.unwrap(), [hash(3)]);
    storage.content_erased(hash(3)).await.unwrap();
    assert_eq!(storage.loosen(vec![hash(2), hash(9)]).await.unwrap(), 1);
    assert_eq!(storage.loose_contents(9).await.unwrap(), [hash(9)]);
    let contents = storage.contents_after(None, 9).await.unwrap();
    assert_eq!(contents, [(hash(1), 10), (hash(2), 10)]);
    assert_eq!(
        storage
            .contents_after(Some(hash(1)), 9)
            .await
            .unwrap()
            .len(),
        1
    );
}

pub(in crate::storage) async fn sealed_files_have_no_room_and_their_own_time(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let sealed = |id: &str, user| UploadRecord {
        audience: Audience::SealedFor(user),
        ..upload(alice, id, 10)
    };
    let nobody = create(&*storage, sealed("a", UserId(99))).await;
    assert_eq!(nobody, UploadCreated::NoSuchUser);
    create(&*storage, sealed("b", bob)).await;
    let unfinished = storage.upload("b").await.unwrap().unwrap();
    assert_eq!(unfinished.audience, Audience::SealedFor(bob));
    let record = finished(&*storage, sealed("c", bob), 1).await;
    drop(storage);
    let storage = place.open();
    assert_eq!(storage.file("c").await.unwrap().as_ref(), Some(&record));
    assert_eq!(record.audience, Audience::SealedFor(bob));
    assert_eq!((&*record.file.room, &*record.file.by), ("", "alice"));
    assert_eq!(listed(&*storage, None, 9).await, (Vec::new(), false));
    let refused = append(&*storage, showing(alice, "n", &["c"])).await;
    assert_eq!(
        refused,
        Outcome::Refused(crate::storage::Refusal::NoSuchFile)
    );
    let full = create(&*storage, upload(alice, "d", 81)).await;
    assert_eq!(full, UploadCreated::UserFull(80), "it counts in the quota");
    let stale = |sealed| Staleness {
        dropped_before: at(1_000),
        unsent_before: Some(at(1_000)),
        sealed_before: at(sealed),
    };
    assert_eq!(storage.expire_files(stale(7)).await.unwrap(), 0);
    assert_eq!(storage.expire_files(stale(8)).await.unwrap(), 1);
    assert_eq!(storage.loose_contents(9).await.unwrap(), [hash(1)]);
}

pub(in crate::storage) async fn what_comes_and_goes_is_counted(place: &dyn Place) {
    let storage = place.open();
    let storage = &*storage;
    let alice = user(storage, "alice").await;
    let mut last = storage.file_changes();
    let mut check = |changes: bool, what: &str| {
        let now = storage.file_changes();
        assert_eq!(now > last, changes, "{what}: {last} and then {now}");
        last = now;
    };
    create(storage, upload(alice, "new", 1)).await;
    check(false, "an upload is no file");
    for id in ["one", "two", "three"] {
        file(storage, alice, id, 1).await;
        check(true, "an upload is finished");
    }
    appended(storage, showing(alice, "n0", &[])).await;
    storage
        .files(FileQuery {
            rooms: vec![RoomId::GENERAL],
            before: None,
            limit: 9,
        })
        .await
        .unwrap();
    check(false, "a message without files, and a look");
    let message = appended(storage, showing(alice, "n1", &["two"])).await;
    storage.file_changes();
    assert!(storage.delete_file("one", None).await.unwrap());
    check(true, "a file is deleted");
    assert!(!storage.delete_file("one", None).await.unwrap());
    check(false, "there is none to delete");
    appended(storage, delete(alice, message.seq)).await;
    check(true, "a message is deleted with its file");
    let stale = Staleness {
        dropped_before: at(1_000),
        unsent_before: Some(at(1_000)),
        sealed_before: at(0),
    };
    assert_eq!(storage.expire_files(stale).await.unwrap(), 1);
    check(true, "a file goes by the clock");
    assert!(
        storage
            .delete_room(RoomId::GENERAL, audit("delete_room"))
            .await
            .unwrap()
    );
    check(true, "a room is deleted");
}

pub(in crate::storage) async fn who_lost_the_room_gives_it_no_file(place: &dyn Place) {
    let storage = place.open();
    let storage = &*storage;
    let alice = user(storage, "alice").await;
    file(storage, alice, "before", 1).await;
    create(storage, upload(alice, "late", 10)).await;
    let left = ActKind::Left {
        user: alice,
        reason: None,
    };
    appended(storage, act(alice, left)).await;
    let finished = Finished {
        id: "late".to_owned(),
        mime: "text/plain".to_owned(),
        hash: hash(2),
        time: at(8),
    };
    assert_eq!(storage.finish_upload(finished).await.unwrap(), None);
    assert_eq!(storage.upload("late").await.unwrap(), None);
    assert_eq!(
        listed(storage, None, 9).await,
        (vec!["before".into()], false)
    );
    // Its bytes no longer count against who sent them.
    let whole = create(storage, upload(alice, "rest", 90)).await;
    assert_eq!(whole, UploadCreated::Created);
}
