use proptest::prelude::*;

use super::*;

/// What is said of a request that comes in one piece, up to its end.
fn judge(bytes: &str) -> Vec<Verdict> {
    let mut framing = Framing::default();
    let mut rest = bytes.as_bytes();
    let mut said = Vec::new();
    while !rest.is_empty() {
        let verdict = framing.judge(rest);
        said.push(verdict);
        let Verdict::Pass(passed) = verdict else {
            break;
        };
        let passed = usize::try_from(passed).unwrap().min(rest.len());
        rest = &rest[passed..];
    }
    said
}

fn last(bytes: &str) -> Verdict {
    *judge(bytes).last().unwrap()
}

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

fn post(fields: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n{body}")
}

#[test]
fn requests_in_order_pass_one_by_one() {
    let check = |bytes: &str, requests: usize| {
        let verdicts = judge(bytes);
        let passes = verdicts.iter().all(|v| matches!(v, Verdict::Pass(_)));
        assert!(passes, "{bytes:?}: {verdicts:?}");
        let heads = bytes.matches(" HTTP/1.").count();
        assert_eq!(heads, requests);
    };
    check(GET, 1);
    check(&GET.repeat(3), 3);
    check(&format!("\r\n{GET}"), 1);
    check("GET / HTTP/1.0\r\n\r\n", 1);
    check(&(post("Content-Length: 5\r\n", "hello") + GET), 2);
    let chunked = post("Transfer-Encoding: Chunked\r\n", "5\r\nhello\r\n0\r\n\r\n");
    check(&(chunked + GET), 2);
    let extended = post(
        "Transfer-Encoding: chunked\r\n",
        "A;name=\"value\"\r\n0123456789\r\n0\r\nChecked: yes\r\n\r\n",
    );
    check(&(extended + GET), 2);
}

#[test]
fn a_body_passes_without_being_looked_at() {
    let all = post("Content-Length: 500\r\n", "");
    assert_eq!(judge(&all), [Verdict::Pass(all.len() as u64 + 500)]);
}

#[test]
fn heads_that_two_readers_may_understand_differently() {
    let check = |bytes: &str| assert_eq!(last(bytes), Verdict::BadHead, "{bytes:?}");
    let smuggled = "0\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n";
    check(&post(
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        smuggled,
    ));
    check(&post(
        "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        smuggled,
    ));
    check(&post(
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "hello!",
    ));
    check(&post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"));
    check(&post("Content-Length: 5, 5\r\n", "hello"));
    check(&post("Content-Length: +5\r\n", "hello"));
    check(&post("Content-Length: -5\r\n", "hello"));
    check(&post("Content-Length: 0x5\r\n", "hello"));
    check(&post("Content-Length: 5 5\r\n", "hello"));
    check(&post("Content-Length:\r\n", "hello"));
    check(&post("Content-Length: 18446744073709551616\r\n", ""));
    check(&post("Content-Length: 18446744073709551615\r\n", ""));
    check(&post("Content-Length : 5\r\n", "hello"));
    check(&post("Transfer-Encoding: identity\r\n", ""));
    check(&post("Transfer-Encoding: gzip, chunked\r\n", smuggled));
    check(&post("Transfer-Encoding: chunked, identity\r\n", smuggled));
    check(&post("Transfer-Encoding: xchunked\r\n", smuggled));
    check(&post("Transfer-Encoding: \"chunked\"\r\n", smuggled));
    check(&post("Transfer-Encoding:\u{b}chunked\r\n", smuggled));
    check(&post("Transfer-Encoding : chunked\r\n", smuggled));
    check(&post(
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        smuggled,
    ));
    check(&post("Transfer-Encoding:\r\n chunked\r\n", smuggled));
    check(&post("X: a\r\n\tb\r\n", ""));
    check(&post("X: a\rTransfer-Encoding: chunked\r\n", smuggled));
    check(&post("X: a\nTransfer-Encoding: chunked\r\n", smuggled));
    check(&post("X: a\0b\r\n", ""));
    check(&post("X y: a\r\n", ""));
    check(&post(": a\r\n", ""));
    check(&post("no colon\r\n", ""));
    check(" GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    check("GET / HTTP/1.1\r\n Host: x\r\n\r\n");
    check("GET  / HTTP/1.1\r\nHost: x\r\n\r\n");
    check("GET / HTTP/1.1\r\n\r\n");
    check("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
    check("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
    check("GET / HTTP/2.0\r\nHost: x\r\n\r\n");
    check("GET /\r\n\r\n");
    check("GET / HTTP/1.1\nHost: x\n\n");
    check("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    check("\n\n");
}

#[test]
fn chunks_that_are_none() {
    let check = |body: &str| {
        let bytes = post("Transfer-Encoding: chunked\r\n", body);
        assert_eq!(last(&bytes), Verdict::BadBody, "{body:?}");
    };
    check("x\r\n");
    check("\r\n");
    check("-1\r\n");
    check("0x5\r\nhello\r\n");
    check("5 \r\nhello\r\n");
    check(" 5\r\nhello\r\n");
    check("5\nhello\r\n");
    check("5\r\nhello!\r\n");
    check("5\r\nhello\n");
    check("5;\u{1}\r\nhello\r\n");
    check("FFFFFFFFFFFFFFFF\r\n");
    check("0\r\nnot a field\r\n\r\n");
    check("0\r\nX: a\r\n b\r\n\r\n");
    check("0\r\n\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
    check(&"1".repeat(300));
}

#[test]
fn heads_have_a_bound() {
    let long = post(&format!("X: {}\r\n", "x".repeat(HEAD_BYTES)), "");
    assert_eq!(last(&long), Verdict::LongHead);
    assert_eq!(last(&long[..HEAD_BYTES + 1]), Verdict::LongHead);
    assert_eq!(last(&long[..HEAD_BYTES]), Verdict::More);
    let many = post(&"X: y\r\n".repeat(HEADERS), "");
    assert_eq!(last(&many), Verdict::LongHead);
}

proptest! {
    /// However the bytes are cut, the verdict is the same.
    #[test]
    fn pieces_change_nothing(cut in 1_usize..40, chunked: bool) {
        let one = if chunked {
            post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")
        } else {
            post("Content-Length: 5\r\n", "hello")
        };
        let bytes = (one + GET).into_bytes();
        let mut framing = Framing::default();
        let (mut waiting, mut passed, mut open) = (Vec::new(), 0, 0_u64);
        for piece in bytes.chunks(cut) {
            waiting.extend_from_slice(piece);
            loop {
                let now = usize::try_from(open).unwrap().min(waiting.len());
                waiting.drain(..now);
                passed += now;
                open -= now as u64;
                if open > 0 || waiting.is_empty() {
                    break;
                }
                match framing.judge(&waiting) {
                    Verdict::Pass(more) => open = more,
                    Verdict::More => break,
                    other => prop_assert!(false, "{other:?} of {:?}", waiting),
                }
            }
        }
        prop_assert_eq!((passed, open), (bytes.len(), 0));
    }

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut framing = Framing::default();
        framing.judge(&bytes);
        let _ = body_of(&bytes);
        let _ = chunk_size(&bytes);
    }
}
