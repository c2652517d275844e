//! A script that drives a real browser, and asks its test for what only the
//! test can do.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::desktop::screens;
use crate::program::workspace;

/// The programs by which Debian and others call the browser.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A script of `tests/web`, running.
#[derive(Debug)]
pub struct Script {
    name: String,
    child: Child,
}

impl Script {
    /// Starts a script with these variables in its environment.
    ///
    /// # Panics
    ///
    /// When node or the browser is missing; `./test` installs them.
    pub fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let folder = workspace().join("tests/web");
        assert!(
            folder.join("node_modules/playwright-core").is_dir(),
            "what drives the browser is not installed: run ./test"
        );
        let child = Command::new("node")
            .arg(folder.join(name))
            .envs(variables.iter().copied())
            .env("CHROMIUM", browser())
            .env("SCREENS", screens())
            .env("TEST", test())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("node does not start: {error}: run ./test"));
        Self {
            name: name.to_owned(),
            child,
        }
    }

    /// Answers what the script asks until it ends.
    ///
    /// # Panics
    ///
    /// When the script failed; its last lines on standard error say at which step.
    pub fn serve(mut self, mut answer: impl FnMut(&str, &Value) -> Value) {
        let stdout = self.child.stdout.take().expect("stdout is piped");
        let mut stdin = self.child.stdin.take().expect("stdin is piped");
        for line in BufReader::new(stdout).lines() {
            let line = line.expect("the script's output is text");
            let asked: Value = serde_json::from_str(&line)
                .unwrap_or_else(|error| panic!("{}: {error}: {line}", self.name));
            let what = asked["ask"].as_str().expect("`ask` is a string").to_owned();
            let reply = json!({ "answer": answer(&what, &asked) });
            // A script that has just failed reads no more; its exit code says so.
            let _ = writeln!(stdin, "{reply}").and_then(|()| stdin.flush());
        }
        let status = self.child.wait().expect("a child can be waited for");
        assert!(status.success(), "{} failed: {status}", self.name);
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The running test's name, as a file's name may be.
fn test() -> String {
    let thread = std::thread::current();
    thread.name().unwrap_or("web").replace("::", "-")
}

/// The path of a browser.
fn browser() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .flat_map(|folder| BROWSERS.map(|name| folder.join(name)))
        .find(|candidate| candidate.is_file())
        .expect("there is no Chromium: run ./test")
}
