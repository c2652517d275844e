//! A tracker that stands alone, with a data folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::parlord::Parlord;
use crate::process::Process;
use crate::program::program;
use crate::until::{SOON, until};

/// A running `parlor-tracker`.
#[derive(Debug)]
pub struct Tracker {
    process: Process,
    data: PathBuf,
    facts: Value,
}

impl Tracker {
    /// Starts one for a room server, on any free port, and waits until it accepts connections.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn start(server: &Parlord, folder: &Path, name: &str, config: &str) -> Self {
        let data = folder.join(name);
        let file = folder.join(format!("{name}.toml"));
        std::fs::write(&file, config).expect("the configuration is written");
        let mut command = Command::new(program("parlor-tracker"));
        command.args(["run", "--listen", "127.0.0.1:0", "--no-rate-limits"]);
        command.arg("--server").arg(server.link());
        command.arg("--config").arg(&file).arg("--data").arg(&data);
        let process = Process::start("parlor-tracker", &mut command);
        let facts = until("the tracker runs", SOON, || {
            let text = std::fs::read(data.join("parlor-tracker.json")).ok()?;
            serde_json::from_slice(&text).ok()
        });
        Self {
            process,
            data,
            facts,
        }
    }

    /// `HOST:PORT`.
    ///
    /// # Panics
    ///
    /// When its facts do not say.
    pub fn address(&self) -> &str {
        self.facts["listen"].as_str().expect("an address")
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// How `trackers` of the room server's configuration names it.
    ///
    /// # Panics
    ///
    /// When its facts do not say.
    pub fn entry(&self) -> String {
        let (host, port) = self.address().rsplit_once(':').expect("a port");
        let pin = self.facts["pin"].as_str().expect("a pin");
        format!("{{ host = \"{host}\", port = {port}, pin = \"{pin}\" }}")
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.process.kill();
    }
}
