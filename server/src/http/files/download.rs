//! `GET` and `HEAD` of a file.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use parlor_protocol::File;

use super::conditions::{Validators, Verdict, weigh};
use super::range::Part;
use super::sending::Sending;
use super::{Answer, check_id, disposition, limit, too_many_transfers};
use crate::dispatch::storage_error;
use crate::endpoint::SignedIn;
use crate::files::blocking;
use crate::handlers::files::{may_have, no_such_file};
use crate::http::auth::Caller;
use crate::http::failed::Failed;
use crate::state::State;
use crate::storage::FileRecord;
use crate::transfers::{Direction, Transfer};

/// `GET`: the bytes, or a part of them.
pub(super) async fn get(
    Shared(state): Shared<Arc<State>>,
    caller: Caller,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let (parts, _) = request.into_parts();
    let record = find(&state, &caller, &id).await?;
    let has = validators(&record.file);
    match weigh(&parts.headers, &has, record.file.size) {
        Verdict::Send(part) => send(&state, &caller.who, &parts, &record, part, &has).await,
        Verdict::NotModified => {
            let mut headers = HeaderMap::new();
            put_validators(&mut headers, &has);
            Ok((StatusCode::NOT_MODIFIED, headers).into_response())
        }
        Verdict::PreconditionFailed => {
            let message = "The file is another than If-Match or If-Unmodified-Since means.";
            let status = StatusCode::PRECONDITION_FAILED;
            Err(Failed::new(status, "precondition_failed", message))
        }
    }
}

/// `HEAD`: what `GET` would say of the whole.
pub(super) async fn head(
    Shared(state): Shared<Arc<State>>,
    caller: Caller,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let record = find(&state, &caller, &id).await?;
    let has = validators(&record.file);
    let mut headers = HeaderMap::new();
    let status = match weigh(request.headers(), &has, record.file.size) {
        Verdict::Send(_) => {
            headers = describe(&record.file);
            headers.insert(header::CONTENT_LENGTH, record.file.size.into());
            StatusCode::OK
        }
        Verdict::NotModified => StatusCode::NOT_MODIFIED,
        Verdict::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
    };
    put_validators(&mut headers, &has);
    Ok((status, headers).into_response())
}

/// The file, if the caller may see it.
async fn find(state: &State, caller: &Caller, id: &str) -> Result<FileRecord, Failed> {
    limit(state, caller)?;
    check_id(id)?;
    let found = state.storage.file(id).await;
    let found = found.map_err(|error| storage_error(&error))?;
    let user = caller.who.user;
    let seen = found.filter(|file| {
        state
            .directory
            .read(|tables| may_have(tables, user, file.user, file.audience))
    });
    seen.ok_or_else(|| no_such_file(id).into())
}

fn validators(file: &File) -> Validators {
    let seconds = u64::try_from(file.time.as_millis() / 1_000).unwrap_or(0);
    Validators {
        tag: format!("\"{}\"", file.blake3),
        modified: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
    }
}

fn put_validators(headers: &mut HeaderMap, has: &Validators) {
    let modified = httpdate::fmt_http_date(has.modified);
    for (name, value) in [(header::ETAG, &has.tag), (header::LAST_MODIFIED, &modified)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    // A cache takes the fields of a 304 over into what it keeps.
    for (name, value) in [
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// What is said of a file. It is saved and never shown: whatever is in it, no
/// browser runs it as if it came from this server.
fn describe(file: &File) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_str(&file.mime);
    let octets = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind.unwrap_or(octets));
    headers.insert(
        header::CONTENT_DISPOSITION,
        disposition::attachment(&file.name),
    );
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers
}

async fn send(
    state: &State,
    who: &SignedIn,
    parts: &Parts,
    record: &FileRecord,
    part: Part,
    has: &Validators,
) -> Answer {
    let file = &record.file;
    let (first, last) = match part {
        Part::Whole => (0, file.size.saturating_sub(1)),
        Part::From(first, last) => (first, last),
        Part::Unsatisfiable => return Ok(unsatisfiable(file.size)),
    };
    let length = if file.size == 0 { 0 } else { last - first + 1 };
    let mut headers = describe(file);
    put_validators(&mut headers, has);
    headers.insert(header::CONTENT_LENGTH, length.into());
    let status = if matches!(part, Part::From(..)) {
        let range = format!("bytes {first}-{last}/{}", file.size);
        if let Ok(range) = HeaderValue::from_str(&range) {
            headers.insert(header::CONTENT_RANGE, range);
        }
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    };
    let transfer = begin(state, who, record, parts)?;
    let (blobs, hash) = (Arc::clone(state.files.blobs()), record.hash);
    let content = blocking(move || blobs.open(hash)).await;
    let content = content.map_err(|error| missing(record, &error))?;
    if content.size() != file.size {
        return Err(missing(record, &"its length is another"));
    }
    let body = Body::new(Sending::new(content, first, length, transfer));
    Ok((status, headers, body).into_response())
}

fn unsatisfiable(size: u64) -> Response {
    let message = format!("The file has {size} bytes; the range is beyond them.");
    let failed = Failed::new(StatusCode::RANGE_NOT_SATISFIABLE, "bad_range", message);
    let range = HeaderValue::from_str(&format!("bytes */{size}"));
    match range {
        Ok(range) => failed.with(header::CONTENT_RANGE, range).into_response(),
        Err(_) => failed.into_response(),
    }
}

/// A row without its bytes.
fn missing(record: &FileRecord, error: &dyn std::fmt::Display) -> Failed {
    tracing::error!(content = %record.hash, %error, "a file's content cannot be read");
    let message = "The server has lost this file's bytes. Tell who runs it.";
    Failed::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "content_missing",
        message,
    )
}

/// How many uploads and downloads of a user may run at once.
pub(super) fn most_transfers(state: &State) -> usize {
    if state.config.rate_limits {
        state.config.files.transfers
    } else {
        usize::MAX
    }
}

/// Begins a download, if its user may (still) have the file.
fn begin(
    state: &State,
    who: &SignedIn,
    record: &FileRecord,
    parts: &Parts,
) -> Result<Transfer, Failed> {
    let line = super::line(parts);
    let begun = state.directory.read(|tables| {
        let may = may_have(tables, who.user, record.user, record.audience);
        if !may || tables.session(who.session).is_none() {
            return Err(Failed::from(no_such_file(&record.file.id)));
        }
        let room = record.audience.room();
        let most = most_transfers(state);
        Ok(state
            .transfers
            .begin(who, room, Direction::Down, &line, most))
    });
    begun?.ok_or_else(too_many_transfers)
}
