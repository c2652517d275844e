//! Xvfb, a window manager, and app windows driven by keys.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::Process;
use crate::program::{program, workspace};
use crate::until::{SOON, before, until};

/// The screen: two windows stand side by side on it.
const SCREEN: &str = "2000x900x24";
/// Milliseconds between typed characters: faster, and the X server drops
/// those for which it first has to make room in its keyboard map.
const TYPING_DELAY: &str = "20";
/// How long a display or its window manager may take to come up, which is far
/// below a second on a machine that is not busy. Then another is tried.
const COMES_UP: Duration = Duration::from_secs(15);
/// Displays that are tried: a number may be taken meanwhile by another program,
/// but hardly thrice in a row.
const TRIES: usize = 3;

/// A display without a screen.
#[derive(Debug)]
pub struct Desktop {
    name: String,
    /// Kept for its end: dropping it ends the window manager, then the display.
    _manager: Process,
    _server: Process,
}

impl Default for Desktop {
    fn default() -> Self {
        Self::new()
    }
}

impl Desktop {
    /// Starts a display on any free number, with a window manager, without
    /// which keys would go nowhere.
    ///
    /// # Panics
    ///
    /// When no two of them come up; `./test` installs them.
    pub fn new() -> Self {
        // Xvfb looks for a free number and then takes it, between which another may.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut failures = Vec::new();
        while failures.len() < TRIES {
            match Self::start() {
                Ok(desktop) => return desktop,
                Err(failure) => failures.push(failure),
            }
        }
        panic!("no display came up:\n{}", failures.join("\n"));
    }

    /// Starts the two; an error says what became of them.
    fn start() -> Result<Self, String> {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            SCREEN,
            "-nolisten",
            "tcp",
        ]);
        let mut server = Process::start("Xvfb", &mut xvfb);
        let number = come_up("Xvfb", &mut server, |server| {
            server.stdout().first().cloned()
        })?;
        let name = format!(":{number}");
        let mut openbox = Command::new("openbox");
        let mut manager =
            Process::start("openbox", openbox.arg("--sm-disable").env("DISPLAY", &name));
        come_up("openbox", &mut manager, |_| {
            // A display that has ended is seen here, for then openbox ends too.
            let check = ["-root", "_NET_SUPPORTING_WM_CHECK"];
            let root = client(&name, "xprop", &check)?;
            root.contains("window id").then_some(())
        })?;
        Ok(Self {
            name,
            _manager: manager,
            _server: server,
        })
    }

    /// Puts every character of these texts on a key of its own, in place of
    /// keys for music players and the like. Without it `xdotool` changes the
    /// keyboard's map for each such character, and an app that is a little late
    /// reads the key by the next map.
    ///
    /// # Panics
    ///
    /// When the display does not take the map.
    pub fn teach(&self, texts: &[&str]) {
        let folder = home();
        let path = folder.path().join("keys.xkb");
        let file = path.to_string_lossy();
        self.run("xkbcomp", &["-w0", "-xkb", &self.name, &file])
            .expect("the display has a keyboard");
        let map = std::fs::read_to_string(&path).expect("the map was written");
        let mut spare = spare_keys(&map).into_iter();
        let characters: BTreeSet<char> = texts.concat().chars().filter(|c| !c.is_ascii()).collect();
        let keys: String = characters
            .into_iter()
            .map(|c| {
                let key = spare.next().expect("there are keys to spare");
                format!("    key {key} {{ [ U{:04X} ] }};\n", u32::from(c))
            })
            .collect();
        let symbols = map.find("xkb_symbols").expect("a map has symbols");
        let end = symbols + map[symbols..].find("\n};").expect("a section ends") + 1;
        let taught = format!("{}{keys}{}", &map[..end], &map[end..]);
        std::fs::write(&path, taught).expect("the map is written");
        self.run("xkbcomp", &["-w0", &file, &self.name])
            .expect("the display takes the map");
    }

    /// Runs an X client to its end; its output, if it succeeded.
    fn run(&self, name: &str, args: &[&str]) -> Option<String> {
        client(&self.name, name, args)
    }

    /// The command of the app on this display, with this home. It looks for nobody on the
    /// LAN: tests keep to their own machine.
    ///
    /// # Panics
    ///
    /// When its preferences cannot be written.
    pub fn app(&self, home: &Path, args: &[&str]) -> Command {
        let preferences = home.join("preferences.json");
        if !preferences.exists() {
            std::fs::write(&preferences, r#"{"lan":false}"#).expect("the preferences are written");
        }
        let mut command = Command::new(program("parlor"));
        command.args(args).arg("--home").arg(home);
        command.env("DISPLAY", &self.name);
        command
            .env("ICED_BACKEND", "tiny-skia")
            .env("LC_ALL", "C.UTF-8")
            // What it downloads goes below its own home.
            .env("HOME", home)
            .env_remove("XDG_CONFIG_HOME");
        for name in [
            "WAYLAND_DISPLAY",
            "WAYLAND_SOCKET",
            "DBUS_SESSION_BUS_ADDRESS",
            "LANGUAGE",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Opens the app and waits for its window.
    pub fn open(&self, home: &Path, args: &[&str]) -> Window<'_> {
        let mut process = Process::start("parlor", &mut self.app(home, args));
        let id = process.id().to_string();
        let window = until("the app's window", SOON, || {
            assert!(
                process.ended().is_none(),
                "the app ended: {:?}",
                process.stderr()
            );
            let found = self.run("xdotool", &["search", "--onlyvisible", "--pid", &id])?;
            found.lines().last().map(ToOwned::to_owned)
        });
        Window {
            desktop: self,
            process,
            window,
        }
    }

    /// A picture of the whole display, kept in `target/screens`.
    ///
    /// # Panics
    ///
    /// When it cannot be taken.
    pub fn screenshot(&self, name: &str) {
        self.picture(name).expect("a picture is taken");
    }

    fn picture(&self, name: &str) -> Option<String> {
        let path = screens().join(format!("{name}.png"));
        self.run("import", &["-window", "root", &path.to_string_lossy()])
    }
}

/// Runs an X client on a display to its end; its output, if it succeeded.
fn client(display: &str, name: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(name)
        .args(args)
        .env("DISPLAY", display)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Waits until a process shows that it is up; an error tells its end, or what it said.
fn come_up<T>(
    name: &str,
    process: &mut Process,
    mut sign: impl FnMut(&Process) -> Option<T>,
) -> Result<T, String> {
    let said = |process: &Process| process.stderr().join("\n");
    let came = before(Instant::now() + COMES_UP, || match process.ended() {
        Some(status) => Some(Err(format!("{name} ended: {status}: {}", said(process)))),
        None => sign(process).map(Ok),
    });
    came.unwrap_or_else(|| {
        let said = said(process);
        Err(format!("{name} was not up after {COMES_UP:?}: {said}"))
    })
}

/// The names of keys that no text needs: those without a place on a plain keyboard.
fn spare_keys(map: &str) -> Vec<&str> {
    map.lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("<I") && name.ends_with('>'))
        .collect()
}

/// The folder where pictures are kept.
pub(crate) fn screens() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace().join("target"), PathBuf::from);
    let folder = target.join("screens");
    std::fs::create_dir_all(&folder).expect("the folder of pictures is made");
    folder
}

/// An app's window.
#[derive(Debug)]
pub struct Window<'a> {
    desktop: &'a Desktop,
    /// The app itself.
    pub process: Process,
    window: String,
}

impl Window<'_> {
    /// Puts the window somewhere.
    pub fn place(&self, x: u32, y: u32, width: u32, height: u32) {
        let [x, y, width, height] = [x, y, width, height].map(|n| n.to_string());
        self.xdotool(&["windowsize", "--sync", &self.window, &width, &height]);
        self.xdotool(&["windowmove", &self.window, &x, &y]);
    }

    /// Gives it the keyboard.
    pub fn focus(&self) {
        self.xdotool(&["windowactivate", "--sync", &self.window]);
    }

    /// Types a text in any script.
    pub fn type_text(&self, text: &str) {
        self.focus();
        self.xdotool(&[
            "type",
            "--clearmodifiers",
            "--delay",
            TYPING_DELAY,
            "--",
            text,
        ]);
    }

    /// Presses keys, such as `ctrl+Tab` or `Return`.
    pub fn key(&self, key: &str) {
        self.focus();
        self.xdotool(&["key", "--clearmodifiers", key]);
    }

    /// Clicks a place within the window.
    pub fn click(&self, x: u32, y: u32) {
        self.focus();
        let [x, y] = [x, y].map(|n| n.to_string());
        self.xdotool(&["mousemove", "--sync", "--window", &self.window, &x, &y]);
        self.xdotool(&["click", "1"]);
    }

    /// Signs in with the keyboard alone: the window was opened with the link.
    pub fn sign_in(&self, home: &Path, username: &str) {
        self.type_text(username);
        self.key("Tab");
        self.type_text(crate::wire::PASSWORD);
        self.key("Return");
        until("the rooms", SOON, || {
            let rooms = crate::store::rooms(home);
            rooms.contains(&"general".to_owned()).then_some(())
        });
    }

    /// Ends the app as `kill -9` does.
    pub fn kill(mut self) {
        self.process.kill();
    }

    fn xdotool(&self, args: &[&str]) -> String {
        self.desktop
            .run("xdotool", args)
            .unwrap_or_else(|| panic!("xdotool {args:?} failed"))
    }
}

impl Drop for Window<'_> {
    /// A test that fails leaves a picture of what it saw.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.desktop.picture(&format!("failed-{}", self.window));
        }
    }
}

/// A home for an app, gone with the test.
///
/// # Panics
///
/// When no temporary folder can be made.
pub fn home() -> TempDir {
    TempDir::new().expect("a temporary folder is made")
}
