//! The properties of the codec over bytes that are wrong in every way; the
//! fuzz targets go on from here for as long as one likes.

#[expect(
    unreachable_pub,
    reason = "the fuzz targets share the file from outside"
)]
#[path = "../../fuzz/src/properties.rs"]
mod properties;

use parlor_protocol::request::Request;
use proptest::prelude::*;

/// Cases of each property. A run takes a few seconds.
const CASES: u32 = 4_096;

/// A member that some request or answer has, with a value of any kind.
fn member() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "id", "re", "room", "text", "nonce", "seq", "time", "target", "username", "password",
        "token", "rooms", "before", "after", "limit", "until", "emoji", "on", "role", "kind",
        "topic", "reason", "query", "name", "code", "message", "to", "presence", "x\\u0000",
    ]);
    let values = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>()
            .prop_filter("JSON has no infinity", |n| n.is_finite())
            .prop_map(|n| n.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).expect("text is JSON")),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("[1,\"a\",{}]".to_owned()),
        Just("{\"general\":3}".to_owned()),
        Just("\"2026-11-20T15:32:28.123Z\"".to_owned()),
        Just("\"general\"".to_owned()),
        Just("18446744073709551616".to_owned()),
    ];
    (names, values).prop_map(|(name, value)| format!("\"{name}\":{value}"))
}

/// An object that is nearly a line.
fn nearly_a_line(types: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let members = prop::collection::vec(member(), 0..8);
    (prop::sample::select(types), members).prop_map(|(kind, members)| {
        let mut line = format!("{{\"type\":\"{kind}\"");
        for member in members {
            line.push(',');
            line.push_str(&member);
        }
        line.push('}');
        line.into_bytes()
    })
}

/// A line with some of its bytes changed or cut away.
fn damaged(line: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (line, changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut line, changes, end, cut)| {
            for (at, byte) in changes {
                let at = at.index(line.len());
                line[at] = byte;
            }
            if cut {
                line.truncate(end.index(line.len()));
            }
            line
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn any_bytes_are_a_request_or_named_as_wrong(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        properties::request(&bytes);
    }

    #[test]
    fn near_requests_are_read_or_named(line in nearly_a_line(Request::TYPES)) {
        properties::request(&line);
    }

    #[test]
    fn damaged_requests_are_read_or_named(line in damaged(nearly_a_line(Request::TYPES))) {
        properties::request(&line);
    }

    #[test]
    fn near_answers_are_read_or_refused(line in nearly_a_line(parlor_protocol::Reply::TYPES)) {
        properties::incoming(&line);
    }

    #[test]
    fn damaged_answers_are_read_or_refused(line in damaged(nearly_a_line(parlor_protocol::Reply::TYPES))) {
        properties::incoming(&line);
    }

    #[test]
    fn streams_are_cut_alike(stream in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..400)) {
        properties::lines(&stream);
    }

    #[test]
    fn links_go_round(link in "parlor://[a-z0-9.:\\[\\]%-]{0,20}(/\\?(pin|invite|room|x)=[A-Za-z0-9_%&=+-]{0,60})?") {
        properties::link(link.as_bytes());
    }

    #[test]
    fn any_text_is_a_link_or_refused(text in any::<String>()) {
        properties::link(text.as_bytes());
    }
}
