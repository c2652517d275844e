//! Signing in and out, and registering, by a page or by a program.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use parlor_protocol::request::Login;
use parlor_protocol::{Code, ErrorLine, RegisterPolicy};
use serde_json::json;

use super::catalogue::Catalogue;
use super::form::{Form, Kind};
use super::origin::{self, SameOrigin};
use super::page::{self, Fixed, Frame};
use super::{cookie, label, next, visitor};
use crate::handlers::accounts::{self, Door, Opened};
use crate::http::failed::Failed;
use crate::state::State;

/// Tells a browser what to forget with a session (Clear Site Data, 3.1).
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The sign-in page as it is for whoever comes without a wish, made once for each server.
#[derive(Debug, Default)]
pub(crate) struct SignInPage(Fixed);

impl Default for Fixed {
    fn default() -> Self {
        Self::new()
    }
}

/// `GET /login.html`.
pub(super) async fn page(Shared(state): Shared<Arc<State>>, parts: Parts) -> Response {
    let wish = query_field(&parts, "next");
    let wish = wish.as_deref().and_then(next::page).unwrap_or_default();
    let blank = |frame| page::Login {
        frame,
        reason: None,
        username: String::new(),
        next: wish.to_owned(),
        is_open: state.config.register == RegisterPolicy::Open,
    };
    let page = if wish.is_empty() {
        state.sign_in_page.0.get(&state, &parts.headers, blank)
    } else {
        let frame = Frame::new(&state, &parts.headers);
        page::show(StatusCode::OK, &frame.clone(), &blank(frame))
    };
    ([(CACHE_CONTROL, "no-cache")], page).into_response()
}

/// A field of a request's query.
pub(super) fn query_field(parts: &Parts, name: &str) -> Option<String> {
    let query = parts.uri.query()?.as_bytes();
    let mut fields = form_urlencoded::parse(query);
    let found = fields.find(|(field, _)| field == name);
    found.map(|(_, value)| value.into_owned())
}

/// `POST /login`.
pub(super) async fn login(
    _own: SameOrigin,
    Shared(state): Shared<Arc<State>>,
    request: Request<Body>,
) -> Result<Response, Failed> {
    let (parts, body) = request.into_parts();
    let mut form = Form::read(&parts.headers, body).await?;
    let wish = form.take("next");
    let username = form.take("username");
    let label = form.filled("label");
    let asked = Login {
        username: username.clone(),
        password: form.take("password"),
        label: Some(label.unwrap_or_else(|| label::of(&parts.headers))),
    };
    let door = door(&state, &parts);
    let opened = accounts::login(door.clone(), asked).await;
    match (opened, form.kind) {
        (Ok(opened), Kind::Form) => {
            let to = next::page(&wish).unwrap_or("/index.html");
            Ok(signed_in(&door, &parts, opened, to).await)
        }
        (Ok(opened), Kind::Json) => Ok(token(&opened)),
        (Err(error), Kind::Json) => Ok(refused_login(error)),
        (Err(error), Kind::Form) => {
            let frame = Frame::new(&state, &parts.headers);
            let reason = reason(frame.t, &error);
            let page = page::Login {
                frame: frame.clone(),
                reason: Some(reason),
                username,
                next: next::page(&wish).unwrap_or_default().to_owned(),
                is_open: state.config.register == RegisterPolicy::Open,
            };
            Ok(refused_page(error, |status| {
                page::show(status, &frame, &page)
            }))
        }
    }
}

/// Where a request asks to be let in.
pub(super) fn door(state: &Arc<State>, parts: &Parts) -> Door {
    Door {
        state: Arc::clone(state),
        address: visitor::address(parts),
    }
}

/// Leads a browser on whose user has just signed in. The session that its
/// cookie carried until now ends, for nothing carries it any more.
pub(super) async fn signed_in(door: &Door, parts: &Parts, opened: Opened, to: &str) -> Response {
    if let Some(old) = visitor::present(&door.state, parts)
        && let Err(error) = door.end(old.session).await
    {
        // It stays in its user's list of sessions, where they can end it.
        tracing::warn!(error = error.message, "a browser's old session did not end");
    }
    let seconds = door.state.config.sessions.lifetime().as_secs();
    let mut response = see_other(to);
    let cookie = cookie::set(&opened.token, seconds);
    response.headers_mut().insert(SET_COOKIE, cookie);
    response
}

/// What a program gets that has signed in.
pub(super) fn token(opened: &Opened) -> Response {
    let body = Json(json!({"status": "success", "token": opened.token}));
    ([(CACHE_CONTROL, "no-store")], body).into_response()
}

/// What a program gets that has not signed in. Wrong credentials have a text of their own in
/// section 4 of the protocol.
pub(super) fn refused_login(error: ErrorLine) -> Response {
    if error.code == Code::BadCredentials {
        let body = Json(json!({"status": "failed", "message": "Invalid credentials"}));
        let no_store = [(CACHE_CONTROL, "no-store")];
        return (StatusCode::UNAUTHORIZED, no_store, body).into_response();
    }
    Failed::from(error).into_response()
}

/// A form again, with why it was refused.
pub(super) fn refused_page(
    error: ErrorLine,
    page: impl FnOnce(StatusCode) -> Response,
) -> Response {
    let failed = Failed::from(error);
    let mut response = page(failed.status());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.extend(failed.retry_after());
    response
}

/// Why something was refused, in the reader's language where it has words for that.
pub(super) fn reason(t: &Catalogue, error: &ErrorLine) -> String {
    let id = format!("web-reason-{}", error.code.as_str().replace('_', "-"));
    match error.retry_after {
        _ if !t.has(&id) => error.message.clone(),
        Some(seconds) => t.with(&id, "seconds", seconds.ceil()),
        None => t.text(&id),
    }
}

pub(super) fn see_other(to: &str) -> Response {
    // Every address that is led to was checked, or is ours.
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    let mut headers = HeaderMap::new();
    headers.insert(LOCATION, to);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// `POST /logout`. Who has no session (any more) is led to the same place.
pub(super) async fn logout(
    Shared(state): Shared<Arc<State>>,
    parts: Parts,
) -> Result<Response, Failed> {
    origin::check(&parts, &state)?;
    if let Some(who) = visitor::present(&state, &parts) {
        door(&state, &parts).end(who.session).await?;
    }
    let mut response = see_other("/login.html");
    let headers = response.headers_mut();
    headers.insert(SET_COOKIE, cookie::clear());
    // What the pages kept goes too: the next one at this machine may be somebody else.
    headers.insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
    Ok(response)
}
