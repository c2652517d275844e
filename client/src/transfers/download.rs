//! One download, from wherever it is to its place.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use parlor_protocol::File;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::job::{Job, Outcome, blocking};
use super::place;
use super::sink::Sink;
use super::source::local;
use super::trouble::{Tries, Trouble};
use super::tus;
use crate::http::STALL;
use crate::transfer::TransferFailure;

/// Bytes gathered into one write.
const PIECE: usize = 512 * 1024;

/// Pieces that wait for the disk: enough that neither it nor the line waits.
const AHEAD: usize = 3;

/// Runs a download until it is in its place or cannot go on.
pub(super) async fn download(mut job: Job) -> Outcome {
    let Some(file) = job.kept.transfer.file.clone() else {
        return Outcome::Failed(TransferFailure::Gone);
    };
    let mut standing = job.context.standing.clone();
    let mut tries = Tries::default();
    let mut sink = None;
    loop {
        let before = job.progress.done();
        let trouble = match stretch(&mut job, &file, &mut sink).await {
            Ok(path) => {
                return Outcome::Done {
                    file,
                    path: Some(path),
                };
            }
            Err(trouble) => trouble,
        };
        job.progress.waits();
        job.channel = None;
        if job.progress.done() > before {
            tries.reset();
        }
        if trouble == Trouble::Over(TransferFailure::Damaged) {
            let inherited = sink.take().is_some_and(|sink| sink.is_inherited);
            job.progress.set_done(0);
            remove_partial(&job).await;
            // What was written before a power loss may never have reached the disk.
            if inherited {
                continue;
            }
        }
        if let Err(failure) = tries.wait(trouble, &mut standing).await {
            return Outcome::Failed(failure);
        }
    }
}

async fn remove_partial(job: &Job) {
    if let Some(partial) = job.kept.partial.clone() {
        let _ = blocking(move || std::fs::remove_file(partial)).await;
    }
}

/// As far as one connection goes; the place of the whole file.
async fn stretch(job: &mut Job, file: &File, kept: &mut Option<Sink>) -> Result<PathBuf, Trouble> {
    let gone = || Trouble::Over(TransferFailure::Gone);
    let partial = job.kept.partial.clone().ok_or_else(gone)?;
    if let Some(place) = placed(job, &partial).await? {
        return Ok(place);
    }
    let mut sink = match kept.take() {
        Some(sink) => sink,
        None => {
            let (partial, progress) = (partial.clone(), Arc::clone(&job.progress));
            let size = file.size;
            blocking(move || Sink::open(&partial, size, &progress))
                .await?
                .map_err(Trouble::Over)?
        }
    };
    job.progress.set_done(sink.at());
    if sink.at() < file.size {
        let (taken, came) = fetch(job, file, sink).await?;
        sink = taken;
        if let Err(trouble) = came {
            *kept = Some(sink);
            return Err(trouble);
        }
    }
    job.progress.checks();
    if sink.hash() != file.blake3 {
        *kept = Some(sink);
        return Err(Trouble::Over(TransferFailure::Damaged));
    }
    put(job, sink, partial).await
}

/// Fetches what is missing. The sink comes back however that goes.
async fn fetch(
    job: &mut Job,
    file: &File,
    mut sink: Sink,
) -> Result<(Sink, Result<(), Trouble>), Trouble> {
    let opened = match job.channel().await {
        Ok(channel) => tus::bytes(channel, file, sink.at()).await,
        Err(trouble) => Err(trouble),
    };
    let (from, answer) = match opened {
        Ok(opened) => opened,
        Err(trouble) => return Ok((sink, Err(trouble))),
    };
    if from < sink.at()
        && let Err(failure) = sink.start_over()
    {
        return Ok((sink, Err(Trouble::Over(failure))));
    }
    job.progress.runs();
    let (pieces, mut taken) = mpsc::channel(AHEAD);
    let progress = Arc::clone(&job.progress);
    let writing = tokio::task::spawn_blocking(move || {
        let written = sink.take(&mut taken, &progress);
        (sink, written)
    });
    let read = receive(answer.into_body(), &pieces).await;
    drop(pieces);
    let (sink, written) = writing
        .await
        .map_err(|error| Trouble::Over(TransferFailure::Local(error.to_string())))?;
    let came = match (written, read) {
        (Err(failure), _) => Err(Trouble::Over(failure)),
        (Ok(()), Err(trouble)) => Err(trouble),
        (Ok(()), Ok(())) if sink.at() < file.size => {
            Err(Trouble::Broken("the server sent too little".to_owned()))
        }
        (Ok(()), Ok(())) => Ok(()),
    };
    Ok((sink, came))
}

/// Gathers what comes into large pieces, until the end or until nobody takes them.
async fn receive(mut body: Incoming, pieces: &mpsc::Sender<Vec<u8>>) -> Result<(), Trouble> {
    let mut piece = Vec::with_capacity(PIECE);
    let ended = loop {
        let frame = match timeout(STALL, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => break Ok(()),
            Ok(Some(Err(error))) => break Err(Trouble::Broken(error.to_string())),
            Err(_) => break Err(Trouble::Broken("nothing comes any more".to_owned())),
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        piece.extend_from_slice(&data);
        if piece.len() >= PIECE {
            let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE));
            if pieces.send(full).await.is_err() {
                return Ok(());
            }
        }
    };
    // What came before a break need not come again.
    if !piece.is_empty() {
        let _ = pieces.send(piece).await;
    }
    ended
}

/// The place of a download that an earlier process put there and could not say so.
async fn placed(job: &mut Job, partial: &Path) -> Result<Option<PathBuf>, Trouble> {
    let Some(place) = job.kept.placing.take() else {
        return Ok(None);
    };
    let hash = job
        .kept
        .transfer
        .file
        .as_ref()
        .map(|file| file.blake3.clone());
    let partial = partial.to_owned();
    blocking(move || {
        let is_there = !partial.exists()
            && std::fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_file());
        let mut hasher = blake3::Hasher::new();
        let same = is_there
            && std::fs::File::open(&place)
                .and_then(|mut file| io::copy(&mut file, &mut hasher))
                .is_ok()
            && Some(hasher.finalize().to_hex().to_string()) == hash;
        same.then_some(place)
    })
    .await
}

/// Puts a whole download in its place.
async fn put(job: &Job, sink: Sink, partial: PathBuf) -> Result<PathBuf, Trouble> {
    let (wished, replaces) = (job.kept.transfer.path.clone(), job.kept.replaces);
    let (store, id) = (job.context.store.clone(), job.kept.id());
    let runtime = tokio::runtime::Handle::current();
    let shown = wished.clone();
    let name = job.kept.transfer.name.clone();
    let placing = move || -> io::Result<PathBuf> {
        place::finish(sink.file(), &partial)?;
        let about = |place: &Path| {
            let noted = runtime.block_on(store.set_placing(id, place));
            noted.map_err(io::Error::other)
        };
        if replaces {
            about(&wished)?;
            place::replace(&partial, &wished)?;
            return Ok(wished);
        }
        let folder = wished.parent().unwrap_or(Path::new("."));
        place::put(&partial, folder, &name, about)
    };
    blocking(placing)
        .await?
        .map_err(|error| Trouble::Over(local(&shown, &error)))
}
