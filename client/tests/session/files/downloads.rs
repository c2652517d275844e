//! Downloads, and small files for thumbnails.

use parlor_client::{SaveTo, TransferError, TransferFailure, TransferState};

use super::{bytes, calls, download, file, names};
use crate::fake::Fake;
use crate::fake_files::FileFault;
use crate::person::Person;

#[tokio::test]
async fn a_download_goes_on_from_wherever_it_was_cut_and_takes_no_name() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let id = fake
        .lock()
        .files
        .add("general", "report.pdf", bytes(5_000_000));
    let file = file(&fake, &id);
    for n in 1..=3 {
        fake.lock().files.faults = vec![
            FileFault::CutDownload(0),
            FileFault::CutDownload(1),
            FileFault::CutDownload(600_000),
            FileFault::CutDownload(3_000_000),
        ];
        let begun = download(&app.handle, &file, dir.path()).await;
        let done = app.until_done(begun.id).await;
        let name = ["report.pdf", "report (2).pdf", "report (3).pdf"][n - 1];
        assert_eq!(done.path, dir.path().join(name));
        assert!(std::fs::read(&done.path).unwrap() == bytes(5_000_000));
        assert_eq!(names(dir.path()).len(), n, "nothing is left over");
    }
    let ranges = calls(&fake, "GET");
    assert!(
        ranges.iter().any(|range| range == "bytes=600001-"),
        "{ranges:?}"
    );
    assert_eq!(ranges.len(), 15);
}

#[tokio::test]
async fn the_next_session_goes_on_and_checks_what_is_there() {
    for damaged in [false, true] {
        let fake = Fake::start().await;
        let alice = Person::sign_in(&fake).await;
        let dir = tempfile::tempdir().unwrap();
        let mut app = alice.online().await;
        let id = fake.lock().files.add("general", "x.bin", bytes(2_000_000));
        fake.lock().files.faults = vec![FileFault::CutDownload(1_000_000)];
        let begun = download(&app.handle, &file(&fake, &id), dir.path()).await;
        let far = |state: &TransferState| *state == TransferState::Waiting;
        while app.until_transfer(begun.id, far).await.done < 1_000_000 {}
        app.end().await;
        let partial = dir.path().join(&names(dir.path())[0]);
        assert!(
            partial
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(".x.bin.")
        );
        if damaged {
            // As after a loss of power.
            let mut there = std::fs::read(&partial).unwrap();
            there[5] ^= 1;
            std::fs::write(&partial, there).unwrap();
        }
        let mut app = alice.online().await;
        app.until_done(begun.id).await;
        assert!(std::fs::read(dir.path().join("x.bin")).unwrap() == bytes(2_000_000));
        assert_eq!(names(dir.path()), ["x.bin"]);
        assert!(calls(&fake, "GET").contains(&"bytes=1000000-".to_owned()));
    }
}

#[tokio::test]
async fn hostile_names_stay_in_the_folder() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("chosen");
    std::fs::create_dir(&folder).unwrap();
    let mut app = alice.online().await;
    let id = fake.lock().files.add("general", "x", bytes(10));
    for (says, expected) in [
        ("../../escape.txt", "escape.txt"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("evil\u{202E}gpj.exe", "evilgpj.exe"),
        ("a\\b\\c.txt", "c.txt"),
        ("new\nline\0.txt", "newline.txt"),
    ] {
        fake.lock().files.says_name = Some(says.into());
        let begun = download(&app.handle, &file(&fake, &id), &folder).await;
        let done = app.until_done(begun.id).await;
        assert_eq!(done.path, folder.join(expected), "{says:?}");
    }
    assert_eq!(names(dir.path()), ["chosen"]);
    let mut odd = file(&fake, &id);
    odd.id = "../../../login.html".into();
    let refused = app.handle.download(&odd, SaveTo::Folder(folder)).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn damaged_bytes_are_thrown_away_and_can_come_again() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let id = fake.lock().files.add("general", "x", bytes(1_000));
    fake.lock().files.faults = vec![FileFault::Corrupt];
    let begun = download(&app.handle, &file(&fake, &id), dir.path()).await;
    let failed = app
        .until_transfer(begun.id, |state| matches!(state, TransferState::Failed(_)))
        .await;
    assert_eq!(
        failed.state,
        TransferState::Failed(TransferFailure::Damaged)
    );
    assert!(names(dir.path()).is_empty());
    app.handle.resume(begun.id).await.unwrap();
    app.until_done(begun.id).await;
    assert_eq!(std::fs::read(dir.path().join("x")).unwrap(), bytes(1_000));
}

#[tokio::test]
async fn only_a_place_that_was_chosen_is_replaced() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let id = fake.lock().files.add("general", "x", bytes(1_000));
    let (chosen, target) = (dir.path().join("chosen"), dir.path().join("target"));
    std::fs::write(&target, "theirs").unwrap();
    std::os::unix::fs::symlink(&target, &chosen).unwrap();
    let file = file(&fake, &id);
    let begun = app
        .handle
        .download(&file, SaveTo::Path(chosen.clone()))
        .await;
    app.until_done(begun.unwrap().id).await;
    assert_eq!(std::fs::read(&chosen).unwrap(), bytes(1_000));
    assert_eq!(
        std::fs::read(&target).unwrap(),
        b"theirs",
        "a link is not followed"
    );
    for (to, hint) in [
        (SaveTo::Path(dir.path().to_owned()), "is a folder"),
        (SaveTo::Folder(dir.path().join("missing")), "no folder"),
    ] {
        let error = app
            .handle
            .download(&file, to)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(hint), "{error}");
    }
}

#[tokio::test]
async fn a_download_that_is_given_up_leaves_nothing() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut app = alice.online().await;
    let id = fake.lock().files.add("general", "x", bytes(2_000_000));
    fake.lock().files.faults = vec![FileFault::CutDownload(1_000_000)];
    let begun = download(&app.handle, &file(&fake, &id), dir.path()).await;
    let far = |state: &TransferState| *state == TransferState::Waiting;
    while app.until_transfer(begun.id, far).await.done < 1_000_000 {}
    app.handle.cancel(begun.id).await.unwrap();
    app.until_gone(begun.id).await;
    while !names(dir.path()).is_empty() {
        tokio::task::yield_now().await;
    }
    // What is whole stays when its line in the history goes.
    let begun = download(&app.handle, &file(&fake, &id), dir.path()).await;
    app.until_done(begun.id).await;
    app.handle.clear_transfers().await.unwrap();
    app.until_gone(begun.id).await;
    assert_eq!(names(dir.path()), ["x"]);
    fake.lock().files.all.clear();
    let gone = download(&app.handle, &super::file_of(&id, 5), dir.path()).await;
    let failed = app
        .until_transfer(gone.id, |state| matches!(state, TransferState::Failed(_)))
        .await;
    assert_eq!(failed.state, TransferState::Failed(TransferFailure::Gone));
}

#[tokio::test]
async fn a_preview_is_fetched_once_and_then_kept() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let mut app = alice.online().await;
    let id = fake.lock().files.add("general", "x.png", bytes(300_000));
    let wanted = file(&fake, &id);
    let all = (0..10).map(|_| app.handle.preview(&wanted, 1_000_000));
    for got in futures_util::future::join_all(all).await {
        assert!(got.unwrap() == bytes(300_000));
    }
    assert_eq!(calls(&fake, "GET").len(), 1);
    let large = app.handle.preview(&wanted, 299_999).await.unwrap_err();
    assert!(matches!(
        large,
        TransferError::Failed(TransferFailure::TooLarge { limit: 299_999 })
    ));
    let other = fake.lock().files.add("general", "y.png", bytes(10));
    let other = file(&fake, &other);
    fake.lock().files.faults = vec![FileFault::Corrupt];
    let damaged = app.handle.preview(&other, 100).await.unwrap_err();
    assert!(matches!(
        damaged,
        TransferError::Failed(TransferFailure::Damaged)
    ));
    fake.go_down();
    app.until_offline().await;
    assert!(app.handle.preview(&wanted, 1_000_000).await.unwrap() == bytes(300_000));
    let away = app.handle.preview(&other, 100).await.unwrap_err();
    assert!(matches!(away, TransferError::Offline));
}
