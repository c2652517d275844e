//! `parlor-tracker run`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use parlor_certs::{Identity, Link, ServerTls};
use parlor_tracker::room_server::{Nobody, RoomServer};
use parlor_tracker::{Authority, Sockets, Tracker};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::certificate::Certificate;
use super::config::Config;
use super::data_dir::{DataDir, Facts};
use super::log::HeldLog;
use super::options::RunOptions;
use super::{DONE, UNUSABLE, complain, print};

/// Runs the tracker until it is told to stop; the answer is the exit code.
pub(crate) fn run(options: &RunOptions) -> u8 {
    match try_run(options) {
        Ok(()) => DONE,
        Err(error) => {
            complain(format!("{error:#}"));
            UNUSABLE
        }
    }
}

fn try_run(options: &RunOptions) -> anyhow::Result<()> {
    let config = options.config()?;
    let log = HeldLog::install(&config.log)?;
    allow_many_files();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("parlor-tracker")
        .build()?;
    runtime.block_on(serve(&config, &log))
}

async fn serve(config: &Config, log: &HeldLog) -> anyhow::Result<()> {
    // From here on a signal stops the tracker instead of the process.
    let mut signals = Signals::new()?;
    let data = DataDir::open(&config.data)?;
    let certificate = match config.tls.files() {
        Some(files) => Certificate::Files(files),
        None => Certificate::Own {
            dir: data.tls(),
            names: names(config),
        },
    };
    let identity = certificate.load()?;
    let tls = ServerTls::new(&identity)?;
    let sockets = Sockets::bind(config.listen).map_err(|e| refused(config.listen, &e))?;
    let (stop, tasks, reload) = (CancellationToken::new(), TaskTracker::new(), Notify::new());
    let authority = authority(config, &data, &stop, &tasks)?;
    let running = Tracker::new(config.settings(), tls.clone(), authority)
        .start(sockets, stop.clone())
        .await?;
    let facts = Facts {
        pid: std::process::id(),
        listen: running.local_addr().to_string(),
        pin: identity.pin(),
        link: config.server.as_ref().map(public),
    };
    let published = data.publish(&facts)?;
    log.release();
    if config.server.is_none() {
        tracing::warn!("nobody can sign in: this tracker was started without --server");
    }
    print(&greeting(config, &facts, &data, &identity))?;
    tokio::select! {
        () = signals.follow(|| reload.notify_one()) => {}
        () = certificate.follow(tls, &reload) => {}
    }
    drop(published);
    stop.cancel();
    running.finished().await;
    tasks.close();
    tasks.wait().await;
    Ok(())
}

/// Who is asked about passwords and devices.
fn authority(
    config: &Config,
    data: &DataDir,
    stop: &CancellationToken,
    tasks: &TaskTracker,
) -> anyhow::Result<Arc<dyn Authority>> {
    let Some(link) = &config.server else {
        return Ok(Arc::new(Nobody));
    };
    let server = Arc::new(RoomServer::open(link, &data.room_server())?);
    let (following, stop) = (Arc::clone(&server), stop.clone());
    tasks.spawn(async move { following.follow(stop).await });
    Ok(server)
}

/// A link without what is somebody's own.
fn public(link: &Link) -> Link {
    let mut public = Link::new(link.address.clone());
    public.pins.clone_from(&link.pins);
    public
}

/// The names of a certificate of our own: apps do not look at them, scripts do.
fn names(config: &Config) -> Vec<String> {
    let mut names = config.tls.names.clone();
    if !config.listen.ip().is_unspecified() {
        names.push(config.listen.ip().to_string());
    }
    names
}

fn refused(address: SocketAddr, error: &io::Error) -> anyhow::Error {
    let reason = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "the port is in use (TCP or UDP); stop what uses it, or choose another with --listen"
                .into()
        }
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address".into(),
        io::ErrorKind::PermissionDenied => {
            "this port is reserved; choose one of 1024 or above with --listen".into()
        }
        _ => error.to_string(),
    };
    anyhow::anyhow!("cannot listen on {address}: {reason}")
}

/// What the one who started it should know.
fn greeting(config: &Config, facts: &Facts, data: &DataDir, identity: &Identity) -> String {
    let server = match &facts.link {
        Some(link) => link.to_string(),
        None => "none; nobody can sign in without --server LINK".into(),
    };
    format!(
        "{} listens on {}\nData:   {}\nServer: {server}\nPin:    {}\n",
        config.name,
        facts.listen,
        data.path().display(),
        identity.pin(),
    )
}

/// What the system, or whoever runs the program, may ask it for.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Answers when it is time to stop; on SIGHUP the certificate is read again.
    async fn follow(&mut self, reload: impl Fn()) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hang_up.recv() => reload(),
            }
        }
    }
}

/// Each connection is an open file or two, and the usual bound is 1,024 of them; a
/// process may raise its own up to the hard one.
fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the bound on open files stays as it is");
    }
}
