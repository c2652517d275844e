//! `PATCH`, `HEAD` and `DELETE` of an upload: offsets, checksums, cuts.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parlor_tests::files::weight;
use parlor_tests::http::Missing;
use parlor_tests::parlord::Parlord;
use parlor_tests::tus::{BYTES, Tus, VERSION, noise, path};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::json;

/// What `Upload-Checksum` says of these bytes: their SHA-1.
fn sha1(bytes: &[u8]) -> String {
    format!("sha1 {}", STANDARD.encode(digest(bytes)))
}

/// SHA-1 by the system's program, which no library of ours brings along.
fn digest(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut child = std::process::Command::new("sha1sum")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("sha1sum is there");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(bytes).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8(output.stdout).expect("it is text");
    (0..40)
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex"))
        .collect()
}

#[test]
fn pieces_make_a_file() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let bytes = noise(2, 300_001);
    let id = tus.create("general", "pieces.bin", 300_001);
    let mut at = 0;
    for length in [1, 65_535, 100_000, 0, 134_464] {
        let answer = tus.patch(&id, at, &bytes[at as usize..at as usize + length]);
        assert_eq!(answer.status, 204, "{}", answer.text());
        at += length as u64;
        assert_eq!(
            answer.header("upload-offset"),
            Some(at.to_string().as_str())
        );
        assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
        assert!(answer.header("upload-expires").is_some(), "{answer:?}");
        assert_eq!(tus.offset(&id), at);
        tus.get(&id, &[])
            .refused(404, "no_such_file", "an unfinished file is nobody's");
        let listed = alice.get("files", json!({"type": "files"}));
        assert_eq!(listed["files"], json!([]), "nor is it listed");
    }
    let last = tus.patch(&id, at, &bytes[at as usize..]);
    assert_eq!(last.status, 204, "{}", last.text());
    assert_eq!(last.header("upload-offset"), Some("300001"));
    assert_eq!(tus.get(&id, &[]).body, bytes);
    assert_eq!(tus.offset(&id), 300_001, "tus' HEAD knows it as complete");
}

/// An upload of a thousand bytes, of which half has come.
struct Half {
    _server: Parlord,
    tus: Tus,
    id: String,
    bytes: Vec<u8>,
}

impl Half {
    fn new() -> Self {
        let server = Parlord::open();
        let alice = Wire::register(&server, "alice");
        let tus = Tus::of(&server, &alice);
        let bytes = noise(3, 1_000);
        let id = tus.create("general", "a.bin", 1_000);
        assert_eq!(tus.patch(&id, 0, &bytes[..500]).status, 204);
        Self {
            _server: server,
            tus,
            id,
            bytes,
        }
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[500..]
    }

    fn refuses(&self, headers: &[(&str, &str)], body: &[u8], status: u16, code: &str) {
        let answer = self.tus.tus("PATCH", &path(&self.id), headers, body);
        let what = format!("{headers:?}, {} bytes", body.len());
        answer.refused(status, code, &what);
        assert_eq!(self.tus.offset(&self.id), 500, "{what} moved the upload");
    }
}

const AT_500: (&str, &str) = ("Upload-Offset", "500");

#[test]
fn hostile_offsets_types_and_lengths_are_refused() {
    let half = Half::new();
    let rest = half.rest();
    for offset in ["0", "499", "501", "1000", "9223372036854775807"] {
        half.refuses(
            &[BYTES, ("Upload-Offset", offset)],
            rest,
            409,
            "wrong_offset",
        );
    }
    let bad = |headers: &[(&str, &str)]| half.refuses(headers, rest, 400, "bad_request");
    bad(&[BYTES]);
    bad(&[BYTES, AT_500, ("Upload-Offset", "0")]);
    for offset in [
        "",
        "-1",
        "+500",
        "5e2",
        "0x1f4",
        "500, 500",
        "9223372036854775808",
    ] {
        bad(&[BYTES, ("Upload-Offset", offset)]);
    }
    let untyped = |headers: &[(&str, &str)]| half.refuses(headers, rest, 415, "wrong_content_type");
    untyped(&[AT_500]);
    for kind in [
        "application/octet-stream",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
    ] {
        untyped(&[AT_500, ("Content-Type", kind)]);
    }
    half.refuses(&[BYTES, AT_500], &noise(3, 501), 413, "too_long");
    // Far more than the sockets hold: the answer can be read all the same.
    half.refuses(&[BYTES, AT_500], &noise(3, 8 << 20), 413, "too_long");
}

#[test]
fn a_checksum_must_fit() {
    let half = Half::new();
    let (rest, tus, id) = (half.rest(), &half.tus, &half.id);
    for checksum in [
        "",
        "sha1",
        "sha1 ",
        "sha1 !!!",
        "sha1 AAAA",
        "crc7 AAAA",
        "none AAAA",
    ] {
        let headers = [BYTES, AT_500, ("Upload-Checksum", checksum)];
        half.refuses(&headers, rest, 400, "bad_request");
    }
    let wrong = sha1(b"something else");
    let headers = [BYTES, AT_500, ("Upload-Checksum", wrong.as_str())];
    half.refuses(&headers, rest, 460, "checksum_mismatch");
    half.refuses(&headers, &rest[..100], 460, "checksum_mismatch");

    let right = sha1(rest);
    let headers = [BYTES, AT_500, ("Upload-Checksum", right.as_str())];
    let answer = tus.tus("PATCH", &path(id), &headers, rest);
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(
        tus.get(id, &[]).body,
        half.bytes,
        "not a byte of the refused is in it"
    );
    let after = tus.patch(id, 1_000, b"more");
    after.refused(413, "too_long", "a file takes no more");
    let after = tus.patch(id, 500, rest);
    after.refused(409, "wrong_offset", "nor the same again");
    let again = tus.patch(id, 1_000, b"");
    assert_eq!(
        again.status,
        204,
        "the lost answer to its last bytes: {}",
        again.text()
    );
    assert_eq!(
        tus.get(id, &[]).body,
        half.bytes,
        "what is whole stays as it is"
    );
}

#[test]
fn a_bad_id_is_no_file() {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let id = tus.upload("general", "a", b"content");
    let long = "A".repeat(5_000);
    let upper = id.to_ascii_uppercase();
    let cut = &id[..21];
    let more = format!("{id}A");
    let ids = [
        "AAAAAAAAAAAAAAAAAAAAAA",
        cut,
        more.as_str(),
        upper.as_str(),
        long.as_str(),
        "..",
        ".",
        "%2e%2e",
        "..%2fparlord.json",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..%5c..%5cetc",
        "%00",
        "a%00b",
        "*",
        "';DROP TABLE files;--",
        "%27%20OR%201=1",
        "/etc/passwd",
        "x/y/z",
        "../parlord.json",
        "../../../../../../etc/passwd",
    ];
    for bad in ids.into_iter().filter(|bad| *bad != id) {
        let bad = bad.replace(' ', "%20");
        for method in ["GET", "PATCH", "DELETE"] {
            let headers = [VERSION, BYTES, ("Upload-Offset", "0")];
            let answer = tus.ask(method, &path(&bad), &headers, b"");
            assert_eq!(answer.status, 404, "{method} {bad}: {}", answer.text());
            assert_eq!(answer.json()["status"], "failed", "{method} {bad}");
        }
        assert_eq!(tus.probe(&bad).status, 404, "{bad}");
        let plain = tus.ask("HEAD", &path(&bad), &[], b"");
        assert_eq!(plain.status, 404, "{bad}");
    }
    for broken in ["%", "%zz", "%e", "%ff%fe"] {
        let answer = tus.get(broken, &[]);
        assert!(matches!(answer.status, 400 | 404), "{broken}: {answer:?}");
    }
    let slash = tus.get("", &[]);
    assert!(matches!(slash.status, 404 | 405), "{slash:?}");
    assert_eq!(tus.get(&id, &[]).body, b"content");
}

#[test]
fn a_cut_upload_goes_on_from_any_byte() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let bytes = noise(4, 200_000);
    let id = tus.create("general", "cut.bin", 200_000);
    let cuts: [usize; 7] = [0, 1, 100, 16_384, 16_385, 65_536, 70_001];
    for cut in cuts {
        let before = usize::try_from(tus.offset(&id)).expect("it fits");
        let mut http = tus.begin(&id, before as u64, (bytes.len() - before) as u64);
        http.raw
            .write(&bytes[before..(before + cut).min(bytes.len() - 1)]);
        let _ = http.raw.socket().shutdown(std::net::Shutdown::Both);
        drop(http);
        // The server may still be taking what had arrived; whoever asks for the offset
        // is told one that holds.
        let now = usize::try_from(tus.offset(&id)).expect("it fits");
        assert!(now >= before && now <= before + cut, "{before} {cut} {now}");
    }
    tus.finish(&id, &bytes);
    assert_eq!(tus.get(&id, &[]).body, bytes);
    let listed = alice.get("files", json!({"type": "files"}));
    assert_eq!(
        listed["files"].as_array().map(Vec::len),
        Some(1),
        "{listed}"
    );
}

#[test]
fn what_arrived_of_a_cut_piece_is_kept() {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let bytes = noise(5, 8 << 20);
    let id = tus.create("general", "cut.bin", 8 << 20);
    let mut http = tus.begin(&id, 0, 8 << 20);
    http.raw.write(&bytes[..6 << 20]);
    let _ = http.raw.socket().shutdown(std::net::Shutdown::Write);
    until("the bytes on the disk", SOON, || {
        (weight(server.data()) == 6 << 20).then_some(())
    });
    assert_eq!(tus.offset(&id), 6 << 20, "every byte that had arrived");
    tus.finish(&id, &bytes);
    assert_eq!(tus.get(&id, &[]).body, bytes);
}

#[test]
fn one_piece_at_a_time_and_the_newer_wins() {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let bytes = noise(6, 1 << 20);
    let id = tus.create("general", "two.bin", 1 << 20);
    // A client that lost its connection without the server knowing comes again.
    let mut stale = tus.begin(&id, 0, 1 << 20);
    stale.raw.write(&bytes[..100_000]);
    until("the offset", SOON, || {
        let probe = tus.probe(&id);
        (probe.status == 200).then_some(())
    });
    tus.finish(&id, &bytes);
    let _ = stale.raw.try_write(&vec![0xee; 500_000]);
    let told = stale.try_answer(false, Duration::from_secs(10));
    match told {
        Ok(answer) => assert!(answer.status >= 400, "{answer:?}"),
        Err(missing) => assert_eq!(missing, Missing::Closed),
    }
    assert_eq!(tus.get(&id, &[]).body, bytes, "one of them alone wrote it");
}

#[test]
fn a_taken_back_upload_is_gone() {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let id = tus.create("general", "a", 10);
    assert_eq!(tus.patch(&id, 0, b"12345").status, 204);
    let gone = tus.tus("DELETE", &path(&id), &[], b"");
    assert_eq!(gone.status, 204, "{}", gone.text());
    assert_eq!(gone.header("tus-resumable"), Some("1.0.0"));
    assert_eq!(tus.probe(&id).status, 404);
    tus.patch(&id, 5, b"67890")
        .refused(404, "no_such_file", "after its end");
    tus.tus("DELETE", &path(&id), &[], b"")
        .refused(404, "no_such_file", "twice");
}

#[test]
fn a_head_before_its_bytes_is_answered_and_chunks_are_taken() {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let id = tus.create("general", "chunked", 9);
    let head = tus.head(
        "PATCH",
        &path(&id),
        &[
            VERSION,
            BYTES,
            ("Upload-Offset", "0"),
            ("Transfer-Encoding", "chunked"),
        ],
    );
    let mut http = tus.dial();
    http.raw.write(head.as_bytes());
    http.raw.write(b"4\r\nfour\r\n5\r\nfive!\r\n0\r\n\r\n");
    let answer = http.answer(false);
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(tus.get(&id, &[]).body, b"fourfive!");

    let both = tus.create("general", "smuggled", 9);
    let head = tus.head(
        "PATCH",
        &path(&both),
        &[
            VERSION,
            BYTES,
            ("Upload-Offset", "0"),
            ("Content-Length", "4"),
            ("Transfer-Encoding", "chunked"),
        ],
    );
    let mut http = tus.dial();
    http.raw.write(head.as_bytes());
    http.raw.write(b"4\r\nfour\r\n0\r\n\r\n");
    let heard = http.try_answer(false, SOON);
    let taken = tus.offset(&both);
    assert!(
        heard.is_err() || heard.is_ok_and(|a| a.status == 400 || taken == 4),
        "two lengths are refused, or the chunks count (RFC 9112, 6.3)"
    );
}
