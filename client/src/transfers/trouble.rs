//! What a call that failed means for a transfer, and how long to wait before the next.

use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::watch;
use tokio::time::sleep;

use super::Standing;
use crate::http::{CallError, Refusal};
use crate::store::StoreError;
use crate::transfer::TransferFailure;

/// Attempts in a row that brought nothing while the session itself is connected,
/// before a transfer is shown as lost. With the waits between them: some minutes.
const TRIES: u32 = 12;

/// Times in a row that a server which cannot keep anything now is asked again: about a minute.
const BUSY_TRIES: u32 = 7;

/// The first wait; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait: a person who looks at a bar that stands believes it for this long.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Between looks at an upload that the server still has open for a connection that broke.
const LOCKED_WAIT: Duration = Duration::from_millis(500);

/// Why a stretch of a transfer ended before its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Trouble {
    /// The connection is not there, or broke: try again.
    Broken(String),
    /// The server asks to wait.
    Wait(Duration),
    /// The server cannot keep anything now.
    Busy(Option<Duration>, TransferFailure),
    /// What the server had of it is gone: begin anew.
    Anew,
    /// Nothing will change by itself.
    Over(TransferFailure),
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Broken(why) => Self::Broken(why),
            CallError::Refused(refusal) => refused(&refusal),
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Over(TransferFailure::Local(error.to_string()))
    }
}

fn refused(refusal: &Refusal) -> Trouble {
    let said = refusal.to_string();
    // Room is made by a person, not by waiting.
    if refusal.code.contains("quota") || refusal.code == "server_full" {
        return Trouble::Over(TransferFailure::Quota(said));
    }
    match refusal.status {
        // The session is ending, or is being renewed; the session itself learns of it.
        StatusCode::UNAUTHORIZED => Trouble::Broken(said),
        StatusCode::FORBIDDEN => Trouble::Over(TransferFailure::Forbidden(said)),
        StatusCode::NOT_FOUND | StatusCode::GONE => Trouble::Over(TransferFailure::Gone),
        StatusCode::PAYLOAD_TOO_LARGE => Trouble::Over(match refusal.largest {
            Some(limit) => TransferFailure::TooLarge { limit },
            None => TransferFailure::Quota(said),
        }),
        StatusCode::LOCKED => Trouble::Wait(refusal.wait.unwrap_or(LOCKED_WAIT)),
        StatusCode::TOO_MANY_REQUESTS if refusal.code == "too_many_uploads" => {
            Trouble::Busy(refusal.wait, TransferFailure::Quota(said))
        }
        StatusCode::TOO_MANY_REQUESTS => {
            Trouble::Wait(refusal.wait.unwrap_or(FIRST_WAIT.saturating_mul(2)))
        }
        // The offset is looked up again.
        StatusCode::CONFLICT => Trouble::Broken(said),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::INSUFFICIENT_STORAGE => {
            Trouble::Busy(refusal.wait, TransferFailure::ServerFull)
        }
        status if status.is_server_error() => Trouble::Broken(said),
        _ => Trouble::Over(TransferFailure::Refused(said)),
    }
}

/// How often a transfer was tried in a row to no avail.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    in_row: u32,
    busy: u32,
}

impl Tries {
    /// Bytes have passed, so that the next trouble is a new one.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Waits as the trouble asks for.
    ///
    /// # Errors
    ///
    /// Why there is no point in waiting.
    pub(crate) async fn wait(
        &mut self,
        trouble: Trouble,
        online: &mut watch::Receiver<Standing>,
    ) -> Result<(), TransferFailure> {
        match trouble {
            Trouble::Over(failure) => Err(failure),
            Trouble::Anew => Ok(()),
            Trouble::Wait(wait) => {
                sleep(wait).await;
                Ok(())
            }
            Trouble::Busy(wait, failure) => {
                self.busy += 1;
                if self.busy >= BUSY_TRIES {
                    return Err(failure);
                }
                let own = FIRST_WAIT * (1 << self.busy.min(16));
                sleep(wait.map_or(own, |wait| wait.max(own)).min(LONGEST_WAIT)).await;
                Ok(())
            }
            Trouble::Broken(why) => self.broken(&why, online).await,
        }
    }

    async fn broken(
        &mut self,
        why: &str,
        online: &mut watch::Receiver<Standing>,
    ) -> Result<(), TransferFailure> {
        let is_online = online.borrow_and_update().online;
        tracing::info!(why, is_online, "a transfer was interrupted");
        if is_online {
            self.in_row += 1;
            if self.in_row >= TRIES {
                return Err(TransferFailure::Lost);
            }
        }
        let wait = FIRST_WAIT * (1 << self.in_row.min(16));
        let wait = wait
            .min(LONGEST_WAIT)
            .mul_f64(0.5 + crate::random::fraction() / 2.0);
        let back = online.wait_for(|now| now.online && !is_online);
        tokio::select! {
            // The session stands again: so may the transfer.
            Ok(_) = back => {}
            () = sleep(if is_online { wait } else { LONGEST_WAIT }) => {}
        }
        Ok(())
    }
}
