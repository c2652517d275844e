//! The pages, over connections as a browser makes them.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_util::sync::CancellationToken;

use super::harness::{PASSWORD, TestServer};

mod attacks;
mod fresh;
mod home;
mod pages;
mod sign_in;
mod socket;

/// The host that requests name, and the origin of its pages.
const HOST: &str = "chat.example:8888";
const ORIGIN: &str = "https://chat.example:8888";

/// A browser at one server, which keeps its cookie.
pub(super) struct Browser<'a> {
    server: &'a TestServer,
    cookie: Option<String>,
    /// Header lines that go with every request.
    headers: Vec<String>,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl TestServer {
    pub(super) fn browser(&self) -> Browser<'_> {
        Browser {
            server: self,
            cookie: None,
            headers: Vec::new(),
        }
    }

    /// A new HTTP/1.1 connection to the pages.
    fn http(&self) -> DuplexStream {
        let (near, far) = tokio::io::duplex(64 << 10);
        let peer: SocketAddr = "192.0.2.7:40000".parse().unwrap();
        let router = crate::http::router(Arc::clone(&self.state));
        let stop = CancellationToken::new();
        let proxies = Arc::default();
        tokio::spawn(crate::http::serve(far, peer, false, router, proxies, stop));
        near
    }
}

impl Browser<'_> {
    fn with(mut self, header: &str) -> Self {
        self.headers.push(header.to_owned());
        self
    }

    fn head(&self, method: &str, path: &str) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n");
        for header in &self.headers {
            head.push_str(&format!("{header}\r\n"));
        }
        if let Some(cookie) = &self.cookie {
            head.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        head
    }

    /// Another browser with the same cookie.
    fn of(mut self, other: &Self) -> Self {
        self.cookie.clone_from(&other.cookie);
        self
    }

    async fn send(&mut self, head: String, body: &str) -> Answer {
        let mut stream = self.server.http();
        let request = format!(
            "{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let answer = Answer {
            status: head[9..12].parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        };
        if let Some(set) = answer.header("set-cookie") {
            let pair = set.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        answer
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        let head = self.head("GET", path);
        self.send(head, "").await
    }

    /// Posts a form as a page of this server does.
    async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.post_from(
            &format!("Origin: {ORIGIN}\r\nSec-Fetch-Site: same-origin\r\n"),
            path,
            form,
        )
        .await
    }

    /// Posts a form with these header lines about where it comes from.
    async fn post_from(&mut self, whence: &str, path: &str, form: &str) -> Answer {
        let head = self.head("POST", path);
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.send(format!("{head}{whence}{kind}"), form).await
    }

    async fn post_json(&mut self, path: &str, json: &str) -> Answer {
        let head = self.head("POST", path);
        self.send(format!("{head}Content-Type: application/json\r\n"), json)
            .await
    }

    /// Registers, and is signed in.
    async fn register(&mut self, username: &str) {
        let form = format!(
            "username={username}&password={}",
            PASSWORD.replace(' ', "+")
        );
        let answer = self.post("/register", &form).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        assert!(self.cookie.is_some());
    }

    async fn login(&mut self, username: &str) -> Answer {
        let form = format!(
            "username={username}&password={}",
            PASSWORD.replace(' ', "+")
        );
        self.post("/login", &form).await
    }

    /// The token in its cookie.
    fn token(&self) -> &str {
        self.cookie.as_ref().unwrap().split_once('=').unwrap().1
    }
}

impl Answer {
    /// A header, of which there is one at most.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let fields = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        let mut values = fields
            .filter(|(field, _)| *field == name)
            .map(|(_, value)| value);
        let value = values.next();
        assert!(values.next().is_none(), "{name} comes twice: {}", self.head);
        value
    }

    pub(super) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    fn has(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "{text} is not in {self:?}");
        self
    }

    fn lacks(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text} is in {self:?}");
        self
    }
}
