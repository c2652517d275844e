//! `parlord run`.

use std::fmt::Write as _;

use parlord::config::Config;
use parlord::server::{RunningServer, Server};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::log::HeldLog;
use super::options::RunOptions;
use super::{DONE, UNUSABLE, complain, print};

/// Runs the server until it is told to stop; the answer is the exit code.
pub(crate) fn run(options: &RunOptions) -> u8 {
    match try_run(options) {
        Ok(()) => DONE,
        Err(error) => {
            complain(error);
            UNUSABLE
        }
    }
}

fn try_run(options: &RunOptions) -> anyhow::Result<()> {
    let config = options.config()?;
    let log = HeldLog::install(&config.log)?;
    allow_many_files();
    runtime()?.block_on(async {
        // From here on a signal stops the server instead of the process.
        let mut signals = Signals::new()?;
        let server = Server::start(config.clone()).await?;
        log.release();
        print(&greeting(&config, &server))?;
        signals.follow(|| server.reload_certificate()).await;
        server.shutdown().await;
        Ok(())
    })
}

/// What the program's tasks run on.
pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("parlord")
        .build()
}

/// What the one who started it should know.
fn greeting(config: &Config, server: &RunningServer) -> String {
    let tracker = server.tracker_addr().map_or_else(String::new, |address| {
        format!("Its tracker listens on {address}, TCP and UDP\n")
    });
    let mut text = format!(
        "{} listens on {}\n{tracker}Data:  {}\nPin:   {}\nLink:  {}\n",
        config.name,
        server.local_addr(),
        server.data().display(),
        server.pin(),
        server.link(),
    );
    if let Some(link) = server.owner_link() {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "Owner: {link}\n       Whoever registers with this link first owns the server. \
             It works once and is not shown again.\n"
        );
    } else if !server.is_owned() {
        text.push_str("Nobody owns this server yet: parlord invite --role owner makes a link.\n");
    }
    text
}

/// What the system, or whoever runs the program, may ask it for.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Answers when it is time to stop; on SIGHUP the certificate is read again.
    pub(super) async fn follow(&mut self, reload: impl Fn()) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hang_up.recv() => reload(),
            }
        }
    }
}

/// Each connection is an open file, and the usual bound is 1,024 of them; a
/// process may raise its own up to the hard one.
pub(super) fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the bound on open files stays as it is");
    }
}
