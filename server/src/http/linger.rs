//! A close that leaves the peer time to read what it was told.
//!
//! Who is refused in the midst of a body is still sending. A socket that is
//! closed over unread bytes resets the connection, and the reset destroys the answer
//! before it is read (RFC 9112, 9.6). So our side ends first, and what still comes is
//! read and dropped, within bounds.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long it may take in all.
const LINGER_TIME: Duration = Duration::from_secs(5);
/// How long nothing must come: then nothing is on its way that could reset.
/// One round trip of a bad line.
const QUIET_TIME: Duration = Duration::from_secs(1);
/// Bytes that are read and dropped at most.
const LINGER_BYTES: usize = 64 << 20;
/// Bytes of one read.
const PIECE_BYTES: usize = 16 << 10;

/// A stream that closes so.
#[derive(Debug)]
pub(super) struct Lingering<S> {
    stream: S,
    last: Option<Last>,
}

/// What is left to do once our side has ended.
#[derive(Debug)]
struct Last {
    left: usize,
    end: Instant,
    timer: Pin<Box<Sleep>>,
}

impl<S> Lingering<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, last: None }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lingering<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Lingering<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.last.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        let last = this.last.get_or_insert_with(Last::begin);
        let mut piece = [0; PIECE_BYTES];
        loop {
            let mut buf = ReadBuf::new(&mut piece);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    last.left = last.left.saturating_sub(buf.filled().len());
                    if last.left == 0 || Instant::now() >= last.end {
                        return Poll::Ready(Ok(()));
                    }
                    last.wait();
                }
                // The peer has ended too, whichever way.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    ready!(last.timer.as_mut().poll(cx));
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl Last {
    fn begin() -> Self {
        let now = Instant::now();
        Self {
            left: LINGER_BYTES,
            end: now + LINGER_TIME,
            timer: Box::pin(sleep_until(now + QUIET_TIME)),
        }
    }

    fn wait(&mut self) {
        let next = Instant::now() + QUIET_TIME;
        self.timer.as_mut().reset(next.min(self.end));
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_still_comes_is_dropped_until_it_is_quiet() {
        let (mut near, far) = tokio::io::duplex(64);
        let mut far = Lingering::new(far);
        let begun = Instant::now();
        let closing = tokio::spawn(async move {
            far.write_all(b"no").await.unwrap();
            far.shutdown().await.unwrap();
            far
        });
        near.write_all(&[7; 10_000]).await.unwrap();
        let mut told = Vec::new();
        near.read_to_end(&mut told).await.unwrap();
        assert_eq!(told, b"no");
        let _far = closing.await.unwrap();
        assert_eq!(begun.elapsed().as_secs(), QUIET_TIME.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_lingers_for_ever() {
        let (mut near, far) = tokio::io::duplex(64);
        let mut far = Lingering::new(far);
        let begun = Instant::now();
        let trickle = tokio::spawn(async move {
            while near.write_all(b".").await.is_ok() {
                tokio::time::sleep(QUIET_TIME / 2).await;
            }
        });
        far.shutdown().await.unwrap();
        assert!(begun.elapsed() <= LINGER_TIME + QUIET_TIME);
        drop(far);
        trickle.await.unwrap();
    }

    #[tokio::test]
    async fn a_peer_that_has_ended_is_not_waited_for() {
        let (near, far) = tokio::io::duplex(64);
        drop(near);
        Lingering::new(far).shutdown().await.unwrap();
    }
}
