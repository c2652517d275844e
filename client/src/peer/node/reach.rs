//! Bringing links up for files.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use parlor_protocol::DeviceId;
use tokio::time::{Instant, sleep};

use super::context::Context;
use super::people::Said;
use crate::peer::files::Reach;
use crate::peer::net::{DIAL, Doorkeeper as _};

/// Between looks whether this device is ready to dial.
const LOOK: Duration = Duration::from_millis(50);

/// Dials for files. What comes of it is told to the node as of every other link.
#[derive(Debug)]
pub(super) struct Dialler(pub(super) Arc<Context>);

impl Dialler {
    /// Waits until others let this device in and it is known who is there, no longer than a dial takes: a
    /// node that has just begun would find nobody.
    async fn ready(&self) {
        let until = Instant::now() + DIAL;
        let is_ready = || {
            let looked = self.0.looked.load(Ordering::Acquire);
            looked && self.0.door.hello().is_some()
        };
        while !is_ready() && Instant::now() < until {
            sleep(LOOK).await;
        }
    }
}

#[async_trait]
impl Reach for Dialler {
    async fn user(&self, username: &str) -> bool {
        self.ready().await;
        if self.0.is_online() && self.0.people.said(username) == Said::Nothing {
            self.0.refresh(username).await;
        }
        let Ok(rows) = self.0.store.devices_of(username).await else {
            return false;
        };
        let own = self.0.device;
        let devices = rows
            .iter()
            .filter(|row| row.may_get() && row.card.device != own)
            .map(|row| self.0.net.dial(row.card.device));
        join_all(devices).await.iter().any(Result::is_ok)
    }

    async fn device(&self, device: DeviceId) -> bool {
        self.ready().await;
        self.0.net.dial(device).await.is_ok()
    }
}
