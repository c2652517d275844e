//! `peer file`: a file for one person.

use std::path::PathBuf;
use std::time::{Duration, Instant as Clock};

use parlor_client::peer::{PeerFile, PeerFileState, Post, PostBody, PostState, Way};
use serde_json::json;
use tokio::time::Instant;

use super::send::told;
use super::{Side, direct};
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::print::{Printer, size};

/// Between two lines about progress.
const LINES: Duration = Duration::from_millis(500);

/// What is said where it is not known yet how a file went.
const KEPT: &str =
    "the file is still offered, and goes on when parlor-cli peer or the app runs again";

/// Progress as it was last told.
struct Progress {
    at: Option<Clock>,
    done: u64,
}

pub(super) async fn file(
    side: &mut Side,
    user: &str,
    path: PathBuf,
    out: &mut Printer,
) -> Result<(), Failure> {
    let talk = direct(user)?;
    let path = std::path::absolute(&path)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    let id = side.peers.send_file(&talk, path).await?;
    let wait = side.wait;
    let mut until = Instant::now() + wait;
    let mut progress = Progress { at: None, done: 0 };
    let followed = side.follow(&talk, &id, &mut until, |post, until| {
        let PostBody::File(file) = &post.body else {
            return Ok(None);
        };
        if progress.tell(file, out)? || file.state == PeerFileState::Hashing {
            *until = Instant::now() + wait;
        }
        end(post, file)
    });
    let end = tokio::select! {
        end = followed => end?,
        interrupted = interrupted() => {
            interrupted?;
            return Err(Failure::Refused(format!("interrupted; {KEPT}")));
        }
    };
    match end {
        Some(way) => Ok(told(&id, way, out)?),
        None => Err(side.no_connection(KEPT)),
    }
}

/// How it ended, if it has.
fn end(post: &Post, file: &PeerFile) -> Result<Option<Way>, Failure> {
    match (&file.state, &post.state) {
        (PeerFileState::Done, PostState::Delivered(way)) => Ok(Some(*way)),
        (PeerFileState::Done, _) => Ok(Some(Way::Direct)),
        // What is sealed is held only once its offer is too: until then nobody could fetch it.
        (PeerFileState::Sealed, PostState::Sealed | PostState::Delivered(_)) => Ok(Some(Way::Held)),
        (PeerFileState::Declined, _) => Err(Failure::Refused("the file was declined".into())),
        (PeerFileState::Cancelled, _) => Err(Failure::Refused("the file was taken back".into())),
        (PeerFileState::Failed(why), _) => Err(Failure::Refused(why.clone())),
        (_, PostState::Failed(why)) => Err(Failure::Refused(why.clone())),
        _ => Ok(None),
    }
}

impl Progress {
    /// Tells how far a file is, now and then; says whether it moved.
    fn tell(&mut self, file: &PeerFile, out: &mut Printer) -> std::io::Result<bool> {
        let moved = file.done != self.done;
        let is_end = file.done == file.size && moved;
        if moved && (is_end || self.at.is_none_or(|at| at.elapsed() >= LINES)) {
            self.at = Some(Clock::now());
            out.object(&json!({
                "type": "progress", "file": file.name, "done": file.done, "total": file.size,
            }))?;
            out.text(&format!("{} of {}", size(file.done), size(file.size)))?;
        }
        self.done = file.done;
        Ok(moved)
    }
}
