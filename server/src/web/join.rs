//! Coming to a server for the first time: `/join`, and registering there.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use parlor_protocol::request::Register;
use parlor_protocol::{ErrorLine, RegisterPolicy};

use super::form::{Form, Kind};
use super::label;
use super::origin::SameOrigin;
use super::page::{self, Frame, Join};
use super::sign_in::{door, query_field, reason, refused_page, signed_in, token};
use crate::handlers::accounts;
use crate::http::failed::Failed;
use crate::state::State;

/// Characters of an invite's code that a page takes over; ours have 22.
const CODE_CHARS: usize = 128;

/// `GET /join`.
pub(super) async fn page(Shared(state): Shared<Arc<State>>, parts: Parts) -> Response {
    let invite = query_field(&parts, "invite").unwrap_or_default();
    let frame = Frame::new(&state, &parts.headers);
    let page = blank(&state, frame.clone(), &invite);
    let page = page::show(StatusCode::OK, &frame, &page);
    // An invite's code is in it.
    ([(CACHE_CONTROL, "no-store")], page).into_response()
}

fn blank(state: &State, frame: Frame, invite: &str) -> Join {
    let is_code = |code: &&str| {
        let chars = code.bytes();
        code.len() <= CODE_CHARS
            && chars
                .into_iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let invite = Some(invite).filter(is_code).unwrap_or_default();
    let link = match invite {
        "" => state.link(),
        code => state.link().with_invite(code),
    };
    let policy = state.config.register;
    Join {
        frame,
        reason: None,
        broken: Vec::new(),
        username: String::new(),
        name: String::new(),
        invite: invite.to_owned(),
        rules: state.passwords.rules(),
        link: link.to_string(),
        may_register: policy != RegisterPolicy::Closed,
        needs_invite: policy == RegisterPolicy::Invite,
    }
}

/// `POST /register`.
pub(super) async fn register(
    _own: SameOrigin,
    Shared(state): Shared<Arc<State>>,
    request: Request<Body>,
) -> Result<Response, Failed> {
    let (parts, body) = request.into_parts();
    let mut form = Form::read(&parts.headers, body).await?;
    let label = form.filled("label");
    let asked = Register {
        username: form.take("username").trim().to_owned(),
        password: form.take("password"),
        name: form.filled("name"),
        invite: form.filled("invite"),
        label: Some(label.unwrap_or_else(|| label::of(&parts.headers))),
    };
    let door = door(&state, &parts);
    match (
        accounts::register(door.clone(), asked.clone()).await,
        form.kind,
    ) {
        (Ok(opened), Kind::Form) => Ok(signed_in(&door, &parts, opened, "/index.html").await),
        (Ok(opened), Kind::Json) => Ok(token(&opened)),
        (Err(error), Kind::Json) => Err(error.into()),
        (Err(error), Kind::Form) => Ok(again(&state, &parts, asked, error)),
    }
}

/// The form again, with what was written into it but the password.
fn again(state: &State, parts: &Parts, asked: Register, error: ErrorLine) -> Response {
    let frame = Frame::new(state, &parts.headers);
    let page = Join {
        reason: Some(reason(frame.t, &error)),
        broken: error.rules.clone(),
        username: asked.username,
        name: asked.name.unwrap_or_default(),
        ..blank(state, frame.clone(), &asked.invite.unwrap_or_default())
    };
    refused_page(error, |status| page::show(status, &frame, &page))
}
