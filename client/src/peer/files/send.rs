//! The bytes of a file that was accepted, over one link.

use iroh::endpoint::{SendStream, WriteError};
use parlor_protocol::peer::FileHead;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::source::Source;
use super::{AHEAD, BROKEN, FileLink, HELD_UP, STALL};
use crate::transfer::TransferFailure;
use crate::transfers::progress::Progress;

/// How a sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sent {
    /// The other device has all of it; whether it is right, it says by `file_done`.
    Whole,
    /// The stream broke, or the other side wants no more for now.
    Broken,
    /// It was stopped here.
    Stopped,
    /// The file is not what it was.
    Failed(TransferFailure),
}

/// Sends from an offset to the end.
pub(super) async fn send(
    link: &dyn FileLink,
    head: &FileHead,
    source: Source,
    progress: &Progress,
    stop: &CancellationToken,
) -> Sent {
    let opened = tokio::select! {
        () = stop.cancelled() => return Sent::Stopped,
        opened = timeout(STALL, link.open_file(head)) => opened,
    };
    let Ok(Ok(mut stream)) = opened else {
        return Sent::Broken;
    };
    progress.set_done(head.offset);
    progress.runs();
    let sent = tokio::select! {
        () = stop.cancelled() => Sent::Stopped,
        sent = write(&mut stream, head.offset, source, progress) => sent,
    };
    // Dropped without it, it would look as if it had come to its end.
    let _ = match sent {
        Sent::Whole => Ok(()),
        Sent::Stopped => stream.reset(HELD_UP),
        Sent::Broken | Sent::Failed(_) => stream.reset(BROKEN),
    };
    sent
}

async fn write(stream: &mut SendStream, offset: u64, source: Source, progress: &Progress) -> Sent {
    let (parts, mut ready) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || source.read(offset, &parts));
    while let Some(part) = ready.recv().await {
        let bytes = part.len() as u64;
        match timeout(STALL, stream.write_chunk(part)).await {
            Ok(Ok(())) => progress.set_done(progress.done() + bytes),
            Ok(Err(WriteError::Stopped(code))) => {
                tracing::debug!(%code, "a file is not wanted now");
                return Sent::Broken;
            }
            Ok(Err(_)) | Err(_) => return Sent::Broken,
        }
    }
    match reading.await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => return Sent::Failed(failure),
        Err(error) => return Sent::Failed(TransferFailure::Local(error.to_string())),
    }
    if stream.finish().is_err() {
        return Sent::Broken;
    }
    // All of it was received, or the other side stopped it.
    match timeout(STALL, stream.stopped()).await {
        Ok(Ok(None)) => Sent::Whole,
        _ => Sent::Broken,
    }
}
