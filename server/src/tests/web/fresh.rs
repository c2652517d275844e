//! A start page is kept, and yet shows every change at the very next look.

use parlor_protocol::Role;
use serde_json::json;
use tempfile::tempdir;

use super::home::upload;
use super::*;
use crate::clock;
use crate::config::Config;
use crate::storage::sqlite::SqliteStorage;
use crate::storage::{SecretHash, SessionId, StorageError};
use crate::tests::failing::Failing;

/// A browser that has looked, so that the page is kept.
async fn looked<'a>(server: &'a TestServer, username: &str) -> Browser<'a> {
    let mut browser = server.browser();
    browser.login(username).await.is(303);
    let first = browser.get("/").await.is(200).body.clone();
    assert_eq!(browser.get("/index.html").await.is(200).body, first);
    browser
}

fn session(browser: &Browser<'_>) -> SessionId {
    let hash = SecretHash::of(browser.token());
    browser
        .server
        .state
        .directory
        .read(|tables| tables.session_of(&hash, clock::now()).unwrap().id)
}

#[tokio::test]
async fn what_stands_is_asked_for_once() {
    let folder = tempdir().unwrap();
    let inner = SqliteStorage::open(folder.path().join("test.db")).await;
    let storage = Arc::new(Failing::new(inner.unwrap()));
    let server = TestServer::on(folder, Config::default(), storage.clone()).await;
    let mut admin = server.user_of_rank("alice", Role::Admin).await;
    let mut browser = looked(&server, "alice").await;
    let mut french = server.browser().with("Accept-Language: fr");
    french.cookie.clone_from(&browser.cookie);
    let changes = server.state.directory.changes();
    storage.fail(StorageError::Unavailable("it rests".into()));
    browser.get("/").await.is(200).has("No files yet");
    french.get("/").await.is(200).has("<html lang=\"fr\">");
    assert_eq!(server.state.directory.changes(), changes);
    // What a message changes is in memory; only what files there are is not.
    storage.recover();
    admin.say("general", "hello").await;
    let path = upload(&mut server.browser().of(&browser), "general", "a.txt", "x").await;
    storage.fail(StorageError::Unavailable("it rests".into()));
    browser.get("/").await.is(503);
    storage.recover();
    browser.get("/").await.is(200).has("1 new").has(&path);
    admin.say("general", "hello").await;
    storage.fail(StorageError::Unavailable("it rests".into()));
    browser.get("/").await.is(200).has("2 new").has(&path);
}

#[tokio::test]
async fn files_that_come_and_go() {
    let server = TestServer::start().await;
    let mut talk = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let mut browser = looked(&server, "alice").await;
    let mut other = looked(&server, "bob").await;
    let first = upload(&mut browser, "general", "first.txt", "x").await;
    browser.get("/").await.has(&first);
    other.get("/").await.has(&first);
    let id = first.strip_prefix("/files/").unwrap();
    talk.expect("done", json!({"type":"delete_file","file":id}))
        .await;
    browser.get("/").await.lacks(&first);
    other.get("/").await.lacks(&first).has("No files yet");

    let shown = upload(&mut other, "general", "shown.txt", "x").await;
    let id = shown.strip_prefix("/files/").unwrap();
    let line = json!({"type":"send","room":"general","text":"","nonce":"n","files":[id]});
    let sent = bob.expect("sent", line).await;
    browser.get("/").await.has(&shown);
    let line = json!({"type":"delete","room":"general","target":sent["seq"]});
    bob.expect("done", line).await;
    browser.get("/").await.lacks(&shown);
    other.get("/").await.lacks(&shown);
}

#[tokio::test]
async fn rooms_that_come_and_go() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let mut browser = looked(&server, "bob").await;
    let line = json!({"type":"create_room","room":"plans","kind":"private"});
    alice.expect("room", line).await;
    let mut own = looked(&server, "alice").await;
    let path = upload(&mut own, "plans", "secret.txt", "x").await;
    own.get("/").await.has("plans").has(&path);
    browser.get("/").await.lacks("plans").lacks(&path);
    let line = json!({"type":"invite_to_room","room":"plans","username":"bob"});
    alice.ask(line).await;
    browser.get("/").await.has("plans").has(&path);
    own.get("/").await.has("2 people");
    let line = json!({"type":"set_topic","room":"plans","topic":"a new topic"});
    alice.ask(line).await;
    browser.get("/").await.has("a new topic");
    alice.say("plans", "hello").await;
    browser.get("/").await.has("2 new");
    let line = json!({"type":"read","room":"plans","seq":1_000_000});
    bob.ask(line).await;
    browser.get("/").await.lacks(" new</span>");
    bob.ask(json!({"type":"leave","room":"plans"})).await;
    browser.get("/").await.lacks("plans").lacks(&path);
    own.get("/").await.has("1 person").has(&path);
    alice
        .ask(json!({"type":"delete_room","room":"plans"}))
        .await;
    own.get("/").await.lacks("plans").lacks(&path);
}

#[tokio::test]
async fn people_who_come_change_and_go() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut browser = looked(&server, "alice").await;
    let mut bob = server.user("bob").await;
    let here = "<li data-presence=\"online\"><bdi>bob</bdi>";
    browser.get("/").await.has(here).has("2 online");
    bob.expect(
        "user",
        json!({"type":"profile","name":"Bob B.","status":"at lunch"}),
    )
    .await;
    browser.get("/").await.has("Bob B.").has("at lunch");
    bob.ask(json!({"type":"presence","presence":"away"})).await;
    let away = "<li data-presence=\"away\"><bdi>Bob B.</bdi>";
    browser.get("/").await.has(away);
    bob.expect("bye", json!({"type":"logout"})).await;
    bob.rest().await;
    // The connection's task takes it out after its last line.
    while server.state.connection_count() > 1 {
        tokio::task::yield_now().await;
    }
    let gone = "<li data-presence=\"offline\"><bdi>Bob B.</bdi>";
    browser.get("/").await.has(gone).has("1 online");
    alice
        .expect("user", json!({"type":"profile","name":"Alice A."}))
        .await;
    browser.get("/").await.has("<h1><bdi>Alice A.</bdi></h1>");
}

#[tokio::test]
async fn who_looks_is_there() {
    let server = TestServer::start().await;
    let mut alice = server.browser();
    alice.register("alice").await;
    let mut bob = server.browser();
    bob.register("bob").await;
    let there = "<li data-presence=\"online\"><bdi>alice</bdi>";
    alice.get("/").await.has("1 online").has(there);
    // An open page tells others nothing.
    bob.get("/").await.has("1 online").lacks(there);
    let mut talk = server.user("carol").await;
    alice.get("/").await.has("2 online");
    talk.ask(json!({"type":"presence","presence":"away"})).await;
    let mut carol = server.browser();
    carol.login("carol").await;
    carol
        .get("/")
        .await
        .has("<li data-presence=\"away\"><bdi>carol</bdi>")
        .has("1 online");
}

#[tokio::test]
async fn sessions_that_come_and_go() {
    let server = TestServer::start().await;
    server.user("alice").await;
    let mut browser = looked(&server, "alice").await;
    let count = |page: &Answer| page.body.matches("action=\"/end_session\"").count();
    assert_eq!(count(&browser.get("/").await), 2);
    let mut second = looked(&server, "alice").await;
    assert_eq!(count(&browser.get("/").await), 3);
    // Each is told which one is its own.
    let (one, other) = (browser.get("/").await, second.get("/").await);
    for page in [&one, &other] {
        assert_eq!(page.body.matches("this browser").count(), 1);
    }
    assert_ne!(one.body, other.body);
    let id = session(&second);
    let cookie = second.cookie.clone();
    browser
        .post("/end_session", &format!("session={}", id.0))
        .await
        .is(303);
    assert_eq!(count(&browser.get("/").await), 2);
    second.get("/").await.is(401);
    second.cookie = cookie;
    second.get("/").await.is(401).lacks("general");

    let mut third = looked(&server, "alice").await;
    let cookie = third.cookie.clone();
    third.post("/logout", "").await.is(303);
    third.cookie = cookie;
    third.get("/").await.is(401);
    assert_eq!(count(&browser.get("/").await), 2);
}

#[tokio::test]
async fn a_kept_page_renews_the_cookie_as_any_other() {
    let server = TestServer::start().await;
    server.user("alice").await;
    let mut browser = looked(&server, "alice").await;
    let token = browser.token().to_owned();
    let id = session(&browser);
    // Its session began to end, without a change that the page would show.
    let soon = clock::before(clock::now(), 120);
    server.state.directory.write(|tables| {
        tables.visit(id, "192.0.2.7".parse().unwrap(), soon, 600);
    });
    for _ in 0..2 {
        let page = browser.get("/").await;
        assert_eq!(page.is(200).header("cache-control"), Some("no-store"));
        let set = page.header("set-cookie").unwrap();
        let start = format!("__Host-session={token}; Path=/; Secure; HttpOnly; SameSite=Lax; ");
        let age = set.strip_prefix(&start).unwrap();
        // Of 90 days a moment may have passed.
        assert!(
            age.starts_with("Max-Age=77759") || age == "Max-Age=7776000",
            "{set}"
        );
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.header("content-encoding"), None);
    }
    let mut foreign = server.browser();
    foreign.cookie.clone_from(&browser.cookie);
    foreign
        .post_from("Origin: https://evil.example\r\n", "/logout", "")
        .await
        .is(403);
    browser.get("/").await.is(200);
}
