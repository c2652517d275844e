//! A tracker that answers what it is told to, and notes what it is asked.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use parlor_certs::{Identity, ServerTls};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::AbortOnDropHandle;

use super::people::SOON;
use crate::Pin;
use crate::peer::net::Tracker;

#[derive(Debug, Default)]
pub(super) struct State {
    /// What `get-list` lists.
    pub(super) peers: Vec<Value>,
    /// What a path answers instead of success.
    pub(super) refusals: HashMap<String, (u16, &'static str)>,
    /// Every call: its path, its token, its body.
    pub(super) calls: Vec<(String, String, Value)>,
}

/// The tracker.
#[derive(Debug)]
pub(super) struct Fake {
    state: Arc<Mutex<State>>,
    called: watch::Sender<usize>,
    at: Tracker,
    _serving: AbortOnDropHandle<()>,
    _dir: tempfile::TempDir,
}

impl Fake {
    pub(super) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let identity = Identity::own(dir.path(), &["localhost".into()]).unwrap();
        let tls = ServerTls::new(&identity).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = Tracker {
            address: listener.local_addr().unwrap().into(),
            pins: vec![tls.pin()],
        };
        let state: Arc<Mutex<State>> = Arc::default();
        let called = watch::Sender::new(0);
        let serving = serve(listener, tls, Arc::clone(&state), called.clone());
        Self {
            state,
            called,
            at,
            _serving: AbortOnDropHandle::new(tokio::spawn(serving)),
            _dir: dir,
        }
    }

    pub(super) fn at(&self) -> Tracker {
        self.at.clone()
    }

    /// The same place under a pin that is not its own.
    pub(super) fn under_another_pin(&self) -> Tracker {
        Tracker {
            pins: vec![Pin::from([7; 32])],
            ..self.at()
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Waits for a call, and takes it and those before it.
    pub(super) async fn called(&self, path: &str) -> (String, Value) {
        let mut called = self.called.subscribe();
        let looking = async {
            loop {
                {
                    let calls = &mut self.lock().calls;
                    if let Some(at) = calls.iter().position(|call| call.0 == path) {
                        let (_, token, body) = calls.drain(..=at).next_back().unwrap();
                        return (token, body);
                    }
                }
                called.changed().await.unwrap();
            }
        };
        let call = timeout(SOON, looking).await;
        call.unwrap_or_else(|_| panic!("{path} is not called"))
    }
}

async fn serve(
    listener: TcpListener,
    tls: ServerTls,
    state: Arc<Mutex<State>>,
    called: watch::Sender<usize>,
) {
    while let Ok((tcp, _)) = listener.accept().await {
        let acceptor = TlsAcceptor::from(tls.http_config());
        let (state, called) = (Arc::clone(&state), called.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(tcp).await else {
                return;
            };
            let service = service_fn(|request| answer(request, &state, &called));
            let connection = hyper::server::conn::http1::Builder::new();
            let _ = connection
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    state: &Mutex<State>,
    called: &watch::Sender<usize>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let token = request.headers().get("authorization");
    let token = token.map_or("", |token| token.to_str().unwrap()).to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let (status, said) = {
        let mut state = state.lock().unwrap();
        state.calls.push((path.clone(), token, body));
        match state.refusals.get(&path) {
            Some((status, message)) => (*status, json!({ "status": "failed", "message": message })),
            None => (200, json!({ "status": "success", "peers": state.peers })),
        }
    };
    called.send_modify(|count| *count += 1);
    let mut response = Response::new(Full::new(said.to_string().into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    Ok(response)
}
