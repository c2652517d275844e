//! What nobody should send.

use super::*;

#[tokio::test]
async fn creations_that_are_refused() {
    let server = TestServer::with(|config| config.files.file_bytes = 1_000).await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let room = format!("room {}", STANDARD.encode("general"));
    let check = async |headers: &[(&str, &str)], status: u16, code: &str| {
        let answer = http
            .ask(Method::POST, "/files", headers, Body::empty())
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{headers:?}"
        );
    };
    let tus = ("tus-resumable", "1.0.0");
    let meta = ("upload-metadata", room.as_str());
    check(&[("upload-length", "1"), meta], 412, "wrong_tus_version").await;
    check(
        &[("tus-resumable", "0.2"), ("upload-length", "1"), meta],
        412,
        "wrong_tus_version",
    )
    .await;
    check(&[tus, meta], 400, "bad_request").await;
    for length in ["-1", "1.5", "x", "", "+1", "0x10", "99999999999999999999"] {
        check(&[tus, ("upload-length", length), meta], 400, "bad_request").await;
    }
    check(
        &[tus, ("upload-length", "1"), ("upload-length", "2"), meta],
        400,
        "bad_request",
    )
    .await;
    check(
        &[tus, ("upload-length", "1001"), meta],
        413,
        "file_too_large",
    )
    .await;
    check(
        &[tus, ("upload-length", "9223372036854775807"), meta],
        413,
        "file_too_large",
    )
    .await;
    check(
        &[tus, ("upload-defer-length", "1"), meta],
        400,
        "bad_request",
    )
    .await;
    check(
        &[
            tus,
            ("upload-length", "1"),
            ("upload-concat", "partial"),
            meta,
        ],
        400,
        "bad_request",
    )
    .await;
    check(&[tus, ("upload-length", "1")], 400, "bad_request").await;
    for metadata in ["room", "room general", "filename YQ==", "room /w=="] {
        check(
            &[tus, ("upload-length", "1"), ("upload-metadata", metadata)],
            400,
            "bad_request",
        )
        .await;
    }
    let nowhere = format!("room {}", STANDARD.encode("nowhere"));
    check(
        &[tus, ("upload-length", "1"), ("upload-metadata", &nowhere)],
        404,
        "no_such_room",
    )
    .await;
    let evil = format!("room {}", STANDARD.encode("../general"));
    check(
        &[tus, ("upload-length", "1"), ("upload-metadata", &evil)],
        404,
        "no_such_room",
    )
    .await;
    // Everybody reads #broadcast, and moderators write there.
    let broadcast = format!("room {}", STANDARD.encode("broadcast"));
    check(
        &[tus, ("upload-length", "1"), ("upload-metadata", &broadcast)],
        403,
        "forbidden",
    )
    .await;
    let nobody = Http::new(&server, "");
    assert_eq!(nobody.create("general", "a", 1).await.status, 401);
    let stranger = Http::new(&server, "no-such-token");
    let refused = stranger.create("general", "a", 1).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (401, "bad_token".into())
    );
}

#[tokio::test]
async fn pieces_that_are_refused() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let path = http.begin("general", "a", 10).await;
    let check = async |headers: &[(&str, &str)], body: &'static str, status: u16, code: &str| {
        let answer = http.ask(Method::PATCH, &path, headers, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{headers:?}"
        );
        assert_eq!(http.offset(&path).await, Some(0), "{headers:?}");
    };
    let tus = ("tus-resumable", "1.0.0");
    let kind = ("content-type", "application/offset+octet-stream");
    let at = ("upload-offset", "0");
    check(&[kind, at], "x", 412, "wrong_tus_version").await;
    check(&[tus, at], "x", 415, "wrong_content_type").await;
    check(
        &[tus, ("content-type", "text/plain"), at],
        "x",
        415,
        "wrong_content_type",
    )
    .await;
    check(&[tus, kind], "x", 400, "bad_request").await;
    for offset in ["-1", "x", "18446744073709551616", "1e3"] {
        check(
            &[tus, kind, ("upload-offset", offset)],
            "x",
            400,
            "bad_request",
        )
        .await;
    }
    check(
        &[tus, kind, ("upload-offset", "1")],
        "x",
        409,
        "wrong_offset",
    )
    .await;
    check(
        &[tus, kind, ("upload-offset", "9223372036854775807")],
        "x",
        409,
        "wrong_offset",
    )
    .await;
    check(
        &[tus, kind, at, ("content-length", "11")],
        "hello hello",
        413,
        "too_long",
    )
    .await;
    check(&[tus, kind, at], "hello hello", 413, "too_long").await;
    check(
        &[tus, kind, at, ("upload-checksum", "sha1")],
        "x",
        400,
        "bad_request",
    )
    .await;
    for id in [
        "x",
        "..%2f..%2fparlor.db",
        "AAAAAAAAAAAAAAAAAAAAAA",
        "%00",
        "AAAAAAAAAAAAAAAAAAAAA/",
    ] {
        let answer = http.patch(&format!("/files/{id}"), 0, "x").await;
        assert_eq!(answer.status, 404, "{id}");
        assert_eq!(
            http.get(&format!("/files/{id}"), &[]).await.status,
            404,
            "{id}"
        );
        assert_eq!(
            http.delete(&format!("/files/{id}")).await.status,
            404,
            "{id}"
        );
    }
}

#[tokio::test]
async fn no_file_leaves_its_room() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let made = json!({"type":"create_room","room":"secret","kind":"private"});
    alice.expect("room", made).await;
    alice
        .expect("room", json!({"type":"create_room","room":"open"}))
        .await;
    let (hers, his) = (
        Http::new(&server, &alice.token),
        Http::new(&server, &bob.token),
    );
    let secret = hers.upload("secret", "secret.txt", b"secret").await;
    let open = hers.upload("open", "open.txt", b"open").await;
    let unfinished = hers.begin("open", "later", 4).await;
    hers.patch(&unfinished, 0, "ab").await;

    let nothing = his.get(&path("AAAAAAAAAAAAAAAAAAAAAA"), &[]).await;
    for id in [secret.as_str(), id(&unfinished)] {
        let refused = his.get(&path(id), &[("range", "bytes=0-1")]).await;
        assert_eq!(refused.status, nothing.status);
        let told = |reply: &Reply, id: &str| {
            String::from_utf8(reply.bytes().to_vec())
                .unwrap()
                .replace(id, "ID")
        };
        assert_eq!(told(&refused, id), told(&nothing, "AAAAAAAAAAAAAAAAAAAAAA"));
        let head = his.ask(Method::HEAD, &path(id), &[], Body::empty()).await;
        assert_eq!(head.status, 404);
        assert_eq!(his.offset(&path(id)).await, None);
        assert_eq!(his.patch(&path(id), 2, "cd").await.status, 404);
        assert_eq!(his.delete(&path(id)).await.status, 404);
        let refused = bob.refused(json!({"type":"delete_file","file":id})).await;
        assert_eq!(refused, "no_such_file");
    }
    assert_eq!(
        bob.refused(json!({"type":"files","room":"secret"})).await,
        "no_such_room"
    );
    assert!(listed(&mut bob, json!({"type":"files"})).await.is_empty());
    assert!(
        listed(&mut bob, json!({"type":"files","before":secret}))
            .await
            .is_empty()
    );
    assert_eq!(
        bob.refused(send("general", "n1", "", &[&secret])).await,
        "no_such_file"
    );
    assert_eq!(
        bob.refused(send("general", "n2", "", &[&open])).await,
        "no_such_file"
    );
    assert_eq!(
        alice.refused(send("general", "n3", "", &[&secret])).await,
        "no_such_file"
    );
    assert_eq!(his.create("secret", "x", 1).await.code(), "no_such_room");
    // A public room is read by anybody, and written by who is in it.
    assert_eq!(his.get(&path(&open), &[]).await.bytes(), b"open");
    assert_eq!(
        listed(&mut bob, json!({"type":"files","room":"open"})).await,
        [open.clone()]
    );
    assert_eq!(his.create("open", "x", 1).await.code(), "not_a_member");
    assert_eq!(
        bob.refused(json!({"type":"delete_file","file":open})).await,
        "forbidden"
    );
    // The upload is where it was.
    assert_eq!(hers.offset(&unfinished).await, Some(2));
    assert_eq!(hers.get(&path(&secret), &[]).await.bytes(), b"secret");
}
