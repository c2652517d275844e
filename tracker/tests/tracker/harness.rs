//! A tracker on a port of its own, a room server made of a few tables, and devices.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use parlor_certs::{Alpn, Identity, ServerKey, ServerTls, Trust, client_config};
use parlor_protocol::device::{Card, DeviceCard, VouchedCard};
use parlor_protocol::tracker::TokenBody;
use parlor_protocol::{CurveKey, DeviceId, PublicKey, Signature, Time, signature};
use parlor_tracker::{
    Authority, AuthorityError, RunningTracker, Settings, Sockets, Tracker, TrackerHandle,
};
use rustls_pki_types::ServerName;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

/// The room server: alice and bob have the passwords `alice-pw` and `bob-pw`.
#[derive(Debug)]
pub(crate) struct RoomServer {
    key: ServerKey,
    pub(crate) known: Mutex<bool>,
    pub(crate) failing: Mutex<Option<AuthorityError>>,
    pub(crate) revoked: Mutex<HashSet<DeviceId>>,
    pub(crate) barred: Mutex<HashSet<String>>,
    pub(crate) asked: Mutex<Vec<(String, IpAddr)>>,
}

#[async_trait]
impl Authority for RoomServer {
    async fn check_password(
        &self,
        username: &str,
        password: &str,
        from: IpAddr,
    ) -> Result<bool, AuthorityError> {
        self.asked.lock().unwrap().push((username.into(), from));
        if let Some(error) = self.failing.lock().unwrap().clone() {
            return Err(error);
        }
        Ok(["alice", "bob"].contains(&username) && password == format!("{username}-pw"))
    }

    fn server_key(&self) -> Option<PublicKey> {
        let known = *self.known.lock().unwrap();
        known.then(|| self.key.public().to_string().parse().unwrap())
    }

    fn is_revoked(&self, device: &DeviceId) -> bool {
        self.revoked.lock().unwrap().contains(device)
    }

    fn is_barred(&self, username: &str) -> bool {
        self.barred.lock().unwrap().contains(username)
    }
}

impl RoomServer {
    /// The token that a session of this user carries.
    pub(crate) fn token(&self, username: &str) -> String {
        self.token_until(username, in_seconds(3_600))
    }

    /// The same, until then.
    pub(crate) fn token_until(&self, username: &str, expires: Time) -> String {
        let body = TokenBody {
            v: 1,
            username: username.into(),
            expires,
        };
        let signed = body.to_sign();
        let signature = Signature(self.key.sign(signature::TRACKER, &signed));
        TokenBody::token(&signed, &signature)
    }

    /// Vouches for a device's card.
    pub(crate) fn vouch(&self, card: &DeviceCard, until: Time) -> VouchedCard {
        let signed = card.to_vouch(until).unwrap();
        VouchedCard {
            card: card.card.clone(),
            device_sig: card.device_sig,
            server_sig: Signature(self.key.sign(signature::SERVER, &signed)),
            until,
        }
    }
}

/// A tracker that runs.
pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) server: Arc<RoomServer>,
    pub(crate) handle: TrackerHandle,
    pub(crate) identity: Identity,
    pub(crate) tls: ServerTls,
    running: Option<RunningTracker>,
    stop: CancellationToken,
    _dir: TempDir,
}

/// What a call was answered.
#[derive(Debug, PartialEq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl World {
    /// A tracker without limits on rates.
    pub(crate) async fn start() -> Self {
        Self::start_with(|settings| settings.rate_limits = false).await
    }

    /// A tracker with settings of its own.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        let dir = tempfile::tempdir().unwrap();
        let server = Arc::new(RoomServer {
            key: ServerKey::open(&dir.path().join("signing.pem")).unwrap(),
            known: Mutex::new(true),
            failing: Mutex::default(),
            revoked: Mutex::default(),
            barred: Mutex::default(),
            asked: Mutex::default(),
        });
        let identity = Identity::own(&dir.path().join("tls"), &[]).unwrap();
        let tls = ServerTls::new(&identity).unwrap();
        let stop = CancellationToken::new();
        let sockets = Sockets::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let running = Tracker::new(settings, tls.clone(), server.clone())
            .start(sockets, stop.clone())
            .await
            .unwrap();
        Self {
            address: running.local_addr(),
            server,
            handle: running.handle(),
            identity,
            tls,
            running: Some(running),
            stop,
            _dir: dir,
        }
    }

    /// Stops it, and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        if let Some(running) = self.running.take() {
            running.finished().await;
        }
    }

    /// Drops it while it runs.
    pub(crate) fn drop_running(&mut self) {
        self.running = None;
    }

    /// A connection to its port.
    pub(crate) async fn connect(&self, alpn: Alpn) -> TlsStream<TcpStream> {
        let config = client_config(Trust::Pins(vec![self.identity.pin()]), alpn).unwrap();
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::from(self.address.ip());
        TlsConnector::from(config)
            .connect(name, stream)
            .await
            .unwrap()
    }

    /// Any request on a connection of its own; the answer as it came.
    pub(crate) async fn request(&self, request: Request<Full<Bytes>>) -> hyper::Response<Bytes> {
        let stream = TokioIo::new(self.connect(Alpn::Http1).await);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
        let driving = tokio::spawn(connection);
        let response = sender.send_request(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        drop(sender);
        driving.await.unwrap().unwrap();
        hyper::Response::from_parts(head, body)
    }

    /// A call with a text for its body.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> Answered {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "tracker");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Full::from(body.to_owned())).unwrap();
        let response = self.request(request).await;
        Answered {
            status: response.status().as_u16(),
            body: serde_json::from_slice(response.body()).unwrap(),
        }
    }

    /// A POST of JSON.
    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answered {
        self.call(Method::POST, path, Some(token), &body.to_string())
            .await
    }

    /// A POST that must be done.
    pub(crate) async fn done(&self, path: &str, token: &str, body: Value) -> Value {
        let answered = self.post(path, token, body).await;
        assert_eq!(answered.status, 200, "{answered:?}");
        assert_eq!(answered.body["status"], "success");
        answered.body
    }

    /// The peers of a list.
    pub(crate) async fn peers(&self, token: &str, body: Value) -> Vec<Value> {
        let listed = self.done("/get-list", token, body).await;
        listed["peers"].as_array().unwrap().clone()
    }
}

/// A device with its key.
pub(crate) struct Device {
    pub(crate) secret: iroh::SecretKey,
    pub(crate) id: DeviceId,
    pub(crate) card: DeviceCard,
}

impl Device {
    /// A user's new device.
    pub(crate) fn of(username: &str) -> Self {
        let secret = iroh::SecretKey::generate();
        let id = DeviceId(*secret.public().as_bytes());
        let card = Card {
            v: 1,
            username: username.into(),
            device: id,
            label: "a laptop".into(),
            olm_curve25519: CurveKey([1; 32]),
            olm_ed25519: PublicKey([2; 32]),
            issued: in_seconds(-60),
        };
        let json = serde_json::to_vec(&card).unwrap();
        let signed = signature::signed_bytes(signature::CARD, &json);
        let card = DeviceCard {
            card: signature::encode(&json),
            device_sig: Signature(secret.sign(&signed).to_bytes()),
        };
        Self { secret, id, card }
    }

    /// The body of a `submit-info` with a card.
    pub(crate) fn submission(&self, username: &str, card: &VouchedCard) -> Value {
        let mut body = json!({
            "username": username, "ip": "192.0.2.7", "port": 4000, "device": self.id,
        });
        let card = serde_json::to_value(card).unwrap();
        let members = body.as_object_mut().unwrap();
        members.extend(card.as_object().unwrap().clone());
        body
    }
}

/// The time of day, some seconds from now.
pub(crate) fn in_seconds(seconds: i64) -> Time {
    let now = Time::from(jiff::Timestamp::now());
    Time::from_millis(now.as_millis() + seconds * 1_000)
}
