//! Bytes from the disk to the wire.
//!
//! What is in memory already (the page cache) is read at once, on the thread
//! that writes it; only what a disk must be waited for goes to another. Buffers are
//! used again, for fresh memory costs more than the copying.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;
use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::blobs::Content;
use crate::transfers::Transfer;

/// Bytes of one frame: large writes wake the reader seldom, and a download
/// holds two at the most.
const FRAME_BYTES: usize = 256 << 10;

/// Buffers kept for the next frame, of all downloads together: 8 MiB.
const KEPT_BUFFERS: usize = 32;

static BUFFERS: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// A buffer that is given back when it is done with.
#[derive(Debug)]
struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    fn take() -> Self {
        let kept = BUFFERS.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self {
            bytes: kept.unwrap_or_else(|| vec![0; FRAME_BYTES]),
            filled: 0,
        }
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut buffers = BUFFERS.lock().unwrap_or_else(PoisonError::into_inner);
        if buffers.len() < KEPT_BUFFERS {
            buffers.push(std::mem::take(&mut self.bytes));
        }
    }
}

/// The body of a download.
#[derive(Debug)]
pub(super) struct Sending {
    content: Arc<dyn Content>,
    offset: u64,
    left: u64,
    /// A read that waits for the disk.
    reading: Option<JoinHandle<io::Result<Buffer>>>,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    transfer: Transfer,
}

impl Sending {
    pub(super) fn new(
        content: Arc<dyn Content>,
        offset: u64,
        length: u64,
        transfer: Transfer,
    ) -> Self {
        Self {
            content,
            offset,
            left: length,
            reading: None,
            ended: Box::pin(transfer.ended().cancelled_owned()),
            transfer,
        }
    }

    fn poll_buffer(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Buffer>> {
        if let Some(reading) = &mut self.reading {
            let read = ready!(Pin::new(reading).poll(cx));
            self.reading = None;
            return Poll::Ready(read.map_err(io::Error::other).and_then(|read| read));
        }
        let mut buffer = Buffer::take();
        let wanted = usize::try_from(self.left).map_or(FRAME_BYTES, |left| left.min(FRAME_BYTES));
        if let Some(read) = self
            .content
            .read_now(self.offset, &mut buffer.bytes[..wanted])
        {
            buffer.filled = read;
            return Poll::Ready(Ok(buffer));
        }
        let (content, offset) = (Arc::clone(&self.content), self.offset);
        let reading = tokio::task::spawn_blocking(move || {
            buffer.filled = content.read(offset, &mut buffer.bytes[..wanted])?;
            Ok(buffer)
        });
        self.reading = Some(reading);
        self.poll_buffer(cx)
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        // Half a file is not to look like a whole one: the connection breaks.
        if this.ended.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        let buffer = match ready!(this.poll_buffer(cx)) {
            Ok(buffer) if buffer.filled == 0 => {
                return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
            }
            Ok(buffer) => buffer,
            Err(error) => {
                tracing::error!(%error, "a file could not be read");
                return Poll::Ready(Some(Err(error)));
            }
        };
        this.offset += buffer.filled as u64;
        this.left -= buffer.filled as u64;
        this.transfer.advance(buffer.filled);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_owner(buffer)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
