//! Who may use the relay, and who is there.
//!
//! A connection crosses from HTTP to the relay out of our sight: the relay takes the stream, checks
//! that the device has the key that it names, and asks here. A header of ours tells which
//! connection it was.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hyper::Request;
use hyper::header::{HeaderName, HeaderValue};
use iroh_base::EndpointId;
use iroh_relay::server::clients::Clients;
use iroh_relay::server::{self, AccessControl, ClientRequest, ConnectionId};
use parlor_protocol::DeviceId;
use tokio_util::sync::CancellationToken;

use crate::state::{State, now};

/// The header that carries a crossing's number. Whatever a client sends in it is overwritten.
const CROSSING: HeaderName = HeaderName::from_static("parlor-crossing");

/// What a refused device is told.
const REFUSED: &str = "submit-info with this device's card comes first";

/// A connection on its way to the relay.
#[derive(Debug)]
pub(crate) struct Crossing {
    id: u64,
    /// It has arrived.
    pub(crate) arrived: CancellationToken,
    /// It is over, or was refused.
    pub(crate) ended: CancellationToken,
}

impl Crossing {
    /// One of a new connection.
    pub(crate) fn new() -> Arc<Self> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Arc::new(Self {
            id: LAST.fetch_add(1, Ordering::Relaxed),
            arrived: CancellationToken::new(),
            ended: CancellationToken::new(),
        })
    }
}

/// Whom the relay lets in.
#[derive(Debug)]
pub(super) struct Access {
    state: Arc<State>,
    clients: OnceLock<Clients>,
    // A std Mutex: held for a few look-ups, never over an await.
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    /// Connections that were upgraded and have not arrived.
    expected: HashMap<u64, Arc<Crossing>>,
    /// The connections of a device, the oldest first.
    devices: HashMap<DeviceId, Vec<(ConnectionId, Arc<Crossing>)>>,
}

impl Access {
    pub(super) fn new(state: Arc<State>) -> Self {
        Self {
            state,
            clients: OnceLock::new(),
            tables: Mutex::default(),
        }
    }

    /// Says whose connections it decides about.
    pub(super) fn serve(&self, clients: Clients) {
        // It is said once.
        let _ = self.clients.set(clients);
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks a request, so that its connection is known when it arrives.
    pub(super) fn expect<B>(&self, request: &mut Request<B>, crossing: &Arc<Crossing>) {
        let header = HeaderValue::from(crossing.id);
        request.headers_mut().insert(CROSSING, header);
        let mut tables = self.tables();
        tables.expected.insert(crossing.id, Arc::clone(crossing));
    }

    /// A connection will not arrive any more.
    pub(super) fn forget(&self, crossing: &Crossing) {
        self.tables().expected.remove(&crossing.id);
    }

    /// Devices that are at the relay.
    pub(super) fn devices(&self) -> Vec<DeviceId> {
        self.tables().devices.keys().copied().collect()
    }

    /// Devices that are at the relay and may not be.
    pub(super) fn strangers(&self) -> Vec<DeviceId> {
        let mut devices = self.devices();
        devices.retain(|device| !self.may_enter(device));
        devices
    }

    fn may_enter(&self, device: &DeviceId) -> bool {
        let state = &self.state;
        state.registry.may_relay(device, now()) && !state.authority.is_revoked(device)
    }

    /// Takes the crossing of a request off those that are expected.
    fn arriving(&self, request: &ClientRequest) -> Option<Arc<Crossing>> {
        let id = request.headers().get(CROSSING)?.to_str().ok()?;
        self.tables().expected.remove(&id.parse().ok()?)
    }

    /// Enters a connection. Beyond the bound the device's oldest ends: a device whose
    /// line broke comes back before that is noticed here.
    fn enter(&self, id: EndpointId, connection: ConnectionId, crossing: Arc<Crossing>) {
        let device = DeviceId(*id.as_bytes());
        crossing.arrived.cancel();
        let mut tables = self.tables();
        let theirs = tables.devices.entry(device).or_default();
        theirs.push((connection, crossing));
        let is_first = theirs.len() == 1;
        let over = theirs.len() > self.state.settings.relay.connections_per_device;
        let oldest = over.then(|| theirs[0].0);
        if is_first {
            // Under the lock, so that coming and leaving are told in their order.
            self.state.registry.relayed(&device, true);
        }
        drop(tables);
        if let (Some(oldest), Some(clients)) = (oldest, self.clients.get()) {
            clients.disconnect(id, Some(oldest));
        }
    }
}

impl AccessControl for Access {
    async fn on_connect(&self, request: &ClientRequest) -> server::Access {
        let crossing = self.arriving(request);
        let device = DeviceId(*request.endpoint_id().as_bytes());
        match crossing {
            Some(crossing) if self.may_enter(&device) => {
                self.enter(request.endpoint_id(), request.connection_id(), crossing);
                server::Access::Allow
            }
            crossing => {
                tracing::debug!(%device, "refused at the relay");
                if let Some(crossing) = crossing {
                    crossing.ended.cancel();
                }
                server::Access::Deny {
                    reason: Some(REFUSED.into()),
                }
            }
        }
    }

    fn on_disconnect(&self, endpoint_id: EndpointId, connection_id: ConnectionId) {
        let device = DeviceId(*endpoint_id.as_bytes());
        let mut tables = self.tables();
        let Entry::Occupied(mut theirs) = tables.devices.entry(device) else {
            return;
        };
        let connections = theirs.get_mut();
        if let Some(at) = connections.iter().position(|(id, _)| *id == connection_id) {
            connections.remove(at).1.ended.cancel();
        }
        if connections.is_empty() {
            theirs.remove();
            self.state.registry.relayed(&device, false);
        }
    }
}
