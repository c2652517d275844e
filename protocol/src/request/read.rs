//! Reading a request, and naming what is wrong with a line.
//!
//! A line is read in two steps: its head (`type`, `id`), by which even a
//! refused request can be answered, then the members of that type.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Request, RequestLine};
use crate::limits::MAX_INTEGER;
use crate::{Code, ErrorLine};

/// Why a line is no request: what to answer, and to which `id`.
#[derive(Debug, Clone, PartialEq)]
pub struct BadRequest {
    /// The line's `id`, where it could be read.
    pub re: Option<u64>,
    /// The answer.
    pub error: ErrorLine,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    id: Option<serde_json::Value>,
    /// The request's number, where `id` is another's.
    #[serde(default)]
    request: Option<serde_json::Value>,
}

impl Head<'_> {
    /// The member that has the request's number, and its name. In `hold` the mark
    /// of what is sealed has the name `id`.
    fn number(&self) -> (&'static str, Option<&serde_json::Value>) {
        if self.kind == HOLD {
            if self.request.is_some() {
                return ("request", self.request.as_ref());
            }
            return ("id", self.id.as_ref().filter(|id| !id.is_string()));
        }
        ("id", self.id.as_ref())
    }
}

/// The one type whose `id` is the mark of what it carries.
const HOLD: &str = "hold";

impl RequestLine {
    /// Reads one line, without its newline.
    ///
    /// # Errors
    ///
    /// The `error` line to answer: `bad_line`, `unknown_type`, or `bad_request`
    /// with a message that names the member.
    pub fn read(line: &[u8]) -> Result<Self, BadRequest> {
        let head = read_head(line)?;
        let (member, number) = head.number();
        let re = number.and_then(integer);
        if number.is_some() && re.is_none() {
            let message = format!("{member}: an integer from 1 to {MAX_INTEGER} is wanted.");
            return Err(BadRequest {
                re,
                error: ErrorLine::new(Code::BadRequest, message),
            });
        }
        match Request::read(&head.kind, line) {
            Ok(request) => Ok(Self { request, id: re }),
            Err(error) => Err(BadRequest { re, error }),
        }
    }
}

fn integer(value: &serde_json::Value) -> Option<u64> {
    value.as_u64().filter(|n| (1..=MAX_INTEGER).contains(n))
}

fn read_head(line: &[u8]) -> Result<Head<'_>, BadRequest> {
    let bad_line = |message: &str| BadRequest {
        re: None,
        error: ErrorLine::new(Code::BadLine, message),
    };
    // A sequence would be read as a struct's members in order; only an object is a line.
    if line.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Err(bad_line("A line is one JSON object."));
    }
    if std::str::from_utf8(line).is_err() {
        return Err(bad_line("A line is UTF-8."));
    }
    serde_json::from_slice(line).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => bad_line("A line has one string `type`."),
        _ => bad_line("A line is one JSON object."),
    })
}

/// A mark: a text, or the number of a request that is its mark too.
pub(super) fn mark<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a string is wanted")]
    enum Mark {
        Text(String),
        Number(u64),
    }
    Ok(match Mark::deserialize(deserializer)? {
        Mark::Text(text) => text,
        Mark::Number(number) => number.to_string(),
    })
}

/// Reads the members of a request. The path is worked out only for a wrong
/// line, because tracking it costs more than reading.
pub(super) fn members<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, ErrorLine> {
    if let Ok(request) = serde_json::from_slice(line) {
        return Ok(request);
    }
    let mut reader = serde_json::Deserializer::from_slice(line);
    let message = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => "The line ends in something else.".to_owned(),
        Err(error) => {
            let path = error.path().to_string();
            let inner = error.inner().to_string();
            let what = inner
                .rsplit_once(" at line ")
                .map_or(inner.as_str(), |(what, _)| what);
            if path == "." {
                format!("{what}.")
            } else {
                format!("{path}: {what}.")
            }
        }
    };
    Err(ErrorLine::new(Code::BadRequest, message))
}
