//! What a crash leaves, and the sweep that finds it.

use std::path::{Path, PathBuf};

use super::*;
use crate::storage::ContentHash;

fn everything_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything_in(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash(*blake3::hash(bytes).as_bytes())
}

async fn sweep(server: &TestServer) {
    let files = &server.state.files;
    files.sweep_all().await.unwrap();
}

#[tokio::test]
async fn equal_content_is_kept_once() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let first = http.upload("general", "a", b"same").await;
    let second = http.upload("general", "b", b"same").await;
    assert_eq!(everything_in(&server.folder().join("files")).len(), 1);
    assert_eq!(everything_in(&server.folder().join("uploads")).len(), 0);
    http.delete(&path(&first)).await;
    sweep(&server).await;
    assert_eq!(http.get(&path(&second), &[]).await.bytes(), b"same");
    http.delete(&path(&second)).await;
    sweep(&server).await;
    assert_eq!(everything_in(&server.folder().join("files")).len(), 0);
}

#[tokio::test]
async fn an_upload_in_hand_is_never_anothers_too() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let files = &server.state.files;
    let user = server
        .state
        .directory
        .read(|tables| tables.by_username("alice").unwrap().record.id);
    let first = http.begin("general", "a", 5).await;
    let held = files.take(id(&first), user).await.unwrap();
    // As many others as make the server forget those that nobody holds.
    for n in 0..8 {
        let other = http.begin("general", &n.to_string(), 5).await;
        assert_eq!(http.offset(&other).await, Some(0));
    }
    let until = held.until().clone();
    let next = files.take(id(&first), user);
    let mut next = std::pin::pin!(next);
    tokio::select! {
        _ = &mut next => panic!("two hold it at once"),
        () = until.cancelled() => {}
    }
    drop(held);
    assert_eq!(next.await.unwrap().offset(), 0);
}

#[tokio::test]
async fn a_deleted_room_erases_its_files() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    alice
        .expect("room", json!({"type":"create_room","room":"short"}))
        .await;
    let file = http.upload("short", "a", b"a").await;
    let begun = http.begin("short", "b", 5).await;
    http.patch(&begun, 0, "he").await;
    alice
        .expect("done", json!({"type":"delete_room","room":"short"}))
        .await;
    assert_eq!(http.get(&path(&file), &[]).await.status, 404);
    assert_eq!(http.offset(&begun).await, None);
    // The storage erases its rows when it is quiet: an answer to each of these
    // says that it was busy, and the loop ends when it no longer is.
    while server.state.storage.file(&file).await.unwrap().is_some()
        || !server.state.storage.is_loose(hash(b"a")).await.unwrap()
    {
        tokio::task::yield_now().await;
    }
    sweep(&server).await;
    assert_eq!(everything_in(&server.folder().join("files")).len(), 0);
}

#[tokio::test]
async fn a_crash_before_the_transaction_leaves_an_upload() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let token = alice.token.clone();
    let http = Http::new(&server, &token);
    let upload = http.begin("general", "a", 5).await;
    http.patch(&upload, 0, "hell").await;
    // The last byte is on the disk and the content is linked; then power fails.
    let bytes = server.folder().join("uploads").join(id(&upload));
    std::fs::write(&bytes, b"hello").unwrap();
    server
        .state
        .files
        .blobs()
        .keep(hash(b"hello"), &bytes)
        .unwrap();
    drop(http);
    let server = server.restart().await;
    sweep(&server).await;
    assert_eq!(everything_in(&server.folder().join("files")).len(), 0);
    let http = Http::new(&server, &token);
    assert_eq!(http.offset(&upload).await, Some(5));
    assert_eq!(http.patch(&upload, 5, "").await.status, 204);
    assert_eq!(http.get(&upload, &[]).await.bytes(), b"hello");
}

#[tokio::test]
async fn a_crash_after_the_transaction_leaves_bytes_that_are_swept() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let token = alice.token.clone();
    let file = Http::new(&server, &token)
        .upload("general", "a", b"hello")
        .await;
    // The second name of the bytes was not yet gone, and a copy was half done.
    std::fs::write(server.folder().join("uploads").join(&file), b"hello").unwrap();
    let stray = hash(b"stray");
    let from = server.folder().join("stray");
    std::fs::write(&from, b"stray").unwrap();
    server.state.files.blobs().keep(stray, &from).unwrap();
    let server = server.restart().await;
    sweep(&server).await;
    assert_eq!(everything_in(&server.folder().join("uploads")).len(), 0);
    assert_eq!(everything_in(&server.folder().join("files")).len(), 1);
    let got = Http::new(&server, &token).get(&path(&file), &[]).await;
    assert_eq!(got.bytes(), b"hello");
}

#[tokio::test]
async fn bytes_of_a_crashed_request_that_were_not_checked_go() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let token = alice.token.clone();
    let http = Http::new(&server, &token);
    let upload = http.begin("general", "a", 10).await;
    http.patch(&upload, 0, "0123").await;
    let expires = server.state.files.expiry();
    let storage = &server.state.storage;
    storage
        .mark_upload(id(&upload), expires, Some(4))
        .await
        .unwrap();
    let bytes = server.folder().join("uploads").join(id(&upload));
    std::fs::write(&bytes, b"0123xx").unwrap();
    drop(http);
    let server = server.restart().await;
    let http = Http::new(&server, &token);
    assert_eq!(http.offset(&upload).await, Some(4));
    assert_eq!(http.patch(&upload, 4, "456789").await.status, 204);
    assert_eq!(http.get(&upload, &[]).await.bytes(), b"0123456789");
}

#[tokio::test]
async fn an_upload_that_nobody_goes_on_with_is_swept() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let upload = http.begin("general", "a", 5).await;
    http.patch(&upload, 0, "he").await;
    let storage = &server.state.storage;
    let past = crate::clock::before(crate::clock::now(), 1);
    storage.mark_upload(id(&upload), past, None).await.unwrap();
    assert_eq!(http.offset(&upload).await, None);
    sweep(&server).await;
    assert!(storage.upload_ids().await.unwrap().is_empty());
    drop(http);
    let server = server.restart().await;
    sweep(&server).await;
    assert_eq!(everything_in(&server.folder().join("uploads")).len(), 0);
}
