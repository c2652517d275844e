//! `/metrics`: what the server does, in Prometheus' text format (0.0.4), for
//! who has the token of the configuration.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use parlor_protocol::Code;

use crate::clock::now;
use crate::http::auth::Credential;
use crate::http::failed::Failed;
use crate::state::State;
use crate::storage::SecretHash;

/// The format's type.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers over HTTP since the server started, by the first digit of their status.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    by_class: [AtomicU64; 5],
}

impl Answered {
    /// One more was answered.
    pub(super) fn count(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100);
        if let Some(count) = self.by_class.get(class.wrapping_sub(1)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// `GET /metrics`.
pub(super) async fn get(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let Some(token) = &state.config.metrics.token else {
        let message = "There are no metrics here: the configuration has no metrics.token.";
        return Err(Failed::new(StatusCode::NOT_FOUND, "no_such_page", message));
    };
    // Hashes are compared, so that the time says nothing about the token.
    let expected = SecretHash::of(token.as_str());
    match Credential::of(&headers) {
        Some(Credential::Bearer(given)) if SecretHash::of(&given) == expected => {}
        _ => {
            let message = "Send the configuration's metrics.token as Authorization: Bearer.";
            return Err(Failed::not_signed_in(Code::BadToken, message));
        }
    }
    let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")];
    Ok((headers, written(&state)).into_response())
}

fn written(state: &State) -> String {
    let mut page = Page(String::new());
    let counts = state.directory.read(|tables| tables.counts(now()));
    let connections = state.connection_count() as u64;
    page.gauge(
        "connections",
        "Connections that carry session lines, WebSockets among them.",
        connections,
    );
    page.gauge("users", "Users, guests among them.", counts.users);
    page.gauge("users_online", "Users with a connection.", counts.online);
    page.gauge("sessions", "Sessions that have not ended.", counts.sessions);
    page.gauge("rooms", "Rooms, those of two among them.", counts.rooms);
    page.describe(
        "messages_total",
        "counter",
        "Messages kept since the server started.",
    );
    page.value("messages_total", "", counts.messages);
    let (up, down) = state.transfers.counts();
    page.describe("transfers", "gauge", "Files on their way, by direction.");
    page.value("transfers", "{direction=\"up\"}", up as u64);
    page.value("transfers", "{direction=\"down\"}", down as u64);
    let (received, sent) = state.transfers.bytes();
    page.describe(
        "file_bytes_total",
        "counter",
        "Bytes of files since the server started, by direction.",
    );
    page.value("file_bytes_total", "{direction=\"up\"}", received);
    page.value("file_bytes_total", "{direction=\"down\"}", sent);
    page.describe(
        "http_requests_total",
        "counter",
        "Requests answered over HTTP, by class of status.",
    );
    for (at, count) in state.answered.by_class.iter().enumerate() {
        let class = format!("{{code=\"{}xx\"}}", at + 1);
        page.value("http_requests_total", &class, count.load(Ordering::Relaxed));
    }
    page.0
}

struct Page(String);

// Writing to a String cannot fail.
impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.describe(name, "gauge", help);
        self.value(name, "", value);
    }

    fn describe(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(
            self.0,
            "# HELP parlord_{name} {help}\n# TYPE parlord_{name} {kind}"
        );
    }

    fn value(&mut self, name: &str, labels: &str, value: u64) {
        let _ = writeln!(self.0, "parlord_{name}{labels} {value}");
    }
}
