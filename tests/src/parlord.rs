//! A running room server with a data folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::netns::Space;
use crate::process::Process;
use crate::program::program;
use crate::raw::Raw;
use crate::until::{SOON, until};

/// How a server is to be started.
#[derive(Debug)]
pub struct Setup {
    args: Vec<String>,
    env: Vec<(String, String)>,
    data: Option<PathBuf>,
    listen: String,
    tracker: String,
    /// What stands in front of the command.
    prefix: Vec<String>,
}

impl Default for Setup {
    /// Registration open, no rate limits, any free port.
    fn default() -> Self {
        Self::bare()
            .arg("--register")
            .arg("open")
            .arg("--no-rate-limits")
    }
}

impl Setup {
    /// The defaults of the program, on any free port, without a tracker inside.
    pub fn bare() -> Self {
        Self {
            args: Vec::new(),
            env: Vec::new(),
            data: None,
            listen: "127.0.0.1:0".to_owned(),
            tracker: "off".to_owned(),
            prefix: Vec::new(),
        }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// With a variable in its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// With its data in this folder, which outlives the server.
    #[must_use]
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// Listening there.
    #[must_use]
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen = address.into();
        self
    }

    /// With a tracker inside that listens there.
    #[must_use]
    pub fn tracker(mut self, address: impl Into<String>) -> Self {
        self.tracker = address.into();
        self
    }

    /// With a configuration file of this text, kept beside the data.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    #[must_use]
    pub fn config(self, folder: &Path, text: &str) -> Self {
        let path = folder.join("parlord.toml");
        std::fs::write(&path, text).expect("the configuration is written");
        self.arg("--config").arg(path.to_string_lossy())
    }

    /// On one processor core only.
    #[must_use]
    pub fn core(self, core: usize) -> Self {
        let words = ["taskset".to_owned(), "-c".to_owned(), core.to_string()];
        self.prefix(words)
    }

    /// In a network namespace.
    #[must_use]
    pub fn inside(self, space: &Space) -> Self {
        self.prefix(space.prefix())
    }

    /// With these words in front of the command: they must leave the process its id.
    fn prefix(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.prefix.extend(words);
        self
    }

    /// Starts the server and waits until it accepts connections.
    pub fn start(self) -> Parlord {
        let (data, own) = match &self.data {
            Some(folder) => (folder.clone(), None),
            None => {
                let own = TempDir::new().expect("a temporary folder is made");
                (own.path().join("data"), Some(own))
            }
        };
        let process = self.spawn(&data);
        let mut parlord = Parlord {
            setup: self,
            process,
            data,
            _own: own,
            facts: Value::Null,
        };
        parlord.ready();
        parlord
    }

    fn spawn(&self, data: &Path) -> Process {
        let path = program("parlord");
        let mut command = match self.prefix.split_first() {
            None => Command::new(path),
            Some((first, rest)) => {
                let mut prefixed = Command::new(first);
                prefixed.args(rest).arg(path);
                prefixed
            }
        };
        command.arg("run").arg("--data").arg(data);
        command.args(["--listen", &self.listen, "--tracker", &self.tracker]);
        command.args(&self.args);
        for (name, _) in std::env::vars() {
            if name.starts_with("PARLOR") {
                command.env_remove(name);
            }
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        Process::start("parlord", &mut command)
    }
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Parlord {
    setup: Setup,
    /// The process itself.
    pub process: Process,
    data: PathBuf,
    /// The temporary folder that holds `data`, where it is ours.
    _own: Option<TempDir>,
    facts: Value,
}

impl Parlord {
    /// A server with registration open and no rate limits.
    pub fn open() -> Self {
        Setup::default().start()
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What `parlord.json` says.
    pub fn facts(&self) -> &Value {
        &self.facts
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
        self.address()
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok())
            .expect("`listen` ends in a port")
    }

    /// Its pin.
    pub fn pin(&self) -> String {
        self.fact("pin")
    }

    /// Its link, without an invite.
    pub fn link(&self) -> String {
        self.fact("link")
    }

    fn fact(&self, name: &str) -> String {
        self.facts[name]
            .as_str()
            .unwrap_or_else(|| panic!("parlord.json has no string {name:?}: {}", self.facts))
            .to_owned()
    }

    /// The owner's code, which the first start printed.
    pub fn owner_code(&self) -> String {
        until("the owner's link on standard output", SOON, || {
            self.process.stdout().iter().find_map(|line| {
                let (_, rest) = line.split_once("invite=")?;
                let end = rest.find(|c: char| c == '&' || c.is_whitespace());
                Some(rest[..end.unwrap_or(rest.len())].to_owned())
            })
        })
    }

    /// A new connection by its pin, with the `welcome` not yet read.
    pub fn dial(&self) -> Raw {
        Raw::dial(&self.address(), &self.pin())
    }

    /// Waits for `parlord.json` of the process that was just started.
    fn ready(&mut self) {
        let path = self.data.join("parlord.json");
        let id = u64::from(self.process.id());
        self.facts = until("parlord.json", SOON, || {
            if let Some(status) = self.process.ended() {
                panic!(
                    "parlord ended: {status}\n{}",
                    self.process.stderr().join("\n")
                );
            }
            let text = std::fs::read_to_string(&path).ok()?;
            let facts: Value = serde_json::from_str(&text).ok()?;
            (facts["pid"] == id).then_some(facts)
        });
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again on the same data and the same port.
    pub fn start_again(&mut self) {
        self.process.kill();
        self.setup.listen = self.address();
        self.process = self.setup.spawn(&self.data);
        self.ready();
    }

    /// Starts it again with one more argument.
    pub fn start_again_with(&mut self, arg: &str) {
        self.setup.args.push(arg.to_owned());
        self.start_again();
    }

    /// Asks it to stop, and gives its exit code.
    ///
    /// # Panics
    ///
    /// When it still runs after ten seconds and some grace.
    pub fn stop(&mut self) -> Option<i32> {
        self.process.signal(Signal::TERM);
        self.process.wait(Duration::from_secs(15)).code()
    }
}
