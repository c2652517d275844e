//! Bytes and lines over one connection, as any stranger's client would send
//! and read them: no type of `parlor-protocol` is used here.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use serde_json::Value;

use crate::tls;
use crate::until::SOON;

/// The longest line that a server may send, with its newline.
const SERVER_LINE_BYTES: usize = 1 << 20;

/// What a connection said next.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A line, read as JSON.
    Line(Value),
    /// The other side closed.
    Closed,
    /// Nothing until the deadline.
    Silence,
}

/// One connection.
#[derive(Debug)]
pub struct Raw {
    tls: StreamOwned<ClientConnection, TcpStream>,
    unread: Vec<u8>,
    searched: usize,
}

impl Raw {
    /// Connects for session lines, by the pin.
    ///
    /// # Panics
    ///
    /// When the connection or the handshake fails.
    pub fn dial(address: &str, pin: &str) -> Self {
        let (config, _) = tls::config(Some(pin), &["parlor/1"], tls::ONLY_13);
        let socket = TcpStream::connect(address).expect("the server accepts connections");
        Self::over(socket, config).expect("the handshake succeeds")
    }

    /// Makes TLS over a socket, handshake included.
    ///
    /// # Errors
    ///
    /// Those of the handshake: an alert, a refused certificate, a closed socket.
    pub fn over(mut socket: TcpStream, config: Arc<ClientConfig>) -> std::io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(SOON))?;
        socket.set_write_timeout(Some(SOON))?;
        let name = ServerName::try_from("parlor.invalid").map_err(std::io::Error::other)?;
        let mut connection = ClientConnection::new(config, name).map_err(std::io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut socket)?;
        }
        Ok(Self {
            tls: StreamOwned::new(connection, socket),
            unread: Vec::new(),
            searched: 0,
        })
    }

    /// The TLS connection, for what the handshake agreed on.
    pub fn tls(&self) -> &ClientConnection {
        &self.tls.conn
    }

    /// The socket, to set it up oddly.
    pub fn socket(&self) -> &TcpStream {
        &self.tls.sock
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub fn try_write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.tls.write_all(bytes)?;
        self.tls.flush()
    }

    /// Sends bytes as they are.
    ///
    /// # Panics
    ///
    /// When the socket refuses them.
    pub fn write(&mut self, bytes: &[u8]) {
        self.try_write(bytes).expect("the server takes the bytes");
    }

    /// Sends one object as a line.
    pub fn say(&mut self, object: &Value) {
        self.write(format!("{object}\n").as_bytes());
    }

    /// Reads so many bytes.
    ///
    /// # Panics
    ///
    /// When they do not come soon.
    pub fn take(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length {
            let mut piece = [0; 4096];
            let read = self.tls.read(&mut piece).unwrap_or(0);
            assert!(
                read > 0,
                "{length} bytes were expected after {:?}",
                self.unread
            );
            self.unread.extend_from_slice(&piece[..read]);
        }
        self.unread.drain(..length).collect()
    }

    /// Counts what comes until the other side closes, and keeps none of it.
    pub fn drain(&mut self) -> u64 {
        let mut all = std::mem::take(&mut self.unread).len() as u64;
        let mut piece = vec![0; 256 * 1024];
        while let Ok(read @ 1..) = self.tls.read(&mut piece) {
            all += read as u64;
        }
        all
    }

    /// Reads some bytes into `into`. False once the other side closed.
    ///
    /// # Errors
    ///
    /// Those of the socket; `TimedOut` when nothing comes for so long.
    pub fn read_some(&mut self, into: &mut Vec<u8>, within: Duration) -> std::io::Result<bool> {
        self.socket().set_read_timeout(Some(within))?;
        let mut piece = [0; 64 * 1024];
        loop {
            match self.tls.read(&mut piece) {
                Ok(n) => {
                    into.extend_from_slice(&piece[..n]);
                    return Ok(n > 0);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    return Err(ErrorKind::TimedOut.into());
                }
                // A close without a farewell is a close.
                Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Ok(false),
                Err(e) => return Err(e),
            }
        }
    }

    /// Reads whatever comes until the other side closes, or the deadline.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut all = std::mem::take(&mut self.unread);
        let _ = self.tls.read_to_end(&mut all);
        all
    }

    /// Reads up to the first of these bytes, with them.
    ///
    /// # Panics
    ///
    /// When they do not come soon.
    pub fn until(&mut self, end: &[u8]) -> Vec<u8> {
        loop {
            let at = self
                .unread
                .windows(end.len())
                .position(|piece| piece == end);
            if let Some(at) = at {
                self.searched = 0;
                return self.unread.drain(..at + end.len()).collect();
            }
            let mut piece = [0; 16 * 1024];
            let read = self.tls.read(&mut piece).unwrap_or(0);
            let unread = String::from_utf8_lossy(&self.unread);
            assert!(read > 0, "{end:?} was expected after {unread:?}");
            self.unread.extend_from_slice(&piece[..read]);
        }
    }

    /// The next line, whatever it is.
    ///
    /// # Panics
    ///
    /// When a line is not JSON, or passes the bound on the server's lines.
    pub fn hear(&mut self, within: Duration) -> Heard {
        let deadline = Instant::now() + within;
        loop {
            if let Some(line) = self.take_line() {
                return Heard::Line(line);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Heard::Silence;
            }
            self.socket()
                .set_read_timeout(Some(left))
                .expect("a time that is not zero is taken");
            let mut piece = [0; 16 * 1024];
            match self.tls.read(&mut piece) {
                Ok(0) => return Heard::Closed,
                Ok(n) => self.unread.extend_from_slice(&piece[..n]),
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Heard::Closed,
            }
        }
    }

    fn take_line(&mut self) -> Option<Value> {
        let newline = self.unread[self.searched..]
            .iter()
            .position(|&b| b == b'\n');
        let Some(end) = newline.map(|at| self.searched + at) else {
            self.searched = self.unread.len();
            assert!(
                self.unread.len() < SERVER_LINE_BYTES,
                "the server's line passes 1 MiB"
            );
            return None;
        };
        assert!(end < SERVER_LINE_BYTES, "the server's line passes 1 MiB");
        let line: Vec<u8> = self.unread.drain(..=end).collect();
        self.searched = 0;
        let text = std::str::from_utf8(&line[..end]).expect("the server's lines are UTF-8");
        let value: Value = serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("the server's line is not JSON ({error}): {text}"));
        assert!(
            value["type"].is_string(),
            "the server's line has no string `type`: {text}"
        );
        Some(value)
    }

    /// The next line.
    ///
    /// # Panics
    ///
    /// When none comes soon, or the connection is closed.
    pub fn line(&mut self) -> Value {
        match self.hear(SOON) {
            Heard::Line(line) => line,
            other => panic!("a line was expected, not {other:?}"),
        }
    }

    /// Expects that the other side closes, soon and without another line.
    ///
    /// # Panics
    ///
    /// When it says something instead.
    pub fn closed(&mut self) {
        let heard = self.hear(SOON);
        assert_eq!(heard, Heard::Closed, "a close was expected");
    }

    /// Expects an error line with this code, and gives it.
    ///
    /// # Panics
    ///
    /// When something else comes.
    pub fn error(&mut self, code: &str) -> Value {
        let line = self.line();
        assert_eq!(line["type"], "error", "{code} was expected: {line}");
        assert_eq!(line["code"], code, "{line}");
        assert!(
            line["message"].as_str().is_some_and(|m| !m.is_empty()),
            "an error says something to people: {line}"
        );
        line
    }

    /// Expects the `welcome`, and gives it.
    ///
    /// # Panics
    ///
    /// When something else comes.
    pub fn welcome(&mut self) -> Value {
        let line = self.line();
        assert_eq!(line["type"], "welcome", "{line}");
        line
    }
}
