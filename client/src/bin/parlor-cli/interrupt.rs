//! Being asked to end.

use std::io;

use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

/// Waits until somebody wants this program to end: Ctrl-C or SIGTERM.
pub(crate) async fn interrupted() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        done = ctrl_c() => done,
        _ = terminate.recv() => Ok(()),
    }
}
