//! What a running transfer has at hand.

use std::path::PathBuf;
use std::sync::Arc;

use parlor_protocol::request::{DeleteFile, Files};
use parlor_protocol::{Code, File, Reply, Request};
use tokio::sync::{mpsc, oneshot, watch};

use super::Standing;
use super::progress::Progress;
use super::trouble::Trouble;
use crate::actor::Command;
use crate::http::{Channel, SharedCaller};
use crate::session::RequestError;
use crate::store::{Kept, Store};
use crate::transfer::TransferFailure;

/// Pages of a room's files looked through for one that was just uploaded: it is
/// among the newest, unless thousands came after it.
const PAGES: usize = 10;

/// What the jobs of one session share.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) store: Store,
    pub(super) caller: SharedCaller,
    pub(super) standing: watch::Receiver<Standing>,
    /// Weak, for a session ends when its last handle is dropped.
    pub(super) asker: mpsc::WeakSender<Command>,
}

/// How a job ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is whole.
    Done {
        file: File,
        path: Option<PathBuf>,
    },
    /// Nothing is left of it.
    Removed,
    Failed(TransferFailure),
    /// It was told to stop.
    Stopped,
}

/// One running transfer.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) context: Arc<Context>,
    pub(super) kept: Kept,
    pub(super) progress: Arc<Progress>,
    pub(super) channel: Option<Channel>,
}

impl Job {
    /// The connection, a new one if there is none.
    pub(super) async fn channel(&mut self) -> Result<&mut Channel, Trouble> {
        if self
            .channel
            .as_ref()
            .is_none_or(|channel| !channel.is_open())
        {
            self.channel = Some(self.context.caller.open().await?);
        }
        self.channel
            .as_mut()
            .ok_or_else(|| Trouble::Broken("there is no connection".to_owned()))
    }

    /// Asks over the session's own connection.
    pub(super) async fn ask(&self, request: impl Into<Request>) -> Result<Reply, Trouble> {
        let gone = || Trouble::Broken("the session is over".to_owned());
        let (reply, answer) = oneshot::channel();
        let command = Command::Ask {
            request: Box::new(request.into()),
            reply,
        };
        {
            let asker = self.context.asker.upgrade().ok_or_else(gone)?;
            asker.send(command).await.map_err(|_| gone())?;
        }
        match answer.await.map_err(|_| gone())? {
            Ok(answer) => Ok(answer.reply),
            Err(RequestError::Refused(error)) => Err(match error.code {
                Code::RateLimited => {
                    let seconds = error.retry_after.unwrap_or(1.0).clamp(0.1, 60.0);
                    Trouble::Wait(std::time::Duration::from_secs_f64(seconds))
                }
                Code::NoSuchFile | Code::NoSuchRoom => Trouble::Over(TransferFailure::Gone),
                Code::Forbidden | Code::NotAMember => {
                    Trouble::Over(TransferFailure::Forbidden(error.to_string()))
                }
                Code::StorageUnavailable => Trouble::Busy(None, TransferFailure::ServerFull),
                _ => Trouble::Broken(error.to_string()),
            }),
            Err(error) => Err(Trouble::Broken(error.to_string())),
        }
    }

    /// The file of this id in its room's list.
    pub(super) async fn listed(&self, id: &str) -> Result<Option<File>, Trouble> {
        let mut before = None;
        for _ in 0..PAGES {
            let request = Files {
                room: Some(self.kept.transfer.room.clone()),
                before: before.take(),
                limit: Some(parlor_protocol::limits::FILES_LIMIT as u64),
            };
            let Reply::Files { files, more } = self.ask(request).await? else {
                return Err(Trouble::Broken("the answer does not fit".to_owned()));
            };
            before = files.last().map(|file| file.id.clone());
            if let Some(found) = files.into_iter().find(|file| file.id == id) {
                return Ok(Some(found));
            }
            if !more || before.is_none() {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Deletes a whole file at the server.
    pub(super) async fn delete_file(&self, id: &str) -> Result<(), Trouble> {
        let request = DeleteFile {
            file: id.to_owned(),
        };
        self.ask(request).await.map(drop)
    }
}

/// Runs what may wait for a disk.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Trouble::Over(TransferFailure::Local(error.to_string())))
}
