//! `POST /files`: a new upload, with or without its first bytes.

use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, HeaderValue, LOCATION};
use axum::response::IntoResponse as _;
use parlor_protocol::{Code, ErrorLine};

use super::metadata::{Metadata, Target};
use super::resume::Request as Appending;
use super::{Answer, limit, resume, tus};
use crate::dispatch::storage_error;
use crate::endpoint::SignedIn;
use crate::handlers::mail::receiver;
use crate::handlers::messages::check_mute;
use crate::http::auth::Caller;
use crate::http::failed::Failed;
use crate::secrets;
use crate::state::State;
use crate::storage::{Audience, Quota, RoomId, UploadCreated, UploadRecord};

/// Where there is no bound.
const ANY_NUMBER: usize = usize::MAX;

pub(super) async fn create(
    Shared(state): Shared<Arc<State>>,
    caller: Caller,
    request: Request,
) -> Answer {
    limit(&state, &caller)?;
    let (parts, body) = request.into_parts();
    tus::check_version(&parts.headers)?;
    let size = size(&state, &parts.headers)?;
    let metadata = Metadata::read(&parts.headers)?;
    let has_bytes = tus::has_bytes_type(&parts.headers);
    let digest = tus::digest(&parts.headers)?;
    if has_bytes {
        resume::check_length(&parts.headers, size)?;
    }
    let audience = match &metadata.target {
        Target::Room(name) => Audience::Room(room(&state, &caller.who, name)?),
        Target::SealedFor(username) => {
            Audience::SealedFor(receiver(&state, caller.who.user, username)?)
        }
    };
    let expires = state.files.expiry();
    let upload = UploadRecord {
        id: secrets::file_id(),
        audience,
        user: caller.who.user,
        name: metadata.name,
        size,
        metadata: metadata.raw,
        expires,
        verified: None,
    };
    let id = upload.id.clone();
    let created = state.storage.create_upload(upload, quota(&state)).await;
    refuse_full(
        created.map_err(|error| storage_error(&error))?,
        &metadata.target,
    )?;

    let mut headers = tus::resumable();
    if let Ok(location) = HeaderValue::from_str(&format!("{}/{id}", super::FOLDER)) {
        headers.insert(LOCATION, location);
    }
    // An empty file is whole when it is made.
    if has_bytes || size == 0 {
        let appending = Appending {
            id,
            offset: 0,
            digest,
            body: if has_bytes { body } else { Default::default() },
        };
        let received = resume::receive(&state, &caller, &parts, appending).await;
        // The upload is there, and so its place is told whatever became of the bytes.
        return match received {
            Ok(progress) => {
                headers.extend(progress);
                Ok((StatusCode::CREATED, headers).into_response())
            }
            Err(failed) => Ok((headers, failed).into_response()),
        };
    }
    tus::put_expiry(&mut headers, expires);
    Ok((StatusCode::CREATED, headers).into_response())
}

/// How large the upload will be.
fn size(state: &State, headers: &HeaderMap) -> Result<u64, Failed> {
    if !state.config.files.are_on() {
        let message = "This server takes no files.";
        let status = StatusCode::FORBIDDEN;
        return Err(Failed::new(status, "files_off", message));
    }
    if headers.contains_key(tus::CONCAT) {
        let what = "uploads are not put together here; send one whole file.";
        return Err(tus::bad_field(&tus::CONCAT, what));
    }
    if headers.contains_key(tus::DEFER_LENGTH) {
        let what = "the length is wanted at once; send Upload-Length.";
        return Err(tus::bad_field(&tus::DEFER_LENGTH, what));
    }
    let size = tus::number(headers, &tus::LENGTH)?;
    let size = size.ok_or_else(|| tus::bad_field(&tus::LENGTH, "how many bytes will come?"))?;
    let most = state.config.files.file_bytes;
    if size <= most {
        return Ok(size);
    }
    let message = format!("The file has {size} bytes; at most {most} are taken here.");
    let failed = Failed::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", message);
    Err(failed.with(tus::MAX_SIZE, most.into()))
}

/// The room, if its user may post in it.
fn room(state: &State, who: &SignedIn, name: &str) -> Result<RoomId, Failed> {
    let room = state.directory.check(|tables| {
        let access = tables.access(who.user, name)?.member()?;
        check_mute(&access)?;
        if access.can_send() {
            return Ok(access.place.id());
        }
        let message = format!("You may read #{name}, but not post there.");
        Err(ErrorLine::new(Code::Forbidden, message))
    });
    Ok(room?)
}

fn quota(state: &State) -> Quota {
    let files = &state.config.files;
    Quota {
        user_bytes: files.user_bytes,
        total_bytes: files.total_bytes,
        uploads: if state.config.rate_limits {
            files.uploads
        } else {
            ANY_NUMBER
        },
    }
}

fn refuse_full(created: UploadCreated, target: &Target) -> Result<(), Failed> {
    let full = StatusCode::INSUFFICIENT_STORAGE;
    Err(match created {
        UploadCreated::Created => return Ok(()),
        UploadCreated::TooMany => Failed::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_uploads",
            "You have as many unfinished uploads as you may. Finish or delete one.",
        ),
        UploadCreated::UserFull(left) => {
            let message = format!(
                "Your files would take more than you may have here; {left} bytes are left. Delete some."
            );
            Failed::new(full, "quota_full", message)
        }
        UploadCreated::ServerFull => Failed::new(
            full,
            "server_full",
            "The server has no room for this file. Ask who runs it.",
        ),
        UploadCreated::NoSuchRoom => {
            let message = format!("#{} was deleted.", target.name());
            ErrorLine::new(Code::NoSuchRoom, message).into()
        }
        UploadCreated::NoSuchUser => {
            let message = format!("{} is gone.", target.name());
            ErrorLine::new(Code::NoSuchUser, message).into()
        }
    })
}
