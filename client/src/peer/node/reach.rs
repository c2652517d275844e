//! Bringing links up for files.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::join_all;
use parlor_protocol::DeviceId;

use super::context::Context;
use crate::peer::files::Reach;

/// Dials for files. What comes of it is told to the node as of every other link.
#[derive(Debug)]
pub(super) struct Dialler(pub(super) Arc<Context>);

#[async_trait]
impl Reach for Dialler {
    async fn user(&self, username: &str) -> bool {
        let Ok(rows) = self.0.store.devices_of(username).await else {
            return false;
        };
        let own = self.0.device;
        let devices = rows
            .iter()
            .filter(|row| row.may_get() && row.card.device != own)
            .map(|row| self.device(row.card.device));
        join_all(devices).await.contains(&true)
    }

    async fn device(&self, device: DeviceId) -> bool {
        self.0.net.dial(device).await.is_ok()
    }
}
