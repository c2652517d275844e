//! What a tracker asks of a room server, answered from a table.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use parlor_certs::{Identity, Link, ServerKey, ServerTls};
use parlor_protocol::tracker::TokenBody;
use parlor_protocol::{Signature, Time, signature};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A room server; bob's password is `bob-pw`. It ends with its runtime.
pub(crate) struct Room {
    pub(crate) address: SocketAddr,
    pub(crate) link: Link,
    key: ServerKey,
    pub(crate) asked: Arc<Mutex<Vec<(String, String)>>>,
    runtime: tokio::runtime::Runtime,
}

impl Room {
    /// One at an address, with the keys of a folder.
    pub(crate) fn start(dir: &Path, address: &str) -> Self {
        let key = ServerKey::open(&dir.join("signing.pem")).unwrap();
        let identity = Identity::own(&dir.join("tls"), &[]).unwrap();
        let tls = ServerTls::new(&identity).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind(address)).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::default();
        runtime.spawn(serve(
            listener,
            tls,
            key.public().to_string(),
            Arc::clone(&asked),
        ));
        Self {
            address,
            link: Link::new(address.into())
                .with_pin(identity.pin())
                .with_invite("secret"),
            key,
            asked,
            runtime,
        }
    }

    /// The token that a session of this user carries.
    pub(crate) fn token(&self, username: &str) -> String {
        let now = Time::from(jiff::Timestamp::now());
        let body = TokenBody {
            v: 1,
            username: username.into(),
            expires: Time::from_millis(now.as_millis() + 3_600_000),
        };
        let signed = body.to_sign();
        let signature = Signature(self.key.sign(signature::TRACKER, &signed));
        TokenBody::token(&signed, &signature)
    }

    pub(crate) fn stop(self) {
        self.runtime.shutdown_background();
    }
}

async fn serve(
    listener: TcpListener,
    tls: ServerTls,
    key: String,
    asked: Arc<Mutex<Vec<(String, String)>>>,
) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = TlsAcceptor::from(tls.http_config());
        let (key, asked) = (key.clone(), Arc::clone(&asked));
        tokio::spawn(async move {
            // A client that does not trust it ends the handshake.
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let service = service_fn(|request| answer(request, &key, &asked));
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service);
            // The tests see what was answered.
            let _ = connection.await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    key: &str,
    asked: &Mutex<Vec<(String, String)>>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let path = request.uri().path().to_owned();
    let from = request.headers().get("x-forwarded-for");
    let from = from.map_or("", |from| from.to_str().unwrap()).to_owned();
    asked.lock().unwrap().push((path.clone(), from));
    let body = request.into_body().collect().await?.to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (status, answer) = match &*path {
        "/tracker.json" => (
            200,
            json!({"status": "success", "server_key": key, "revoked": []}),
        ),
        "/check-password" if body["username"] == "busy" => {
            (429, json!({"status": "failed", "message": "later"}))
        }
        "/check-password" if body["password"] == "bob-pw" => {
            (200, json!({"status": "success", "username": "bob"}))
        }
        "/check-password" => (
            401,
            json!({"status": "failed", "message": "Invalid credentials"}),
        ),
        _ => (404, json!({"status": "failed", "message": "no"})),
    };
    let response = Response::builder().status(status);
    Ok(response.body(Full::from(answer.to_string())).unwrap())
}
