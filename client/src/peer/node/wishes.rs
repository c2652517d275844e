//! What handles of any process ask for.

use std::sync::Arc;

use parlor_protocol::Reply;
use parlor_protocol::peer::PeerLine;
use parlor_protocol::request::RevokeDevice;

use super::context::{Context, now};
use super::lane::Order;
use super::work::{News, Node};
use crate::peer::store::Wish;
use crate::session::RequestError;
use crate::store::StoreError;

impl Node {
    /// Does what is wished, as far as it can be done now.
    pub(super) async fn fulfil(&mut self) -> Result<(), StoreError> {
        for (n, wish) in self.context.store.wishes().await? {
            let done = match wish {
                Wish::Look(talk) => {
                    self.look(&talk).await?;
                    true
                }
                Wish::Options(options) => {
                    self.behave(*options).await;
                    true
                }
                Wish::Tighten(by) => {
                    self.behave(self.options.clone().tightened(&by)).await;
                    true
                }
                Wish::Reject { id, device } => {
                    let reason = String::new();
                    let is_linked = self.links.values().any(|up| up.link.device() == device);
                    if is_linked {
                        self.say(device, PeerLine::FileReject { id, reason });
                    } else if let Some(row) = self.context.store.device(device).await? {
                        self.tell(device, &row.card.username, Order::Dial);
                    }
                    is_linked
                }
                Wish::Revoke(device) => {
                    self.revoke(n, device);
                    false
                }
            };
            if done {
                self.context.store.fulfilled(n).await?;
            }
        }
        Ok(())
    }

    fn revoke(&mut self, n: u64, device: parlor_protocol::DeviceId) {
        if !self.context.is_online() || !self.wishing.insert(n) {
            return;
        }
        let (context, news) = (Arc::clone(&self.context), self.news.clone());
        self.tasks.spawn(async move {
            if let Err(error) = revoke(&context, n, device).await {
                tracing::warn!(%error, %device, "a device could not be ended");
            }
            let _ = news.send(News::Wished(n)).await;
        });
    }
}

/// Ends a device by the room server. One that the server does not know is as good as ended.
async fn revoke(
    context: &Context,
    n: u64,
    device: parlor_protocol::DeviceId,
) -> Result<(), RequestError> {
    match context.ask(RevokeDevice { device }).await {
        Ok(Reply::Done {}) => {
            let ended = vec![device];
            let store = &context.store;
            store
                .learn(&context.me, Vec::new(), ended, false, now())
                .await?;
        }
        Ok(_) => return Err(RequestError::Unexpected),
        Err(RequestError::Refused(error)) if error.retry_after.is_none() => {
            tracing::warn!(%error, %device, "the server does not end this device");
        }
        Err(error) => return Err(error),
    }
    Ok(context.store.fulfilled(n).await?)
}
