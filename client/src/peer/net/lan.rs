//! Finding devices on the LAN by multicast DNS (RFC 6762, RFC 6763), without any server.
//!
//! A device announces its id and a hash of its room server's key, so that only devices of the same server look at
//! each other; it says no username. The name of its service is a part of its id.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use mdns_sd::{IfKind, ResolvedService, ServiceDaemon, ServiceEvent, ServiceInfo};
use parlor_protocol::{DeviceId, PublicKey, signature};
use sha2::{Digest, Sha256};
use tokio::time::{interval, timeout};

use super::{Inner, NetEvent, way};

/// The service.
const SERVICE: &str = "_parlor._udp.local.";

/// The members of its TXT record: the device's id, the hash of the server's key, and, where it
/// differs, the port for IPv6.
const DEVICE: &str = "device";
const SERVER: &str = "server";
const PORT_SIX: &str = "port6";

/// Digits of the device's id in the service's name: enough that no two of a LAN share them.
const NAME_DIGITS: usize = 16;

/// How often it is looked whether the room server's key is known by now.
const KEY: Duration = Duration::from_secs(1);

/// How long the others' being told of our going may take.
const GOODBYE: Duration = Duration::from_millis(500);

/// Announcements that are remembered.
const ANNOUNCED: usize = 1_024;

/// What stands for a server's key: SHA-256 over it, base64url.
fn hash(key: &PublicKey) -> String {
    signature::encode(&Sha256::digest(key.0))
}

impl Inner {
    /// Shows this device on the LAN and looks for others, until the network closes.
    pub(super) async fn meet_on_lan(self: Arc<Self>) {
        let mut ticks = interval(KEY);
        let key = loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.leaving.cancelled() => return,
            }
            if let Some(key) = self.door.server_key() {
                break key;
            }
        };
        let opened = Lan::open(Arc::clone(&self), hash(&key));
        let (mut lan, events) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(%error, "no looking for others on the LAN");
                return;
            }
        };
        let looking = async {
            while let Ok(event) = events.recv_async().await {
                lan.take(event).await;
            }
        };
        self.leaving.run_until_cancelled(looking).await;
        lan.close().await;
    }
}

/// What is known of the LAN.
struct Lan {
    inner: Arc<Inner>,
    daemon: ServiceDaemon,
    /// The name of our own service.
    own: String,
    server: String,
    /// By the name of their service: anybody may announce any device, so that one name
    /// does not take another's addresses away.
    announced: HashMap<String, (DeviceId, BTreeSet<SocketAddr>)>,
}

type Opened = (Lan, mdns_sd::Receiver<ServiceEvent>);

impl Lan {
    fn open(inner: Arc<Inner>, server: String) -> Result<Opened, mdns_sd::Error> {
        let daemon = ServiceDaemon::new()?;
        // Nobody else is there.
        daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6])?;
        let id = inner.me.to_string();
        let name = &id[..NAME_DIGITS];
        let sockets = inner.endpoint.bound_sockets();
        let port = |six: bool| {
            let socket = sockets.iter().find(|socket| socket.is_ipv6() == six);
            socket.map(SocketAddr::port)
        };
        let mut about = vec![(DEVICE, id.clone()), (SERVER, server.clone())];
        if let Some(six) = port(true) {
            about.push((PORT_SIX, six.to_string()));
        }
        let host = format!("parlor-{name}.local.");
        let port = port(false).or(port(true)).unwrap_or_default();
        let service = ServiceInfo::new(SERVICE, name, &host, "", port, &about[..])?;
        let mut service = service.enable_addr_auto();
        // The name comes from a key, so that nobody else has it.
        service.set_requires_probe(false);
        let own = service.get_fullname().to_owned();
        daemon.register(service)?;
        let events = daemon.browse(SERVICE)?;
        let lan = Self {
            inner,
            daemon,
            own,
            server,
            announced: HashMap::new(),
        };
        Ok((lan, events))
    }

    async fn take(&mut self, event: ServiceEvent) {
        match event {
            ServiceEvent::ServiceResolved(service) => {
                let Some((device, at)) = self.read(&service) else {
                    return;
                };
                let name = service.fullname;
                if self.announced.len() >= ANNOUNCED && !self.announced.contains_key(&name) {
                    return;
                }
                let old = self.announced.insert(name, (device, at));
                if let Some((old, _)) = old
                    && old != device
                {
                    self.changed(old).await;
                }
                self.changed(device).await;
            }
            ServiceEvent::ServiceRemoved(_, name) => {
                if let Some((device, _)) = self.announced.remove(&name) {
                    self.changed(device).await;
                }
            }
            _ => {}
        }
    }

    /// The device behind a service, and where it is; `None` if it is ours or another server's.
    fn read(&self, service: &ResolvedService) -> Option<(DeviceId, BTreeSet<SocketAddr>)> {
        let about = |key| service.txt_properties.get_property_val_str(key);
        if service.fullname == self.own || about(SERVER)? != self.server {
            return None;
        }
        let device: DeviceId = about(DEVICE)?.parse().ok()?;
        let six = about(PORT_SIX).and_then(|port| port.parse().ok());
        let at = service.addresses.iter().filter_map(|ip| {
            let ip: IpAddr = ip.to_ip_addr();
            let port = if ip.is_ipv6() { six? } else { service.port };
            (port != 0 && way::is_usable(ip)).then(|| SocketAddr::new(ip, port))
        });
        let at: BTreeSet<SocketAddr> = at.collect();
        (device != self.inner.me && !at.is_empty()).then_some((device, at))
    }

    /// Something was announced of a device, or is no more.
    async fn changed(&self, device: DeviceId) {
        let places = self.announced.values().filter(|(id, _)| *id == device);
        let at: BTreeSet<SocketAddr> = places.flat_map(|(_, at)| at.iter().copied()).collect();
        if at.is_empty() {
            self.inner.book.off_lan(&device);
        } else if self.inner.book.on_lan(device, at) {
            let username = None;
            self.inner.tell(NetEvent::Seen { device, username }).await;
        }
    }

    /// Tells the others that this device goes.
    async fn close(self) {
        if let Ok(gone) = self.daemon.unregister(&self.own) {
            let _ = timeout(GOODBYE, gone.recv_async()).await;
        }
        if let Ok(ended) = self.daemon.shutdown() {
            let _ = timeout(GOODBYE, ended.recv_async()).await;
        }
    }
}
