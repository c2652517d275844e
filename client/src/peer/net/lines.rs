//! Lines on the stream of a link.

use bytes::Bytes;
use iroh::endpoint::{ReadError, RecvStream, SendStream, VarInt};
use parlor_protocol::limits::CLIENT_LINE_BYTES;
use parlor_protocol::peer::PeerLine;
use parlor_protocol::{Code, ErrorLine, LineBuffer};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Bytes taken from the stream at once.
const READ_BYTES: usize = 16 * 1024;

/// Bytes gathered into one write; a single line may pass it.
const WRITE_BYTES: usize = 64 * 1024;

/// Why no line comes any more.
#[derive(Debug)]
pub(super) enum NoLine {
    /// The other side says nothing more.
    End,
    /// The link broke.
    Lost,
    /// What came is not what may come.
    Bad(ErrorLine),
}

impl From<ReadError> for NoLine {
    fn from(_: ReadError) -> Self {
        Self::Lost
    }
}

/// Lines as they come.
#[derive(Debug)]
pub(super) struct Reader {
    stream: RecvStream,
    buffer: LineBuffer,
}

impl Reader {
    pub(super) fn new(stream: RecvStream) -> Self {
        Self {
            stream,
            buffer: LineBuffer::new(CLIENT_LINE_BYTES),
        }
    }

    /// The next line. It may be dropped while it waits; nothing read is lost.
    pub(super) async fn next(&mut self) -> Result<PeerLine, NoLine> {
        loop {
            let line = self.buffer.next_line().map_err(|error| {
                NoLine::Bad(ErrorLine::new(Code::LineTooLong, sentence(&error)))
            })?;
            if let Some(line) = line {
                return read(&line).map_err(NoLine::Bad);
            }
            match self.stream.read_chunk(READ_BYTES).await? {
                Some(chunk) => self.buffer.push(&chunk),
                None => return Err(NoLine::End),
            }
        }
    }

    /// Nothing more is wanted.
    pub(super) fn stop(&mut self) {
        // It fails only where the stream has ended by itself.
        let _ = self.stream.stop(VarInt::from_u32(0));
    }
}

fn sentence(error: &dyn std::fmt::Display) -> String {
    let mut text = error.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.push('.');
    text
}

/// Reads a line, or says what is wrong with it.
fn read(line: &[u8]) -> Result<PeerLine, ErrorLine> {
    let error = match PeerLine::read(line) {
        Ok(line) => return Ok(line),
        Err(error) => error,
    };
    let value: Option<serde_json::Value> = serde_json::from_slice(line).ok();
    let kind = value
        .as_ref()
        .and_then(|value| value.as_object()?.get("type")?.as_str());
    Err(match kind {
        Some(kind) => ErrorLine::new(Code::BadRequest, format!("{kind}: {error}.")),
        None => ErrorLine::new(
            Code::BadLine,
            "A line is one JSON object with a type, in UTF-8.",
        ),
    })
}

/// A line as it is sent; `None` if it passes what a line may have.
pub(super) fn encode(line: &PeerLine) -> Option<Bytes> {
    let line = line.encode().ok()?;
    (line.len() <= CLIENT_LINE_BYTES).then(|| line.into())
}

/// Writes what waits, all of it at once, until `ending`; then the rest and `last`, and ends the stream.
/// Answers whether the other side has everything.
pub(super) async fn write(
    mut stream: SendStream,
    mut waiting: mpsc::Receiver<Bytes>,
    ending: CancellationToken,
    last: impl FnOnce() -> Option<ErrorLine>,
) -> bool {
    let mut gathered = Vec::new();
    loop {
        let line = tokio::select! {
            biased;
            line = waiting.recv(), if !ending.is_cancelled() => line,
            () = ending.cancelled() => {
                // What was taken in is still sent; nothing more is taken in.
                waiting.close();
                waiting.recv().await
            }
        };
        let Some(line) = line else { break };
        gathered.clear();
        gathered.extend_from_slice(&line);
        while gathered.len() < WRITE_BYTES
            && let Ok(line) = waiting.try_recv()
        {
            gathered.extend_from_slice(&line);
        }
        if stream.write_all(&gathered).await.is_err() {
            return false;
        }
    }
    if let Some(error) = last()
        && let Some(line) = encode(&PeerLine::Error(error))
        && stream.write_all(&line).await.is_err()
    {
        return false;
    }
    stream.finish().is_ok() && stream.stopped().await.is_ok()
}
