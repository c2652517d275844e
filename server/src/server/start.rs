//! Everything from the configuration to the open port.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use parlor_certs::{Link, ServerKey, ServerTls};
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Phase, Rooms, RunningServer, tracker};
use crate::certificate::{Certificate, Follower};
use crate::config::Config;
use crate::connection;
use crate::data_dir::{DataDir, DataLock, Facts, PublishedFacts};
use crate::face::Face;
use crate::files::Files;
use crate::listener::{self, Behind, Gate, Secured, Serving, Sessions};
use crate::passwords::Passwords;
use crate::start_error::StartError;
use crate::state::{Parts, State};
use crate::storage::Storage;
use crate::storage::sqlite::SqliteStorage;
use crate::{clock, first_start, http};

/// Starts servers.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts a server. It accepts connections when this answers, and
    /// `DATA/parlord.json` says where.
    pub async fn start(config: Config) -> Result<RunningServer, StartError> {
        config.check()?;
        let data = DataDir::open(&config.data)?;
        let lock = data.lock()?;
        let certificate = Certificate::of(&config, &data);
        let tls = ServerTls::new(&certificate.load()?)?;
        let key = ServerKey::open(&data.signing_key())?;
        let (listener, local_addr) = bind(config.listen)?;
        let tracker_port = tracker::bind(&config)?;
        let face = Face::new(&config, local_addr, tls.clone());

        let broken = |source| StartError::Storage {
            path: data.database(),
            source,
        };
        let opened = SqliteStorage::open(data.database()).await;
        let storage: Arc<dyn Storage> = Arc::new(opened.map_err(broken)?);
        let owner_code = first_start::owner_code(&*storage, clock::now())
            .await
            .map_err(broken)?;
        let files = Files::open(data.path(), Arc::clone(&storage), config.files.clone());
        let files = files.map_err(|source| StartError::DataDir {
            path: data.path().to_owned(),
            source,
        })?;
        let rooms = State::start(Parts {
            files,
            passwords: Passwords::new(config.passwords.clone()),
            storage: Arc::clone(&storage),
            link: face.link(),
            signing: key,
            next_pins: face.next_pins().iter().map(ToString::to_string).collect(),
            config: config.clone(),
        })
        .await
        .map_err(broken)?;
        let tracker = match tracker_port {
            Some(sockets) => {
                let started = tracker::start(&config, sockets, tls.clone(), &rooms).await;
                Some(started.inspect_err(|_| rooms.abandon())?)
            }
            None => None,
        };
        let opening = Opening {
            tracker,
            owner_link: owner_code.map(|code| face.link().with_invite(code)),
            config,
            data,
            lock,
            certificate,
            tls,
            local_addr,
            face,
            storage,
            router: http::router(Arc::clone(&rooms)),
            rooms,
        };
        opening.open(listener)
    }
}

/// The link of the server of a data folder, without an invite: as a running
/// one published it, or as it will be once one runs.
pub fn link_of(config: &Config) -> Result<Link, StartError> {
    let data = DataDir::open(&config.data)?;
    if let Some(link) = data.published_link() {
        return Ok(link);
    }
    let tls = ServerTls::new(&Certificate::of(config, &data).load()?)?;
    Ok(Face::new(config, config.listen, tls).link())
}

/// Listens on an address, and says on which, with the real port.
pub(crate) fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = listener::bind(address).and_then(|listener| {
        let local_addr = listener.local_addr()?;
        Ok((listener, local_addr))
    });
    bound.map_err(|source| StartError::Listen { address, source })
}

/// A server that has all it needs but connections.
struct Opening {
    config: Config,
    data: DataDir,
    lock: DataLock,
    certificate: Certificate,
    tls: ServerTls,
    local_addr: SocketAddr,
    face: Face,
    owner_link: Option<Link>,
    storage: Arc<dyn Storage>,
    router: Router,
    rooms: Arc<dyn Rooms>,
    tracker: Option<tracker::Inside>,
}

impl Opening {
    fn open(self, listener: TcpListener) -> Result<RunningServer, StartError> {
        let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
        let tasks = TaskTracker::new();
        let sessions: Arc<dyn Sessions> = Arc::clone(&self.rooms) as _;
        let behind = Behind {
            sessions,
            router: self.router.clone(),
            stop: stop.clone(),
            cut: cut.clone(),
            tasks: tasks.clone(),
        };
        let gate = Gate::new(self.tls.clone(), &self.config, behind);
        let facts = Arc::new(self.data.publish(&self.facts())?);
        let accepting = tokio::spawn(gate.accept(listener));
        let reload = Arc::new(Notify::new());
        let following = self.follow(Arc::clone(&reload), Arc::clone(&facts));
        let (phases, _) = broadcast::channel(Phase::ALL.len());
        Ok(RunningServer {
            local_addr: self.local_addr,
            face: self.face,
            owner_link: self.owner_link,
            data: self.data,
            rooms: self.rooms,
            storage: self.storage,
            reload,
            stop,
            cut,
            tasks,
            tracker: self.tracker,
            accepting,
            following,
            phases,
            facts,
            lock: Some(self.lock),
        })
    }

    fn facts(&self) -> Facts {
        let tracker = self.tracker.as_ref().map(|tracker| tracker.address);
        facts(self.local_addr, tracker, &self.face)
    }

    /// Shows what the certificate becomes, and keeps `parlord.json` true.
    fn follow(
        &self,
        reload: Arc<Notify>,
        published: Arc<PublishedFacts>,
    ) -> tokio::task::JoinHandle<()> {
        let follower = Follower::new(self.certificate.clone(), self.tls.clone(), reload);
        let (local_addr, face) = (self.local_addr, self.face.clone());
        let tracker = self.tracker.as_ref().map(|tracker| tracker.address);
        let rooms = Arc::clone(&self.rooms);
        tokio::spawn(follower.follow(move || {
            rooms.set_link(face.link());
            if let Err(error) = published.rewrite(&facts(local_addr, tracker, &face)) {
                tracing::error!(%error, "parlord.json still shows the old pin");
            }
        }))
    }
}

fn facts(local_addr: SocketAddr, tracker: Option<SocketAddr>, face: &Face) -> Facts {
    Facts {
        pid: std::process::id(),
        listen: local_addr.to_string(),
        tracker: tracker.map(|address| address.to_string()),
        pin: face.pin(),
        link: face.link().to_string(),
    }
}

impl Sessions for State {
    fn serve(self: Arc<Self>, stream: Secured, peer: SocketAddr) -> Serving {
        Box::pin(connection::serve(stream, peer, self))
    }
}

impl Rooms for State {
    fn online(&self) -> usize {
        self.connection_count()
    }

    fn is_owned(&self) -> bool {
        self.has_owner()
    }

    fn set_link(&self, link: Link) {
        State::set_link(self, link);
    }

    fn abandon(&self) {
        State::abandon(self);
    }

    fn stop(self: Arc<Self>) -> Serving {
        Box::pin(async move { State::stop(&self).await })
    }
}
