//! A running `parlord proxy` with a data folder of its own.

use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use rustls::ClientConfig;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;
use crate::program::program;
use crate::raw::Raw;
use crate::tls;
use crate::until::{SOON, until};

/// A running proxy. Dropping it kills it.
#[derive(Debug)]
pub struct Reverse {
    /// The process itself.
    pub process: Process,
    facts: Value,
    folder: TempDir,
    config: Arc<ClientConfig>,
}

impl Reverse {
    /// Starts a proxy to these upstreams, and waits until it accepts connections.
    pub fn to(upstreams: &[&str]) -> Self {
        Self::with(upstreams, "", None)
    }

    /// The same with a configuration file of this text, and on one core if it is said.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn with(upstreams: &[&str], config: &str, core: Option<usize>) -> Self {
        let folder = TempDir::new().expect("a temporary folder is made");
        let file = folder.path().join("proxy.toml");
        std::fs::write(&file, config).expect("the configuration is written");
        let path = program("parlord");
        let mut command = match core {
            None => Command::new(path),
            Some(core) => {
                let mut pinned = Command::new("taskset");
                pinned.arg("-c").arg(core.to_string()).arg(path);
                pinned
            }
        };
        command.arg("proxy").arg("--config").arg(&file);
        command.arg("--data").arg(folder.path().join("data"));
        command.args(["--listen", "127.0.0.1:0", "--upstream"]);
        command.args(upstreams);
        for (name, _) in std::env::vars() {
            if name.starts_with("PARLOR") {
                command.env_remove(name);
            }
        }
        let mut process = Process::start("parlord proxy", &mut command);
        let path = folder.path().join("data/parlord.json");
        let facts: Value = until("the proxy's parlord.json", SOON, || {
            if let Some(status) = process.ended() {
                panic!("the proxy ended: {status}\n{}", process.stderr().join("\n"));
            }
            serde_json::from_str(&std::fs::read_to_string(&path).ok()?).ok()
        });
        let pin = facts["pin"].as_str().expect("it names its pin");
        let (config, _) = tls::config(Some(pin), &["http/1.1"], rustls::ALL_VERSIONS);
        Self {
            process,
            facts,
            folder,
            config,
        }
    }

    /// The address it listens on.
    pub fn address(&self) -> String {
        self.fact("listen")
    }

    /// Its port.
    ///
    /// # Panics
    ///
    /// When `parlord.json` names none.
    pub fn port(&self) -> u16 {
        let address = self.address();
        let port = address.rsplit_once(':').map(|(_, port)| port.parse());
        port.and_then(Result::ok).expect("`listen` ends in a port")
    }

    /// The pin of the certificate that browsers see.
    pub fn pin(&self) -> String {
        self.fact("pin")
    }

    /// The link for Parlor's clients.
    pub fn link(&self) -> String {
        self.fact("link")
    }

    /// Its data folder.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn fact(&self, name: &str) -> String {
        self.facts[name]
            .as_str()
            .unwrap_or_else(|| panic!("parlord.json has no string {name:?}"))
            .to_owned()
    }

    /// A connection for HTTP/1.1.
    ///
    /// # Panics
    ///
    /// When the handshake fails.
    pub fn dial(&self) -> Raw {
        let socket = TcpStream::connect(self.address()).expect("the proxy accepts connections");
        Raw::over(socket, Arc::clone(&self.config)).expect("the handshake succeeds")
    }

    /// Sends bytes as they are, and gives all that comes back until the proxy closes.
    pub fn ask(&self, bytes: &[u8]) -> String {
        let mut raw = self.dial();
        raw.write(bytes);
        String::from_utf8_lossy(&raw.rest()).into_owned()
    }

    /// `GET path`, one request on its connection, with these further header lines.
    pub fn get(&self, path: &str, lines: &str) -> String {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: chat.example\r\nConnection: close\r\n{lines}\r\n"
        );
        self.ask(request.as_bytes())
    }

    /// Asks it to stop, and gives its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.process.signal(Signal::TERM);
        self.process.wait(Duration::from_secs(15)).code()
    }
}

/// The status of an HTTP/1.1 answer, 0 if there is none.
pub fn status(answer: &str) -> u16 {
    let line = answer.strip_prefix("HTTP/1.1 ").unwrap_or_default();
    line.get(..3)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0)
}
