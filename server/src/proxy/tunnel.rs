//! Bytes both ways, unread, until either side is done.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::Instant;

/// Bytes that a piece has at most.
const PIECE_BYTES: usize = 32 * 1024;
/// The same where the room for them is held while nothing comes.
const HELD_BYTES: usize = 4 * 1024;
/// How long one way may stay open alone: who is done sending waits for a last answer.
const HALF_OPEN: Duration = Duration::from_secs(30);

/// What can wait for bytes without holding a buffer for them.
pub(super) trait Source: Send {
    /// Bytes that are read at once.
    const PIECE: usize;

    /// Waits until there is something to read, or the end.
    fn ready(&mut self) -> impl Future<Output = io::Result<()>> + Send;

    /// Reads what is there; 0 at the end.
    fn read(&mut self, piece: &mut [u8]) -> impl Future<Output = io::Result<usize>> + Send;
}

/// An idle session costs nothing but its sockets.
impl Source for OwnedReadHalf {
    const PIECE: usize = PIECE_BYTES;

    async fn ready(&mut self) -> io::Result<()> {
        self.readable().await
    }

    async fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        tokio::io::AsyncReadExt::read(self, piece).await
    }
}

/// A stream that cannot tell whether something is there.
pub(super) struct Blind<R>(pub(super) R);

impl<R: AsyncRead + Unpin + Send> Source for Blind<R> {
    const PIECE: usize = HELD_BYTES;

    async fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        self.0.read(piece).await
    }
}

/// Carries bytes both ways until both sides are done, one breaks, or nothing
/// passes for as long as `idle`.
pub(super) async fn tunnel<A, B>(
    (mut a_in, mut a_out): (impl Source, A),
    (mut b_in, mut b_out): (impl Source, B),
    idle: Duration,
) where
    A: AsyncWrite + Unpin + Send,
    B: AsyncWrite + Unpin + Send,
{
    let moved = Moved::new();
    {
        let there = std::pin::pin!(carry(&mut a_in, &mut b_out, &moved));
        let back = std::pin::pin!(carry(&mut b_in, &mut a_out, &moved));
        let both = futures_util::future::select(there, back);
        let one = tokio::select! {
            one = both => one,
            () = moved.stopped(idle) => return,
        };
        let (done, other) = one.factor_first();
        if done.is_ok() {
            // Whether the other way ends well or not, both are over then.
            let _ = tokio::time::timeout(HALF_OPEN, other).await;
        }
    }
    // Either may be closed already.
    let _ = a_out.shutdown().await;
    let _ = b_out.shutdown().await;
}

async fn carry<S: Source>(
    from: &mut S,
    to: &mut (impl AsyncWrite + Unpin),
    moved: &Moved,
) -> io::Result<()> {
    loop {
        from.ready().await?;
        let mut piece = vec![0; S::PIECE];
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        moved.note();
        to.write_all(&piece[..length]).await?;
        to.flush().await?;
        moved.note();
    }
}

/// When something passed last.
struct Moved {
    began: Instant,
    last: AtomicU64,
}

impl Moved {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
        }
    }

    fn note(&self) {
        let passed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(passed, Ordering::Relaxed);
    }

    /// Answers when nothing has passed for as long as `idle`.
    async fn stopped(&self, idle: Duration) {
        loop {
            let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
            let until = self.began + last + idle;
            if Instant::now() >= until {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn bytes_pass_until_both_are_done_or_nothing_moves() {
        let (mut near, far) = tokio::io::duplex(64);
        let (mut up, down) = tokio::io::duplex(64);
        let (far_in, far_out) = tokio::io::split(far);
        let (down_in, down_out) = tokio::io::split(down);
        let began = Instant::now();
        let carrying = tokio::spawn(tunnel(
            (Blind(far_in), far_out),
            (Blind(down_in), down_out),
            Duration::from_secs(60),
        ));
        near.write_all(&[7; 50]).await.unwrap();
        let mut got = [0; 50];
        up.read_exact(&mut got).await.unwrap();
        assert_eq!(got, [7; 50]);
        up.write_all(b"back").await.unwrap();
        let mut back = [0; 4];
        near.read_exact(&mut back).await.unwrap();
        assert_eq!(&back, b"back");
        carrying.await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 60);
        assert_eq!(near.read(&mut back).await.unwrap(), 0);
    }
}
