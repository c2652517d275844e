//! kill -9 of the server, and of the client, in the middle of what `parlor-cli` uploads and downloads.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use parlor_tests::cli::Cli;
use parlor_tests::files::contents;
use parlor_tests::gate::Gate;
use parlor_tests::parlord::Parlord;
use parlor_tests::process::Process;
use parlor_tests::tus::noise;
use parlor_tests::until::{SOON, until};
use serde_json::Value;
use tempfile::TempDir;

/// The file: 200 MB.
const SIZE: usize = 200_000_000;
/// How much of it has passed when it is cut.
const SOME: u64 = 90_000_000;
/// How long all of it may take on a slow machine.
const LONG: Duration = Duration::from_secs(120);

/// Two people, a file, and a folder to download to.
struct Scene {
    folder: TempDir,
    server: Parlord,
    gate: Gate,
    alice: Cli,
    bob: Cli,
    bytes: Vec<u8>,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let server = Parlord::open();
        let gate = Gate::new(server.port());
        let (old, new) = (format!(":{}/", server.port()), format!(":{}/", gate.port()));
        let link = server.link().replace(&old, &new);
        let folder = TempDir::new().expect("a folder");
        let bytes = noise(seed, SIZE);
        std::fs::write(folder.path().join("large.bin"), &bytes).expect("it is written");
        std::fs::create_dir(folder.path().join("to")).expect("it is made");
        let (alice, bob) = (Cli::new(), Cli::new());
        for (cli, name) in [(&alice, "alice"), (&bob, "bob")] {
            cli.ok(&["register", &link, name]);
        }
        Self {
            folder,
            server,
            gate,
            alice,
            bob,
            bytes,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn upload(&self) -> Process {
        let file = self.path("large.bin");
        let file = file.to_string_lossy();
        self.alice.start(&["--json", "upload", "general", &file])
    }

    fn download(&self, id: &str) -> Process {
        let to = self.path("to");
        self.bob
            .start(&["--json", "download", id, &to.to_string_lossy()])
    }

    /// The file is there as it was, under its name, and nothing else is.
    fn came_whole(&self) {
        let kept = parlor_tests::files::all(&self.path("to"));
        let names: Vec<&Path> = kept.iter().map(|(path, _)| path.as_path()).collect();
        assert_eq!(names, [self.path("to/large.bin")], "nothing else is left");
        let came = std::fs::read(self.path("to/large.bin")).expect("it is readable");
        assert!(came == self.bytes, "byte for byte");
    }

    /// Half a download, wherever the client keeps it.
    fn half(&self) -> u64 {
        let mut kept = parlor_tests::files::all(&self.path("to"));
        kept.extend(parlor_tests::files::all(self.bob.home()));
        let half = kept.iter().find(|(_, length)| *length >= SOME / 2);
        inode(&half.expect("what came is kept").0)
    }

    /// Of the file alone the server has something.
    fn kept_once(&self) {
        let data = self.server.data();
        until("the rest to be swept", SOON, || {
            let kept = contents(data);
            (kept.len() == 1 && kept[0].1 == SIZE as u64).then_some(())
        });
    }
}

fn inode(path: &Path) -> u64 {
    std::fs::metadata(path).expect("it is there").ino()
}

/// What a command printed as an object of its own.
fn lines(process: &Process) -> Vec<Value> {
    let lines = process.stdout();
    lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect()
}

/// Waits for a command's good end, and gives the id of the file that it names.
fn ended(process: &mut Process) -> String {
    let status = process.wait(LONG);
    assert!(status.success(), "{}", process.stderr().join("\n"));
    let lines = lines(process);
    let last = lines.last().expect("it printed the file");
    last["id"].as_str().expect("a file has an id").to_owned()
}

#[test]
fn the_server_is_killed_and_the_command_goes_on() {
    let mut scene = Scene::new(90);
    scene.gate.shut_after(SOME);
    let mut up = scene.upload();
    scene.gate.until_held();
    scene.server.kill();
    scene.gate.open();
    scene.server.start_again();
    let id = ended(&mut up);
    scene.kept_once();

    scene.gate.shut_after(SOME);
    let mut down = scene.download(&id);
    scene.gate.until_held();
    scene.server.kill();
    scene.gate.open();
    assert!(
        !scene.path("to/large.bin").exists(),
        "half a file has not its name"
    );
    scene.server.start_again();
    assert_eq!(ended(&mut down), id);
    scene.came_whole();
}

#[test]
fn the_command_is_killed_and_goes_on_when_it_is_run_again() {
    let scene = Scene::new(91);
    scene.gate.shut_after(SOME);
    let mut up = scene.upload();
    scene.gate.until_held();
    up.kill();
    scene.gate.open();
    let half = contents(scene.server.data());
    assert_eq!(half.len(), 1, "{half:?}");
    // Were it sent again from its start, it would stop before its end.
    scene.gate.shut_after(SIZE as u64 - SOME / 4);
    let id = ended(&mut scene.upload());
    assert!(
        half[0].0.ends_with(&id),
        "the same upload went on: {half:?}"
    );
    scene.kept_once();

    scene.gate.shut_after(SOME);
    let mut down = scene.download(&id);
    scene.gate.until_held();
    down.kill();
    assert!(
        !scene.path("to/large.bin").exists(),
        "half a file has not its name"
    );
    let half = scene.half();
    // Were it sent again from its start, it would stop before its end.
    scene.gate.shut_after(SIZE as u64 - SOME / 4);
    assert_eq!(ended(&mut scene.download(&id)), id);
    scene.came_whole();
    assert_eq!(
        inode(&scene.path("to/large.bin")),
        half,
        "the same file went on"
    );
}
