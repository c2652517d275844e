//! A tracker as a process.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use parlor_certs::{Address, Alpn, Trust, client_config, server_name};
use rustix::process::{Pid, Signal, kill_process};
use rustls::{ClientConnection, StreamOwned};
use serde_json::Value;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-tracker"));
    for (name, _) in std::env::vars() {
        if name.starts_with("PARLOR_TRACKER") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// What a run that does not start says.
pub(crate) fn output(args: &[&str]) -> Output {
    program().args(args).output().unwrap()
}

/// A tracker that accepts connections. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) greeting: String,
    data: PathBuf,
}

impl Running {
    pub(crate) fn start(data: &Path, args: &[&str]) -> Self {
        let mut child = program()
            .args(["run", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut running = Self {
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
            greeting: String::new(),
            data: data.to_owned(),
        };
        while !running.greeting.contains("Pin:") {
            let read = running.stdout.read_line(&mut running.greeting).unwrap();
            assert_ne!(read, 0, "it ended: {}", running.stderr());
        }
        running
    }

    pub(crate) fn facts(&self) -> Value {
        let facts = fs::read(self.data.join("parlor-tracker.json")).unwrap();
        serde_json::from_slice(&facts).unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.facts()["listen"].as_str().unwrap().parse().unwrap()
    }

    fn stderr(&mut self) -> String {
        let mut text = String::new();
        let stderr = self.child.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut text).unwrap();
        text
    }

    /// Stops it; answers its exit code.
    pub(crate) fn stop(&mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self.child.wait().unwrap().code()
    }

    /// A call under the pin of the facts; its status, and its JSON.
    pub(crate) fn call(&self, head: &str, token: &str, body: &str) -> (u16, Value) {
        let pin = self.facts()["pin"].as_str().unwrap().parse().unwrap();
        let config = client_config(Trust::Pins(vec![pin]), Alpn::Http1).unwrap();
        let address = self.address();
        let tcp = TcpStream::connect(address).unwrap();
        let name = server_name(&Address::from(address));
        let connection = ClientConnection::new(config, name).unwrap();
        let mut stream = StreamOwned::new(connection, tcp);
        let length = body.len();
        write!(
            stream,
            "{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        (status, serde_json::from_str(body).unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
