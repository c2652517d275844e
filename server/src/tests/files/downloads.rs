//! Downloads.

use super::*;

#[tokio::test]
async fn a_file_is_described_and_never_shown() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let html = http
        .upload(
            "general",
            "<b>\"会\".html",
            b"<!DOCTYPE html><script>alert(1)</script>",
        )
        .await;
    let got = http.get(&path(&html), &[]).await;
    let head = http
        .ask(Method::HEAD, &path(&html), &[], Body::empty())
        .await;
    for answer in [&got, &head] {
        assert_eq!(answer.status, 200);
        let check = |name: &str, expected: &str| assert_eq!(answer.header(name), expected);
        check("content-type", "application/octet-stream");
        check("content-length", "40");
        check("accept-ranges", "bytes");
        check("x-content-type-options", "nosniff");
        check("cache-control", "private, no-cache");
        check("content-security-policy", "sandbox");
        check(
            "content-disposition",
            "attachment; filename=\"_b____.html\"; filename*=UTF-8''_b__%E4%BC%9A_.html",
        );
    }
    assert_eq!(head.bytes(), b"");
    assert_eq!(got.bytes().len(), 40);
}

#[tokio::test]
async fn parts_of_a_file() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let file = path(&http.upload("general", "a", &bytes).await);
    let tag = format!("\"{}\"", blake3::hash(&bytes).to_hex());
    let check = async |headers: &[(&str, &str)], status: u16, range: &str, part: &[u8]| {
        let got = http.get(&file, headers).await;
        assert_eq!(
            (got.status.as_u16(), got.header("content-range")),
            (status, range),
            "{headers:?}"
        );
        assert_eq!(got.header("etag"), tag);
        assert!(got.bytes() == part, "{headers:?}");
    };
    let range = |value| [("range", value)];
    check(&[], 200, "", &bytes).await;
    check(&range("bytes=0-9"), 206, "bytes 0-9/1000000", &bytes[..10]).await;
    check(
        &range("bytes=262100-800000"),
        206,
        "bytes 262100-800000/1000000",
        &bytes[262_100..=800_000],
    )
    .await;
    check(
        &range("bytes=-5"),
        206,
        "bytes 999995-999999/1000000",
        &bytes[999_995..],
    )
    .await;
    check(
        &range("bytes=999999-"),
        206,
        "bytes 999999-999999/1000000",
        &bytes[999_999..],
    )
    .await;
    check(&range("bytes=0-1,4-5"), 200, "", &bytes).await;
    check(&range("nonsense"), 200, "", &bytes).await;
    check(
        &[("range", "bytes=0-9"), ("if-range", &tag)],
        206,
        "bytes 0-9/1000000",
        &bytes[..10],
    )
    .await;
    check(
        &[("range", "bytes=0-9"), ("if-range", "\"other\"")],
        200,
        "",
        &bytes,
    )
    .await;
    check(&[("if-none-match", &tag)], 304, "", b"").await;
    let beyond = http.get(&file, &range("bytes=1000000-")).await;
    assert_eq!(
        (beyond.status.as_u16(), beyond.code()),
        (416, "bad_range".into())
    );
    assert_eq!(beyond.header("content-range"), "bytes */1000000");
    let other = http.get(&file, &[("if-match", "\"other\"")]).await;
    assert_eq!(
        (other.status.as_u16(), other.code()),
        (412, "precondition_failed".into())
    );
}

#[tokio::test]
async fn a_file_whose_bytes_are_lost_is_an_error() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let file = path(&http.upload("general", "a", b"hello").await);
    let hash = crate::storage::ContentHash(*blake3::hash(b"hello").as_bytes());
    server.state.files.blobs().erase(hash).unwrap();
    let lost = http.get(&file, &[]).await;
    assert_eq!(
        (lost.status.as_u16(), lost.code()),
        (500, "content_missing".into())
    );
}
