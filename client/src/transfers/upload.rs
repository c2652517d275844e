//! One upload, from wherever it is to its end.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::unfold;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use parlor_protocol::File;
use tokio::sync::mpsc;

use super::job::{Job, Outcome, blocking};
use super::progress::Progress;
use super::source::LocalFile;
use super::trouble::{Tries, Trouble};
use super::tus;
use crate::http::Body;
use crate::transfer::TransferFailure;

/// Pieces that wait for the connection: enough that neither the disk nor the line waits.
const AHEAD: usize = 3;

/// Runs an upload until it is whole or cannot go on.
pub(super) async fn upload(mut job: Job) -> Outcome {
    let transfer = &job.kept.transfer;
    let local = LocalFile::new(transfer.path.clone(), transfer.size, job.kept.modified);
    let mut standing = job.context.standing.clone();
    let mut tries = Tries::default();
    let mut anew = 0;
    loop {
        let before = job.progress.done();
        let trouble = match stretch(&mut job, &local).await {
            Ok(file) => return Outcome::Done { file, path: None },
            Err(trouble) => trouble,
        };
        job.progress.waits();
        job.channel = None;
        if job.progress.done() > before {
            tries.reset();
        }
        if trouble == Trouble::Anew {
            anew += 1;
            job.kept.upload = None;
            let id = job.kept.id();
            if let Err(error) = job.context.store.set_upload(id, None).await {
                return Outcome::Failed(TransferFailure::Local(error.to_string()));
            }
            if anew >= tus::BEGUN_ANEW {
                return Outcome::Failed(TransferFailure::Lost);
            }
        }
        if let Err(failure) = tries.wait(trouble, &mut standing).await {
            return Outcome::Failed(failure);
        }
    }
}

/// As far as one connection goes.
async fn stretch(job: &mut Job, local: &LocalFile) -> Result<File, Trouble> {
    let size = job.kept.transfer.size;
    let looked_at = local.clone();
    blocking(move || looked_at.open().map(drop))
        .await?
        .map_err(Trouble::Over)?;
    let (id, mut offset) = begun(job).await?;
    job.progress.set_done(offset);
    job.progress.runs();
    while offset < size {
        offset = send(job, local, &id, offset).await?;
        job.progress.set_done(offset);
    }
    job.progress.checks();
    finish(job, local, &id).await
}

/// The upload at the server, and how far it is.
async fn begun(job: &mut Job) -> Result<(String, u64), Trouble> {
    let size = job.kept.transfer.size;
    if let Some(id) = job.kept.upload.clone() {
        if let Some(offset) = tus::offset(job.channel().await?, &id, size).await? {
            return Ok((id, offset));
        }
        // A whole file may be known as a file only.
        return match job.listed(&id).await? {
            Some(_) => Ok((id, size)),
            None => Err(Trouble::Anew),
        };
    }
    let (room, name) = (
        job.kept.transfer.room.clone(),
        job.kept.transfer.name.clone(),
    );
    let id = tus::create(job.channel().await?, &room, &name, size).await?;
    job.kept.upload = Some(id.clone());
    let known = job
        .context
        .store
        .set_upload(job.kept.id(), Some(id.clone()));
    known.await?;
    Ok((id, 0))
}

/// Sends what is missing in one request.
async fn send(job: &mut Job, local: &LocalFile, id: &str, offset: u64) -> Result<u64, Trouble> {
    let length = job.kept.transfer.size - offset;
    let (pieces, taken) = mpsc::channel(AHEAD);
    let source = local.clone();
    let reading = tokio::task::spawn_blocking(move || source.read(offset, &pieces));
    let progress = Arc::clone(&job.progress);
    let body = streamed(taken, Arc::clone(&progress));
    let channel = job.channel().await?;
    let sent = tus::patch(channel, id, offset, length, body, &progress).await;
    if sent.is_err() {
        // With the connection goes the body, and with the body the reading.
        job.channel = None;
    }
    let read = reading
        .await
        .map_err(|error| Trouble::Over(TransferFailure::Local(error.to_string())))?;
    // A file that changed ends the body early, which looks like a broken line.
    read.map_err(Trouble::Over)?;
    match sent? {
        reached if reached > offset => Ok(reached),
        _ => Err(Trouble::Broken("the server took nothing".to_owned())),
    }
}

/// A body of pieces as they are read; who takes one moves the bar.
fn streamed(pieces: mpsc::Receiver<Bytes>, progress: Arc<Progress>) -> Body {
    let frames = unfold((pieces, progress), |(mut pieces, progress)| async move {
        let piece = pieces.recv().await?;
        progress.set_done(progress.done() + piece.len() as u64);
        Some((Ok(Frame::data(piece)), (pieces, progress)))
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}

/// Compares the file at the server with the one here.
async fn finish(job: &mut Job, local: &LocalFile, id: &str) -> Result<File, Trouble> {
    let source = local.clone();
    let hash = blocking(move || source.hash()).await?;
    let mut found = job.listed(id).await?;
    if found.is_none() {
        tokio::time::sleep(tus::LOOK_AGAIN).await;
        found = job.listed(id).await?;
    }
    let Some(file) = found else {
        return Err(Trouble::Anew);
    };
    match hash {
        Ok(hash) if hash == file.blake3 && file.size == job.kept.transfer.size => Ok(file),
        wrong => {
            // What was made of it is nobody's file.
            job.delete_file(id).await?;
            let forgotten = job.context.store.set_upload(job.kept.id(), None);
            forgotten.await?;
            Err(Trouble::Over(
                wrong.err().unwrap_or(TransferFailure::Damaged),
            ))
        }
    }
}
