//! What members an object must have, written shortly.
//!
//! A shape is words like `seq:n`, `reply_to:n?`: a name, a colon, and a kind:
//! `s` string, `n` whole number, `b` boolean, `a` list, `o` object, `t` time as
//! the protocol writes it, `*` anything; `?` where it may be missing. Members
//! not named are allowed: a server may extend the protocol.

use serde_json::Value;

/// ROOM of section 2.1.
pub const ROOM: &str = "room:s kind:s topic:s joined:b last_seq:n read_seq:n mentions:n members:n notify:s can_send:b with:s?";
/// USER of section 2.1.
pub const USER: &str = "username:s name:s role:s presence:s status:s";
/// MESSAGE of section 2.3.
pub const MESSAGE: &str = "seq:n time:t from:s name:s text:s nonce:s reply_to:n? files:a? edited:t? deleted:b? reactions:a?";

/// FILE of section 3.
pub const FILE: &str = "id:s name:s size:n mime:s blake3:s by:s room:s time:t";

/// Holds an object to a shape.
///
/// # Panics
///
/// When a member is missing or of another kind.
pub fn fits(object: &Value, shape: &str) {
    assert!(object.is_object(), "an object was expected: {object}");
    for word in shape.split_whitespace() {
        let (name, kind) = word.split_once(':').expect("a shape's words have a colon");
        let (kind, optional) = match kind.strip_suffix('?') {
            Some(kind) => (kind, true),
            None => (kind, false),
        };
        match object.get(name) {
            None if optional => {}
            None => panic!("member {name:?} is missing in {object}"),
            Some(value) => assert!(
                is(value, kind),
                "member {name:?} should be {kind} in {object}"
            ),
        }
    }
}

/// Holds every object of a list to a shape.
///
/// # Panics
///
/// When it is no list, or one does not fit.
pub fn all_fit(list: &Value, shape: &str) {
    let list = list
        .as_array()
        .unwrap_or_else(|| panic!("a list was expected: {list}"));
    for object in list {
        fits(object, shape);
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "s" => value.is_string(),
        "n" => value.is_u64(),
        "b" => value.is_boolean(),
        "a" => value.is_array(),
        "o" => value.is_object(),
        "t" => value.as_str().is_some_and(is_time),
        "*" => true,
        other => panic!("no such kind in a shape: {other}"),
    }
}

/// `2026-11-20T15:32:28.123Z` and nothing else.
fn is_time(text: &str) -> bool {
    let pattern = "dddd-dd-ddTdd:dd:dd.dddZ";
    text.len() == pattern.len()
        && text
            .chars()
            .zip(pattern.chars())
            .all(|(c, p)| if p == 'd' { c.is_ascii_digit() } else { c == p })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_shape_can_fail() {
        let good = json!({"seq": 1, "time": "2026-11-20T15:32:28.123Z", "x": null});
        fits(&good, "seq:n time:t reply_to:n?");
        for bad in ["seq:s", "nonce:s", "time:n", "x:b"] {
            let held = std::panic::catch_unwind(|| fits(&good, bad));
            assert!(held.is_err(), "{bad} was taken");
        }
        assert!(!is_time("2026-11-20T15:32:28Z"));
    }
}
