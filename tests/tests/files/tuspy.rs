//! A tus client that is not ours: tuspy, which `tests/set-up` installs.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::process::Process;
use parlor_tests::program::{build_folder, workspace};
use parlor_tests::tus::{Tus, noise};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::json;
use tempfile::TempDir;

/// A file that takes tuspy some time.
const SIZE: usize = 24 << 20;
/// What tuspy sends at once, where it sends in pieces.
const PIECE: usize = 1 << 20;

struct Scene {
    folder: TempDir,
    server: Parlord,
    alice: Wire,
    tus: Tus,
    bytes: Vec<u8>,
}

impl Scene {
    /// A server whose certificate is for the address that tuspy dials: it does not know pins.
    fn new(seed: u64) -> Self {
        let folder = TempDir::new().expect("a folder");
        let names = "[tls]\nnames = [\"127.0.0.1\", \"localhost\"]\n";
        let server = Setup::default().config(folder.path(), names).start();
        let alice = Wire::register(&server, "alice");
        let tus = Tus::of(&server, &alice);
        let bytes = noise(seed, SIZE);
        std::fs::write(folder.path().join("file"), &bytes).expect("it is written");
        Self {
            folder,
            server,
            alice,
            tus,
            bytes,
        }
    }

    /// Starts tuspy with a file, by way of an address.
    fn tuspy(&self, address: &str, piece: usize) -> Process {
        let path = |name: &str| self.folder.path().join(name);
        let mut command = Command::new(python());
        command.arg(workspace().join("tests/tus/upload.py"));
        command.arg(format!("https://{address}/files"));
        command.args([path("file"), path("urls")]);
        command.args(["Tệp của tuspy.bin", "general"]);
        command.arg(piece.to_string());
        command.arg(if piece < SIZE { "checked" } else { "unchecked" });
        command.env("TOKEN", self.alice.token());
        command.env("REQUESTS_CA_BUNDLE", certificate(self.server.data()));
        Process::start("tuspy", &mut command)
    }

    /// Waits for tuspy's success, and compares what the server has.
    fn is_whole(&mut self, tuspy: &mut Process) {
        let status = tuspy.wait(2 * SOON);
        assert!(status.success(), "{}", tuspy.stderr().join("\n"));
        let listed = self.alice.get("files", json!({"type": "files"}));
        let file = &listed["files"][0];
        assert_eq!(file["name"], "Tệp của tuspy.bin");
        assert_eq!(
            listed["files"].as_array().map(Vec::len),
            Some(1),
            "{listed}"
        );
        let id = file["id"].as_str().expect("an id");
        assert!(self.tus.get(id, &[]).body == self.bytes, "byte for byte");
    }
}

/// The interpreter of tuspy's own environment.
fn python() -> PathBuf {
    let target = build_folder().parent().expect("target").to_owned();
    let python = target.join("tuspy/bin/python");
    assert!(python.exists(), "tuspy is not installed: run tests/set-up");
    python
}

fn certificate(data: &Path) -> PathBuf {
    parlor_certs::identity::own_files(&data.join("tls")).cert
}

/// The offsets that tuspy told of.
fn offsets(tuspy: &Process, word: &str) -> Vec<u64> {
    tuspy
        .stdout()
        .iter()
        .filter_map(|line| line.strip_prefix(word)?.trim().parse().ok())
        .collect()
}

#[test]
fn tuspy_is_killed_and_goes_on() {
    let mut scene = Scene::new(30);
    let address = scene.server.address();
    let mut first = scene.tuspy(&address, PIECE);
    until("some pieces", SOON, || {
        assert!(first.ended().is_none(), "{:?}", first.stderr());
        (offsets(&first, "sent").len() >= 3).then_some(())
    });
    first.kill();
    let mut second = scene.tuspy(&address, PIECE);
    scene.is_whole(&mut second);
    let resumed = offsets(&second, "begins at");
    assert!(
        resumed[0] >= 3 * PIECE as u64,
        "it went on from {resumed:?}"
    );
}

#[test]
fn tuspy_goes_on_after_the_server_was_killed() {
    let mut scene = Scene::new(31);
    let address = scene.server.address();
    let mut first = scene.tuspy(&address, PIECE);
    until("some pieces", SOON, || {
        (offsets(&first, "sent").len() >= 3).then_some(())
    });
    scene.server.kill();
    assert!(!first.wait(SOON).success(), "it cannot have gone well");
    let told = offsets(&first, "sent").into_iter().max().expect("some");
    scene.server.start_again();
    let mut second = scene.tuspy(&address, PIECE);
    scene.alice = Wire::resume(&scene.server, &scene.alice.token(), &json!({}));
    scene.is_whole(&mut second);
    let resumed = offsets(&second, "begins at");
    assert!(resumed[0] >= told, "{resumed:?}: {told} was acknowledged");
}

#[test]
fn tuspy_goes_on_after_its_connection_was_cut() {
    let mut scene = Scene::new(32);
    let cutter = Cutter::start(&scene.server.address(), 5 << 20, 3);
    let mut tuspy = scene.tuspy(&cutter.address, SIZE);
    scene.is_whole(&mut tuspy);
    assert_eq!(cutter.cuts.load(Ordering::Relaxed), 3, "it was cut");
    let resumed = offsets(&tuspy, "resumed at");
    assert!(resumed.last().is_some_and(|at| *at > 0), "{resumed:?}");
}

/// A wire between the two that is cut whenever so many bytes went up on a connection.
struct Cutter {
    address: String,
    cuts: Arc<AtomicUsize>,
}

impl Cutter {
    fn start(to: &str, after: u64, times: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let cuts = Arc::new(AtomicUsize::new(0));
        let (counted, to) = (Arc::clone(&cuts), to.to_owned());
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let (counted, to) = (Arc::clone(&counted), to.clone());
                std::thread::spawn(move || relay(&near, &to, after, times, &counted));
            }
        });
        Self { address, cuts }
    }
}

fn relay(near: &TcpStream, to: &str, after: u64, times: usize, cuts: &AtomicUsize) {
    let Ok(far) = TcpStream::connect(to) else {
        return;
    };
    let up = AtomicU64::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            copy(&far, near, |_| true);
            let _ = near.shutdown(Shutdown::Both);
        });
        copy(near, &far, |n| {
            let total = up.fetch_add(n, Ordering::Relaxed) + n;
            let cut = total > after && cuts.load(Ordering::Relaxed) < times;
            if cut {
                cuts.fetch_add(1, Ordering::Relaxed);
            }
            !cut
        });
        let _ = far.shutdown(Shutdown::Both);
        let _ = near.shutdown(Shutdown::Both);
    });
}

fn copy(mut from: &TcpStream, mut to: &TcpStream, goes_on: impl Fn(u64) -> bool) {
    let mut piece = [0; 64 * 1024];
    while let Ok(n) = from.read(&mut piece) {
        if n == 0 || to.write_all(&piece[..n]).is_err() || !goes_on(n as u64) {
            return;
        }
    }
}
