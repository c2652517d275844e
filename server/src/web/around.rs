//! What is done around every request: refusals become pages for those who look
//! at pages, a handler that fails takes nothing down, and headers are added.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use super::form::Kind;
use super::page::{self, Frame, Refusal};
use super::{headers, next};
use crate::http::failed::Failed;
use crate::state::State;

/// Where programs ask rather than people. A browser that is led there says
/// that it wants a page.
const FOR_PROGRAMS: [&str; 5] = ["/files", "/healthz", "/metrics", "/ws", "/assets/"];

/// The outermost layer.
pub(crate) async fn layer(
    Shared(state): Shared<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let asked = Asked::of(&request);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| {
        tracing::error!(path = asked.uri.path(), "a page's handler panicked");
        Failed::internal().into_response()
    });
    if let Some(failed) = response.extensions_mut().remove::<Failed>()
        && asked.wants_page()
    {
        response = asked.refusal(&state, &failed, response.headers());
    }
    state.answered.count(response.status());
    headers::add(response.headers_mut());
    response
}

/// What of a request decides how a refusal looks.
struct Asked {
    method: Method,
    uri: Uri,
    accept: Option<HeaderValue>,
    language: Option<HeaderValue>,
    sent_json: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let headers = request.headers();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            accept: headers.get(ACCEPT).cloned(),
            language: headers.get(ACCEPT_LANGUAGE).cloned(),
            sent_json: Kind::of(headers) == Some(Kind::Json),
        }
    }

    /// Whether it is a person who looks at the answer.
    fn wants_page(&self) -> bool {
        let accept = self.accept.as_ref().and_then(|value| value.to_str().ok());
        let accept = accept.unwrap_or("").to_ascii_lowercase();
        if accept.contains("text/html") {
            return true;
        }
        let path = self.uri.path();
        let for_programs = FOR_PROGRAMS.iter().any(|start| path.starts_with(start));
        !for_programs && !self.sent_json && !accept.contains("json")
    }

    /// Where one would come back to after signing in.
    fn wish(&self) -> &str {
        let is_look = self.method == Method::GET || self.method == Method::HEAD;
        let path = self.uri.path_and_query().map(|path| path.as_str());
        path.filter(|_| is_look).unwrap_or("/")
    }

    /// A refusal as a page, with the refusal's own headers.
    fn refusal(&self, state: &State, failed: &Failed, refused: &HeaderMap) -> Response {
        let mut asked = HeaderMap::new();
        if let Some(language) = &self.language {
            asked.insert(ACCEPT_LANGUAGE, language.clone());
        }
        let frame = Frame::new(state, &asked);
        let status = failed.status();
        let known = match status.as_u16() {
            known @ (401 | 403 | 404 | 405 | 413 | 429) => known,
            400..500 => 400,
            _ => 500,
        };
        let page = Refusal {
            status: status.as_u16(),
            title: frame.t.text(&format!("web-error-{known}")),
            message: failed.message().to_owned(),
            what_next: frame.t.text(&format!("web-error-{known}-next")),
            sign_in: (status == StatusCode::UNAUTHORIZED).then(|| next::sign_in(self.wish())),
            frame: frame.clone(),
        };
        let mut response = page::show(status, &frame, &page);
        for (name, value) in refused {
            if name != CONTENT_TYPE && name != CONTENT_LENGTH {
                response.headers_mut().insert(name, value.clone());
            }
        }
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().insert(CACHE_CONTROL, no_store);
        response
    }
}
