//! Files, through the pages' router and the session lines.

mod downloads;
mod ends;
mod hostile;
mod leftovers;
mod limits;
mod messages;
mod uploads;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};

use super::harness::TestServer;
use crate::state::State;

/// What HTTP answered.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Result<Bytes, String>,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    fn number(&self, name: &str) -> u64 {
        self.header(name).parse().unwrap()
    }

    fn bytes(&self) -> &[u8] {
        self.body.as_ref().unwrap()
    }

    /// The code of a refusal; panics if it is none, or tells people nothing.
    fn code(&self) -> String {
        let body: Value = serde_json::from_slice(self.bytes()).unwrap();
        assert_eq!(body["status"], "failed");
        assert!(!body["message"].as_str().unwrap().is_empty());
        body["code"].as_str().unwrap().to_owned()
    }
}

/// Somebody who speaks HTTP.
#[derive(Clone)]
struct Http {
    state: Arc<State>,
    token: String,
}

impl Http {
    fn new(server: &TestServer, token: &str) -> Self {
        Self {
            state: Arc::clone(&server.state),
            token: token.to_owned(),
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let mut request = request.body(body.into()).unwrap();
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            request.headers_mut().append(name, value);
        }
        let router = crate::http::router(Arc::clone(&self.state));
        let answer = TowerToHyperService::new(router)
            .call(request)
            .await
            .unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await;
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: body
                .map(http_body_util::Collected::to_bytes)
                .map_err(|error| error.to_string()),
        }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.ask(Method::GET, path, headers, Body::empty()).await
    }

    async fn create(&self, room: &str, name: &str, length: u64) -> Reply {
        let (name, room) = (STANDARD.encode(name), STANDARD.encode(room));
        let metadata = format!("filename {name},room {room}");
        let length = length.to_string();
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("upload-length", &length),
            ("upload-metadata", &metadata),
        ];
        self.ask(Method::POST, "/files", &headers, Body::empty())
            .await
    }

    /// A new upload's path.
    async fn begin(&self, room: &str, name: &str, length: u64) -> String {
        let made = self.create(room, name, length).await;
        assert_eq!(made.status, 201, "{:?}", made.body);
        made.header("location").to_owned()
    }

    async fn patch(&self, path: &str, offset: u64, body: impl Into<Body>) -> Reply {
        self.patch_with(path, offset, &[], body).await
    }

    async fn patch_with(
        &self,
        path: &str,
        offset: u64,
        more: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let offset = offset.to_string();
        let mut headers = vec![
            ("tus-resumable", "1.0.0"),
            ("content-type", "application/offset+octet-stream"),
            ("upload-offset", &offset),
        ];
        headers.extend_from_slice(more);
        self.ask(Method::PATCH, path, &headers, body).await
    }

    /// How far an upload is; `None` where there is none.
    async fn offset(&self, path: &str) -> Option<u64> {
        let headers = [("tus-resumable", "1.0.0")];
        let found = self.ask(Method::HEAD, path, &headers, Body::empty()).await;
        (found.status == 200).then(|| found.number("upload-offset"))
    }

    async fn delete(&self, path: &str) -> Reply {
        let headers = [("tus-resumable", "1.0.0")];
        self.ask(Method::DELETE, path, &headers, Body::empty())
            .await
    }

    /// A whole file; its id.
    async fn upload(&self, room: &str, name: &str, bytes: &[u8]) -> String {
        let path = self.begin(room, name, bytes.len() as u64).await;
        if !bytes.is_empty() {
            let done = self.patch(&path, 0, bytes.to_vec()).await;
            assert_eq!(done.status, 204, "{:?}", done.body);
        }
        id(&path).to_owned()
    }
}

fn id(path: &str) -> &str {
    path.strip_prefix("/files/").unwrap()
}

fn path(id: &str) -> String {
    format!("/files/{id}")
}

/// The files that a client is told of.
async fn listed(client: &mut super::harness::Client, line: Value) -> Vec<String> {
    let files = client.expect("files", line).await;
    let files = files["files"].as_array().unwrap();
    let ids = files.iter().map(|file| file["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

fn send(room: &str, nonce: &str, text: &str, files: &[&str]) -> Value {
    json!({"type":"send","room":room,"text":text,"nonce":nonce,"files":files})
}
