//! Uploads.

use parlor_client::{
    Event, Options, Purpose, Source, TransferError, TransferFailure, TransferState, connect_with,
};
use serde_json::json;

use super::{bytes, calls, local, names, upload};
use crate::fake::Fake;
use crate::fake_files::FileFault;
use crate::person::{Person, Watching};

#[tokio::test]
async fn an_upload_is_listed_and_its_hash_compared() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    for (name, len) in [("empty", 0), ("one", 1), ("Bản vẽ 会议.pdf", 1_300_000)] {
        let path = local(dir.path(), name, len);
        let begun = upload(&app.handle, &path, Purpose::Listing).await;
        assert_eq!((begun.name.as_str(), begun.size), (name, len as u64));
        let done = app.until_done(begun.id).await;
        assert_eq!((done.done, done.ended.is_some()), (len as u64, true));
        let file = done.file.unwrap();
        let hash = blake3::hash(&bytes(len)).to_hex().to_string();
        assert_eq!((file.blake3, file.room.as_str()), (hash, "general"));
    }
    assert_eq!(fake.lock().files.whole().len(), 3);
}

#[tokio::test]
async fn an_upload_goes_on_from_wherever_it_was_cut() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let path = local(dir.path(), "large", 20_000_000);
    fake.lock().files.faults = vec![
        FileFault::CutUpload(1),
        FileFault::CutUpload(524_287),
        FileFault::LoseUpload(17_500_000, 400_000),
        FileFault::CutUpload(524_288),
        FileFault::LoseUpload(100_000, 100_000),
        FileFault::Refuse(409, json!({"code":"wrong_offset","message":"No."})),
        FileFault::Refuse(423, json!({"code":"locked","message":"Not yet."})),
        FileFault::Refuse(
            503,
            json!({"code":"storage_unavailable","message":"Not now."}),
        ),
    ];
    let begun = upload(&app.handle, &path, Purpose::Listing).await;
    app.until_done(begun.id).await;
    let state = fake.lock();
    assert!(state.files.whole()[0].1 == bytes(20_000_000));
    let patches = state.files.calls.iter().filter(|(m, ..)| m == "PATCH");
    assert_eq!(patches.count(), 9);
}

#[tokio::test]
async fn the_next_session_goes_on_where_an_ended_one_stopped() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let path = local(dir.path(), "large", 3_000_000);
    let mut app = alice.online().await;
    {
        let mut state = fake.lock();
        state.files.faults = vec![FileFault::CutUpload(1_000_000)];
        state.files.open.send_replace(false);
    }
    let begun = upload(&app.handle, &path, Purpose::Draft).await;
    app.until_transfer(begun.id, |state| {
        matches!(state, TransferState::Running { .. })
    })
    .await;
    app.end().await;
    fake.lock().files.open.send_replace(true);
    let mut app = alice.online().await;
    let loaded = app.all.iter().find_map(|event| match event {
        Event::Loaded(snapshot) => snapshot.transfers.first().cloned(),
        _ => None,
    });
    assert_eq!(loaded.unwrap().purpose, Purpose::Draft);
    app.until_done(begun.id).await;
    assert!(fake.lock().files.whole()[0].1 == bytes(3_000_000));
    assert_eq!(calls(&fake, "POST").len(), 1);
    assert!(calls(&fake, "PATCH").contains(&"1000000".to_owned()));
    app.end().await;
    // A draft that is done still stands in its composer.
    let app = alice.online().await;
    let drafts = app.all.iter().filter(
        |event| matches!(event, Event::Loaded(s) if s.transfers[0].state == TransferState::Done),
    );
    assert_eq!(drafts.count(), 1);
}

#[tokio::test]
async fn what_the_server_forgot_is_begun_anew() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let path = local(dir.path(), "x", 900_000);
    let mut app = alice.online().await;
    fake.lock().files.open.send_replace(false);
    let begun = upload(&app.handle, &path, Purpose::Listing).await;
    app.until_transfer(begun.id, |state| {
        matches!(state, TransferState::Running { .. })
    })
    .await;
    app.handle.pause(begun.id).await.unwrap();
    app.until_transfer(begun.id, |state| *state == TransferState::Paused)
        .await;
    {
        let mut state = fake.lock();
        state.files.all.clear();
        state.files.open.send_replace(true);
    }
    app.handle.resume(begun.id).await.unwrap();
    app.until_done(begun.id).await;
    assert_eq!(calls(&fake, "POST").len(), 2);
}

#[tokio::test]
async fn what_the_server_refuses_is_said() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let path = local(dir.path(), "x", 1_000);
    for (status, code, expected) in [
        (403, "forbidden", TransferFailure::Forbidden("No.".into())),
        (413, "quota", TransferFailure::Quota("No.".into())),
        (400, "bad_request", TransferFailure::Refused("No.".into())),
    ] {
        let said = json!({"status":"failed","code":code,"message":"No."});
        fake.lock().files.faults = vec![FileFault::Refuse(status, said)];
        let begun = upload(&app.handle, &path, Purpose::Draft).await;
        let failed = app
            .until_transfer(begun.id, |state| matches!(state, TransferState::Failed(_)))
            .await;
        assert_eq!(failed.state, TransferState::Failed(expected));
    }
    fake.lock().files.limit = 999;
    fake.break_all();
    app.until_offline().await;
    app.until_connected().await;
    let source = Source::Path(path.clone());
    let large = app.handle.upload("general", source, Purpose::Draft).await;
    let limit = TransferFailure::TooLarge { limit: 999 };
    assert!(matches!(large, Err(TransferError::Failed(failure)) if failure == limit));
    for (path, hint) in [("missing", "not there"), (".", "no file")] {
        let source = Source::Path(dir.path().join(path));
        let error = app.handle.upload("general", source, Purpose::Draft).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains(hint), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_changes_under_way_is_noticed() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let path = local(dir.path(), "x", 2_000_000);
    let mut app = alice.online().await;
    fake.lock().files.open.send_replace(false);
    let begun = upload(&app.handle, &path, Purpose::Listing).await;
    app.until_transfer(begun.id, |state| {
        matches!(state, TransferState::Running { .. })
    })
    .await;
    std::fs::write(&path, bytes(2_000_001)).unwrap();
    fake.lock().files.open.send_replace(true);
    let failed = app
        .until_transfer(begun.id, |state| matches!(state, TransferState::Failed(_)))
        .await;
    let changed = TransferFailure::LocalChanged(path);
    assert_eq!(failed.state, TransferState::Failed(changed));
    // Nobody's file is made of it.
    assert!(fake.lock().files.whole().is_empty());
    app.handle.cancel(begun.id).await.unwrap();
    app.until_gone(begun.id).await;
}

#[tokio::test]
async fn another_hash_at_the_server_is_noticed_and_the_file_deleted() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let path = local(dir.path(), "x", 1_000);
    let mut app = alice.online().await;
    fake.lock().files.says_hash = Some("ab".repeat(32));
    let begun = upload(&app.handle, &path, Purpose::Listing).await;
    let failed = app
        .until_transfer(begun.id, |state| matches!(state, TransferState::Failed(_)))
        .await;
    assert_eq!(
        failed.state,
        TransferState::Failed(TransferFailure::Damaged)
    );
    assert!(fake.lock().files.all.is_empty());
    fake.lock().files.says_hash = None;
    app.handle.resume(begun.id).await.unwrap();
    app.until_done(begun.id).await;
}

#[tokio::test]
async fn pasted_bytes_are_kept_until_they_are_uploaded() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let app = alice.online().await;
    let copies = alice
        .home
        .dir()
        .join("accounts")
        .join(alice.account.as_str());
    let copies = copies.join("uploads");
    fake.lock().files.open.send_replace(false);
    let source = Source::Bytes {
        name: "../paste.png".into(),
        bytes: bytes(5_000).into(),
    };
    let pasted = app.handle.upload("general", source.clone(), Purpose::Draft);
    let pasted = pasted.await.unwrap();
    assert_eq!(pasted.name, "paste.png");
    assert_eq!(names(&copies).len(), 1);
    app.end().await;
    fake.lock().files.open.send_replace(true);
    let mut app = alice.online().await;
    app.until_done(pasted.id).await;
    assert_eq!(fake.lock().files.whole()[0].1, bytes(5_000));
    assert!(names(&copies).is_empty());
    // A draft that is taken back leaves nothing at the server, whole as it is.
    app.handle.cancel(pasted.id).await.unwrap();
    app.until_gone(pasted.id).await;
    let again = app.handle.upload("general", source, Purpose::Draft).await;
    app.until_done(again.unwrap().id).await;
    while fake.lock().files.whole().len() > 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn only_a_few_run_at_once() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let mut begun = Vec::new();
    for n in 0..8 {
        let path = local(dir.path(), &format!("f{n}"), 200_000);
        begun.push(upload(&app.handle, &path, Purpose::Listing).await.id);
    }
    for id in begun {
        let known = app.all.iter().any(
            |event| matches!(event, Event::Transfer(t) if t.id == id && t.state == TransferState::Done),
        );
        if !known {
            app.until_done(id).await;
        }
    }
    let state = fake.lock();
    assert_eq!(state.files.whole().len(), 8);
    assert!(state.files.peak <= 3, "{}", state.files.peak);
}

#[tokio::test]
async fn one_session_leaves_alone_what_another_runs() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let path = local(dir.path(), "x", 400_000);
    let mut app = alice.online().await;
    fake.lock().files.open.send_replace(false);
    let begun = upload(&app.handle, &path, Purpose::Listing).await;
    app.until_transfer(begun.id, |state| {
        matches!(state, TransferState::Running { .. })
    })
    .await;
    let other = alice.online().await;
    assert!(matches!(
        other.handle.pause(begun.id).await,
        Err(TransferError::NoSuchTransfer)
    ));
    other.end().await;
    app.end().await;
    // One that runs only its own leaves what was cut, until it is asked for the same.
    let options = Options {
        transfers: false,
        ..Options::default()
    };
    let (handle, events) = connect_with(&alice.home, &alice.account, options).unwrap();
    let mut cli = Watching::new(handle, events);
    cli.until_connected().await;
    fake.lock().files.open.send_replace(true);
    let same = upload(&cli.handle, &path, Purpose::Listing).await;
    assert_eq!(same.id, begun.id);
    cli.until_done(same.id).await;
    assert_eq!(calls(&fake, "POST").len(), 1);
}
