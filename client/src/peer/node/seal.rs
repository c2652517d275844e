//! Sealing for a device that is away, and leaving it at the room server.

use std::sync::Arc;
use std::time::Duration;

use parlor_protocol::peer::SealedLine;
use parlor_protocol::request::{ClaimKeys, Hold};
use parlor_protocol::{ClaimedKey, Code, DeviceId, ErrorLine, Reply, signature};
use sha2::{Digest as _, Sha256};

use super::context::Context;
use crate::peer::olm::{self, Moved, OlmError};
use crate::peer::store::{Delivery, DeliveryState, DeviceRow, Ratchet};
use crate::session::RequestError;
use crate::store::StoreError;

/// Lines that are sealed in one go.
pub(super) const AT_ONCE: usize = 64;

/// How an attempt to leave lines at the room server ended.
#[derive(Debug)]
pub(super) enum Sealed {
    /// All that was given is held, or will never be.
    Done,
    /// There is no connection: when it is back.
    Offline,
    /// Not now: at the earliest after this long, if the server said so.
    Later(Option<Duration>),
}

enum Trouble {
    /// This line will not go to this device.
    Never(String),
    Offline,
    Later(Option<Duration>),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "the peers' store failed");
        Self::Later(None)
    }
}

impl From<RequestError> for Trouble {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Offline | RequestError::Lost | RequestError::Ended => Self::Offline,
            RequestError::Refused(error) => refused(error),
            RequestError::TooLong => Self::Never("it is too long to be sealed".into()),
            RequestError::Unexpected => {
                tracing::warn!("the room server gave an answer that fits no hold");
                Self::Later(None)
            }
            RequestError::Store(error) => error.into(),
        }
    }
}

/// What a refusal of the server's means for a line.
fn refused(error: ErrorLine) -> Trouble {
    tracing::info!(%error, "the room server holds nothing now");
    match error.code {
        Code::NoSuchUser | Code::Forbidden => Trouble::Never(error.message),
        _ => Trouble::Later(error.retry_after.map(|after| {
            // A server may say anything; an hour is long enough for all that it may mean.
            Duration::from_secs_f64(after.clamp(0.0, 3_600.0))
        })),
    }
}

/// Seals lines for a device and leaves them at the room server, in order.
pub(super) async fn hold(context: Arc<Context>, to: DeviceRow, lines: Vec<Delivery>) -> Sealed {
    for line in lines {
        let (n, device) = (line.n, line.device);
        match hold_one(&context, &to, line).await {
            Ok(()) => {}
            Err(Trouble::Never(reason)) => {
                if let Err(error) = context.store.undeliverable(n, device, &reason).await {
                    tracing::warn!(%error, "the peers' store failed");
                    return Sealed::Later(None);
                }
            }
            Err(Trouble::Offline) => return Sealed::Offline,
            Err(Trouble::Later(after)) => return Sealed::Later(after),
        }
    }
    Sealed::Done
}

async fn hold_one(context: &Context, to: &DeviceRow, line: Delivery) -> Result<(), Trouble> {
    let (n, device) = (line.n, line.device);
    let body = match line.state {
        DeliveryState::Sealed { body } => body,
        DeliveryState::Held => return Ok(()),
        DeliveryState::Waiting => {
            let sealed = SealedLine {
                line: line.line,
                device,
            };
            seal(context, to, n, &sealed).await?
        }
    };
    let request = Hold {
        to: to.card.username.clone(),
        device,
        id: mark(&body),
        body,
    };
    match context.ask(request).await? {
        Reply::Held {} => Ok(context.store.held(n, device).await?),
        _ => Err(Trouble::Later(None)),
    }
}

/// The mark of a letter, by which a repeat of it is none of its own: made of the body, not of the line within,
/// for a line that is sealed anew is another letter. What is within twice is dropped where it is opened.
fn mark(body: &str) -> String {
    signature::encode(&Sha256::digest(body))
}

/// Seals a line, by the session there is or by a claimed key, and keeps the body with the ratchet.
async fn seal(
    context: &Context,
    to: &DeviceRow,
    n: u64,
    line: &SealedLine,
) -> Result<String, Trouble> {
    let device = to.card.device;
    let mut claimed = None;
    loop {
        {
            // Held from the reading of the ratchet to its keeping: nobody else may move it meanwhile.
            let olm = context.olm.lock().await;
            let session = context.store.session(device).await?;
            let sealed = match (session, &claimed) {
                (Some((_, pickle)), _) => Some(olm::seal(&pickle, line, &context.pickle)),
                (None, Some(key)) => {
                    let account = &olm.account;
                    Some(account.seal_first(&to.card, key, line, &context.pickle))
                }
                (None, None) => None,
            };
            if let Some(sealed) = sealed {
                let (body, moved) = sealed.map_err(cannot)?;
                let ratchet = ratchet(device, moved);
                context
                    .store
                    .sealed(n, device, body.clone(), ratchet)
                    .await?;
                return Ok(body);
            }
        }
        claimed = Some(claim(context, to).await?);
    }
}

fn cannot(error: OlmError) -> Trouble {
    match error {
        OlmError::TooLong => Trouble::Never("it is too long to be sealed".into()),
        // The key that was given is not the device's: another may be.
        error => {
            tracing::warn!(%error, "sealing failed");
            Trouble::Later(None)
        }
    }
}

/// What an Olm message changed, as it is kept.
pub(super) fn ratchet(device: DeviceId, moved: Moved) -> Ratchet {
    Ratchet {
        device,
        id: moved.id,
        session: moved.session,
        account: moved.account,
    }
}

/// A key of the device's, by which a first message can be sealed.
async fn claim(context: &Context, to: &DeviceRow) -> Result<ClaimedKey, Trouble> {
    let device = to.card.device;
    if let Some(key) = context.spare_key(device) {
        return Ok(key);
    }
    let request = ClaimKeys {
        username: to.card.username.clone(),
    };
    let Reply::Keys { keys } = context.ask(request).await? else {
        return Err(Trouble::Later(None));
    };
    let (ours, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.device == device);
    context.keep_spare(others);
    let key = ours.into_iter().next();
    key.ok_or_else(|| Trouble::Never("the device has left no keys at the server".into()))
}

#[cfg(test)]
mod tests {
    use parlor_protocol::names;

    use super::mark;

    #[test]
    fn a_letter_is_marked_by_its_body() {
        let long = "x".repeat(48 * 1024);
        assert_eq!(mark("AAEC"), mark("AAEC"));
        assert_ne!(mark("AAEC"), mark("AAED"));
        assert!(names::is_nonce(&mark("")) && names::is_nonce(&mark(&long)));
    }
}
