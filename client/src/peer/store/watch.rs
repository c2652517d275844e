//! Looking for what other processes change.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use crate::store::worker::WeakWorker;

/// How often another process's changes are looked for.
const WATCH: Duration = Duration::from_millis(50);

/// Looks on a thread of its own until the other end of `end` is dropped. The writer's connection is asked:
/// it is told of no change of its own, and nothing else in this process changes the file.
pub(super) fn start(
    writer: WeakWorker,
    changed: watch::Sender<u64>,
    end: Receiver<()>,
) -> io::Result<()> {
    thread::Builder::new()
        .name("peers-watch".to_owned())
        .spawn(move || {
            let mut version = None;
            loop {
                let now = writer.run_blocking(|connection| {
                    connection
                        .query_row("PRAGMA data_version", (), |row| row.get::<_, i64>(0))
                        .ok()
                });
                let Some(now) = now else { return };
                if now.is_some() && now != version {
                    if version.is_some() {
                        changed.send_modify(|count| *count += 1);
                    }
                    version = now;
                }
                if end.recv_timeout(WATCH) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        })?;
    Ok(())
}
