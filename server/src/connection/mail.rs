//! Telling a connection the mail that is held for its device: all of it,
//! the oldest first, page by page at the reader's pace, and then what comes.
//!
//! Whoever holds something rings at the connections of the device
//! ([`Endpoint::ring`]); what there is, and in which order, is always read from
//! storage, so that nothing is told twice to one connection or out of turn.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use parlor_protocol::reply::Mail;
use parlor_protocol::{DeviceId, Reply};

use crate::dispatch::storage_error;
use crate::endpoint::Endpoint;
use crate::outbox::{Piece, encode};
use crate::state::State;
use crate::storage::Result;

/// Pieces of mail read at once: with the longest bodies less than half a megabyte.
const PAGE: usize = 8;

type Reading = Pin<Box<dyn Future<Output = Result<Vec<Mail>>> + Send>>;

/// Where a connection stands in its device's mail.
#[derive(Default)]
pub(super) struct MailReader {
    device: Option<DeviceId>,
    /// The last number told.
    told: u64,
    /// There may be more after it than the reading that is under way finds.
    more: bool,
    reading: Option<Reading>,
}

impl fmt::Debug for MailReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailReader")
            .field("device", &self.device)
            .field("told", &self.told)
            .field("more", &self.more)
            .finish_non_exhaustive()
    }
}

impl MailReader {
    /// Whether everything is told that was there when last rung.
    pub(super) fn is_idle(&self) -> bool {
        !self.more && self.reading.is_none()
    }

    /// Goes on; ready when something was told, or the end was found. As a
    /// replay, it waits for its reader without a waker: the connection's task asks after each write.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        state: &State,
        endpoint: &Endpoint,
    ) -> Poll<()> {
        self.poll_with(cx, endpoint, |device, told| {
            let storage = state.storage.clone();
            Box::pin(async move { storage.mail_after(device, told, PAGE).await })
        })
    }

    fn poll_with(
        &mut self,
        cx: &mut Context<'_>,
        endpoint: &Endpoint,
        read: impl FnOnce(DeviceId, u64) -> Reading,
    ) -> Poll<()> {
        if let Some(device) = endpoint.take_ring() {
            if self.device != Some(device) {
                *self = Self {
                    device: Some(device),
                    ..Self::default()
                };
            }
            self.more = true;
        }
        if self.reading.is_none()
            && self.more
            && endpoint.outbox.is_low()
            && let Some(device) = self.device
        {
            // A ring from now on may be about what this reading does not see any more.
            self.more = false;
            self.reading = Some(read(device, self.told));
        }
        let Some(reading) = &mut self.reading else {
            return Poll::Pending;
        };
        let Poll::Ready(page) = reading.as_mut().poll(cx) else {
            return Poll::Pending;
        };
        self.reading = None;
        match page {
            Ok(page) => self.tell(endpoint, page),
            Err(error) => {
                self.more = false;
                let error = Reply::Error(storage_error(&error));
                endpoint.outbox.end(Some(&error));
            }
        }
        Poll::Ready(())
    }

    fn tell(&mut self, endpoint: &Endpoint, page: Vec<Mail>) {
        self.more |= page.len() == PAGE;
        let mut lines = Vec::new();
        for mail in page {
            self.told = mail.n;
            lines.extend_from_slice(&encode(&Reply::Mail(mail), None));
        }
        if !lines.is_empty() {
            endpoint.outbox.push(Piece {
                bytes: Bytes::from(lines),
                events: 0,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use tokio::sync::oneshot;

    use super::*;

    const DEVICE: DeviceId = DeviceId([7; 32]);

    /// A storage whose reading ends when it is told to.
    fn slow() -> (
        oneshot::Sender<Vec<Mail>>,
        impl FnOnce(DeviceId, u64) -> Reading,
    ) {
        let (end, ended) = oneshot::channel();
        (end, |_, _| {
            Box::pin(async move { Ok(ended.await.unwrap()) })
        })
    }

    fn nothing(_: DeviceId, _: u64) -> Reading {
        panic!("there is nothing to read")
    }

    #[test]
    fn a_ring_while_a_reading_is_under_way_is_not_lost() {
        let (mut reader, endpoint) = (
            MailReader::default(),
            Endpoint::new(1, [127, 0, 0, 1].into()),
        );
        let mut cx = Context::from_waker(Waker::noop());
        endpoint.bind(DEVICE);
        let (end, read) = slow();
        assert!(reader.poll_with(&mut cx, &endpoint, read).is_pending());
        // What rings was held after the reading had looked, which finds none of it.
        endpoint.ring();
        assert!(reader.poll_with(&mut cx, &endpoint, nothing).is_pending());
        end.send(Vec::new()).unwrap();
        assert!(reader.poll_with(&mut cx, &endpoint, nothing).is_ready());
        assert!(!reader.is_idle());

        let (end, read) = slow();
        assert!(reader.poll_with(&mut cx, &endpoint, read).is_pending());
        end.send(Vec::new()).unwrap();
        assert!(reader.poll_with(&mut cx, &endpoint, nothing).is_ready());
        assert!(reader.is_idle());
        assert!(reader.poll_with(&mut cx, &endpoint, nothing).is_pending());
    }
}
