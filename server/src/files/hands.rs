//! The threads on which uploads are hashed, written and flushed.
//!
//! They are the server's own and give way to all others: on a small machine four
//! uploads would else take the processor from those who wait for one message.

use std::io;
use std::sync::Arc;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

/// Threads at most. Each upload has at most one piece in hand and one flush
/// under way; what is beyond waits its turn, and its client with it.
const THREADS: usize = 16;

/// By how much they are nicer than the rest (`nice(2)`): at 10 they get about a
/// tenth of what the others get where both want a core, and all that is left otherwise.
#[cfg(target_os = "linux")]
const NICER: i32 = 10;

/// Flushes of uploads at once. A disk works them off one after the other, and the
/// flush of a message, which comes in between, then waits for one and not for all.
const FLUSHES: usize = 1;

/// The right to flush an upload.
#[derive(Debug)]
pub(super) struct FlushTurn(
    #[expect(dead_code, reason = "it is held")] Option<OwnedSemaphorePermit>,
);

/// The threads. Dropping it lets each finish what it has.
#[derive(Debug)]
pub(super) struct Hands {
    runtime: Option<Runtime>,
    flushes: Arc<Semaphore>,
}

impl Hands {
    /// Threads that start when they are needed.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(super) fn new() -> io::Result<Self> {
        let mut builder = Builder::new_current_thread();
        builder
            .max_blocking_threads(THREADS)
            .thread_name("parlord-files");
        // Elsewhere the nice value is the whole process's.
        #[cfg(target_os = "linux")]
        builder.on_thread_start(|| {
            if let Err(error) = rustix::process::nice(NICER) {
                tracing::debug!(%error, "a thread for files is as urgent as the others");
            }
        });
        Ok(Self {
            runtime: Some(builder.build()?),
            flushes: Arc::new(Semaphore::new(FLUSHES)),
        })
    }

    /// Does on one of them what blocks.
    pub(super) fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        // The runtime is there until the drop.
        let runtime = self.runtime.as_ref();
        let handle = runtime.map_or_else(Handle::current, |runtime| runtime.handle().clone());
        handle.spawn_blocking(work)
    }

    /// The turn to flush, if nobody has it.
    pub(super) fn try_flush(&self) -> Option<FlushTurn> {
        let turn = Arc::clone(&self.flushes).try_acquire_owned();
        turn.ok().map(|turn| FlushTurn(Some(turn)))
    }

    /// The turn to flush, once it comes: in the order of asking.
    pub(super) async fn flush_turn(&self) -> FlushTurn {
        // It is never closed.
        FlushTurn(Arc::clone(&self.flushes).acquire_owned().await.ok())
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
