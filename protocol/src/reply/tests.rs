//! Answers as the page shows them, and lines of unknown types.

use super::*;
use crate::{Code, LogBody};

fn read(line: &str) -> Incoming {
    Incoming::read(line.as_bytes()).unwrap()
}

#[test]
fn answers_are_written_as_the_page_shows_them() {
    let check = |reply: Reply, re, expected: &str| {
        let line = String::from_utf8(reply.encode(re).unwrap()).unwrap();
        assert_eq!(line, format!("{expected}\n"));
        let back = read(expected);
        assert_eq!((back.re, back.line), (re, ServerLine::Reply(reply)));
    };
    let time = Time::from_millis(1_795_188_748_123);
    check(Reply::Done {}, Some(3), r#"{"type":"done","re":3}"#);
    check(Reply::Pong {}, None, r#"{"type":"pong"}"#);
    check(
        Reply::Sent(Sent {
            room: "general".into(),
            seq: 9,
            time,
            duplicate: false,
        }),
        Some(7),
        &format!(r#"{{"type":"sent","room":"general","seq":9,"time":"{time}","re":7}}"#),
    );
    check(
        Reply::Error(ErrorLine {
            retry_after: Some(2.5),
            ..ErrorLine::new(Code::RateLimited, "Too fast.")
        }),
        Some(7),
        r#"{"type":"error","code":"rate_limited","message":"Too fast.","retry_after":2.5,"re":7}"#,
    );
    check(
        Reply::Gap {
            room: "general".into(),
            to: 5000,
        },
        None,
        r#"{"type":"gap","room":"general","to":5000}"#,
    );
}

#[test]
fn log_events_are_told_from_answers() {
    let line = r#"{"type":"message","from":"bob","name":"Bob","text":"hi","nonce":"n","room":"general","seq":1,"time":"2026-11-20T15:32:28.123Z"}"#;
    let ServerLine::Log(event) = read(line).line else {
        panic!("no log event")
    };
    assert_eq!(event.seq, 1);
    assert_eq!(serde_json::to_string(&event).unwrap(), line);
    let odd = r#"{"type":"pinned","target":4,"room":"general","seq":2,"time":"2026-11-20T15:32:28.123Z"}"#;
    let ServerLine::Log(event) = read(odd).line else {
        panic!("no log event")
    };
    assert_eq!((event.seq, event.body), (2, LogBody::Unknown));
    let unknown = read(r#"{"type":"confetti","room":"general"}"#);
    assert_eq!(
        unknown.line,
        ServerLine::Unknown {
            kind: "confetti".into()
        }
    );
}

#[test]
fn types_and_serde_agree() {
    for kind in Reply::TYPES {
        let line = format!(r#"{{"type":"{kind}"}}"#);
        let error = serde_json::from_str::<Reply>(&line)
            .err()
            .map(|e| e.to_string());
        assert!(
            !error.is_some_and(|e| e.contains("unknown variant")),
            "{kind}"
        );
    }
}
