//! Uploads as they should go.

use super::*;

#[tokio::test]
async fn an_upload_in_pieces_becomes_a_file() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n / 7) as u8).collect();
    let made = http.create("general", "../../会议.PNG", 3_000_000).await;
    assert_eq!(made.status, 201);
    assert!(made.header("upload-expires").ends_with(" GMT"));
    let path = made.header("location").to_owned();
    assert_eq!(id(&path).len(), parlor_protocol::limits::FILE_ID_CHARS);
    assert_eq!(http.offset(&path).await, Some(0));
    // It is nobody's file until it is whole.
    assert!(listed(&mut alice, json!({"type":"files"})).await.is_empty());
    assert_eq!(http.get(&path, &[]).await.code(), "no_such_file");

    let first = http.patch(&path, 0, bytes[..1_200_000].to_vec()).await;
    assert_eq!(
        (first.status.as_u16(), first.number("upload-offset")),
        (204, 1_200_000)
    );
    let wrong = http.patch(&path, 5, bytes[5..].to_vec()).await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.code()),
        (409, "wrong_offset".into())
    );
    assert_eq!(wrong.number("upload-offset"), 1_200_000);
    let last = http
        .patch(&path, 1_200_000, bytes[1_200_000..].to_vec())
        .await;
    assert_eq!(
        (last.status.as_u16(), last.number("upload-offset")),
        (204, 3_000_000)
    );
    let hash = blake3::hash(&bytes).to_hex();
    assert_eq!(last.header("etag"), format!("\"{hash}\""));

    let files = alice
        .expect("files", json!({"type":"files","room":"general"}))
        .await;
    let file = &files["files"][0];
    assert_eq!(file["name"], "会议.PNG");
    assert_eq!(file["size"], 3_000_000);
    assert_eq!(file["blake3"], hash.as_str());
    assert_eq!(file["by"], "alice");
    assert_eq!(file["room"], "general");
    assert_eq!(file["mime"], "application/octet-stream");
    // Whose last answer was lost learns that it is done.
    assert_eq!(http.offset(&path).await, Some(3_000_000));
    let got = http.get(&path, &[]).await;
    assert_eq!(got.bytes(), bytes);
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let token = alice.token.clone();
    let http = Http::new(&server, &token);
    let path = http.begin("general", "a", 10).await;
    http.patch(&path, 0, "01234").await;
    drop(http);
    let server = server.restart().await;
    let http = Http::new(&server, &token);
    assert_eq!(http.offset(&path).await, Some(5));
    assert_eq!(http.patch(&path, 5, "56789").await.status, 204);
    let got = http.get(&path, &[]).await;
    assert_eq!(got.bytes(), b"0123456789");
    let hash = blake3::hash(b"0123456789").to_hex();
    assert_eq!(got.header("etag"), format!("\"{hash}\""));
}

#[tokio::test]
async fn an_empty_file_and_one_that_comes_with_its_making() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let empty = http.upload("general", "empty", b"").await;
    assert_eq!(http.get(&path(&empty), &[]).await.bytes(), b"");
    let metadata = format!("room {}", STANDARD.encode("general"));
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("upload-length", "5"),
        ("upload-metadata", &metadata),
        ("content-type", "application/offset+octet-stream"),
    ];
    let made = http.ask(Method::POST, "/files", &headers, "hello").await;
    assert_eq!(
        (made.status.as_u16(), made.number("upload-offset")),
        (201, 5)
    );
    let whole = id(made.header("location")).to_owned();
    let part = http.ask(Method::POST, "/files", &headers, "he").await;
    assert_eq!(
        (part.status.as_u16(), part.number("upload-offset")),
        (201, 2)
    );
    let rest = http.patch(part.header("location"), 2, "llo").await;
    assert_eq!(rest.status, 204);
    let second = id(part.header("location")).to_owned();
    assert_eq!(
        listed(&mut alice, json!({"type":"files"})).await,
        [second.clone(), whole, empty]
    );
    let older = json!({"type":"files","before":second,"limit":1});
    let page = alice.expect("files", older).await;
    assert_eq!(
        (page["more"].clone(), page["files"][0]["name"].clone()),
        (true.into(), "file".into())
    );
}

#[tokio::test]
async fn checksums_are_held_to() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let path = http.begin("general", "a", 22).await;
    let with = async |offset, sum: &str, body: &'static str| {
        let more = [("upload-checksum", sum)];
        http.patch_with(&path, offset, &more, body).await
    };
    let right = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
    assert_eq!(with(0, right, "hello world").await.status, 204);
    let wrong = with(11, right, "hello earth").await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.code()),
        (460, "checksum_mismatch".into())
    );
    assert_eq!(http.offset(&path).await, Some(11));
    let unknown = with(11, "md5 XrY7u+Ae7tCTyyK7j1rNww==", "hello world").await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.code()),
        (400, "bad_request".into())
    );
    let sha256 = "sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
    assert_eq!(with(11, sha256, "hello world").await.status, 204);
    assert_eq!(
        http.get(&path, &[]).await.bytes(),
        b"hello worldhello world"
    );
}

#[tokio::test]
async fn what_is_there_is_told_to_anybody() {
    let server = TestServer::start().await;
    let http = Http::new(&server, "");
    let told = http
        .ask(Method::OPTIONS, "/files", &[], Body::empty())
        .await;
    assert_eq!(told.status, 204);
    let check = |name: &str, expected: &str| assert_eq!(told.header(name), expected);
    check("tus-version", "1.0.0");
    check("tus-resumable", "1.0.0");
    check(
        "tus-extension",
        "creation,creation-with-upload,expiration,checksum,termination",
    );
    check("tus-max-size", "2147483648");
    check("tus-checksum-algorithm", "sha1,sha256,blake3");
}

#[tokio::test]
async fn an_upload_can_be_ended() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let http = Http::new(&server, &alice.token);
    let others = Http::new(&server, &bob.token);
    let path = http.begin("general", "a", 4).await;
    http.patch(&path, 0, "ab").await;
    assert_eq!(others.delete(&path).await.status, 404);
    assert_eq!(http.delete(&path).await.status, 204);
    assert_eq!(http.delete(&path).await.status, 404);
    assert_eq!(http.patch(&path, 2, "cd").await.status, 404);
    // A file goes the same way, by its owner.
    let file = http.upload("general", "b", b"b").await;
    assert_eq!(others.delete(&super::path(&file)).await.code(), "forbidden");
    assert_eq!(http.delete(&super::path(&file)).await.status, 204);
    assert!(listed(&mut alice, json!({"type":"files"})).await.is_empty());
    assert!(listed(&mut bob, json!({"type":"files"})).await.is_empty());
}
