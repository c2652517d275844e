//! Uploads by tus 1.0.0, and downloads. Section 3 of the protocol.
//!
//! # Layout
//!
//! - [`tus`]: the fields that every request of tus has in common.
//! - [`metadata`]: what an upload is called and where it goes.
//! - [`create`]: new uploads.
//! - [`resume`]: how far one is, more bytes, and the end of one.
//! - [`download`]: files as they are read.
//! - [`range`], [`conditions`], [`disposition`]: what HTTP has about that.
//! - [`sending`]: bytes from the disk to the wire.

mod conditions;
mod create;
mod disposition;
mod download;
mod metadata;
mod range;
mod resume;
mod sending;
mod tus;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{options, patch};
use parlor_protocol::{Code, limits};
use tokio_util::sync::CancellationToken;

use super::Line;
use super::auth::Caller;
use super::failed::Failed;
use crate::dispatch::storage_error;
use crate::files::upload::Broken;
use crate::handlers::files::no_such_file;
use crate::state::State;

/// Where files are.
const FOLDER: &str = "/files";

/// What a request about files is answered with.
type Answer = Result<Response, Failed>;

/// Everything below `/files`.
pub(super) fn router() -> Router<Arc<State>> {
    Router::new()
        .route(FOLDER, options(capabilities).post(create::create))
        .route(
            "/files/{id}",
            patch(resume::append)
                .delete(resume::terminate)
                .head(head)
                .get(download::get)
                .options(capabilities),
        )
        .layer(middleware::from_fn(tus::mark))
}

/// Some proxies and old clients have no `PATCH` and `DELETE`: tus lets them
/// say in a field which method they mean. It is heeded below `/files` alone.
pub(super) fn override_method<B>(request: &mut axum::http::Request<B>) {
    let is_ours = request.uri().path().starts_with(FOLDER);
    if request.method() != Method::POST || !is_ours {
        return;
    }
    let meant = request.headers().get("x-http-method-override");
    let meant = meant.and_then(|value| value.to_str().ok());
    for method in [Method::PATCH, Method::DELETE] {
        if meant.is_some_and(|meant| meant.eq_ignore_ascii_case(method.as_str())) {
            *request.method_mut() = method;
            return;
        }
    }
}

/// `OPTIONS`: what of tus is here. It wants no session, as tus has it.
async fn capabilities(Shared(state): Shared<Arc<State>>) -> impl IntoResponse {
    (StatusCode::NO_CONTENT, tus::capabilities(&state))
}

/// `HEAD`: with `Tus-Resumable` of the upload, without it of the file.
async fn head(
    shared: Shared<Arc<State>>,
    caller: Caller,
    path: Path<String>,
    request: Request,
) -> Answer {
    if request.headers().contains_key(tus::RESUMABLE) {
        resume::head(shared, caller, path, request).await
    } else {
        download::head(shared, caller, path, request).await
    }
}

/// The id in a path, as far as it can be one.
fn check_id(id: &str) -> Result<(), Failed> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if id.len() == limits::FILE_ID_CHARS && id.bytes().all(fits) {
        return Ok(());
    }
    Err(no_such_file(id).into())
}

fn limit(state: &State, caller: &Caller) -> Result<(), Failed> {
    let limited = state.limits.file(caller.who.user);
    limited.map_err(|limited| parlor_protocol::ErrorLine::from(limited).into())
}

/// The connection of a request.
fn line(parts: &Parts) -> CancellationToken {
    let line = parts.extensions.get::<Line>();
    line.map(|line| line.0.clone()).unwrap_or_default()
}

fn too_many_transfers() -> Failed {
    let message = "You have too many uploads and downloads running. Wait for one to end.";
    Failed::new(
        StatusCode::TOO_MANY_REQUESTS,
        Code::RateLimited.as_str(),
        message,
    )
}

/// What a request whose transfer was ended is told, should anybody still hear it.
fn ended(state: &State) -> Failed {
    if state.transfers.are_over() {
        let message = "The server stops. What came is kept; go on when it is back.";
        return Failed::new(StatusCode::SERVICE_UNAVAILABLE, "server_stops", message);
    }
    let message = "The transfer was ended: its session is over, or its room is no longer yours.";
    Failed::new(StatusCode::FORBIDDEN, "transfer_ended", message)
}

/// What a broken upload is told.
fn broken(state: &State, id: &str, broken: Broken) -> Failed {
    let failed = |status, code, message: &str| Failed::new(status, code, message);
    match broken {
        Broken::Gone => no_such_file(id).into(),
        Broken::Ended => ended(state),
        Broken::Busy => failed(
            StatusCode::LOCKED,
            "locked",
            "Another request holds this upload. Try again in some seconds.",
        ),
        Broken::TakenOver => failed(
            StatusCode::LOCKED,
            "taken_over",
            "A newer request took this upload over. What came is kept.",
        ),
        Broken::Stalled => failed(
            StatusCode::REQUEST_TIMEOUT,
            "timed_out",
            "Nothing came for too long. What came is kept; ask for the offset, and go on from there.",
        ),
        Broken::Cut(_) => failed(
            StatusCode::BAD_REQUEST,
            "broken_off",
            "The request broke off. What came is kept; ask for the offset, and go on from there.",
        ),
        Broken::TooLong => failed(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_long",
            "More bytes came than Upload-Length says. Nothing of this request was kept.",
        ),
        Broken::WrongChecksum => Failed::new(
            tus::checksum_mismatch(),
            "checksum_mismatch",
            "The bytes are not those that Upload-Checksum means. Nothing of this request was kept; send them again.",
        ),
        Broken::Full => failed(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk_full",
            "The server's disk is full. What came is kept; tell who runs the server, and go on later.",
        ),
        Broken::Io(error) => {
            tracing::error!(%error, id, "an upload could not be written");
            failed(
                StatusCode::INTERNAL_SERVER_ERROR,
                Code::Internal.as_str(),
                "The server could not write this. Ask for the offset, and try again later.",
            )
        }
        Broken::Storage(error) => storage_error(&error).into(),
    }
}
