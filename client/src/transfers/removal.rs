//! Removing what is left of a transfer that its user gave up.

use super::job::{Job, Outcome, blocking};
use super::trouble::{Tries, Trouble};
use super::tus;
use crate::transfer::Direction;

/// Removes what is here and at the server; what the server does not let go of goes by its own sweep.
pub(super) async fn remove(mut job: Job) -> Outcome {
    let here = match job.kept.transfer.direction {
        Direction::Down => job.kept.partial.clone(),
        Direction::Up => job.kept.is_copy.then(|| job.kept.transfer.path.clone()),
    };
    if let Some(path) = here {
        let _ = blocking(move || std::fs::remove_file(path)).await;
    }
    if job.kept.transfer.direction == Direction::Up {
        let mut tries = Tries::default();
        let mut standing = job.context.standing.clone();
        while let Err(trouble) = at_the_server(&mut job).await {
            job.channel = None;
            if tries.wait(trouble, &mut standing).await.is_err() {
                break;
            }
        }
    }
    match job.context.store.remove_transfer(job.kept.id()).await {
        Ok(()) => Outcome::Removed,
        Err(error) => {
            tracing::warn!(%error, "a transfer that was given up could not be removed");
            Outcome::Stopped
        }
    }
}

async fn at_the_server(job: &mut Job) -> Result<(), Trouble> {
    let Some(id) = job.kept.upload.clone() else {
        return Ok(());
    };
    if job.kept.transfer.file.is_some() {
        return job.delete_file(&id).await;
    }
    match tus::terminate(job.channel().await?, &id).await {
        // It may have become whole at the last moment.
        Err(Trouble::Over(_)) => job.delete_file(&id).await,
        ended => ended,
    }
}
