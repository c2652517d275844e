//! The release build of `parlord`, on its core.

use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use rustix::thread::{CpuSet, sched_setaffinity};
use rustls::ClientConfig;
use serde_json::{Value, json};

use crate::bench::conn::Conn;
use crate::parlord::{Parlord, Setup};
use crate::program::workspace;
use crate::tls;
use crate::wire::PASSWORD;

/// The server's core.
pub const SERVER_CORE: usize = 0;
/// The core of everything else.
const LOAD_CORE: usize = 1;
/// Connections that a bench may open, on either side.
const FILES: u64 = 16_384;

/// A server for one part of the bench.
#[derive(Debug)]
pub struct Bench {
    /// The server.
    pub server: Parlord,
    config: Arc<ClientConfig>,
}

/// Builds the programs that are measured.
///
/// # Errors
///
/// When cargo fails.
pub fn build(package: &str) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet", "-p", package])
        .current_dir(workspace())
        .status()
        .context("running cargo")?;
    if !status.success() {
        bail!("{package} does not build");
    }
    Ok(())
}

/// Puts this thread on the load's core, and lets it hold many files.
///
/// # Errors
///
/// Where the machine has one core only, or the limit on files is too low.
pub fn prepare() -> Result<()> {
    let mut cores = CpuSet::new();
    cores.set(LOAD_CORE);
    sched_setaffinity(None, &cores).context("the bench wants two cores")?;
    let files = rustix::process::Rlimit {
        current: Some(FILES),
        maximum: rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum,
    };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, files)
        .context("raising the limit on open files (ulimit -n)")
}

impl Bench {
    /// Starts a server with nobody in it.
    pub fn start() -> Self {
        let server = Setup::default().arg("--guests").core(SERVER_CORE).start();
        let (config, _) = tls::config(Some(&server.pin()), &["parlor/1"], tls::ONLY_13);
        Self { server, config }
    }

    /// A connection that is not signed in.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub fn dial(&self) -> Result<Conn> {
        Conn::open(&self.server.address(), &self.config)
    }

    /// Opens a connection by any opening request.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn open(&self, request: &Value) -> Result<(Conn, Value)> {
        let mut conn = self.dial()?;
        let session = conn.ask(request, "session")?;
        Ok((conn, session))
    }

    /// A new user with an account.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn register(&self, username: &str) -> Result<(Conn, Value)> {
        self.open(&json!({"type": "register", "username": username, "password": PASSWORD}))
    }

    /// A new guest.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn guest(&self, nickname: &str) -> Result<(Conn, Value)> {
        self.open(&json!({"type": "guest", "nickname": nickname}))
    }

    /// Another connection of a session.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn resume(&self, session: &Value) -> Result<Conn> {
        Ok(self
            .open(&json!({"type": "resume", "token": session["token"]}))?
            .0)
    }
}
