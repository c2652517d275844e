//! One cheap connection: records are decrypted in place, lines are counted
//! or cut without a copy where they come whole.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use rustls::ClientConfig;
use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::ServerName;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError};
use serde_json::Value;

/// What is read from a socket at once.
pub const READ_BYTES: usize = 512 * 1024;
/// Plain bytes of one TLS record at most.
const RECORD_BYTES: usize = 16 * 1024;
/// Bytes that TLS adds to a record, and some more.
const RECORD_OVERHEAD: usize = 64;
/// How long opening may take.
const OPEN_WITHIN: Duration = Duration::from_secs(60);

/// One connection.
pub struct Conn {
    socket: TcpStream,
    tls: UnbufferedClientConnection,
    /// Part of a record that waits for the rest.
    unread: Vec<u8>,
    /// Plain bytes to be sent.
    outgoing: Vec<u8>,
    /// Records to be sent, of which the first `written` bytes are on their way.
    records: Vec<u8>,
    written: usize,
    /// Whether the handshake is done.
    pub ready: bool,
    /// Whether the other side is gone.
    pub closed: bool,
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn")
            .field("socket", &self.socket)
            .field("ready", &self.ready)
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

impl Conn {
    /// Opens a connection; the handshake is yet to come.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub fn open(address: &str, config: &Arc<ClientConfig>) -> Result<Self> {
        let socket = TcpStream::connect(address).context("connecting")?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from("parlor.invalid")?;
        Ok(Self {
            socket,
            tls: UnbufferedClientConnection::new(Arc::clone(config), name)?,
            unread: Vec::new(),
            outgoing: Vec::new(),
            records: Vec::new(),
            written: 0,
            ready: false,
            closed: false,
        })
    }

    /// The socket.
    pub fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Whether something is to be sent: of the handshake, or queued.
    pub fn has_unsent(&self) -> bool {
        !self.ready || !self.records.is_empty() || !self.outgoing.is_empty()
    }

    /// From now on nothing waits.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub fn set_nonblocking(&self) -> Result<()> {
        Ok(self.socket.set_nonblocking(true)?)
    }

    /// Queues bytes; [`Self::flush`] sends them.
    pub fn queue(&mut self, bytes: &[u8]) {
        self.outgoing.extend_from_slice(bytes);
    }

    /// Sends what is queued, and moves the handshake on. What the socket does
    /// not take now stays queued.
    ///
    /// # Errors
    ///
    /// Those of TLS and of the socket.
    pub fn flush(&mut self) -> Result<()> {
        if !self.outgoing.is_empty() || !self.ready {
            self.process(&mut [], &mut |_| {})?;
        }
        while self.written < self.records.len() {
            match self.socket.write(&self.records[self.written..]) {
                Ok(n) => self.written += n,
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
        self.records.clear();
        self.written = 0;
        Ok(())
    }

    /// Reads once and gives all plain bytes to `on`. False if nothing was there.
    ///
    /// # Errors
    ///
    /// Those of TLS and of the socket.
    pub fn read(&mut self, scratch: &mut [u8], on: &mut impl FnMut(&[u8])) -> Result<bool> {
        let held = self.unread.len();
        scratch[..held].copy_from_slice(&self.unread);
        let n = match self.socket.read(&mut scratch[held..]) {
            Ok(0) => {
                self.closed = true;
                return Ok(false);
            }
            Ok(n) => n,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(false);
            }
            Err(e) if e.kind() == ErrorKind::ConnectionReset => {
                self.closed = true;
                return Ok(false);
            }
            Err(e) => return Err(e.into()),
        };
        let filled = &mut scratch[..held + n];
        let taken = self.process(filled, on)?;
        self.unread.clear();
        self.unread.extend_from_slice(&filled[taken..]);
        Ok(true)
    }

    /// Takes the records of `incoming`; gives how many bytes of it are done with.
    fn process(&mut self, incoming: &mut [u8], on: &mut impl FnMut(&[u8])) -> Result<usize> {
        let mut taken = 0;
        loop {
            let status = self.tls.process_tls_records(&mut incoming[taken..]);
            let mut discard = status.discard;
            let mut waits = false;
            match status.state? {
                ConnectionState::ReadTraffic(mut traffic) => {
                    while let Some(record) = traffic.next_record() {
                        let record = record?;
                        discard += record.discard;
                        on(record.payload);
                    }
                }
                ConnectionState::EncodeTlsData(mut data) => {
                    with_room(&mut self.records, 4096, |room| match data.encode(room) {
                        Err(EncodeError::InsufficientSize(size)) => Ok(Err(size.required_size)),
                        other => Ok(Ok(other?)),
                    })?;
                }
                ConnectionState::TransmitTlsData(data) => data.done(),
                ConnectionState::WriteTraffic(mut traffic) => {
                    self.ready = true;
                    for piece in self.outgoing.chunks(RECORD_BYTES) {
                        let size = piece.len() + RECORD_OVERHEAD;
                        with_room(&mut self.records, size, |room| {
                            match traffic.encrypt(piece, room) {
                                Err(EncryptError::InsufficientSize(size)) => {
                                    Ok(Err(size.required_size))
                                }
                                other => Ok(Ok(other?)),
                            }
                        })?;
                    }
                    self.outgoing.clear();
                    waits = true;
                }
                ConnectionState::PeerClosed | ConnectionState::Closed => {
                    self.closed = true;
                    waits = true;
                }
                _ => waits = true,
            }
            taken += discard;
            if waits {
                return Ok(taken);
            }
        }
    }

    /// Sends a request and waits for the line that `wanted` takes; blocking.
    ///
    /// # Errors
    ///
    /// When the connection ends, or an `error` comes instead.
    pub fn ask(&mut self, request: &Value, wanted: &str) -> Result<Value> {
        self.socket.set_read_timeout(Some(OPEN_WITHIN))?;
        self.queue(format!("{request}\n").as_bytes());
        let mut scratch = vec![0; READ_BYTES];
        let mut plain = Vec::new();
        loop {
            self.flush()?;
            let read = self.read(&mut scratch, &mut |bytes| plain.extend_from_slice(bytes))?;
            if self.closed || !read {
                bail!("closed or silent before {wanted:?}");
            }
            while let Some(end) = plain.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = plain.drain(..=end).collect();
                let value: Value = serde_json::from_slice(&line)?;
                if value["type"] == wanted {
                    self.flush()?;
                    return Ok(value);
                }
                if value["type"] == "error" {
                    return Err(anyhow!("{request} got {value}"));
                }
            }
        }
    }
}

/// Runs `encode` on free room at the end of `into`, with more if it wants more.
fn with_room(
    into: &mut Vec<u8>,
    mut room: usize,
    mut encode: impl FnMut(&mut [u8]) -> Result<Result<usize, usize>>,
) -> Result<()> {
    loop {
        let start = into.len();
        into.resize(start + room, 0);
        match encode(&mut into[start..])? {
            Ok(written) => {
                into.truncate(start + written);
                return Ok(());
            }
            Err(required) => {
                into.truncate(start);
                room = required;
            }
        }
    }
}

/// How many lines end in these bytes.
pub fn newlines(bytes: &[u8]) -> u64 {
    // Sums of at most 255 ones fit a byte, which lets the compiler use wide registers.
    bytes
        .chunks(255)
        .map(|chunk| u64::from(chunk.iter().map(|b| u8::from(*b == b'\n')).sum::<u8>()))
        .sum()
}
