//! Conditional requests (RFC 9110, 13): whether the client has a file already.

use std::time::SystemTime;

use axum::http::HeaderMap;
use axum::http::header::{
    HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};

use super::range::{self, Part};

/// What a client may compare with.
#[derive(Debug)]
pub(super) struct Validators {
    /// The entity tag, with its quotes; a strong one.
    pub(super) tag: String,
    /// When the file came, in whole seconds.
    pub(super) modified: SystemTime,
}

/// What the conditions come to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is to be sent.
    Send(Part),
    /// 304: the client has it.
    NotModified,
    /// 412: it is another than the client means.
    PreconditionFailed,
}

/// Weighs the conditions in the order of the RFC (13.2.2).
pub(super) fn weigh(headers: &HeaderMap, has: &Validators, size: u64) -> Verdict {
    let date = |name| text(headers, name).and_then(|v| httpdate::parse_http_date(v).ok());
    if headers.contains_key(IF_MATCH) {
        if !names(headers, IF_MATCH, &has.tag, false) {
            return Verdict::PreconditionFailed;
        }
    } else if date(IF_UNMODIFIED_SINCE).is_some_and(|then| has.modified > then) {
        return Verdict::PreconditionFailed;
    }
    if headers.contains_key(IF_NONE_MATCH) {
        if names(headers, IF_NONE_MATCH, &has.tag, true) {
            return Verdict::NotModified;
        }
    } else if date(IF_MODIFIED_SINCE).is_some_and(|then| has.modified <= then) {
        return Verdict::NotModified;
    }
    Verdict::Send(match text(headers, RANGE) {
        Some(range) if is_same(headers, has) => range::part(range, size),
        _ => Part::Whole,
    })
}

/// `If-Range`: the part is of use only with the rest that the client has.
fn is_same(headers: &HeaderMap, has: &Validators) -> bool {
    if !headers.contains_key(IF_RANGE) {
        return true;
    }
    let Some(value) = text(headers, IF_RANGE) else {
        return false;
    };
    let value = value.trim();
    // A weak tag does not say that the bytes are the same.
    value == has.tag || httpdate::parse_http_date(value).is_ok_and(|then| then == has.modified)
}

/// Whether a field names a tag, or `*`.
fn names(headers: &HeaderMap, field: HeaderName, tag: &str, weakly: bool) -> bool {
    let values = headers.get_all(field).into_iter();
    let mut tags = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim);
    tags.any(|named| {
        let strong = if weakly {
            named.strip_prefix("W/").unwrap_or(named)
        } else {
            named
        };
        named == "*" || strong == tag
    })
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn conditions() {
        let has = Validators {
            tag: "\"abc\"".into(),
            modified: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000),
        };
        let same = "Sun, 09 Sep 2001 01:46:40 GMT";
        let later = "Sun, 09 Sep 2001 01:46:41 GMT";
        let earlier = "Sun, 09 Sep 2001 01:46:39 GMT";
        let check = |fields: &[(&'static str, &str)], expected: Verdict| {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.append(*name, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(weigh(&headers, &has, 100), expected, "{fields:?}");
        };
        let whole = || Verdict::Send(Part::Whole);
        let first = || Verdict::Send(Part::From(0, 9));
        let range = ("range", "bytes=0-9");
        check(&[], whole());
        check(&[range], first());
        check(&[("if-none-match", "\"abc\"")], Verdict::NotModified);
        check(&[("if-none-match", "W/\"abc\"")], Verdict::NotModified);
        check(&[("if-none-match", "\"x\", \"abc\"")], Verdict::NotModified);
        check(&[("if-none-match", "*")], Verdict::NotModified);
        check(&[("if-none-match", "\"x\"")], whole());
        check(
            &[("if-none-match", "\"x\""), ("if-none-match", "\"abc\"")],
            Verdict::NotModified,
        );
        check(
            &[("if-none-match", "\"x\""), ("if-modified-since", later)],
            whole(),
        );
        check(&[("if-modified-since", same)], Verdict::NotModified);
        check(&[("if-modified-since", earlier)], whole());
        check(&[("if-match", "\"abc\"")], whole());
        check(&[("if-match", "*"), range], first());
        check(&[("if-match", "W/\"abc\"")], Verdict::PreconditionFailed);
        check(&[("if-match", "\"x\"")], Verdict::PreconditionFailed);
        check(
            &[("if-unmodified-since", earlier)],
            Verdict::PreconditionFailed,
        );
        check(&[("if-unmodified-since", same)], whole());
        check(&[range, ("if-range", "\"abc\"")], first());
        check(&[range, ("if-range", "W/\"abc\"")], whole());
        check(&[range, ("if-range", "\"x\"")], whole());
        check(&[range, ("if-range", same)], first());
        check(&[range, ("if-range", later)], whole());
        check(&[range, ("if-range", "nonsense")], whole());
    }
}
