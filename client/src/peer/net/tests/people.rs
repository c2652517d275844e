//! A room server that vouches, and people with one device each.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use parlor_certs::ServerKey;
use parlor_protocol::peer::{FileHead, Hello, PeerLine};
use parlor_protocol::signature::{self, CurveKey, PublicKey, Signature};
use parlor_protocol::tracker::TokenBody;
use parlor_protocol::{Card, Code, DeviceCard, DeviceId, ErrorLine, Time, VouchedCard};
use tokio::sync::mpsc;
use tokio::time::{Duration, timeout};

use crate::peer::net::{Doorkeeper, Link, LinkId, Net, NetEvent, NetOptions, Registration};

/// Long enough for a machine that does much else.
pub(super) const SOON: Duration = Duration::from_secs(20);

/// The key of a room server.
#[derive(Debug)]
pub(super) struct Server {
    key: ServerKey,
    _dir: tempfile::TempDir,
}

pub(super) fn secret(seed: u8) -> iroh::SecretKey {
    iroh::SecretKey::from_bytes(&[seed; 32])
}

impl Server {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = ServerKey::open(&dir.path().join("key.pem")).unwrap();
        Self { key, _dir: dir }
    }

    pub(super) fn public(&self) -> PublicKey {
        self.key.public().to_string().parse().unwrap()
    }

    /// A token for trackers.
    pub(super) fn token(&self, username: &str) -> String {
        let expires = Timestamp::now() + jiff::SignedDuration::from_secs(3_600);
        let body = TokenBody {
            v: 1,
            username: username.to_owned(),
            expires: expires.into(),
        };
        let signed = body.to_sign();
        let signature = Signature(self.key.sign(signature::TRACKER, &signed));
        TokenBody::token(&signed, &signature)
    }

    /// What a person's device is registered as.
    pub(super) fn registration(&self, username: &str, seed: u8) -> Registration {
        Registration {
            username: username.to_owned(),
            card: Some(self.card(username, seed, 3_600)),
            token: self.token(username),
            channels: Vec::new(),
        }
    }

    /// A card of a device, vouched for until so many seconds from now.
    pub(super) fn card(&self, username: &str, seed: u8, seconds: i64) -> VouchedCard {
        let secret = secret(seed);
        let card = Card {
            v: 1,
            username: username.to_owned(),
            device: DeviceId(*secret.public().as_bytes()),
            label: "a computer".to_owned(),
            olm_curve25519: CurveKey([1; 32]),
            olm_ed25519: PublicKey([2; 32]),
            issued: Time::from_millis(0),
        };
        let json = serde_json::to_vec(&card).unwrap();
        let to_sign = [signature::CARD.as_bytes(), &[0], &json].concat();
        let device_sig = Signature(secret.sign(&to_sign).to_bytes());
        let until = Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let until = Time::from(until);
        let card = DeviceCard {
            card: signature::encode(&json),
            device_sig,
        };
        let vouched = card.to_vouch(until).unwrap();
        VouchedCard {
            server_sig: Signature(self.key.sign(signature::SERVER, &vouched)),
            card: card.card,
            device_sig,
            until,
        }
    }

    /// A person whose device listens on this computer.
    pub(super) async fn person(&self, username: &str, seed: u8) -> Person {
        self.person_with(username, seed, |_| ()).await
    }

    /// A person whose device meets others as it is told.
    pub(super) async fn person_with(
        &self,
        username: &str,
        seed: u8,
        change: impl FnOnce(&mut NetOptions),
    ) -> Person {
        let door = Arc::new(Door {
            hello: Mutex::new(Some(Hello {
                username: username.to_owned(),
                card: self.card(username, seed, 3_600),
            })),
            server_key: self.public(),
            blocks: Mutex::default(),
        });
        let mut options = NetOptions {
            secret: secret(seed),
            lan: false,
            relay_only: false,
        };
        change(&mut options);
        let (net, events) = Net::start(options, Arc::clone(&door) as _).await.unwrap();
        Person {
            net,
            events,
            door,
            device: DeviceId(*secret(seed).public().as_bytes()),
            seed,
        }
    }
}

#[derive(Debug)]
struct Door {
    hello: Mutex<Option<Hello>>,
    server_key: PublicKey,
    /// Whether everybody is shut out: what a user who blocks somebody does to them.
    blocks: Mutex<bool>,
}

#[async_trait]
impl Doorkeeper for Door {
    fn hello(&self) -> Option<Hello> {
        self.hello.lock().unwrap().clone()
    }

    fn server_key(&self) -> Option<PublicKey> {
        Some(self.server_key)
    }

    async fn admit(&self, card: &Card, _vouched: &VouchedCard) -> Result<(), ErrorLine> {
        if *self.blocks.lock().unwrap() {
            let message = format!("{} is blocked.", card.username);
            return Err(ErrorLine::new(Code::Forbidden, message));
        }
        Ok(())
    }

    async fn owner(&self, _device: DeviceId) -> Option<String> {
        None
    }
}

/// A person with one device.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) net: Net,
    events: mpsc::Receiver<NetEvent>,
    door: Arc<Door>,
    device: DeviceId,
    seed: u8,
}

impl Person {
    pub(super) fn device(&self) -> DeviceId {
        self.device
    }

    /// What its key was made of.
    pub(super) fn seed(&self) -> u8 {
        self.seed
    }

    /// Where the device listens on this computer.
    pub(super) fn at(&self) -> BTreeSet<std::net::SocketAddr> {
        let sockets = self.net.inner.endpoint.bound_sockets();
        let four = sockets.iter().find(|socket| socket.is_ipv4()).unwrap();
        [([127, 0, 0, 1], four.port()).into()].into()
    }

    /// Knows where another is, as if the LAN had said so.
    pub(super) fn knows(&self, other: &Self) {
        self.net.inner.book.on_lan(other.device(), other.at());
    }

    pub(super) fn shows_nothing(&mut self) {
        *self.door.hello.lock().unwrap() = None;
    }

    fn shows(&mut self, username: &str, card: VouchedCard) {
        let username = username.to_owned();
        *self.door.hello.lock().unwrap() = Some(Hello { username, card });
    }

    pub(super) fn shows_card_of(&mut self, server: &Server, username: &str, seed: u8) {
        self.shows(username, server.card(username, seed, 3_600));
    }

    pub(super) fn calls_itself(&mut self, server: &Server, username: &str) {
        self.shows(username, server.card("alice", 1, 3_600));
    }

    pub(super) fn shows_expired(&mut self, server: &Server) {
        self.shows("alice", server.card("alice", 1, -1));
    }

    pub(super) fn blocks(&mut self) {
        *self.door.blocks.lock().unwrap() = true;
    }

    pub(super) async fn event(&mut self) -> NetEvent {
        let event = timeout(SOON, self.events.recv()).await;
        event
            .expect("something is told")
            .expect("the network is there")
    }

    pub(super) async fn up(&mut self) -> Link {
        loop {
            if let NetEvent::Up(link) = self.event().await {
                return link;
            }
        }
    }

    pub(super) async fn down(&mut self) -> LinkId {
        loop {
            if let NetEvent::Down { link, .. } = self.event().await {
                return link;
            }
        }
    }

    pub(super) async fn line(&mut self) -> PeerLine {
        loop {
            if let NetEvent::Line { line, .. } = self.event().await {
                return line;
            }
        }
    }

    pub(super) async fn file(&mut self) -> (FileHead, iroh::endpoint::RecvStream) {
        loop {
            if let NetEvent::File { head, stream, .. } = self.event().await {
                return (head, stream);
            }
        }
    }

    /// Whether nothing waits to be told.
    pub(super) fn nothing(&mut self) -> bool {
        self.events.try_recv().is_err()
    }
}
