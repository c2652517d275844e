//! Messages with files.

use parlor_client::{Event, OutgoingState, Purpose, Source, StoreError, TransferId, TransferState};
use serde_json::json;

use super::{bytes, local, upload};
use crate::fake::{Fake, Fault};
use crate::fake_files::FileFault;
use crate::person::Person;

/// The names of the files of a room's messages, by message.
fn shown(fake: &Fake) -> Vec<Vec<String>> {
    let state = fake.lock();
    let log = state.rooms["general"].log.iter();
    log.filter(|event| event["type"] == "message")
        .map(|event| {
            let files = event["files"].as_array().cloned().unwrap_or_default();
            let names = files.iter().map(|file| file["name"].as_str().unwrap());
            names.map(str::to_owned).collect()
        })
        .collect()
}

#[tokio::test]
async fn a_message_waits_for_its_files_and_holds_up_no_other() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    fake.lock().files.open.send_replace(false);
    let mut files = Vec::new();
    for name in ["a", "b"] {
        let path = local(dir.path(), name, 700_000);
        files.push(upload(&app.handle, &path, Purpose::Draft).await.id);
    }
    let with = app.handle.send_files("general", "", None, files.clone());
    let with = with.await.unwrap();
    let waiting = |state: &OutgoingState| *state == OutgoingState::Waiting;
    app.until_outgoing(&with, waiting).await;
    let other = app.handle.send("general", "first", None).await.unwrap();
    app.until_sent(&other).await;
    fake.lock().files.faults = vec![FileFault::CutUpload(100_000)];
    fake.lock().faults = vec![Fault::KeepAndBreak];
    fake.lock().files.open.send_replace(true);
    app.until_sent(&with).await;
    assert_eq!(shown(&fake), [vec![], vec!["a".to_owned(), "b".to_owned()]]);
    // The store keeps what it shows.
    app.end().await;
    let app = alice.online().await;
    let kept = app.all.iter().find_map(|event| match event {
        Event::Loaded(snapshot) => snapshot.items["general"].last().cloned(),
        _ => None,
    });
    let kept = kept.unwrap();
    let names: Vec<&str> = kept
        .message()
        .unwrap()
        .files
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    assert_eq!(names, ["a", "b"]);
    fake.event("general", json!({"type":"deleted","target":2,"by":"alice"}));
    let mut app = app;
    app.until("the deletion", |event| {
        matches!(event, Event::Messages { items, .. }
            if items.iter().any(|i| i.message().is_some_and(|m| m.deleted && m.files.is_empty())))
    })
    .await;
}

#[tokio::test]
async fn a_message_with_files_is_sent_once_by_whoever_comes_after() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    fake.lock().files.open.send_replace(false);
    let path = local(dir.path(), "a", 700_000);
    let file = upload(&app.handle, &path, Purpose::Draft).await.id;
    app.until_transfer(file, |state| matches!(state, TransferState::Running { .. }))
        .await;
    let nonce = app
        .handle
        .send_files("general", "look", None, vec![file])
        .await;
    app.end().await;
    fake.lock().files.open.send_replace(true);
    let mut app = alice.online().await;
    app.until_sent(&nonce.unwrap()).await;
    assert_eq!(shown(&fake), [vec!["a".to_owned()]]);
}

#[tokio::test]
async fn a_file_that_fails_fails_its_message_and_both_are_tried_again() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let path = local(dir.path(), "a", 1_000);
    for by_transfer in [false, true] {
        let said = json!({"code":"quota","message":"You have 2 GiB here: delete something."});
        fake.lock().files.faults = vec![FileFault::Refuse(413, said)];
        fake.lock().files.open.send_replace(false);
        let file = upload(&app.handle, &path, Purpose::Draft).await.id;
        let nonce = app
            .handle
            .send_files("general", "look", None, vec![file])
            .await;
        let nonce = nonce.unwrap();
        fake.lock().files.open.send_replace(true);
        let failed = app.until_outgoing(&nonce, |s| matches!(s, OutgoingState::Failed(_)));
        let OutgoingState::Failed(failure) = failed.await else {
            unreachable!();
        };
        assert!(failure.retryable, "{failure:?}");
        assert!(
            failure
                .error
                .message
                .contains("a was not uploaded: You have 2 GiB")
        );
        if by_transfer {
            app.handle.resume(file).await.unwrap();
        } else {
            assert!(app.handle.retry(&nonce).await.unwrap());
        }
        app.until_sent(&nonce).await;
    }
    assert_eq!(shown(&fake).len(), 2);
}

#[tokio::test]
async fn what_is_taken_back_leaves_nothing_at_the_server() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let done = local(dir.path(), "done", 1_000);
    let done = upload(&app.handle, &done, Purpose::Draft).await.id;
    app.until_done(done).await;
    fake.lock().files.open.send_replace(false);
    let source = Source::Bytes {
        name: "half".into(),
        bytes: bytes(50_000).into(),
    };
    let half = app
        .handle
        .upload("general", source, Purpose::Draft)
        .await
        .unwrap()
        .id;
    app.until_transfer(half, |state| matches!(state, TransferState::Running { .. }))
        .await;
    let nonce = app
        .handle
        .send_files("general", "no", None, vec![done, half])
        .await;
    let nonce = nonce.unwrap();
    assert!(app.handle.discard(&nonce).await.unwrap());
    app.until_outgoing(&nonce, |state| *state == OutgoingState::Discarded)
        .await;
    while !fake.lock().files.all.is_empty() {
        tokio::task::yield_now().await;
    }
    let unknown = app
        .handle
        .send_files("general", "x", None, vec![TransferId(999)])
        .await;
    assert_eq!(unknown, Err(StoreError::NoSuchTransfer));
    assert!(shown(&fake).is_empty());
}
