//! `HEAD`, `PATCH` and `DELETE` of an upload.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request as Whole, State as Shared};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, ETAG, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use parlor_protocol::File;

use super::metadata::Target;
use super::{Answer, broken, check_id, limit, metadata, too_many_transfers, tus};
use crate::directory::Tables;
use crate::dispatch::storage_error;
use crate::endpoint::SignedIn;
use crate::files::checksum::Digest;
use crate::files::receive::Incoming;
use crate::files::upload::Broken;
use crate::handlers::files::{may_have, no_such_file, remove};
use crate::handlers::mail::check_receiver;
use crate::handlers::messages::check_mute;
use crate::http::auth::{Caller, Peer};
use crate::http::failed::Failed;
use crate::state::State;
use crate::storage::{Audience, FileRecord};
use crate::transfers::{Direction, Transfer};

/// Bytes for an upload.
pub(super) struct Request {
    pub(super) id: String,
    /// Where they go.
    pub(super) offset: u64,
    pub(super) digest: Option<Digest>,
    pub(super) body: Body,
}

/// `HEAD`: how far an upload has come. A request that still sends to it is
/// ended, so that the answer stays true.
pub(super) async fn head(
    Shared(state): Shared<Arc<State>>,
    caller: Caller,
    Path(id): Path<String>,
    request: Whole,
) -> Answer {
    limit(&state, &caller)?;
    tus::check_version(request.headers())?;
    check_id(&id)?;
    let mut headers = tus::resumable();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let (offset, size, raw) = match state.files.take(&id, caller.who.user).await {
        Ok(held) => {
            let record = held.record();
            tus::put_expiry(&mut headers, record.expires);
            (held.offset(), record.size, record.metadata.clone())
        }
        // The answer to the last bytes may have been lost.
        Err(Broken::Gone) => {
            let FileRecord { file, audience, .. } = own_file(&state, &caller.who, &id).await?;
            let raw = metadata::of_file(&file.name, &target(&state, &file, audience));
            (file.size, file.size, raw)
        }
        Err(error) => return Err(broken(&state, &id, error)),
    };
    headers.insert(tus::OFFSET, offset.into());
    headers.insert(tus::LENGTH, size.into());
    if let Ok(raw) = HeaderValue::from_str(&raw) {
        headers.insert(tus::METADATA, raw);
    }
    Ok((StatusCode::OK, headers).into_response())
}

/// What a file's metadata would say of whom it is for.
fn target(state: &State, file: &File, audience: Audience) -> Target {
    match audience {
        Audience::Room(_) => Target::Room(file.room.clone()),
        Audience::SealedFor(user) => Target::SealedFor(state.directory.read(|tables| {
            let person = tables.person(user);
            person.map_or_else(String::new, |person| person.record.username.clone())
        })),
    }
}

/// A file that one uploaded oneself, to a room that one still sees.
async fn own_file(state: &State, who: &SignedIn, id: &str) -> Result<FileRecord, Failed> {
    let file = state.storage.file(id).await;
    let file = file.map_err(|error| storage_error(&error))?;
    let sees = |file: &FileRecord| {
        let may = |tables: &Tables| may_have(tables, who.user, file.user, file.audience);
        file.user == who.user && state.directory.read(may)
    };
    file.filter(sees).ok_or_else(|| no_such_file(id).into())
}

/// `PATCH`: more bytes.
pub(super) async fn append(
    Shared(state): Shared<Arc<State>>,
    caller: Caller,
    Path(id): Path<String>,
    request: Whole,
) -> Answer {
    limit(&state, &caller)?;
    let (parts, body) = request.into_parts();
    tus::check_version(&parts.headers)?;
    tus::check_bytes_type(&parts.headers)?;
    check_id(&id)?;
    let offset = tus::number(&parts.headers, &tus::OFFSET)?;
    let offset = offset.ok_or_else(|| tus::bad_field(&tus::OFFSET, "where do the bytes go?"))?;
    let appending = Request {
        id,
        offset,
        digest: tus::digest(&parts.headers)?,
        body,
    };
    let progress = receive(&state, &caller, &parts, appending).await?;
    Ok((StatusCode::NO_CONTENT, progress).into_response())
}

/// Refuses a body that is announced to be longer than what may come.
pub(super) fn check_length(headers: &HeaderMap, left: u64) -> Result<(), Failed> {
    match tus::number(headers, &CONTENT_LENGTH)? {
        Some(length) if length > left => {
            let message = format!("{length} bytes are too many: {left} of the upload are missing.");
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            Err(Failed::new(status, "too_long", message))
        }
        _ => Ok(()),
    }
}

/// Takes bytes in, and makes a file of the upload if they were its last.
/// Answers the fields that say how far it has come.
pub(super) async fn receive(
    state: &Arc<State>,
    caller: &Caller,
    parts: &Parts,
    request: Request,
) -> Result<HeaderMap, Failed> {
    let Request {
        id,
        offset,
        digest,
        body,
    } = request;
    let mut held = match state.files.take(&id, caller.who.user).await {
        Ok(held) => held,
        // The answer to the last bytes may have been lost, and they come again.
        Err(Broken::Gone) => {
            let record = own_file(state, &caller.who, &id).await?;
            check_offset(record.file.size, offset)?;
            check_length(&parts.headers, 0)?;
            return Ok(whole(&record));
        }
        Err(error) => return Err(broken(state, &id, error)),
    };
    check_offset(held.offset(), offset)?;
    check_length(&parts.headers, held.record().size - offset)?;
    let transfer = begin(state, &caller.who, held.record().audience, parts)?;
    let body = body.into_data_stream();
    // It is carried to its end even if the connection goes, so that what came is flushed.
    let carried = Arc::clone(state);
    let work = state.carry(async move {
        let files = &carried.files;
        let incoming = Incoming {
            body,
            digest,
            transfer: &transfer,
        };
        let received = files.receive(&mut held, incoming).await;
        drop(transfer);
        received?;
        let (offset, expires) = (held.offset(), files.expiry());
        if !held.is_whole() {
            return Ok((offset, expires, None));
        }
        let file = files.finish(held).await?;
        Ok((offset, expires, Some(file)))
    });
    let done = work.await.unwrap_or_else(|error| {
        let lost = std::io::Error::other(error);
        Err(Broken::from(lost))
    });
    let (offset, expires, file) = done.map_err(|error| broken(state, &id, error))?;
    if let Some(record) = file {
        return Ok(whole(&record));
    }
    let mut headers = tus::resumable();
    headers.insert(tus::OFFSET, offset.into());
    tus::put_expiry(&mut headers, expires);
    Ok(headers)
}

/// What is told of an upload that is a file.
fn whole(record: &FileRecord) -> HeaderMap {
    let mut headers = tus::resumable();
    headers.insert(tus::OFFSET, record.file.size.into());
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", record.hash)) {
        headers.insert(ETAG, tag);
    }
    headers
}

/// Refuses bytes that do not go on from where the upload stands.
fn check_offset(at: u64, offset: u64) -> Result<(), Failed> {
    if at == offset {
        return Ok(());
    }
    let message = format!("The upload has come to {at}, not {offset}. Go on from there.");
    let failed = Failed::new(StatusCode::CONFLICT, "wrong_offset", message);
    Err(failed.with(tus::OFFSET, at.into()))
}

/// Begins an upload's transfer, if its user may (still) post in the room, or
/// leave something for the receiver.
fn begin(
    state: &State,
    who: &SignedIn,
    audience: Audience,
    parts: &Parts,
) -> Result<Transfer, Failed> {
    let line = super::line(parts);
    let begun = state.directory.read(|tables| {
        if tables.session(who.session).is_none() {
            return Err(super::ended(state));
        }
        match audience {
            Audience::Room(room) => {
                let access = tables.access_to(who.user, room);
                let access = access.ok_or_else(|| super::ended(state))?.member()?;
                check_mute(&access)?;
                if !access.can_send() {
                    return Err(super::ended(state));
                }
            }
            Audience::SealedFor(user) => check_receiver(tables, who.user, user)?,
        }
        let (room, most) = (audience.room(), super::download::most_transfers(state));
        Ok(state.transfers.begin(who, room, Direction::Up, &line, most))
    });
    begun?.ok_or_else(too_many_transfers)
}

/// `DELETE`: ends an upload, or deletes a file.
pub(super) async fn terminate(
    Shared(state): Shared<Arc<State>>,
    caller: Caller,
    Path(id): Path<String>,
    request: Whole,
) -> Answer {
    limit(&state, &caller)?;
    let (parts, _) = request.into_parts();
    tus::check_version(&parts.headers)?;
    check_id(&id)?;
    match state.files.take(&id, caller.who.user).await {
        Ok(held) => {
            let ended = state.files.terminate(held).await;
            ended.map_err(|error| broken(&state, &id, error))?;
        }
        Err(Broken::Gone) => {
            let found = state.storage.file(&id).await;
            let found = found.map_err(|error| storage_error(&error))?;
            let record = found.ok_or_else(|| no_such_file(&id))?;
            let address = Peer::of(&parts).unwrap_or([0; 4].into());
            remove(&state, &caller.who, address, &record).await?;
        }
        Err(error) => return Err(broken(&state, &id, error)),
    }
    Ok((StatusCode::NO_CONTENT, tus::resumable()).into_response())
}
