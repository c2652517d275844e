//! A request to an upstream, and its answer back.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::balance::Upstreams;
use super::download::{Answer, Download};
use super::guarded::Freed;
use super::headers::{self, Said};
use super::line::{Line, Unanswered};
use super::page::{Trouble, wants_json};
use super::settings::{ProxyConfig, ProxyTimes};
use super::upgrade;
use super::upload::{Upload, UploadFault, Watch};
use super::upstream::{Busy, Upstream};

/// How often a request is tried: on a kept connection that turned out to be dead, a
/// fresh one, and another upstream.
const TRIES: usize = 3;

/// Forwards requests.
#[derive(Debug)]
pub(super) struct Forward {
    pub(super) upstreams: Upstreams,
    times: ProxyTimes,
    most_bytes: u64,
    /// Ends everything that would not end by itself.
    pub(super) stop: CancellationToken,
    /// Owns the tasks of WebSockets.
    pub(super) tasks: TaskTracker,
}

/// A connection that requests come over.
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// Whose it is.
    pub(super) address: IpAddr,
    /// What upstreams are told of that.
    pub(super) said: Said,
    /// With which it becomes something else than HTTP.
    pub(super) freed: Freed,
}

/// What one request needs until it is answered.
struct Asking {
    host: HeaderValue,
    client: Client,
    upgrade: Option<hyper::upgrade::OnUpgrade>,
    watch: Option<Arc<Watch>>,
    is_safe: bool,
    tried: Vec<Arc<Upstream>>,
    trouble: Trouble,
}

/// How one try ended without an answer.
enum Failed {
    /// Nothing reached the upstream: another may have it.
    Again(Box<Request<Upload>>),
    /// It cannot be tried again.
    For(Trouble),
}

impl Forward {
    pub(super) fn new(config: &ProxyConfig, upstreams: Upstreams, stop: CancellationToken) -> Self {
        Self {
            upstreams,
            times: config.times.clone(),
            most_bytes: match config.limits.body_bytes {
                0 => u64::MAX,
                bytes => bytes,
            },
            stop,
            tasks: TaskTracker::new(),
        }
    }

    /// Answers a request, with an upstream's words or with our own.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        client: Client,
    ) -> Response<Download> {
        let json = wants_json(request.headers());
        let answered = Box::pin(self.try_answer(request, client)).await;
        answered.unwrap_or_else(|trouble| trouble.page(json))
    }

    async fn try_answer(
        &self,
        mut request: Request<Incoming>,
        client: Client,
    ) -> Result<Response<Download>, Trouble> {
        if self.stop.is_cancelled() {
            return Err(Trouble::Stopping);
        }
        if *request.method() == Method::CONNECT || *request.method() == Method::TRACE {
            return Err(Trouble::Method);
        }
        if self.announces_too_much(&request) {
            return Err(Trouble::TooLarge);
        }
        if !has_true_length(&request) {
            return Err(Trouble::BadRequest);
        }
        let on_upgrade = hyper::upgrade::on(&mut request);
        let (parts, incoming) = request.into_parts();
        let host = headers::host(&parts).ok_or(Trouble::BadRequest)?;
        let wants_upgrade = upgrade::is_websocket(&parts);
        let is_chunked = parts.headers.contains_key(TRANSFER_ENCODING);
        let upload = Upload::of(incoming, self.most_bytes, self.times.idle(), is_chunked).await;
        let (upload, watch) = upload.map_err(Trouble::from)?;
        let asking = Asking {
            host,
            client,
            upgrade: wants_upgrade.then_some(on_upgrade),
            is_safe: parts.method.is_safe() && watch.is_none(),
            watch,
            tried: Vec::new(),
            trouble: Trouble::Unreachable,
        };
        self.ask_around(asking, parts, upload).await
    }

    fn announces_too_much(&self, request: &Request<Incoming>) -> bool {
        let length = request.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        length.is_some_and(|length| length > self.most_bytes)
    }

    /// Asks one upstream after another, as long as none has seen the request.
    async fn ask_around(
        &self,
        mut asking: Asking,
        mut parts: Parts,
        upload: Upload,
    ) -> Result<Response<Download>, Trouble> {
        let address = asking.client.address;
        headers::to_upstream(
            &mut parts,
            asking.host.clone(),
            &asking.client.said,
            asking.upgrade.is_some(),
        );
        let mut request = Request::from_parts(parts, upload);
        for _ in 0..TRIES {
            let tried = &asking.tried;
            let untried = |u: &Arc<Upstream>| !tried.iter().any(|t| Arc::ptr_eq(t, u));
            let Some(upstream) = self.upstreams.choose(address, untried) else {
                break;
            };
            let busy = upstream.busy();
            let line = match self.line(&upstream, &asking).await {
                Ok(line) => line,
                Err(trouble) => {
                    asking.trouble = trouble;
                    asking.tried.push(upstream);
                    continue;
                }
            };
            match self.ask(&mut asking, line, &upstream, busy, request).await {
                Ok(response) => return Ok(response),
                Err(Failed::Again(unsent)) => request = *unsent,
                Err(Failed::For(trouble)) => return Err(trouble),
            }
        }
        Err(asking.trouble)
    }

    /// A connection to an upstream; a WebSocket has one of its own.
    async fn line(&self, upstream: &Arc<Upstream>, asking: &Asking) -> Result<Line, Trouble> {
        let line = if asking.upgrade.is_some() {
            upstream.new_line().await
        } else {
            upstream.line().await
        };
        line.map_err(|error| {
            if upstream.set_lives(false) {
                tracing::warn!(upstream = upstream.name(), %error, "an upstream is down");
            }
            match error.kind() {
                std::io::ErrorKind::TimedOut => Trouble::TooLate,
                _ => Trouble::Unreachable,
            }
        })
    }

    async fn ask(
        &self,
        asking: &mut Asking,
        mut line: Line,
        upstream: &Arc<Upstream>,
        busy: Busy,
        request: Request<Upload>,
    ) -> Result<Response<Download>, Failed> {
        // A kept connection may have died unnoticed. What changes nothing may then be
        // asked again (RFC 9110, section 9.2.2), for which it is written down.
        let again = (line.is_used && asking.is_safe).then(|| copy(&request));
        let answered = line.ask(request, self.times.answer(), asking.watch.as_deref());
        let response = match answered.await {
            Some(Ok(response)) => response,
            Some(Err(unanswered)) => {
                return Err(self.unanswered(asking, unanswered, again, upstream));
            }
            None => return Err(Failed::For(Trouble::TooLate)),
        };
        self.respond(asking, response, line, upstream, busy)
            .map_err(Failed::For)
    }

    fn unanswered(
        &self,
        asking: &mut Asking,
        unanswered: Unanswered,
        again: Option<Request<Upload>>,
        upstream: &Arc<Upstream>,
    ) -> Failed {
        if let Some(fault) = asking.watch.as_ref().and_then(|watch| watch.fault()) {
            return Failed::For(fault.into());
        }
        let error = unanswered.error;
        tracing::debug!(upstream = upstream.name(), %error, "a request got no answer");
        upstream.drop_kept(true);
        match unanswered.unsent.or(again) {
            Some(request) => Failed::Again(Box::new(request)),
            // One request that an upstream dislikes does not make it a dead one.
            None => Failed::For(Trouble::Unreachable),
        }
    }

    fn respond(
        &self,
        asking: &mut Asking,
        response: Response<Incoming>,
        line: Line,
        upstream: &Arc<Upstream>,
        busy: Busy,
    ) -> Result<Response<Download>, Trouble> {
        let (mut head, incoming) = response.into_parts();
        let is_switch = head.status == StatusCode::SWITCHING_PROTOCOLS;
        let agreed = is_switch && upgrade::is_agreed(&head.headers);
        headers::to_client(&mut head.headers);
        if !is_switch {
            let idle = self.times.idle();
            let answer = Answer::new(incoming, line, Arc::clone(upstream), busy, idle);
            head.version = hyper::Version::HTTP_11;
            return Ok(Response::from_parts(
                head,
                Download::Answer(Box::new(answer)),
            ));
        }
        let Some(on_upgrade) = asking.upgrade.take().filter(|_| agreed) else {
            return Err(Trouble::Unreachable);
        };
        asking.client.freed.set();
        upgrade::agree(&mut head.headers);
        let carrying = upgrade::carry(on_upgrade, line, self.times.tunnel_idle());
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = carrying => {}
                () = stop.cancelled() => {}
            }
            drop(busy);
        });
        Ok(Response::from_parts(
            head,
            Download::Page(bytes::Bytes::new()),
        ))
    }
}

/// Whether a request has at most one length, and no other than its body's, as HTTP/2
/// could say. The upstream would take what comes next for the missing rest.
fn has_true_length(request: &Request<Incoming>) -> bool {
    let mut lengths = request.headers().get_all(CONTENT_LENGTH).iter();
    let is_none = request.body().is_end_stream();
    let fits = lengths
        .next()
        .is_none_or(|length| !is_none || length.as_bytes() == b"0");
    fits && lengths.next().is_none()
}

/// A request without a body, once more.
fn copy(request: &Request<Upload>) -> Request<Upload> {
    let mut copy = Request::new(Upload::none());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

impl From<UploadFault> for Trouble {
    fn from(fault: UploadFault) -> Self {
        match fault {
            UploadFault::Broken => Self::BadRequest,
            UploadFault::TooLarge => Self::TooLarge,
            UploadFault::Slow => Self::Slow,
        }
    }
}
