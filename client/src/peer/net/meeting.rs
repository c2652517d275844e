//! Dialling, and being dialled.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use iroh::EndpointId;
use iroh::endpoint::{Connection, Incoming, IncomingAddr};
use parlor_protocol::{Code, DeviceId, ErrorLine, peer};
use tokio::time::{Instant, timeout};

use super::handshake::{self, Failed, Guest};
use super::links::{Dial, Placed};
use super::{DIAL, DialError, Inner, Link, NetEvent, link, way};
use crate::peer::person::{Path, Way};

/// How long a device that dialled may take to prove itself.
const PROVE: Duration = Duration::from_secs(5);

/// Devices that dialled and have not proved themselves yet.
const UNPROVEN: usize = 32;

/// How many of these may come from one place, so that one does not keep the others out.
const UNPROVEN_FROM_ONE: usize = 8;

/// Where somebody unproven comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Origin {
    Ip(IpAddr),
    /// By a relay, which has made sure of its key.
    Relayed(EndpointId),
    Other,
}

/// Those who dialled and have not proved themselves yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Unproven(Arc<Mutex<HashMap<Origin, usize>>>);

/// A place among them, given back when it is dropped.
#[derive(Debug)]
struct Place {
    all: Unproven,
    origin: Origin,
}

impl Unproven {
    fn enter(&self, from: &IncomingAddr) -> Option<Place> {
        let origin = match from {
            IncomingAddr::Ip(at) => Origin::Ip(at.ip()),
            IncomingAddr::Relay { endpoint_id, .. } => Origin::Relayed(*endpoint_id),
            _ => Origin::Other,
        };
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.values().sum::<usize>() >= UNPROVEN {
            return None;
        }
        let taken = places.entry(origin.clone()).or_default();
        if *taken >= UNPROVEN_FROM_ONE {
            return None;
        }
        *taken += 1;
        let all = self.clone();
        Some(Place { all, origin })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = places.get_mut(&self.origin) {
            *taken -= 1;
            if *taken == 0 {
                places.remove(&self.origin);
            }
        }
    }
}

impl Inner {
    /// Lets in whoever dials and may come, until the endpoint closes.
    pub(super) async fn accept(self: Arc<Self>) {
        let unproven = Unproven::default();
        while let Some(incoming) = self.endpoint.accept().await {
            match unproven.enter(&incoming.remote_addr()) {
                Some(place) if self.links.has_room() => {
                    let inner = Arc::clone(&self);
                    self.spawn(async move { inner.answer(incoming, place).await });
                }
                _ => incoming.refuse(),
            }
        }
    }

    async fn answer(self: Arc<Self>, incoming: Incoming, place: Place) {
        let proving = async {
            let connection = incoming.await.ok()?;
            let guest = handshake::answered(&connection, &*self.door).await;
            Some((connection, guest))
        };
        // Dropping what did not prove itself in time closes it.
        let proven = timeout(PROVE, proving).await;
        drop(place);
        let Ok(Some((connection, guest))) = proven else {
            return;
        };
        match guest {
            Ok(guest) => {
                // If there are too many, it was told.
                let _ = self.establish(connection, guest, false).await;
            }
            Err(Failed::ByUs(why, send)) => link::refuse(&connection, why, send).await,
            Err(Failed::ByThem(_) | Failed::Lost) => {}
        }
    }

    /// A link to a device: the one that is up, or the one that is being dialled, or a new one.
    pub(super) async fn dial(self: &Arc<Self>, device: DeviceId) -> Result<Link, DialError> {
        if device == self.me {
            return Err(DialError::Refused("this is the device itself".to_owned()));
        }
        let mut dialled = match self.links.dial(device) {
            Dial::Up(link) => return Ok(link),
            Dial::Wait(dialled) => dialled,
            Dial::Begin(dialled) => {
                let inner = Arc::clone(self);
                self.spawn(async move {
                    if let Err(why) = inner.try_dial(device).await {
                        inner.links.not_dialled(&device, why);
                    }
                });
                dialled
            }
        };
        // Not answered at all means that the network is closing.
        match dialled.wait_for(Option::is_some).await {
            Ok(ended) => ended.clone().unwrap_or(Err(DialError::NotReached)),
            Err(_) => Err(DialError::NotReached),
        }
    }

    async fn try_dial(self: &Arc<Self>, device: DeviceId) -> Result<(), DialError> {
        let dialling = async {
            let at = self.find(&device).await.ok_or(DialError::NotReached)?;
            let connection = self.endpoint.connect(at, peer::ALPN).await;
            let connection = connection.map_err(|error| {
                tracing::debug!(%device, %error, "not reached");
                DialError::NotReached
            })?;
            let guest = handshake::dialled(&connection, &*self.door).await;
            Ok((connection, guest))
        };
        let late = |_| Err(DialError::NotReached);
        let (connection, guest) = timeout(DIAL, dialling).await.unwrap_or_else(late)?;
        match guest {
            Ok(guest) => {
                let up = self.establish(connection, guest, true).await;
                up.map(|_| ())
                    .map_err(|why| DialError::Refused(why.to_string()))
            }
            Err(Failed::ByUs(why, send)) => {
                link::refuse(&connection, why.clone(), send).await;
                Err(DialError::Refused(why.to_string()))
            }
            Err(Failed::ByThem(why)) => {
                link::close(&connection, None).await;
                Err(DialError::Refused(why.to_string()))
            }
            Err(Failed::Lost) => Err(DialError::NotReached),
        }
    }

    /// A device is let in: the link is told, and runs until it ends. Answers the link to the device
    /// that counts.
    async fn establish(
        self: &Arc<Self>,
        connection: Connection,
        guest: Guest,
        dialled: bool,
    ) -> Result<Link, ErrorLine> {
        let path = way::of(&connection, &self.names).unwrap_or_else(|| Path {
            way: Way::Direct,
            round_trip: None,
            at: String::new(),
        });
        let (link, ends) = Link::new(self.links.next_id(), connection.clone(), guest, path);
        // What is told of links is told in one order.
        let order = self.announcing.lock().await;
        let counts = match self.links.place(&link, dialled, Instant::now()) {
            Placed::Counts(old) => {
                self.tell(NetEvent::Up(link.clone())).await;
                self.links.told(&link);
                if let Some(old) = old {
                    self.tell_down(&old).await;
                    old.end(None);
                }
                link.clone()
            }
            Placed::Spare(counts) => {
                self.links.told(&counts);
                link.end(None);
                counts
            }
            Placed::Full => {
                drop(order);
                let why = ErrorLine::new(Code::RateLimited, "This device has too many links.");
                link::refuse(&connection, why.clone(), ends.into_send()).await;
                return Err(why);
            }
        };
        drop(order);
        let inner = Arc::clone(self);
        self.spawn(async move {
            link.run(&inner, ends).await;
            let order = inner.announcing.lock().await;
            if inner.links.remove(&link) {
                inner.tell_down(&link).await;
            }
            drop(order);
            link.is_over();
        });
        Ok(counts)
    }

    async fn tell_down(&self, link: &Link) {
        let (link, device) = (link.id(), link.device());
        self.tell(NetEvent::Down { link, device }).await;
    }
}
