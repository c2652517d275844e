//! A connection to a server: name, TCP, TLS by pin, and the server's first line.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parlor_certs::{Address, CertError, KnownError, Pin, Refusal};
use parlor_protocol::limits::{CLIENT_LINE_BYTES, PROTOCOL, SERVER_LINE_BYTES};
use parlor_protocol::reply::Welcome;
use parlor_protocol::{
    Code, ErrorLine, Incoming, LineBuffer, Reply, Request, RequestLine, ServerLine,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;

use crate::event::{KeyChange, ServerKey};
use crate::home::HomeError;

/// Name, TCP, TLS and the first line may take this long together: longer than
/// a poor mobile link needs, shorter than a person waits.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A name may have several addresses; one that leads nowhere may take this long
/// before the next is tried.
const NEXT_ADDRESS: Duration = Duration::from_secs(3);

/// An answer may take this long; a server that is alive answers in far less, and
/// the pings end a connection that is dead.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes read at once: a TLS record holds at most 16 KiB.
const READ_BYTES: usize = 16 * 1024;

/// Bytes of TLS read at once where files come: one call to the system for many records.
const BULK_READ_BYTES: usize = 256 * 1024;

/// A connection for HTTP.
pub(crate) type HttpStream = TlsStream<BufReader<TcpStream>>;

/// Why a server could not be connected to, or not be trusted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConnectError {
    /// The name could not be resolved.
    #[error("the name {host} could not be found: look at the address and at the network")]
    UnknownHost {
        /// The name.
        host: String,
    },
    /// Nothing listens there, or the network does not lead there.
    #[error("{address} cannot be reached ({detail})")]
    Unreachable {
        /// Where.
        address: Address,
        /// What the system said.
        detail: String,
    },
    /// No answer in time.
    #[error("{address} did not answer in time")]
    TimedOut {
        /// Where.
        address: Address,
    },
    /// The connection broke while it was being made.
    #[error("the connection to {address} broke ({detail})")]
    Broken {
        /// Where.
        address: Address,
        /// What happened.
        detail: String,
    },
    /// What answers is no Parlor server.
    #[error("what answers at {address} is no Parlor server ({detail})")]
    NotParlor {
        /// Where.
        address: Address,
        /// What it did.
        detail: String,
    },
    /// The server's key is not the one remembered, or not the link's.
    #[error("{0}")]
    KeyChanged(KeyChange),
    /// Nobody vouches for the server's key, and the user was not asked about it yet.
    #[error("the key of this server is not known: {shown}")]
    Unconfirmed {
        /// The key's pin.
        shown: Pin,
    },
    /// The server speaks another version of the protocol.
    #[error(
        "the server speaks version {theirs} of the protocol, this program version {PROTOCOL}: bring the older one up to date"
    )]
    OtherProtocol {
        /// The server's version.
        theirs: u32,
    },
    /// The server said no before anything was asked.
    #[error("{0}")]
    Refused(ErrorLine),
    /// The remembered servers could not be read or written, or TLS not be set up.
    #[error("{0}")]
    Here(String),
}

impl From<KnownError> for ConnectError {
    fn from(error: KnownError) -> Self {
        Self::Here(error.to_string())
    }
}

impl From<HomeError> for ConnectError {
    fn from(error: HomeError) -> Self {
        Self::Here(error.to_string())
    }
}

impl From<CertError> for ConnectError {
    fn from(error: CertError) -> Self {
        Self::Here(error.to_string())
    }
}

/// A connection whose first line was read.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) reader: LineReader,
    pub(crate) writer: WriteHalf<TlsStream<TcpStream>>,
    pub(crate) welcome: Welcome,
    /// What the server showed.
    pub(crate) pin: Pin,
    /// From the first TCP packet to its answer.
    pub(crate) round_trip: Duration,
}

/// Lines of the server's as they come.
#[derive(Debug)]
pub(crate) struct LineReader {
    stream: ReadHalf<TlsStream<TcpStream>>,
    buffer: LineBuffer,
    chunk: Box<[u8]>,
}

impl LineReader {
    /// The next lines: at least one, and all that came with it. It may be
    /// dropped while it waits; nothing read is lost.
    pub(crate) async fn lines(&mut self) -> io::Result<Vec<Bytes>> {
        loop {
            let mut lines = Vec::new();
            while let Some(line) = self
                .buffer
                .next_line()
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?
            {
                lines.push(line);
            }
            if !lines.is_empty() {
                return Ok(lines);
            }
            match self.stream.read(&mut self.chunk).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => self.buffer.push(&self.chunk[..read]),
            }
        }
    }
}

impl Wire {
    /// Connects, and reads the server's first line.
    pub(crate) async fn open(
        address: &Address,
        config: Arc<ClientConfig>,
        within: Duration,
    ) -> Result<Self, ConnectError> {
        match timeout(within, Self::open_now(address, config)).await {
            Ok(opened) => opened,
            Err(_) => Err(ConnectError::TimedOut {
                address: address.clone(),
            }),
        }
    }

    async fn open_now(address: &Address, config: Arc<ClientConfig>) -> Result<Self, ConnectError> {
        let (tcp, round_trip) = dial(address).await?;
        let name = parlor_certs::server_name(address);
        let tls = TlsConnector::from(config)
            .connect(name, tcp)
            .await
            .map_err(|error| handshake_failed(address, &error))?;
        let (_, connection) = tls.get_ref();
        let not_parlor = |detail: &str| ConnectError::NotParlor {
            address: address.clone(),
            detail: detail.to_owned(),
        };
        if connection.alpn_protocol() != Some(parlor_certs::ALPN_SESSION) {
            return Err(not_parlor("it does not speak parlor/1"));
        }
        let pin = parlor_certs::shown_pin(connection)
            .ok_or_else(|| not_parlor("its certificate cannot be read"))?;
        let (read, writer) = tokio::io::split(tls);
        let mut reader = LineReader {
            stream: read,
            buffer: LineBuffer::new(SERVER_LINE_BYTES),
            chunk: vec![0; READ_BYTES].into_boxed_slice(),
        };
        let welcome = read_welcome(address, &mut reader).await?;
        Ok(Self {
            reader,
            writer,
            welcome,
            pin,
            round_trip,
        })
    }

    /// Asks one thing and waits for its answer, past events that come before it.
    pub(crate) async fn ask(
        &mut self,
        address: &Address,
        request: Request,
    ) -> Result<(Reply, Bytes), ConnectError> {
        const ID: u64 = 1;
        let broken = |error: &io::Error| ConnectError::Broken {
            address: address.clone(),
            detail: error.to_string(),
        };
        let asking = async {
            let line = request_line(request, Some(ID)).ok_or(io::ErrorKind::InvalidInput)?;
            self.writer.write_all(&line).await?;
            self.writer.flush().await?;
            loop {
                for line in self.reader.lines().await? {
                    let incoming = Incoming::read(&line).map_err(io::Error::other)?;
                    let fatal = matches!(incoming.line, ServerLine::Reply(Reply::Error(_)))
                        && incoming.re.is_none();
                    if let ServerLine::Reply(reply) = incoming.line
                        && (incoming.re == Some(ID) || fatal)
                    {
                        return Ok::<_, io::Error>((reply, line));
                    }
                }
            }
        };
        match timeout(ANSWER_TIMEOUT, asking).await {
            Ok(answer) => answer.map_err(|error| broken(&error)),
            Err(_) => Err(ConnectError::TimedOut {
                address: address.clone(),
            }),
        }
    }

    /// Tells the other side that nothing more comes.
    pub(crate) async fn close(mut self) {
        let _ = timeout(Duration::from_secs(1), self.writer.shutdown()).await;
    }
}

/// Connects for HTTP.
pub(crate) async fn open_http(
    address: &Address,
    config: Arc<ClientConfig>,
    within: Duration,
) -> Result<HttpStream, ConnectError> {
    let opening = async {
        let (tcp, _) = dial(address).await?;
        let tcp = BufReader::with_capacity(BULK_READ_BYTES, tcp);
        TlsConnector::from(config)
            .connect(parlor_certs::server_name(address), tcp)
            .await
            .map_err(|error| handshake_failed(address, &error))
    };
    let late = |_| {
        Err(ConnectError::TimedOut {
            address: address.clone(),
        })
    };
    timeout(within, opening).await.unwrap_or_else(late)
}

/// A request as a line; `None` if it passes what a line may have.
pub(crate) fn request_line(request: Request, id: Option<u64>) -> Option<Vec<u8>> {
    let line = parlor_protocol::line::encode(&RequestLine { request, id }).ok()?;
    (line.len() <= CLIENT_LINE_BYTES).then_some(line)
}

async fn dial(address: &Address) -> Result<(TcpStream, Duration), ConnectError> {
    let found = tokio::net::lookup_host((address.host(), address.port()))
        .await
        .map_err(|_| ConnectError::UnknownHost {
            host: address.host().to_owned(),
        })?;
    let mut candidates = found.peekable();
    let mut last = None;
    while let Some(candidate) = candidates.next() {
        let start = Instant::now();
        let connecting = TcpStream::connect(candidate);
        let connected = if candidates.peek().is_some() {
            let late = |_| Err(io::ErrorKind::TimedOut.into());
            timeout(NEXT_ADDRESS, connecting).await.unwrap_or_else(late)
        } else {
            connecting.await
        };
        match connected {
            Ok(tcp) => {
                let round_trip = start.elapsed();
                tcp.set_nodelay(true)
                    .map_err(|error| unreachable(address, &error))?;
                return Ok((tcp, round_trip));
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(
        || ConnectError::UnknownHost {
            host: address.host().to_owned(),
        },
        |error| unreachable(address, &error),
    ))
}

fn unreachable(address: &Address, error: &io::Error) -> ConnectError {
    let detail = match error.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens there".to_owned(),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            "the network does not lead there".to_owned()
        }
        _ => error.to_string(),
    };
    ConnectError::Unreachable {
        address: address.clone(),
        detail,
    }
}

fn handshake_failed(address: &Address, error: &io::Error) -> ConnectError {
    match parlor_certs::refusal(error) {
        Some(Refusal::WrongPin { expected, shown }) => ConnectError::KeyChanged(KeyChange {
            which: ServerKey::Certificate,
            expected: expected.iter().map(ToString::to_string).collect(),
            shown: shown.to_string(),
        }),
        Some(Refusal::Unknown { shown, .. }) => ConnectError::Unconfirmed { shown },
        None if error.kind() == io::ErrorKind::InvalidData => ConnectError::NotParlor {
            address: address.clone(),
            detail: error.to_string(),
        },
        None => ConnectError::Broken {
            address: address.clone(),
            detail: error.to_string(),
        },
    }
}

async fn read_welcome(address: &Address, reader: &mut LineReader) -> Result<Welcome, ConnectError> {
    let not_parlor = |detail: &str| ConnectError::NotParlor {
        address: address.clone(),
        detail: detail.to_owned(),
    };
    let lines = reader.lines().await.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => not_parlor("its first line is too long"),
        _ => ConnectError::Broken {
            address: address.clone(),
            detail: error.to_string(),
        },
    })?;
    // The server speaks first and then waits, so that the first line comes alone.
    let first = lines.first().map(|line| Incoming::read(line));
    match first {
        Some(Ok(Incoming {
            line: ServerLine::Reply(Reply::Welcome(welcome)),
            ..
        })) if welcome.protocol == PROTOCOL => Ok(welcome),
        Some(Ok(Incoming {
            line: ServerLine::Reply(Reply::Welcome(welcome)),
            ..
        })) => Err(ConnectError::OtherProtocol {
            theirs: welcome.protocol,
        }),
        Some(Ok(Incoming {
            line: ServerLine::Reply(Reply::Error(error)),
            ..
        })) => Err(ConnectError::Refused(error)),
        _ => Err(not_parlor("it does not begin with welcome")),
    }
}

impl ConnectError {
    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Broken { .. }
            | Self::NotParlor { .. }
            | Self::Here(_) => true,
            Self::KeyChanged(_) | Self::Unconfirmed { .. } | Self::OtherProtocol { .. } => false,
            Self::Refused(error) => !matches!(error.code, Code::Banned),
        }
    }
}
