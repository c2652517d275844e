//! The bytes of a request, within bounds.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

use crate::answer::Answer;

/// Bytes of a body: 64 channels and a card fit several times over.
pub(super) const BODY_BYTES: usize = 32 * 1024;
/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);
/// How long a body that is too large is read and dropped, and how much of it. A connection
/// that is closed over unread bytes is reset, and the answer with it (RFC 9112, 9.6).
const DROP_TIME: Duration = Duration::from_secs(5);
/// See [`DROP_TIME`].
const DROP_BYTES: usize = 64 << 20;

/// The body, if it is small enough and comes in time.
pub(super) async fn read(mut incoming: Incoming) -> Result<Bytes, Answer> {
    if incoming.is_end_stream() {
        return Ok(Bytes::new());
    }
    let is_large = incoming.size_hint().lower() > BODY_BYTES as u64;
    let reading = async {
        if is_large {
            return Err(true);
        }
        match Limited::new(&mut incoming, BODY_BYTES).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) => Err(error.is::<LengthLimitError>()),
        }
    };
    match timeout(BODY_TIME, reading).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(true)) => {
            // Whether all of it came does not matter.
            let _ = timeout(DROP_TIME, discard(incoming)).await;
            let message = format!("A call has {BODY_BYTES} bytes at the most.");
            Err(Answer::failed(StatusCode::PAYLOAD_TOO_LARGE, &message).closing())
        }
        Ok(Err(false)) => Err(Answer::bad("The body did not come to its end.").closing()),
        Err(_) => {
            let message = "The body took too long.";
            Err(Answer::failed(StatusCode::REQUEST_TIMEOUT, message).closing())
        }
    }
}

async fn discard(mut incoming: Incoming) {
    let mut left = DROP_BYTES;
    while let Some(Ok(frame)) = incoming.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        left = left.saturating_sub(length);
        if left == 0 {
            return;
        }
    }
}
