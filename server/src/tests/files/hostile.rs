//! What nobody should send.

use super::*;

type Fields = &'static [(&'static str, &'static str)];

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const ONE: (&str, &str) = ("upload-length", "1");
/// For `general`.
const META: (&str, &str) = ("upload-metadata", "room Z2VuZXJhbA==");

/// Fields of a creation at a server that takes 1,000 bytes; the status and the code.
const CREATIONS: &[(Fields, u16, &str)] = &[
    (&[ONE, META], 412, "wrong_tus_version"),
    (
        &[("tus-resumable", "0.2"), ONE, META],
        412,
        "wrong_tus_version",
    ),
    (&[TUS, META], 400, "bad_request"),
    (&[TUS, ("upload-length", "-1"), META], 400, "bad_request"),
    (&[TUS, ("upload-length", "1.5"), META], 400, "bad_request"),
    (&[TUS, ("upload-length", "x"), META], 400, "bad_request"),
    (&[TUS, ("upload-length", ""), META], 400, "bad_request"),
    (&[TUS, ("upload-length", "+1"), META], 400, "bad_request"),
    (
        &[TUS, ("upload-length", "99999999999999999999"), META],
        400,
        "bad_request",
    ),
    (
        &[TUS, ONE, ("upload-length", "2"), META],
        400,
        "bad_request",
    ),
    (
        &[TUS, ("upload-length", "1001"), META],
        413,
        "file_too_large",
    ),
    (
        &[TUS, ("upload-length", "9223372036854775807"), META],
        413,
        "file_too_large",
    ),
    (
        &[TUS, ("upload-defer-length", "1"), META],
        400,
        "bad_request",
    ),
    (
        &[TUS, ONE, ("upload-concat", "partial"), META],
        400,
        "bad_request",
    ),
    (&[TUS, ONE], 400, "bad_request"),
    (&[TUS, ONE, ("upload-metadata", "room")], 400, "bad_request"),
    (
        &[TUS, ONE, ("upload-metadata", "room general")],
        400,
        "bad_request",
    ),
    (
        &[TUS, ONE, ("upload-metadata", "filename YQ==")],
        400,
        "bad_request",
    ),
    (
        &[TUS, ONE, ("upload-metadata", "room /w==")],
        400,
        "bad_request",
    ),
    // "nowhere", "../general", and "broadcast", where only moderators write.
    (
        &[TUS, ONE, ("upload-metadata", "room bm93aGVyZQ==")],
        404,
        "no_such_room",
    ),
    (
        &[TUS, ONE, ("upload-metadata", "room Li4vZ2VuZXJhbA==")],
        404,
        "no_such_room",
    ),
    (
        &[TUS, ONE, ("upload-metadata", "room YnJvYWRjYXN0")],
        403,
        "forbidden",
    ),
];

const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");
const START: (&str, &str) = ("upload-offset", "0");

/// Fields and bytes for an upload of ten bytes; the status and the code.
const PIECES: &[(Fields, &str, u16, &str)] = &[
    (&[BYTES, START], "x", 412, "wrong_tus_version"),
    (&[TUS, START], "x", 415, "wrong_content_type"),
    (
        &[TUS, ("content-type", "text/plain"), START],
        "x",
        415,
        "wrong_content_type",
    ),
    (&[TUS, BYTES], "x", 400, "bad_request"),
    (
        &[TUS, BYTES, ("upload-offset", "-1")],
        "x",
        400,
        "bad_request",
    ),
    (
        &[TUS, BYTES, ("upload-offset", "x")],
        "x",
        400,
        "bad_request",
    ),
    (
        &[TUS, BYTES, ("upload-offset", "1e3")],
        "x",
        400,
        "bad_request",
    ),
    (
        &[TUS, BYTES, ("upload-offset", "18446744073709551616")],
        "x",
        400,
        "bad_request",
    ),
    (
        &[TUS, BYTES, ("upload-offset", "1")],
        "x",
        409,
        "wrong_offset",
    ),
    (
        &[TUS, BYTES, ("upload-offset", "9223372036854775807")],
        "x",
        409,
        "wrong_offset",
    ),
    (
        &[TUS, BYTES, START, ("content-length", "11")],
        "hello hello",
        413,
        "too_long",
    ),
    (&[TUS, BYTES, START], "hello hello", 413, "too_long"),
    (
        &[TUS, BYTES, START, ("upload-checksum", "sha1")],
        "x",
        400,
        "bad_request",
    ),
];

/// Ends of paths that are no file's.
const IDS: &[&str] = &[
    "x",
    "..%2f..%2fparlor.db",
    "AAAAAAAAAAAAAAAAAAAAAA",
    "%00",
    "AAAAAAAAAAAAAAAAAAAAA/",
];

#[tokio::test]
async fn creations_that_are_refused() {
    let server = TestServer::with(|config| config.files.file_bytes = 1_000).await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    for (fields, status, code) in CREATIONS {
        let answer = http.ask(Method::POST, "/files", fields, "").await;
        let found = (answer.status.as_u16(), answer.code());
        assert_eq!(found, (*status, (*code).to_owned()), "{fields:?}");
    }
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
    for (fields, body, status, code) in PIECES {
        let answer = http.ask(Method::PATCH, &path, fields, *body).await;
        let found = (answer.status.as_u16(), answer.code());
        assert_eq!(found, (*status, (*code).to_owned()), "{fields:?}");
        assert_eq!(http.offset(&path).await, Some(0), "{fields:?}");
    }
    for id in IDS {
        let path = format!("/files/{id}");
        assert_eq!(http.patch(&path, 0, "x").await.status, 404, "{id}");
        assert_eq!(http.get(&path, &[]).await.status, 404, "{id}");
        assert_eq!(http.delete(&path).await.status, 404, "{id}");
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
    // A public room is read by all.
    assert_eq!(
        listed(&mut bob, json!({"type":"files"})).await,
        [open.as_str()]
    );
    assert!(
        listed(&mut bob, json!({"type":"files","before":secret}))
            .await
            .is_empty()
    );
    for file in [&secret, &open] {
        let refused = bob.refused(send("general", "n", "", &[file])).await;
        assert_eq!(refused, "no_such_file");
    }
    let refused = alice.refused(send("general", "n", "", &[&secret])).await;
    assert_eq!(refused, "no_such_file");
    assert_eq!(his.create("secret", "x", 1).await.code(), "no_such_room");
    // A public room is read by anybody, and written by who is in it.
    assert_eq!(his.get(&path(&open), &[]).await.bytes(), b"open");
    assert_eq!(
        listed(&mut bob, json!({"type":"files","room":"open"})).await,
        std::slice::from_ref(&open)
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
