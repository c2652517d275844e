//! A child process that never outlives its test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal};

use crate::until::until;

/// A child with its output kept; killed, by its own id, when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    stdout: Arc<Mutex<Vec<String>>>,
    stderr: Arc<Mutex<Vec<String>>>,
    /// The threads that fill the two; they end with the pipes.
    gatherers: Vec<JoinHandle<()>>,
}

/// What a process has used, from `/proc`.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Processor time of all its threads, user and system.
    pub cpu: Duration,
    /// Memory that is its own and resident, in bytes.
    pub resident: u64,
}

impl Process {
    /// Starts `command`; `name` stands in messages.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn start(name: &str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let (stdout, of_stdout) = gather(child.stdout.take().expect("stdout is piped"));
        let (stderr, of_stderr) = gather(child.stderr.take().expect("stderr is piped"));
        Self {
            name: name.to_owned(),
            child,
            stdout,
            stderr,
            gatherers: vec![of_stdout, of_stderr],
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The lines it wrote to standard output until now.
    pub fn stdout(&self) -> Vec<String> {
        self.stdout.lock().expect("no holder panics").clone()
    }

    /// The lines it wrote to standard error until now.
    pub fn stderr(&self) -> Vec<String> {
        self.stderr.lock().expect("no holder panics").clone()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().expect("a child can be waited for");
        if status.is_some() {
            for gatherer in self.gatherers.drain(..) {
                let _ = gatherer.join();
            }
        }
        status
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it still runs after `within`.
    pub fn wait(&mut self, within: Duration) -> ExitStatus {
        let what = format!("the end of {}", self.name);
        until(&what, within, || self.ended())
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.id()).expect("process ids fit");
        if let Some(pid) = Pid::from_raw(id) {
            // A process that has just ended cannot be signalled, which is no fault.
            let _ = rustix::process::kill_process(pid, signal);
        }
    }

    /// Ends it as `kill -9` does, and reaps it.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What it has used until now.
    ///
    /// # Panics
    ///
    /// When it has ended, or `/proc` is not there.
    pub fn usage(&self) -> Usage {
        usage_of(self.id())
    }
}

/// What a process has used until now.
///
/// # Panics
///
/// When it has ended, or `/proc` is not there.
pub fn usage_of(id: u32) -> Usage {
    let stat =
        std::fs::read_to_string(format!("/proc/{id}/stat")).expect("a running process has a stat");
    // The name, in brackets, may hold spaces; fields are counted after it.
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .expect("stat has a name in brackets")
        .1
        .split_whitespace()
        .collect();
    let number = |at: usize| fields[at].parse::<u64>().expect("stat holds numbers");
    let ticks = number(11) + number(12);
    let per_second = rustix::param::clock_ticks_per_second();
    Usage {
        cpu: Duration::from_secs_f64(ticks as f64 / per_second as f64),
        resident: number(21) * rustix::param::page_size() as u64,
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("--- standard error of {}:", self.name);
            for line in self.stderr().iter().rev().take(40).rev() {
                eprintln!("{line}");
            }
        }
    }
}

/// Keeps what a pipe brings, line by line, until it closes.
fn gather(pipe: impl Read + Send + 'static) -> (Arc<Mutex<Vec<String>>>, JoinHandle<()>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let thread = std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            let Ok(line) = line else { break };
            kept.lock().expect("no holder panics").push(line);
        }
    });
    (lines, thread)
}
