//! Looking for what other processes change, and bringing what changed to the disk.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::watch;

use super::due::Due;
use crate::store::worker::WeakWorker;

/// How often another process's changes are looked for.
const WATCH: Duration = Duration::from_millis(50);

/// Between two flushes while there are changes. A power loss takes no more than this; the
/// end of a process takes nothing.
const FLUSH: Duration = Duration::from_secs(1);

/// Looks on a thread of its own until the other end of `end` is dropped. The writer's connection is asked
/// for others' changes: it is told of no change of its own, and nothing else in this process changes the file.
///
/// `seen` is the writer's [`version`] from before anybody could read by the store: what changed after
/// that is told. `connection` is the thread's own. It moves the log into the file, so that no writer ever
/// waits for the disk.
pub(super) fn start(
    (writer, seen): (WeakWorker, Option<i64>),
    connection: Connection,
    (changed, due): (watch::Sender<u64>, Arc<Due>),
    end: Receiver<()>,
) -> io::Result<()> {
    thread::Builder::new()
        .name("peers-watch".to_owned())
        .spawn(move || {
            let mut theirs = seen;
            let mut all = version(&connection);
            let mut flushed = Instant::now();
            loop {
                let Some(now) = writer.run_blocking(|connection| version(connection)) else {
                    return;
                };
                if now.is_some() && now != theirs {
                    due.all();
                    changed.send_modify(|count| *count += 1);
                    theirs = now;
                }
                if flushed.elapsed() >= FLUSH {
                    flushed = Instant::now();
                    flush(&connection, &mut all);
                }
                if end.recv_timeout(WATCH) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        })?;
    Ok(())
}

/// A number that changes with every change by another connection.
pub(super) fn version(connection: &Connection) -> Option<i64> {
    connection
        .query_row("PRAGMA data_version", (), |row| row.get(0))
        .ok()
}

/// Moves what changed into the file, as far as nobody is in the way; the rest comes with the next.
pub(super) fn flush(connection: &Connection, flushed: &mut Option<i64>) {
    let now = version(connection);
    if now == *flushed {
        return;
    }
    let moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()));
    match moved {
        Ok(()) => *flushed = now,
        Err(error) => tracing::debug!(%error, "the log of the peers' store stays as it is"),
    }
}
