//! What `/index.html` shows of files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// Uploads a whole file as the pages do; its path.
pub(super) async fn upload(
    browser: &mut Browser<'_>,
    room: &str,
    name: &str,
    bytes: &str,
) -> String {
    let head = format!(
        "{}Origin: {ORIGIN}\r\nTus-Resumable: 1.0.0\r\nUpload-Length: {}\r\n\
         Content-Type: application/offset+octet-stream\r\n\
         Upload-Metadata: filename {},room {}\r\n",
        browser.head("POST", "/files"),
        bytes.len(),
        STANDARD.encode(name),
        STANDARD.encode(room),
    );
    let made = browser.send(head, bytes).await;
    made.is(201).header("location").unwrap().to_owned()
}

#[tokio::test]
async fn the_newest_files_are_listed() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    browser
        .get("/index.html")
        .await
        .has("No files yet")
        .lacks("href=\"/files/");
    let first = upload(&mut browser, "general", "rün <b>.csv", &"x".repeat(10_400)).await;
    browser
        .get("/index.html")
        .await
        .lacks("No files yet")
        .has(&format!("<a href=\"{first}\" download"))
        .has("<bdi>rün _b_.csv</bdi>")
        .has("10.4 KB")
        .has("<bdi>alice</bdi> · <bdi>#general</bdi>")
        .has("href=\"/files.html\"");
    let mut french = server.browser().with("Accept-Language: fr");
    french.login("alice").await.is(303);
    french.get("/").await.has("10,4 Ko");
    for at in 0..20 {
        upload(&mut browser, "general", &format!("{at}.txt"), "x").await;
    }
    let page = browser.get("/index.html").await;
    page.lacks(&first).has("<bdi>0.txt</bdi>");
    let (newest, oldest) = (page.body.find("19.txt"), page.body.find(">0.txt"));
    assert!(newest < oldest, "the newest comes first");
}

#[tokio::test]
async fn files_of_rooms_one_is_not_in_are_not_listed() {
    let server = TestServer::start().await;
    let mut talk = server.user("alice").await;
    let mut alice = server.browser();
    alice.login("alice").await.is(303);
    talk.expect(
        "room",
        serde_json::json!({"type":"create_room","room":"plans","kind":"private"}),
    )
    .await;
    let path = upload(&mut alice, "plans", "secret.txt", "x").await;
    alice.get("/index.html").await.has(&path);
    let mut bob = server.browser();
    bob.register("bob").await;
    bob.get("/index.html")
        .await
        .is(200)
        .lacks("secret.txt")
        .has("No files yet");
}

#[tokio::test]
async fn bytes_of_files_are_counted() {
    let token = "a-token-for-metrics";
    let server = TestServer::with(|config| {
        config.metrics = toml::from_str(&format!("token = {token:?}")).unwrap();
    })
    .await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let path = upload(&mut browser, "general", "a.txt", &"x".repeat(1_234)).await;
    browser.get(&path).await.is(200);
    let part = format!("{}Range: bytes=0-99\r\n", browser.head("GET", &path));
    browser.send(part, "").await.is(206);
    let mut prometheus = server
        .browser()
        .with(&format!("Authorization: Bearer {token}"));
    prometheus
        .get("/metrics")
        .await
        .has("# TYPE parlord_file_bytes_total counter\n")
        .has("\nparlord_file_bytes_total{direction=\"up\"} 1234\n")
        .has("\nparlord_file_bytes_total{direction=\"down\"} 1334\n");
}
