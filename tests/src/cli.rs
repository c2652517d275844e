//! `parlor-cli` with a home of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::netns::Space;
use crate::process::Process;
use crate::program::program;
use crate::wire::PASSWORD;

/// A home from which `parlor-cli` is called.
#[derive(Debug)]
pub struct Cli {
    home: PathBuf,
    /// What stands in front of the command.
    prefix: Vec<String>,
    _own: TempDir,
}

impl Default for Cli {
    fn default() -> Self {
        Self::new()
    }
}

impl Cli {
    /// A new, empty home.
    ///
    /// # Panics
    ///
    /// When no temporary folder can be made.
    pub fn new() -> Self {
        let own = TempDir::new().expect("a temporary folder is made");
        Self {
            home: own.path().join("home"),
            prefix: Vec::new(),
            _own: own,
        }
    }

    /// A new, empty home, whose commands run in a network namespace.
    pub fn inside(space: &Space) -> Self {
        let mut cli = Self::new();
        cli.prefix.extend(space.prefix());
        cli
    }

    /// Its home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    fn command(&self, args: &[&str]) -> Command {
        let path = program("parlor-cli");
        let mut command = match self.prefix.split_first() {
            None => Command::new(path),
            Some((first, rest)) => {
                let mut prefixed = Command::new(first);
                prefixed.args(rest).arg(path);
                prefixed
            }
        };
        command.arg("--home").arg(&self.home).args(args);
        command.env("PARLOR_PASSWORD", PASSWORD);
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    ///
    /// When the program cannot be started.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args)
            .stdin(std::process::Stdio::null())
            .output()
            .expect("parlor-cli starts")
    }

    /// Runs a command that must succeed, and gives its standard output.
    ///
    /// # Panics
    ///
    /// When it ends otherwise.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "parlor-cli {args:?}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs a command with `--json`, and gives the objects it printed.
    ///
    /// # Panics
    ///
    /// When it fails, or prints anything else.
    pub fn json(&self, args: &[&str]) -> Vec<Value> {
        let mut all = vec!["--json"];
        all.extend(args);
        self.ok(&all)
            .lines()
            .map(|line| {
                serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("parlor-cli {args:?}: {error}: {line}"))
            })
            .collect()
    }

    /// Starts a command that runs on, such as `tail`.
    pub fn start(&self, args: &[&str]) -> Process {
        Process::start("parlor-cli", &mut self.command(args))
    }
}
