//! A proxy as a whole: started from a configuration, stopped in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parlor_certs::{Link, Pin, ServerTls};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::balance::Upstreams;
use super::forward::Forward;
use super::front::Front;
use super::health;
use super::settings::ProxyConfig;
use super::upstream::Upstream;
use crate::certificate::{Certificate, Follower};
use crate::data_dir::{DataDir, DataLock, Facts, PublishedFacts};
use crate::reachable::reachable;
use crate::start_error::StartError;

/// How long the first look at the upstreams may take before the port opens.
const FIRST_LOOK: Duration = Duration::from_secs(3);
/// How long connections may take to close. With the 6 s of their requests it stays
/// below the 10 s of a stop.
const DRAIN_TIME: Duration = Duration::from_secs(8);

/// Starts proxies.
#[derive(Debug)]
pub struct Proxy;

/// A running proxy. [`RunningProxy::shutdown`] stops it in order; dropping it
/// cuts everything off.
#[derive(Debug)]
pub struct RunningProxy {
    local_addr: SocketAddr,
    tls: ServerTls,
    link: Link,
    data: DataDir,
    reload: Arc<Notify>,
    stop: CancellationToken,
    tasks: TaskTracker,
    tunnels: TaskTracker,
    accepting: JoinHandle<()>,
    following: JoinHandle<()>,
    _checking: JoinSet<()>,
    facts: Arc<PublishedFacts>,
    _lock: DataLock,
}

impl Proxy {
    /// Starts a proxy. It accepts connections when this answers, and
    /// `DATA/parlord.json` says where.
    pub async fn start(config: ProxyConfig) -> Result<RunningProxy, StartError> {
        config.check()?;
        let data = DataDir::open_for(&config.data, "parlord-proxy")?;
        let lock = data.lock()?;
        let certificate = Certificate::new(config.tls.files(), &data, names(&config));
        let tls = ServerTls::new(&certificate.load()?)?;
        let all = config.upstreams.iter().map(|target| {
            let time = config.times.connect();
            Upstream::new(target.clone(), time, config.proxy_protocol).map(Arc::new)
        });
        let upstreams = Upstreams {
            all: all.collect::<Result<_, _>>()?,
            balance: config.balance,
        };
        let (listener, local_addr) = crate::server::bind(config.listen)?;
        let checking = look(&upstreams, config.times.check()).await;

        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let forward = Arc::new(Forward::new(&config, upstreams, stop.clone()));
        let tunnels = forward.tasks.clone();
        let front = Front::new(&config, tls.clone(), forward, tasks.clone());
        let link = link(&config, local_addr);
        let facts = Arc::new(data.publish(&facts(local_addr, &tls, &link))?);
        let accepting = tokio::spawn(front.accept(listener));
        let reload = Arc::new(Notify::new());
        let follower = Follower::new(certificate, tls.clone(), Arc::clone(&reload));
        let following = follow(follower, local_addr, &tls, &link, &facts);
        Ok(RunningProxy {
            local_addr,
            tls,
            link,
            data,
            reload,
            stop,
            tasks,
            tunnels,
            accepting,
            following,
            _checking: checking,
            facts,
            _lock: lock,
        })
    }
}

impl RunningProxy {
    /// Where it listens, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The pin of the certificate that browsers see.
    pub fn pin(&self) -> Pin {
        self.tls.pin()
    }

    /// The link for Parlor's clients: this address, with the pins of the upstreams.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Its data folder.
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// Reads the certificate's files again, as SIGHUP asks for.
    pub fn reload_certificate(&self) {
        self.reload.notify_one();
    }

    /// Stops in order, within 10 s: no connection comes any more, sessions and
    /// WebSockets end (they come back by themselves), requests are answered.
    pub async fn shutdown(mut self) {
        tracing::info!("stopping");
        self.stop.cancel();
        if (&mut self.accepting).await.is_err() {
            tracing::error!("the listener had failed");
        }
        self.tasks.close();
        self.tunnels.close();
        let drained = async {
            self.tasks.wait().await;
            self.tunnels.wait().await;
        };
        if tokio::time::timeout(DRAIN_TIME, drained).await.is_err() {
            tracing::warn!("some connections did not close in time, and are cut");
        }
        self.facts.remove();
    }
}

impl Drop for RunningProxy {
    fn drop(&mut self) {
        self.stop.cancel();
        self.following.abort();
        self.facts.remove();
    }
}

/// Checks every upstream once, and goes on with that.
async fn look(upstreams: &Upstreams, period: Duration) -> JoinSet<()> {
    let mut first = JoinSet::new();
    let mut checking = JoinSet::new();
    for upstream in &upstreams.all {
        let upstream = Arc::clone(upstream);
        let followed = Arc::clone(&upstream);
        first.spawn(async move { health::check(&upstream, true).await });
        checking.spawn(health::follow(followed, period));
    }
    // An upstream that does not answer yet may still come.
    let _ = tokio::time::timeout(FIRST_LOOK, first.join_all()).await;
    checking
}

fn names(config: &ProxyConfig) -> Vec<String> {
    let mut names = config.tls.names.clone();
    if let Some(address) = &config.public_address {
        names.push(address.host().to_owned());
    }
    names.push(reachable(config.listen).host().to_owned());
    names
}

fn link(config: &ProxyConfig, local_addr: SocketAddr) -> Link {
    let address = config.public_address.clone();
    let address = address.unwrap_or_else(|| reachable(local_addr));
    let mut link = Link::new(address);
    for pin in config.upstreams.iter().flat_map(|target| target.pins()) {
        if !link.pins.contains(pin) {
            link = link.with_pin(*pin);
        }
    }
    link
}

fn facts(local_addr: SocketAddr, tls: &ServerTls, link: &Link) -> Facts {
    Facts {
        pid: std::process::id(),
        listen: local_addr.to_string(),
        tracker: None,
        pin: tls.pin(),
        link: link.to_string(),
    }
}

/// Shows what the certificate becomes, and keeps `parlord.json` true.
fn follow(
    follower: Follower,
    local_addr: SocketAddr,
    tls: &ServerTls,
    link: &Link,
    published: &Arc<PublishedFacts>,
) -> JoinHandle<()> {
    let (tls, link, published) = (tls.clone(), link.clone(), Arc::clone(published));
    tokio::spawn(follower.follow(move || {
        if let Err(error) = published.rewrite(&facts(local_addr, &tls, &link)) {
            tracing::error!(%error, "parlord.json still shows the old pin");
        }
    }))
}
