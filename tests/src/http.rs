//! HTTP/1.1 over TLS in exact bytes, so that a test may send what no library would.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::parlord::Parlord;
use crate::raw::Raw;
use crate::tls;
use crate::until::SOON;

/// A head that is longer than this is none.
const HEAD_BYTES: usize = 256 * 1024;

/// Sends `request` as it is over TLS, offering these ALPN names, and gives
/// all that comes back until the server closes.
///
/// # Panics
///
/// When the handshake fails.
pub fn ask(server: &Parlord, alpn: &[&str], request: &str) -> String {
    let (config, _) = tls::config(Some(&server.pin()), alpn, rustls::ALL_VERSIONS);
    let socket = TcpStream::connect(server.address()).expect("the server accepts connections");
    let mut raw = Raw::over(socket, config).expect("the handshake succeeds");
    raw.write(request.as_bytes());
    String::from_utf8_lossy(&raw.rest()).into_owned()
}

/// `GET path` by HTTP/1.1, one request on its connection.
pub fn get(server: &Parlord, path: &str) -> String {
    let host = server.address();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    ask(server, &["http/1.1"], &request)
}

/// One connection, over which requests go one after the other.
#[derive(Debug)]
pub struct Http {
    /// The connection, to be written to as one likes.
    pub raw: Raw,
    unread: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header fields in the order sent, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without its encoding for transfer.
    pub body: Vec<u8>,
}

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The server closed, or reset, the connection before the answer was whole.
    Closed,
    /// Nothing came for so long.
    Silence,
}

impl Http {
    /// A new connection to a server, by its pin.
    ///
    /// # Panics
    ///
    /// When the connection or the handshake fails.
    pub fn dial(address: &str, pin: &str) -> Self {
        Self::try_dial(address, pin).expect("the server takes connections")
    }

    /// A new connection to a server, which may be down.
    ///
    /// # Errors
    ///
    /// Those of the connection and of the handshake.
    pub fn try_dial(address: &str, pin: &str) -> std::io::Result<Self> {
        let (config, _) = tls::config(Some(pin), &["http/1.1"], rustls::ALL_VERSIONS);
        Ok(Self {
            raw: Raw::over(TcpStream::connect(address)?, config)?,
            unread: Vec::new(),
        })
    }

    /// The answer to the next request; `head` says that it was a HEAD, whose
    /// answer has no body whatever its length says.
    ///
    /// # Panics
    ///
    /// When none comes.
    pub fn answer(&mut self, head: bool) -> Answer {
        self.try_answer(head, SOON)
            .unwrap_or_else(|missing| panic!("an answer was expected, not {missing:?}"))
    }

    /// The answer to the next request, if one comes.
    ///
    /// # Errors
    ///
    /// [`Missing`] says why not.
    ///
    /// # Panics
    ///
    /// When what comes is not HTTP.
    pub fn try_answer(&mut self, head: bool, within: Duration) -> Result<Answer, Missing> {
        loop {
            let mut answer = self.head(within)?;
            // What is said on the way is no answer (RFC 9110, 15.2).
            if answer.status / 100 == 1 {
                continue;
            }
            if head || matches!(answer.status, 204 | 304) {
                return Ok(answer);
            }
            if answer.header("transfer-encoding") == Some("chunked") {
                answer.body = self.chunks(within)?;
            } else if let Some(length) = answer.header("content-length") {
                let length = length.parse().expect("a length is a number");
                self.fill(length, within)?;
                answer.body = self.unread.drain(..length).collect();
            } else {
                while self.more(within)? {}
                answer.body = std::mem::take(&mut self.unread);
            }
            return Ok(answer);
        }
    }

    /// Reads the head of an answer; its body comes by [`Self::some_body`].
    ///
    /// # Errors
    ///
    /// [`Missing`] says why not.
    ///
    /// # Panics
    ///
    /// When what comes is not HTTP.
    pub fn head(&mut self, within: Duration) -> Result<Answer, Missing> {
        loop {
            if let Some(end) = self.unread.windows(4).position(|w| w == b"\r\n\r\n") {
                let head: Vec<u8> = self.unread.drain(..end + 4).collect();
                return Ok(Answer::of(&head[..end]));
            }
            assert!(self.unread.len() < HEAD_BYTES, "a head without end");
            if !self.more(within)? {
                return Err(Missing::Closed);
            }
        }
    }

    /// Some bytes of a body under way. Empty once the server closed.
    ///
    /// # Errors
    ///
    /// [`Missing::Silence`] when nothing comes.
    pub fn some_body(&mut self, within: Duration) -> Result<Vec<u8>, Missing> {
        if self.unread.is_empty() {
            self.more(within)?;
        }
        Ok(std::mem::take(&mut self.unread))
    }

    fn chunks(&mut self, within: Duration) -> Result<Vec<u8>, Missing> {
        let mut body = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = self.unread.windows(2).position(|w| w == b"\r\n") {
                    break end;
                }
                self.fill(self.unread.len() + 1, within)?;
            };
            let line: Vec<u8> = self.unread.drain(..end + 2).collect();
            let size = String::from_utf8_lossy(&line[..end]).into_owned();
            let size = usize::from_str_radix(&size, 16).expect("a chunk has a size");
            self.fill(size + 2, within)?;
            body.extend(self.unread.drain(..size + 2).take(size));
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn fill(&mut self, length: usize, within: Duration) -> Result<(), Missing> {
        while self.unread.len() < length {
            if !self.more(within)? {
                return Err(Missing::Closed);
            }
        }
        Ok(())
    }

    fn more(&mut self, within: Duration) -> Result<bool, Missing> {
        match self.raw.read_some(&mut self.unread, within) {
            Ok(more) => Ok(more),
            Err(e) if e.kind() == std::io::ErrorKind::TimedOut => Err(Missing::Silence),
            Err(_) => Err(Missing::Closed),
        }
    }
}

impl Answer {
    fn of(head: &[u8]) -> Self {
        let head = std::str::from_utf8(head).expect("a head is text");
        let mut lines = head.split("\r\n");
        let first = lines.next().expect("there is a first line");
        let status = first
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3))
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("no status line: {first:?}"));
        let headers = lines
            .map(|line| {
                let (name, value) = line.split_once(':').expect("a field has a colon");
                (name.to_ascii_lowercase(), value.trim().to_owned())
            })
            .collect();
        Self {
            status,
            headers,
            body: Vec::new(),
        }
    }

    /// A header field, which must not stand there twice.
    ///
    /// # Panics
    ///
    /// When it does.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(n, _)| n == name);
        let first = found.next()?;
        assert!(found.next().is_none(), "{name} stands twice in {self:?}");
        Some(&first.1)
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Expects a refusal with this status and code, which says something to people.
    ///
    /// # Panics
    ///
    /// When it is something else.
    pub fn refused(&self, status: u16, code: &str, what: &str) {
        let text = self.text();
        assert_eq!(self.status, status, "{what}: {text} {:?}", self.headers);
        let body = self.json();
        assert_eq!(body["code"], code, "{what}: {text}");
        assert_eq!(body["status"], "failed", "{what}: {text}");
        assert!(
            body["message"].as_str().is_some_and(|m| m.len() > 10),
            "{what}: an error says something to people: {text}"
        );
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{what}"
        );
        assert_eq!(
            self.header("x-content-type-options"),
            Some("nosniff"),
            "{what}"
        );
    }
}
