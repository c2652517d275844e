//! `parlord` as it takes files into a room, and gives them.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::ClientConfig;

use crate::bench::conn::Conn;
use crate::bench::files::body::Body;
use crate::bench::files::flow::Flow;
use crate::bench::files::target::Target;
use crate::bench::server::Bench;
use crate::tls;

/// How long a request without a body may take.
const SOON: Duration = Duration::from_secs(60);

/// A server with one user and one file.
#[derive(Debug)]
pub struct Room {
    /// The server.
    pub bench: Bench,
    config: Arc<ClientConfig>,
    token: String,
    file: String,
    uploaded: RefCell<Vec<String>>,
    /// The user's connection, which keeps the session in use.
    _conn: Conn,
}

impl Room {
    /// Starts a server, and uploads a file of this size to it.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn start(size: u64) -> Result<Self> {
        let bench = Bench::start();
        let (conn, session) = bench.register("keeper")?;
        let token = session["token"].as_str().context("a token")?.to_owned();
        let mut room = Self {
            config: tls::one_suite(Some(&bench.server.pin()), &["http/1.1"]),
            bench,
            token,
            file: String::new(),
            uploaded: RefCell::default(),
            _conn: conn,
        };
        if size > 0 {
            let head = room.upload(0, size)?;
            let mut flow = Flow::open(&room, 1)?;
            flow.begin(0, &head, Body::new(0), size)?;
            while flow.turn(SOON)?.is_empty() {}
            room.file = room
                .uploaded
                .borrow_mut()
                .pop()
                .context("it was just made")?;
        }
        Ok(room)
    }

    /// The request for the file uploaded last.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn last(&self) -> Result<String> {
        let uploaded = self.uploaded.borrow();
        Ok(self.request("GET", uploaded.last().context("nothing was uploaded")?, ""))
    }

    fn request(&self, method: &str, id: &str, further: &str) -> String {
        let slash = if id.is_empty() { "" } else { "/" };
        format!(
            "{method} /files{slash}{id} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n{further}\r\n",
            self.bench.server.address(),
            self.token
        )
    }

    /// Sends a request without a body on a connection of its own; gives the answer's head.
    fn ask(&self, request: &str) -> Result<String> {
        let mut conn = self.connect()?;
        conn.socket().set_read_timeout(Some(SOON))?;
        conn.queue(request.as_bytes());
        let mut scratch = vec![0; crate::bench::conn::READ_BYTES];
        let mut answer = Vec::new();
        loop {
            conn.flush()?;
            conn.read(&mut scratch, &mut |bytes| answer.extend_from_slice(bytes))?;
            if answer.windows(4).any(|w| w == b"\r\n\r\n") {
                let head = String::from_utf8(answer)?;
                if !head.starts_with("HTTP/1.1 2") {
                    bail!("{request} got {head}");
                }
                return Ok(head);
            }
            if conn.closed {
                bail!("the server closed the connection");
            }
        }
    }
}

impl Target for Room {
    fn name(&self) -> &'static str {
        "parlord"
    }

    fn door(&self) -> (String, Arc<ClientConfig>) {
        (self.bench.server.address(), Arc::clone(&self.config))
    }

    fn processes(&self) -> Vec<u32> {
        vec![self.bench.server.process.id()]
    }

    fn download(&self) -> String {
        self.request("GET", &self.file, "")
    }

    fn upload(&self, n: u64, size: u64) -> Result<String> {
        let encode = |text: &str| STANDARD.encode(text);
        let create = format!(
            "Tus-Resumable: 1.0.0\r\nUpload-Length: {size}\r\nUpload-Metadata: filename {},room {}\r\nContent-Length: 0\r\n",
            encode(&format!("bench-{n}")),
            encode("general")
        );
        let head = self.ask(&self.request("POST", "", &create))?;
        let id = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("location"))
            .and_then(|(_, place)| place.trim().rsplit('/').next())
            .context("a Location")?
            .to_owned();
        let patch = format!(
            "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {size}\r\n"
        );
        let head = self.request("PATCH", &id, &patch);
        self.uploaded.borrow_mut().push(id);
        Ok(head)
    }

    fn tidy(&self) -> Result<()> {
        for id in self.uploaded.borrow_mut().drain(..) {
            self.ask(&self.request("DELETE", &id, "Tus-Resumable: 1.0.0\r\n"))?;
        }
        Ok(())
    }
}
