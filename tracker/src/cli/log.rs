//! Where the logs go: standard error. What is said before the server runs is
//! held back, so that one that cannot start says one line and nothing else.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Bytes held back at most; a start says a few lines.
const HELD_BYTES: usize = 64 * 1024;

/// Standard error, held back until [`HeldLog::release`]. Clones share the state.
#[derive(Debug, Clone)]
pub(crate) struct HeldLog {
    held: Arc<Mutex<Option<Vec<u8>>>>,
}

impl HeldLog {
    /// Sends the logs of this process here, by a filter in the form of `RUST_LOG`.
    pub(crate) fn install(filter: &str) -> anyhow::Result<Self> {
        let log = Self {
            held: Arc::new(Mutex::new(Some(Vec::new()))),
        };
        let filter = EnvFilter::try_new(filter)
            .map_err(|error| anyhow::anyhow!("the setting log makes no sense: {error}"))?;
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
            .with_writer(log.clone())
            .init();
        Ok(log)
    }

    /// Writes what was held back; from now on everything goes out at once.
    pub(crate) fn release(&self) {
        if let Some(held) = self.lock().take() {
            // Without a standard error there is nobody to tell.
            let _ = io::stderr().write_all(&held);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for HeldLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut *self.lock() {
            Some(held) if held.len() + bytes.len() <= HELD_BYTES => held.extend_from_slice(bytes),
            Some(_) => {}
            None => return io::stderr().write(bytes),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for HeldLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_has_a_bound() {
        let mut log = HeldLog {
            held: Arc::new(Mutex::new(Some(Vec::new()))),
        };
        log.write_all(b"one").unwrap();
        log.write_all(&[b'x'; HELD_BYTES]).unwrap();
        assert_eq!(log.lock().as_deref(), Some(&b"one"[..]));
    }
}
