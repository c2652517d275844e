//! `GET` and `HEAD` of a file: its headers, its ranges, its conditions.

use parlor_tests::http::Answer;
use parlor_tests::parlord::Parlord;
use parlor_tests::tus::{Tus, noise, path};
use parlor_tests::wire::Wire;
use serde_json::json;

/// A server with one user and one file of this name and these bytes.
fn with_file(name: &str, bytes: &[u8]) -> (Parlord, Wire, Tus, String) {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let id = tus.upload("general", name, bytes);
    (server, alice, tus, id)
}

fn has(answer: &Answer, name: &str, value: &str) {
    assert_eq!(answer.header(name), Some(value), "{name}");
}

#[test]
fn a_file_comes_with_the_headers_that_make_it_safe() {
    let bytes = noise(7, 70_000);
    let (_server, mut alice, tus, id) = with_file("report.bin", &bytes);
    let listed = alice.get("files", json!({"type": "files"}));
    let hash = listed["files"][0]["blake3"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let get = tus.get(&id, &[]);
    let head = tus.ask("HEAD", &path(&id), &[], b"");
    for answer in [&get, &head] {
        assert_eq!(answer.status, 200);
        has(answer, "content-length", "70000");
        has(answer, "content-type", "application/octet-stream");
        has(answer, "etag", &format!("\"{hash}\""));
        has(answer, "accept-ranges", "bytes");
        has(answer, "x-content-type-options", "nosniff");
        has(answer, "cache-control", "private, no-cache");
        has(answer, "content-security-policy", "sandbox");
        let disposition = answer.header("content-disposition").expect("a disposition");
        assert!(
            disposition.starts_with("attachment; filename=\"report.bin\""),
            "{disposition}"
        );
        for none in ["set-cookie", "transfer-encoding", "content-encoding"] {
            assert_eq!(answer.header(none), None, "{none}");
        }
    }
    assert_eq!(get.body, bytes);
}

#[test]
fn names_of_any_script_are_said_safely() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let mut check = |name: &str, kept: &str, encoded: &str| {
        let id = tus.upload("general", name, name.as_bytes());
        let listed = alice.get("files", json!({"type": "files", "limit": 1}));
        assert_eq!(listed["files"][0]["name"], kept, "{name:?}");
        let answer = tus.get(&id, &[]);
        let disposition = answer.header("content-disposition").expect("a disposition");
        let star = disposition
            .split(';')
            .find_map(|part| part.trim().strip_prefix("filename*=UTF-8''"));
        match star {
            Some(star) => assert_eq!(star, encoded, "{name:?}: {disposition}"),
            None => assert!(
                encoded == kept && disposition.contains(&format!("filename=\"{kept}\"")),
                "{name:?}: {disposition}"
            ),
        }
        assert!(disposition.is_ascii(), "{disposition}");
        assert_eq!(disposition.matches('"').count() % 2, 0, "{disposition}");
    };
    check("a.txt", "a.txt", "a.txt");
    check("two words.txt", "two words.txt", "two%20words.txt");
    check("Đà-Lạt.jpg", "Đà-Lạt.jpg", "%C4%90%C3%A0-L%E1%BA%A1t.jpg");
    check("固件.pdf", "固件.pdf", "%E5%9B%BA%E4%BB%B6.pdf");
    check("100%.txt", "100%.txt", "100%25.txt");
    check("../../etc/passwd", "passwd", "passwd");
    check("C:\\dir\\evil.exe", "evil.exe", "evil.exe");
    check(
        "x\r\nSet-Cookie: a=b",
        "xSet-Cookie_ a=b",
        "xSet-Cookie_%20a%3Db",
    );
    check("a\u{202E}gpj.exe", "agpj.exe", "agpj.exe");
    check("\"quoted\";x=y", "_quoted_;x=y", "_quoted_%3Bx%3Dy");
    check("CON.txt", "_CON.txt", "_CON.txt");
    check("..", "file", "file");
    check("", "file", "file");
    check(".bashrc", "bashrc", "bashrc");
    check("it's (1)*.txt", "it's (1)_.txt", "it%27s%20%281%29_.txt");
}

#[test]
fn a_long_name_is_cut_before_its_extension() {
    let (_server, mut alice, tus, id) = with_file(&format!("{}.tar", "字".repeat(300)), b"x");
    let listed = alice.get("files", json!({"type": "files"}));
    let name = listed["files"][0]["name"].as_str().expect("a name");
    assert!(name.len() <= 255 && name.ends_with("字.tar"), "{name}");
    assert_eq!(tus.get(&id, &[]).status, 200);
}

#[test]
fn what_a_file_is_is_seen_by_its_bytes() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let octets = "application/octet-stream";
    let mut check = |name: &str, bytes: &[u8], mime: &str| {
        let id = tus.upload("general", name, bytes);
        let listed = alice.get("files", json!({"type": "files", "limit": 1}));
        assert_eq!(listed["files"][0]["mime"], mime, "{name}");
        has(&tus.get(&id, &[]), "content-type", mime);
    };
    check(
        "a.txt",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01",
        "image/png",
    );
    check("b.txt", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg");
    check("c.txt", b"GIF89a\x01\0\x01\0", "image/gif");
    check("d.txt", b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp");
    check("e.txt", b"%PDF-1.7\n", "application/pdf");
    check(
        "f.html",
        b"<!DOCTYPE html><script>alert(1)</script>",
        octets,
    );
    check(
        "g.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        octets,
    );
    check("h.png", b"<html>not a picture", octets);
    check("i.js", b"alert(1)", octets);
    check("j", b"", octets);
}

#[test]
fn ranges_are_exact() {
    let bytes = noise(8, 10_000);
    let (_server, _alice, tus, id) = with_file("r.bin", &bytes);
    let part = |range: &str, from: usize, to: usize| {
        let answer = tus.get(&id, &[("Range", range)]);
        assert_eq!(answer.status, 206, "{range}: {:?}", answer.headers);
        has(
            &answer,
            "content-range",
            &format!("bytes {from}-{to}/10000"),
        );
        has(&answer, "content-length", &(to - from + 1).to_string());
        has(&answer, "content-security-policy", "sandbox");
        has(&answer, "x-content-type-options", "nosniff");
        assert!(answer.body == bytes[from..=to], "{range}");
        let head = tus.ask("HEAD", &path(&id), &[("Range", range)], b"");
        assert!(matches!(head.status, 200 | 206), "{range}: {head:?}");
    };
    part("bytes=0-0", 0, 0);
    part("bytes=0-9999", 0, 9_999);
    part("bytes=500-", 500, 9_999);
    part("bytes=9999-", 9_999, 9_999);
    part("bytes=-1", 9_999, 9_999);
    part("bytes=-300", 9_700, 9_999);
    part("bytes=-20000", 0, 9_999);
    part("bytes=100-99999999", 100, 9_999);
    part("bytes=100-18446744073709551615", 100, 9_999);
    part("bytes=4096-8191", 4_096, 8_191);
    for range in [
        "bytes=10000-",
        "bytes=10000-10001",
        "bytes=-0",
        "bytes=18446744073709551615-",
    ] {
        let answer = tus.get(&id, &[("Range", range)]);
        answer.refused(416, "bad_range", range);
        has(&answer, "content-range", "bytes */10000");
    }
    // What is no range of bytes is ignored (RFC 9110, 14.2), and so may be many.
    for range in [
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-1",
        "bytes=a-b",
        "bytes=0x10-",
        "lines=0-1",
        "bytes=1.5-2",
        "bytes=--5",
        "bytes=+1-2",
        "bytes=0-0,2-2",
        "bytes=99999999999999999999999-",
    ] {
        let answer = tus.get(&id, &[("Range", range)]);
        assert!(matches!(answer.status, 200 | 416), "{range}: {answer:?}");
        if answer.status == 200 {
            assert!(answer.body == bytes, "{range}");
        }
    }
    let many: Vec<String> = (0..1_000).map(|n| format!("{n}-{n}")).collect();
    let answer = tus.get(&id, &[("Range", &format!("bytes={}", many.join(",")))]);
    assert!(answer.body.len() <= 10_000, "many ranges multiply nothing");
}

#[test]
fn conditions_hold() {
    let bytes = noise(9, 1_000);
    let (_server, _alice, tus, id) = with_file("c.bin", &bytes);
    let etag = tus
        .get(&id, &[])
        .header("etag")
        .expect("an ETag")
        .to_owned();
    let check = |headers: &[(&str, &str)], status: u16, length: usize| {
        let answer = tus.get(&id, headers);
        assert_eq!(answer.status, status, "{headers:?}: {:?}", answer.headers);
        assert_eq!(answer.body.len(), length, "{headers:?}");
        if status == 304 {
            has(&answer, "etag", &etag);
            has(&answer, "cache-control", "private, no-cache");
        }
    };
    let weak = format!("W/{etag}");
    let list = format!("\"x\", {etag}");
    check(&[("If-None-Match", &etag)], 304, 0);
    check(&[("If-None-Match", &weak)], 304, 0);
    check(&[("If-None-Match", &list)], 304, 0);
    check(&[("If-None-Match", "*")], 304, 0);
    check(&[("If-None-Match", "\"x\"")], 200, 1_000);
    let range = ("Range", "bytes=0-9");
    check(&[range, ("If-Range", &etag)], 206, 10);
    check(&[range, ("If-Range", "\"x\"")], 200, 1_000);
    check(&[range, ("If-Range", &weak)], 200, 1_000);
    check(&[range, ("If-None-Match", &etag)], 304, 0);
    check(&[("If-Match", &etag)], 200, 1_000);
    let other = tus.get(&id, &[("If-Match", "\"x\"")]);
    assert_eq!(other.status, 412, "{:?}", other.headers);
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let bytes = noise(10, 3_000_000);
    let (_server, _alice, tus, id) = with_file("k.bin", &bytes);
    let mut http = tus.dial();
    for range in [None, Some("bytes=1-2"), None] {
        let headers: Vec<(&str, &str)> = range.map(|r| ("Range", r)).into_iter().collect();
        http.raw
            .write(tus.head("GET", &path(&id), &headers).as_bytes());
        let answer = http.answer(false);
        let expected = if range.is_some() {
            &bytes[1..3]
        } else {
            &bytes[..]
        };
        assert!(answer.body == expected, "{range:?}");
    }
}
