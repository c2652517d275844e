//! The one who writes to a connection, so that a server that does not read
//! never keeps the actor from reading.

use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Lines that wait to be written. A server that lets so many wait is not there any more.
const LINES: usize = 1_024;

/// Bytes gathered into one write: one TLS record.
const GATHERED: usize = 16 * 1024;

/// What was said may take this long to go out when a connection is closed.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The actor's end.
#[derive(Debug)]
pub(super) struct Writer {
    lines: mpsc::Sender<Vec<u8>>,
    task: JoinHandle<()>,
}

impl Writer {
    pub(super) fn start(stream: impl AsyncWrite + Unpin + Send + 'static) -> Self {
        let (lines, waiting) = mpsc::channel(LINES);
        let task = tokio::spawn(write(stream, waiting));
        Self { lines, task }
    }

    /// Says a line. `false` if the connection is of no use any more.
    pub(super) fn say(&self, line: Vec<u8>) -> bool {
        self.lines.try_send(line).is_ok()
    }

    /// Lets go out what was said, then says that nothing more comes.
    pub(super) async fn close(self) {
        drop(self.lines);
        let mut task = self.task;
        if timeout(LAST_WORDS, &mut task).await.is_err() {
            task.abort();
        }
    }

    /// Drops the connection as it is.
    pub(super) fn abort(self) {
        self.task.abort();
    }
}

/// Writes until the actor's end is dropped or the connection breaks; the actor
/// learns of that when it reads.
async fn write(mut stream: impl AsyncWrite + Unpin, mut waiting: mpsc::Receiver<Vec<u8>>) {
    while let Some(mut bytes) = waiting.recv().await {
        while bytes.len() < GATHERED
            && let Ok(more) = waiting.try_recv()
        {
            bytes.extend_from_slice(&more);
        }
        if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}
