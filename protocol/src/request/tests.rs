//! Requests as the page shows them, and wrong lines by their names.

use proptest::prelude::*;

use super::*;
use crate::Code;
use crate::limits::MAX_INTEGER;

#[test]
fn wrong_lines_are_named() {
    let check = |line: &str, re: Option<u64>, code: Code, names: &str| {
        let bad = RequestLine::read(line.as_bytes()).unwrap_err();
        assert_eq!((bad.re, bad.error.code), (re, code), "{line}");
        assert!(
            bad.error.message.contains(names),
            "{line}: {}",
            bad.error.message
        );
    };
    check("", None, Code::BadLine, "");
    check("hello", None, Code::BadLine, "");
    check("[]", None, Code::BadLine, "");
    check(r#"["ping",1]"#, None, Code::BadLine, "");
    check(r#"{"type":"ping"} x"#, None, Code::BadLine, "");
    check(r#"{"type":"ping""#, None, Code::BadLine, "");
    check(r#"{"id":1}"#, None, Code::BadLine, "type");
    check(r#"{"type":7,"id":1}"#, None, Code::BadLine, "type");
    check(
        r#"{"type":"dance","id":1}"#,
        Some(1),
        Code::UnknownType,
        "dance",
    );
    check(r#"{"type":"ping","id":0}"#, None, Code::BadRequest, "id");
    check(r#"{"type":"ping","id":"7"}"#, None, Code::BadRequest, "id");
    check(r#"{"type":"ping","id":1.5}"#, None, Code::BadRequest, "id");
    check(
        r#"{"type":"ping","id":9007199254740992}"#,
        None,
        Code::BadRequest,
        "id",
    );
    check(
        r#"{"type":"send","id":2,"room":"a","nonce":"n"}"#,
        Some(2),
        Code::BadRequest,
        "text",
    );
    check(
        r#"{"type":"send","id":2,"room":5,"text":"","nonce":"n"}"#,
        Some(2),
        Code::BadRequest,
        "room",
    );
    check(
        r#"{"type":"react","id":2,"room":"a","target":-1,"emoji":"x","on":true}"#,
        Some(2),
        Code::BadRequest,
        "target",
    );
    check(
        r#"{"type":"resume","id":2,"token":"x","rooms":{"a":"b"}}"#,
        Some(2),
        Code::BadRequest,
        "rooms.a",
    );
    check(
        r#"{"type":"role","id":2,"username":"a","role":"king"}"#,
        Some(2),
        Code::BadRequest,
        "role",
    );
    assert_eq!(
        RequestLine::read(b"{\"type\":\"\xff\"}")
            .unwrap_err()
            .error
            .code,
        Code::BadLine
    );
}

#[test]
fn unknown_members_are_ignored() {
    let line = br#"{"type":"join","room":"general","id":9007199254740991,"new":{"x":[1]}}"#;
    let read = RequestLine::read(line).unwrap();
    assert_eq!(read.id, Some(MAX_INTEGER));
    assert_eq!(
        read.request,
        Request::Join(Join {
            room: "general".into()
        })
    );
}

#[test]
fn a_request_is_written_as_the_page_shows_it() {
    let line = RequestLine {
        request: SendMessage {
            room: "general".into(),
            text: "Chào".into(),
            nonce: "n1".into(),
            reply_to: Some(4),
            files: Vec::new(),
        }
        .into(),
        id: Some(7),
    };
    let text = r#"{"type":"send","room":"general","text":"Chào","nonce":"n1","reply_to":4,"id":7}"#;
    assert_eq!(serde_json::to_string(&line).unwrap(), text);
    assert_eq!(RequestLine::read(text.as_bytes()).unwrap(), line);
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = RequestLine::read(&bytes);
    }

    #[test]
    fn any_text_goes_round(text in any::<String>(), id in 1..=MAX_INTEGER) {
        let line = RequestLine {
            request: Edit { room: "a".into(), target: id, text }.into(),
            id: Some(id),
        };
        let written = serde_json::to_vec(&line).unwrap();
        prop_assert!(!written.contains(&b'\n'));
        prop_assert_eq!(RequestLine::read(&written).unwrap(), line);
    }
}

#[test]
fn what_is_held_has_a_mark_for_its_id() {
    let device = "ab".repeat(32);
    let line = |members: &str| {
        format!(r#"{{"type":"hold","to":"bob","device":"{device}",{members},"body":"AA"}}"#)
    };
    let check = |members: &str, mark: &str, id: Option<u64>| {
        let read = RequestLine::read(line(members).as_bytes()).unwrap();
        assert!(
            matches!(&read.request, Request::Hold(hold) if hold.id == mark),
            "{members}"
        );
        assert_eq!(read.id, id, "{members}");
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(written.matches("\"id\"").count(), 1, "{written}");
        assert_eq!(RequestLine::read(written.as_bytes()).unwrap(), read);
    };
    check(r#""id":"m1""#, "m1", None);
    check(r#""id":"m1","request":7"#, "m1", Some(7));
    check(r#""id":7"#, "7", Some(7));
    check(r#""id":7,"request":8"#, "7", Some(8));
    for members in [
        r#""id":"m1","request":"x""#,
        r#""id":1.5"#,
        r#""id":true"#,
        r#""to2":1"#,
    ] {
        let bad = RequestLine::read(line(members).as_bytes()).unwrap_err();
        assert_eq!(
            (bad.re, bad.error.code),
            (None, Code::BadRequest),
            "{members}"
        );
    }
}
