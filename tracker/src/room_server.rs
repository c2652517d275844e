//! The room server of a tracker that stands alone, asked over HTTPS under the pin of its link.
//!
//! What it said last is kept in a file, so that cards and tokens are checked while it is down. Passwords are
//! not kept: while it is down nobody signs in by one.
//!
//! # Layout
//!
//! - [`exchange`]: one request and its answer.

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use hyper::{Method, StatusCode};
use parlor_certs::{CertError, Link, private};
use parlor_protocol::{DeviceId, PublicKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::authority::{Authority, AuthorityError};

mod exchange;

use self::exchange::Exchange;

/// How often it is asked for its key and for the devices that have ended.
const POLL_EVERY: Duration = Duration::from_secs(60);
/// The first wait after it could not be asked; it doubles up to [`POLL_EVERY`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// How long it may take to say them: a long list comes slowly.
const LEARN_TIME: Duration = Duration::from_secs(60);
/// How long it may take to say whose a password is.
const ASK_TIME: Duration = Duration::from_secs(10);
/// Passwords that are being asked about at once. The room server takes a
/// good while for each, so that more would only wait there.
const QUESTIONS: usize = 16;
/// How long a login may wait for its turn.
const TURN_TIME: Duration = Duration::from_secs(10);
/// The wait that is told where the room server tells none, in seconds.
const UNTOLD_WAIT: f64 = 5.0;

/// A room server that is somewhere else.
#[derive(Debug)]
pub struct RoomServer {
    exchange: Exchange,
    /// Which server the file is about: another one's word is worth nothing.
    server: String,
    file: PathBuf,
    known: RwLock<Known>,
    questions: Semaphore,
}

/// What the room server said of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Known {
    server_key: Option<PublicKey>,
    #[serde(default)]
    revoked: HashSet<DeviceId>,
}

/// The same, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    server: String,
    #[serde(flatten)]
    known: Known,
}

impl RoomServer {
    /// The room server of a link. What it said last is kept in `file`.
    ///
    /// # Errors
    ///
    /// [`CertError`], where TLS cannot be set up.
    pub fn open(link: &Link, file: &Path) -> Result<Self, CertError> {
        let mut public = Link::new(link.address.clone());
        public.pins.clone_from(&link.pins);
        let server = public.to_string();
        let known = kept(file, &server);
        Ok(Self {
            exchange: Exchange::new(link)?,
            server,
            file: file.to_owned(),
            known: RwLock::new(known.unwrap_or_default()),
            questions: Semaphore::new(QUESTIONS),
        })
    }

    /// Asks it again and again what there is to know, until it is stopped.
    pub async fn follow(&self, stop: CancellationToken) {
        let mut wait = FIRST_WAIT;
        // A server that stays away is told of once for each reason.
        let mut told = None;
        loop {
            let asked = tokio::select! {
                asked = self.learn() => asked,
                () = stop.cancelled() => return,
            };
            let pause = match asked {
                Ok(()) => {
                    if told.take().is_some() {
                        tracing::info!(server = %self.server, "the room server answers again");
                    }
                    wait = FIRST_WAIT;
                    POLL_EVERY
                }
                Err(reason) => {
                    if told.as_ref() != Some(&reason) {
                        let server = &self.server;
                        tracing::warn!(%server, %reason, "the room server cannot be asked");
                        told = Some(reason);
                    }
                    let pause = wait;
                    wait = (wait * 2).min(POLL_EVERY);
                    pause
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Asks it once for its key and for the devices that have ended.
    ///
    /// # Errors
    ///
    /// Why it could not be asked.
    pub async fn learn(&self) -> Result<(), String> {
        let answer = self
            .exchange
            .ask(Method::GET, "/tracker.json", None, None, LEARN_TIME)
            .await?;
        if answer.status != StatusCode::OK {
            return Err(format!("it answered {} to /tracker.json", answer.status));
        }
        let known: Known = serde_json::from_slice(&answer.body)
            .map_err(|error| format!("its /tracker.json cannot be read: {error}"))?;
        if known.server_key.is_none() {
            return Err("its /tracker.json has no server_key".into());
        }
        let changed = {
            let mut now = self.known.write().unwrap_or_else(PoisonError::into_inner);
            let changed = *now != known;
            now.clone_from(&known);
            changed
        };
        if changed {
            self.keep(known).await;
        }
        Ok(())
    }

    async fn keep(&self, known: Known) {
        let kept = Kept {
            server: self.server.clone(),
            known,
        };
        let file = self.file.clone();
        let writing =
            tokio::task::spawn_blocking(move || private::write(&file, &serde_json::to_vec(&kept)?));
        if let Ok(Err(error)) | Err(error) = writing.await.map_err(std::io::Error::other) {
            let file = self.file.display();
            tracing::warn!(%file, %error, "what the room server said cannot be kept");
        }
    }

    fn known<T>(&self, read: impl FnOnce(&Known) -> T) -> T {
        read(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a server said before, if the file is about it.
fn kept(file: &Path, server: &str) -> Option<Known> {
    let kept: Kept = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    (kept.server == server).then_some(kept.known)
}

#[async_trait]
impl Authority for RoomServer {
    async fn check_password(
        &self,
        username: &str,
        password: &str,
        from: IpAddr,
    ) -> Result<bool, AuthorityError> {
        let turn = tokio::time::timeout(TURN_TIME, self.questions.acquire());
        let Ok(Ok(_turn)) = turn.await else {
            return Err(AuthorityError::Unavailable("too many wait for it".into()));
        };
        let body = json!({"username": username, "password": password});
        let answer = self
            .exchange
            .ask(
                Method::POST,
                "/check-password",
                Some(&body),
                Some(from),
                ASK_TIME,
            )
            .await
            .map_err(AuthorityError::Unavailable)?;
        match answer.status {
            StatusCode::OK => Ok(answer.says_of(username)),
            StatusCode::UNAUTHORIZED => Ok(false),
            StatusCode::TOO_MANY_REQUESTS => Err(AuthorityError::RateLimited {
                seconds: answer.retry_after.unwrap_or(UNTOLD_WAIT),
            }),
            status => {
                let reason = format!("it answered {status} to /check-password");
                Err(AuthorityError::Unavailable(reason))
            }
        }
    }

    fn server_key(&self) -> Option<PublicKey> {
        self.known(|known| known.server_key)
    }

    fn is_revoked(&self, device: &DeviceId) -> bool {
        self.known(|known| known.revoked.contains(device))
    }
}

/// A tracker that was given no room server: nobody can sign in.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

#[async_trait]
impl Authority for Nobody {
    async fn check_password(
        &self,
        _username: &str,
        _password: &str,
        _from: IpAddr,
    ) -> Result<bool, AuthorityError> {
        let reason = "this tracker was started without --server";
        Err(AuthorityError::Unavailable(reason.into()))
    }

    fn server_key(&self) -> Option<PublicKey> {
        None
    }

    fn is_revoked(&self, _device: &DeviceId) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use parlor_certs::{Address, Identity, ServerTls};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// Answers one request with a body.
    async fn answer(listener: TcpListener, tls: ServerTls, body: String) {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = TlsAcceptor::from(tls.http_config());
        let mut stream = acceptor.accept(stream).await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all((head + &body).as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    }

    #[tokio::test]
    async fn a_long_list_of_ended_devices_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let identity = Identity::own(&dir.path().join("tls"), &[]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: Address = listener.local_addr().unwrap().to_string().parse().unwrap();
        let mut link = Link::new(address);
        link.pins.push(identity.pin());
        // Those of 400 users who ended all they may.
        let revoked: Vec<DeviceId> = (0..100_000_u32)
            .map(|number| {
                let mut id = [0; 32];
                id[..4].copy_from_slice(&number.to_be_bytes());
                DeviceId(id)
            })
            .collect();
        let key = PublicKey([7; 32]);
        let body = json!({"status": "success", "server_key": key, "revoked": &revoked});
        let tls = ServerTls::new(&identity).unwrap();
        let answering = tokio::spawn(answer(listener, tls, body.to_string()));
        let server = RoomServer::open(&link, &dir.path().join("known.json")).unwrap();
        server.learn().await.unwrap();
        answering.await.unwrap();
        assert_eq!(server.server_key(), Some(key));
        assert!(revoked.iter().all(|device| server.is_revoked(device)));
    }
}
