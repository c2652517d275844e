//! The threads on which uploads are hashed, written and flushed.
//!
//! They are the server's own and give way to all others: on a small machine four
//! uploads would else take the processor from those who wait for one message.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// Threads at most. Each upload has at most one piece in hand and one flush
/// under way; what is beyond waits its turn, and its client with it.
const THREADS: usize = 16;

/// By how much they are nicer than the rest (`nice(2)`): at 10 they get about a
/// tenth of what the others get where both want a core, and all that is left otherwise.
#[cfg(target_os = "linux")]
const NICER: i32 = 10;

/// The threads. Dropping it lets each finish what it has.
#[derive(Debug)]
pub(super) struct Hands {
    runtime: Option<Runtime>,
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
        })
    }

    /// Where work is handed in by `spawn_blocking`.
    pub(super) fn handle(&self) -> Handle {
        // It is there until the drop.
        self.runtime
            .as_ref()
            .map_or_else(Handle::current, |runtime| runtime.handle().clone())
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
