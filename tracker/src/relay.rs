//! The relay at `/relay`, by which devices talk that cannot reach each other, and the QUIC
//! server that tells peers their public addresses. Both are iroh-relay's; whom they let in is ours.
//!
//! # Layout
//!
//! - [`access`]: who may use the relay, and who is there.
//! - [`discovery`]: public addresses.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::service::Service as _;
use hyper::{HeaderMap, Request, Response};
use iroh_base::EndpointId;
use iroh_relay::KeyCache;
use iroh_relay::server::http_server::{BytesBody, HyperError, RelayServiceWithNotify};
use iroh_relay::server::{ClientRateLimit, Handlers, Metrics, RelayService};
use parlor_protocol::DeviceId;
use tokio::sync::Notify;

use crate::state::State;

mod access;
mod discovery;

pub(crate) use self::access::Crossing;
pub(crate) use self::discovery::{Discovery, discovery};

use self::access::Access;

/// Its path.
pub(crate) const PATH: &str = "/relay";
/// Devices whose keys are kept decoded, so that each packet is cheap.
const KEYS: usize = 16_384;

/// The relay. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Relay {
    service: RelayService,
    access: Arc<Access>,
    metrics: Arc<Metrics>,
}

impl Relay {
    /// A relay for the devices that a tracker has entered.
    pub(crate) fn new(state: &Arc<State>) -> Self {
        let limit = state.settings.relay.rate();
        let limit = limit.filter(|_| state.settings.rate_limits);
        let limit = limit.map(|(rate, burst)| {
            let mut limit = ClientRateLimit::new(rate);
            limit.max_burst_bytes = Some(burst);
            limit
        });
        let access = Arc::new(Access::new(Arc::clone(state)));
        let metrics = Arc::new(Metrics::default());
        let service = RelayService::new(
            Handlers::default(),
            HeaderMap::new(),
            limit,
            KeyCache::new(KEYS),
            access.clone(),
            Arc::clone(&metrics),
        );
        access.serve(service.clients().clone());
        Self {
            service,
            access,
            metrics,
        }
    }

    /// Answers the request for an upgrade. What becomes of the connection then, `crossing` says.
    pub(crate) async fn upgrade(
        &self,
        mut request: Request<Incoming>,
        crossing: &Arc<Crossing>,
    ) -> Result<Response<BytesBody>, HyperError> {
        self.access.expect(&mut request, crossing);
        let service = RelayServiceWithNotify::new(self.service.clone(), Arc::new(Notify::new()));
        service.call(request).await
    }

    /// A connection that was upgraded is over, or never came to the relay.
    pub(crate) fn forget(&self, crossing: &Crossing) {
        self.access.forget(crossing);
    }

    /// Ends the connections of all who may not be here (any more).
    pub(crate) fn clear(&self) {
        for device in self.access.strangers() {
            self.disconnect(&device);
        }
    }

    /// Ends the connections of a device.
    pub(crate) fn disconnect(&self, device: &DeviceId) {
        // What is no key has not proven that it is one.
        if let Ok(id) = EndpointId::from_bytes(&device.0) {
            self.service.clients().disconnect(id, None);
        }
    }

    /// Ends the connections of everybody, without waiting.
    pub(crate) fn clear_all(&self) {
        for device in self.access.devices() {
            self.disconnect(&device);
        }
    }

    /// Ends all connections.
    pub(crate) async fn shutdown(&self) {
        self.service.shutdown().await;
    }

    /// Bytes received and sent.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        (self.metrics.bytes_recv.get(), self.metrics.bytes_sent.get())
    }
}
