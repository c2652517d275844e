//! What a tracker that stands alone asks this server. Section 4 of the protocol.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::Request;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use parlor_protocol::{Code, ErrorLine};
use serde_json::json;

use super::form::{Form, Kind};
use super::origin::SameOrigin;
use super::sign_in::{door, refused_login};
use crate::dispatch::storage_error;
use crate::handlers::accounts;
use crate::http::failed::Failed;
use crate::state::State;

/// `GET /tracker.json`: the key with which the server vouches for its users, and
/// the devices that have ended.
pub(super) async fn facts(
    Shared(state): Shared<Arc<State>>,
    request: Request<Body>,
) -> Result<Response, Failed> {
    let (parts, _) = request.into_parts();
    let limited = state.limits.tracker_ask(door(&state, &parts).address);
    limited.map_err(ErrorLine::from)?;
    let ended = state.ended_devices().await;
    let ended = ended.map_err(|error| storage_error(&error))?;
    let body = json!({
        "status": "success",
        "server_key": state.server_key,
        "revoked": ended,
    });
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// `POST /check-password`: whether a password is a user's who may come in. No
/// session is made.
pub(super) async fn check_password(
    _own: SameOrigin,
    Shared(state): Shared<Arc<State>>,
    request: Request<Body>,
) -> Result<Response, Failed> {
    let (parts, body) = request.into_parts();
    let mut form = Form::read(&parts.headers, body).await?;
    if form.kind != Kind::Json {
        let message = "Send JSON with its Content-Type.";
        return Err(ErrorLine::new(Code::BadRequest, message).into());
    }
    let (username, password) = (form.take("username"), form.take("password"));
    let door = door(&state, &parts);
    let known = match accounts::identify(&door, &username, password).await {
        Ok(user) => state.directory.read(|tables| {
            let person = tables.person(user);
            person.map(|person| person.record.username.clone())
        }),
        // Who is banned may not come in, which is all that is asked.
        Err(error) if matches!(error.code, Code::BadCredentials | Code::Banned) => None,
        Err(error) => return Ok(refused_login(error)),
    };
    let Some(username) = known else {
        return Ok(refused_login(accounts::bad_credentials()));
    };
    let body = json!({"status": "success", "username": username});
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
