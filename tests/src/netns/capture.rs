//! What passes through a namespace, in a file.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use super::Space;
use crate::process::Process;
use crate::until::{SOON, until};

/// The port of TCP that is knocked at last, where nothing listens: once that was captured, everything before it was.
const LAST: u16 = 9;

/// How long the capturing program may take to write the rest.
const REST: Duration = Duration::from_secs(10);

/// Packets beyond this many are not kept, so that no test fills a disk.
const PACKETS: &str = "500000";

/// A running capture. Dropping it ends it, and removes the file.
#[derive(Debug)]
pub struct Capture<'a> {
    space: &'a Space,
    tcpdump: Process,
    file: PathBuf,
    _folder: TempDir,
}

impl<'a> Capture<'a> {
    /// Captures everything that passes any interface, from now on.
    ///
    /// # Panics
    ///
    /// When tcpdump cannot be started (tests/set-up installs it).
    pub fn start(space: &'a Space) -> Self {
        let folder = TempDir::new().expect("a temporary folder is made");
        let file = folder.path().join("packets.pcap");
        let mut command = space.command("tcpdump");
        // Whole packets, written at once, by this user, who may write there.
        command.args([
            "-i",
            "any",
            "-n",
            "-U",
            "-s",
            "0",
            "-Z",
            "root",
            "-c",
            PACKETS,
            "--immediate-mode",
            "-w",
        ]);
        let mut tcpdump = Process::start("tcpdump", command.arg(&file));
        until("tcpdump to listen", SOON, || {
            if let Some(status) = tcpdump.ended() {
                panic!("tcpdump ended: {status}: {:?}", tcpdump.stderr());
            }
            let said = tcpdump.stderr();
            said.iter()
                .any(|line| line.contains("listening on"))
                .then_some(())
        });
        Self {
            space,
            tcpdump,
            file,
            _folder: folder,
        }
    }

    /// Ends it, and gives every byte that was captured.
    ///
    /// # Panics
    ///
    /// When the file cannot be read.
    pub fn finish(mut self) -> Vec<u8> {
        self.end();
        std::fs::read(&self.file).expect("what was captured is there")
    }

    /// Ends it, and gives the packets for which a filter of tcpdump holds, a line each.
    ///
    /// # Panics
    ///
    /// When the file or the filter cannot be read.
    pub fn packets(mut self, filter: &str) -> Vec<String> {
        self.end();
        let output = self.read(filter);
        assert!(output.status.success(), "{output:?}");
        let lines = String::from_utf8_lossy(&output.stdout);
        lines.lines().map(str::to_owned).collect()
    }

    fn read(&self, filter: &str) -> Output {
        let mut command = Command::new("tcpdump");
        command.args(["-n", "-r"]).arg(&self.file).arg(filter);
        command.output().expect("tcpdump is there")
    }

    fn end(&mut self) {
        // The kernel hands packets over a little later.
        let knock = format!("true < /dev/tcp/127.0.0.1/{LAST} || true");
        let last = format!("tcp port {LAST}");
        until("the last packet in the capture", SOON, || {
            self.space.run("bash", &["-c", &knock]);
            // While it is written, the file may end within a packet.
            (!self.read(&last).stdout.is_empty()).then_some(())
        });
        self.tcpdump.signal(Signal::INT);
        self.tcpdump.wait(REST);
    }
}

/// Whether these bytes hold a text.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
