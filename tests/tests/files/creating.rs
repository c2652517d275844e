//! `OPTIONS` and `POST /files`: what an upload may be, and what it is told.

use parlor_tests::http::Answer;
use parlor_tests::parlord::Parlord;
use parlor_tests::tus::{BYTES, Tus, VERSION, id_of, metadata, noise, path};
use parlor_tests::wire::Wire;
use serde_json::json;

fn is_list(answer: &Answer, name: &str, members: &[&str]) {
    let list: Vec<&str> = answer
        .header(name)
        .unwrap_or_else(|| panic!("{name} is not in {:?}", answer.headers))
        .split(',')
        .map(str::trim)
        .collect();
    for member in members {
        assert!(list.contains(member), "{name}: {list:?}");
    }
}

#[test]
fn options_say_what_is_spoken() {
    let server = Parlord::open();
    for token in [String::new(), Wire::register(&server, "alice").token()] {
        let answer = Tus::with(&server, token).ask("OPTIONS", "/files", &[], b"");
        assert_eq!(answer.status, 204, "{}", answer.text());
        is_list(&answer, "tus-version", &["1.0.0"]);
        assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
        is_list(
            &answer,
            "tus-extension",
            &[
                "creation",
                "creation-with-upload",
                "expiration",
                "checksum",
                "termination",
            ],
        );
        is_list(&answer, "tus-checksum-algorithm", &["sha1"]);
        assert_eq!(answer.header("tus-max-size"), Some("2147483648"));
    }
}

#[test]
fn a_new_upload_has_an_address_an_offset_and_an_end() {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let answer = tus.try_create("general", "report.pdf", 12);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
    assert_eq!(answer.header("upload-offset").unwrap_or("0"), "0");
    is_http_date(answer.header("upload-expires").expect("it expires"));
    let id = id_of(&answer);
    let probe = tus.probe(&id);
    assert_eq!(probe.status, 200);
    assert_eq!(probe.header("upload-offset"), Some("0"));
    assert_eq!(probe.header("upload-length"), Some("12"));
    assert_eq!(probe.header("cache-control"), Some("no-store"));
    assert_eq!(probe.header("tus-resumable"), Some("1.0.0"));
    is_http_date(probe.header("upload-expires").expect("it expires"));
    let again = id_of(&tus.try_create("general", "report.pdf", 12));
    assert_ne!(id, again, "every upload has an id of its own");
}

/// `Wed, 25 Nov 2026 10:00:00 GMT`, RFC 9110, 5.6.7.
fn is_http_date(text: &str) {
    let pattern = "Aaa, dd Aaa dddd dd:dd:dd GMT";
    let fits = text.len() == pattern.len()
        && text.chars().zip(pattern.chars()).all(|(c, p)| match p {
            'd' => c.is_ascii_digit(),
            'A' => c.is_ascii_uppercase(),
            'a' => c.is_ascii_lowercase(),
            p => c == p,
        });
    assert!(fits, "{text:?} is no HTTP date");
}

#[test]
fn an_upload_may_begin_with_its_bytes() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let bytes = noise(1, 100_000);
    let data = metadata(&[("filename", "a.bin"), ("room", "general")]);
    let headers = [
        ("Upload-Length", "100000"),
        ("Upload-Metadata", &data),
        BYTES,
    ];

    let whole = tus.tus("POST", "/files", &headers, &bytes);
    assert_eq!(whole.status, 201, "{}", whole.text());
    assert_eq!(whole.header("upload-offset"), Some("100000"));
    assert_eq!(tus.get(&id_of(&whole), &[]).body, bytes);

    let part = tus.tus("POST", "/files", &headers, &bytes[..40_000]);
    assert_eq!(part.status, 201, "{}", part.text());
    assert_eq!(part.header("upload-offset"), Some("40000"));
    let id = id_of(&part);
    assert_eq!(tus.offset(&id), 40_000);
    tus.finish(&id, &bytes);
    assert_eq!(tus.get(&id, &[]).body, bytes);

    let long = tus.tus("POST", "/files", &headers, &noise(1, 100_001));
    assert!(matches!(long.status, 400 | 413), "{}", long.text());
    let kept = alice.get("files", json!({"type": "files", "room": "general"}));
    assert_eq!(kept["files"].as_array().map(Vec::len), Some(2), "{kept}");
}

#[test]
fn an_empty_file_is_whole_at_once() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let id = tus.create("general", "empty", 0);
    let answer = tus.get(&id, &[]);
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let listed = alice.get("files", json!({"type": "files", "room": "general"}));
    assert_eq!(listed["files"][0]["size"], 0, "{listed}");
    assert_eq!(
        listed["files"][0]["blake3"],
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    );
}

/// Asks for an upload in a way that must be refused.
fn refuses(tus: &Tus, headers: &[(&str, &str)], status: u16, code: &str) {
    tus.tus("POST", "/files", headers, b"")
        .refused(status, code, &format!("{headers:?}"));
}

fn nothing_was_kept(alice: &mut Wire) {
    let listed = alice.get("files", json!({"type": "files"}));
    assert_eq!(listed["files"], json!([]), "{listed}");
}

#[test]
fn hostile_lengths_are_refused() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let data = metadata(&[("filename", "a"), ("room", "general")]);
    let data = ("Upload-Metadata", data.as_str());
    let ten = ("Upload-Length", "10");
    let later = ("Upload-Defer-Length", "1");
    let bad = |headers: &[(&str, &str)]| refuses(&tus, headers, 400, "bad_request");
    bad(&[data]);
    bad(&[data, later]);
    bad(&[data, later, ten]);
    bad(&[data, ten, ("Upload-Length", "11")]);
    bad(&[data, ten, ("Upload-Checksum", "sha1")]);
    bad(&[data, ten, ("Upload-Concat", "partial")]);
    for length in [
        "",
        "-1",
        "+1",
        "1.5",
        "0x10",
        "1e3",
        "ten",
        "9223372036854775808",
        "18446744073709551616",
        "1 0",
        "10, 10",
    ] {
        bad(&[data, ("Upload-Length", length)]);
    }
    for length in ["2147483649", "9223372036854775807"] {
        let headers = [data, ("Upload-Length", length)];
        refuses(&tus, &headers, 413, "file_too_large");
    }
    nothing_was_kept(&mut alice);
}

#[test]
fn hostile_metadata_are_refused() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    for (room, kind) in [("open", "public"), ("closed", "private")] {
        bob.get(
            "room",
            json!({"type": "create_room", "room": room, "kind": kind}),
        );
    }
    let tus = Tus::of(&server, &alice);
    let ten = ("Upload-Length", "10");
    let of = |name: &str, room: &str| metadata(&[("filename", name), ("room", room)]);
    refuses(&tus, &[ten], 400, "bad_request");
    let long = of(&"x".repeat(9_000), "general");
    for data in [
        "",
        "filename",
        "filename YQ==",
        "filename YQ==,room",
        "filename !!!!,room Z2VuZXJhbA==",
        "filename YQ==,room Z2VuZXJhbA",
        "filename /w==,room Z2VuZXJhbA==",
        "filename YQ==,room Z2VuZXJhbA==,room Z2VuZXJhbA==",
        "filename YQ== YQ==,room Z2VuZXJhbA==",
        "filename YQ==,,room Z2VuZXJhbA==",
        long.as_str(),
    ] {
        refuses(&tus, &[ten, ("Upload-Metadata", data)], 400, "bad_request");
    }
    for (room, status, code) in [
        ("nowhere", 404, "no_such_room"),
        ("closed", 404, "no_such_room"),
        ("~x", 404, "no_such_room"),
        ("../general", 404, "no_such_room"),
        ("", 400, "bad_request"),
        ("open", 403, "not_a_member"),
        ("broadcast", 403, "forbidden"),
    ] {
        let data = of("a", room);
        refuses(&tus, &[ten, ("Upload-Metadata", &data)], status, code);
    }
    nothing_was_kept(&mut alice);
}

#[test]
fn versions_methods_and_callers_are_checked() {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let id = tus.create("general", "a", 10);
    let here = path(&id);
    for version in [None, Some("0.2.2"), Some("1.0"), Some("2.0.0"), Some("")] {
        let headers: Vec<(&str, &str)> =
            version.map(|v| ("Tus-Resumable", v)).into_iter().collect();
        for (method, path) in [
            ("POST", "/files"),
            ("PATCH", here.as_str()),
            ("DELETE", here.as_str()),
        ] {
            let answer = tus.ask(method, path, &headers, b"");
            answer.refused(
                412,
                "wrong_tus_version",
                &format!("{method} by {version:?}"),
            );
            assert_eq!(answer.header("tus-version"), Some("1.0.0"));
        }
    }
    for (method, path) in [
        ("PUT", "/files"),
        ("PATCH", "/files"),
        ("PUT", here.as_str()),
        ("POST", here.as_str()),
        ("TRACE", here.as_str()),
        ("BREW", here.as_str()),
    ] {
        let answer = tus.tus(method, path, &[], b"");
        answer.refused(405, "method_not_allowed", &format!("{method} {path}"));
        assert!(answer.header("allow").is_some(), "{method} {path}");
    }
    for (token, code) in [
        ("", "not_signed_in"),
        ("x", "bad_token"),
        ("é", "bad_token"),
    ] {
        let nobody = Tus::with(&server, token);
        for (method, path) in [
            ("POST", "/files"),
            ("PATCH", here.as_str()),
            ("GET", here.as_str()),
            ("DELETE", here.as_str()),
        ] {
            let answer = nobody.tus(method, path, &[], b"");
            let what = format!("{method} {path} by {token:?}");
            // Bytes that are no text are no token at all.
            if token == "é" {
                assert_eq!(answer.status, 401, "{what}");
            } else {
                answer.refused(401, code, &what);
            }
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{what}");
        }
        assert_eq!(nobody.probe(&id).status, 401);
    }
    let in_url = format!("{here}?token={0}&access_token={0}", alice.token());
    let by_url = Tus::with(&server, "").ask("GET", &in_url, &[VERSION], b"");
    by_url.refused(401, "not_signed_in", "a token never counts in a URL");
    assert_eq!(tus.offset(&id), 0, "nothing of this touched the upload");
}
