//! The app's start and memory: from the process's start to the first pixels
//! of its window on the screen, seen from outside in the display's memory.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use parlor_client::{Credentials, Home, Place, RequestError, connect, sign_in};
use rustix::thread::{CpuSet, sched_setaffinity};
use serde_json::json;
use tempfile::TempDir;

use crate::bench::conn::newlines;
use crate::bench::crowd::Crowd;
use crate::bench::report::{count, figure, heading};
use crate::bench::server::Bench;
use crate::process::Process;
use crate::program::program;
use crate::until::{SOON, until};
use crate::wire::PASSWORD;

/// Messages in the room that the app opens.
pub const MESSAGES: u64 = 100_000;
/// Messages on their way while the room is filled.
const WINDOW: u64 = 512;
/// Starts of which the median is taken.
const STARTS: usize = 5;
/// The display's size.
const SIZE: &str = "1280x800x24";
/// Colours beyond the display's own that make a picture: a window that is
/// only cleared has one.
const COLOURS: usize = 8;
/// Every so many rows are looked at.
const ROW_STEP: usize = 6;
/// How long the app must use no processor time before its memory is read.
const QUIET: Duration = Duration::from_millis(1_000);

/// Measures the start with nothing kept, and with a room of many messages.
///
/// # Errors
///
/// When the app shows nothing.
pub fn run() -> Result<()> {
    let mut cores = CpuSet::new();
    (0..CpuSet::MAX_CPU).for_each(|core| cores.set(core));
    sched_setaffinity(None, &cores)?;
    heading("The app, by software rendering");
    let display = Display::start()?;
    let empty = TempDir::new()?;
    let (start, resident) = measure(&display, empty.path())?;
    figure(
        "start to first frame, first use",
        format!("{} ms", start.as_millis()),
        "",
        None,
    );
    figure("memory, first use", mebibytes(resident), "", None);

    let bench = Bench::start();
    let filled = TempDir::new()?;
    let last = fill(&bench)?;
    let kept = fetch(&bench, filled.path(), last)?;
    let (start, resident) = measure(&display, filled.path())?;
    let met = start <= Duration::from_millis(300);
    let what = format!("start to first frame, {} messages kept", count(kept as f64));
    figure(
        &what,
        format!("{} ms", start.as_millis()),
        "aim 300 ms",
        Some(met),
    );
    let what = format!("memory, {} messages kept", count(kept as f64));
    figure(
        &what,
        mebibytes(resident),
        "aim 60 MB",
        Some(resident <= 60_000_000),
    );
    Ok(())
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Writes the room's messages, and gives the last one's `seq`.
fn fill(bench: &Bench) -> Result<u64> {
    let mut crowd = Crowd::new()?;
    let (conn, session) = bench.register("writer")?;
    crowd.add(conn)?;
    let mut came = 0;
    let mut sent = 0;
    // Each send brings back `sent` and its event.
    while came < MESSAGES * 2 {
        while sent < MESSAGES && sent * 2 < came + WINDOW * 2 {
            let text =
                format!("{sent}: một tin nhắn bình thường, 一条普通的消息, un message ordinaire");
            let line = json!({"type": "send", "room": "general", "text": text, "nonce": format!("n{sent}")});
            crowd.members[0].queue(format!("{line}\n").as_bytes());
            sent += 1;
        }
        crowd.members[0].flush()?;
        crowd.turn(Duration::from_secs(1), |_, bytes| came += newlines(bytes))?;
        if crowd.lost() > 0 {
            bail!("the writer was put out");
        }
    }
    let (_, again) = bench.open(&json!({"type": "resume", "token": session["token"]}))?;
    again["rooms"]
        .as_array()
        .and_then(|rooms| rooms.iter().find(|room| room["room"] == "general"))
        .and_then(|room| room["last_seq"].as_u64())
        .context("there is #general")
}

/// Signs in from a home and fetches the whole room into its store, page by
/// page, as the app does while one scrolls up. Gives how many messages came.
fn fetch(bench: &Bench, home: &Path, last: u64) -> Result<usize> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let home = Home::open(home)?;
        let link = bench.server.link().parse()?;
        let credentials = Credentials::Register {
            username: "reader".to_owned(),
            name: None,
            password: PASSWORD.to_owned(),
            invite: None,
        };
        let account = sign_in(&home, &link, credentials).await?;
        let (handle, mut events) = connect(&home, &account.id)?;
        let drain = tokio::spawn(async move { while events.next().await.is_some() {} });
        let mut before = last + 1;
        let mut kept = 0;
        loop {
            let page = match handle.history("general", Place::Before(before), 200).await {
                Ok(page) if !page.offline => page,
                // The session is still on its way to the server.
                Ok(_) | Err(RequestError::Offline) => {
                    tokio::task::yield_now().await;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let Some(first) = page.items.first() else {
                break;
            };
            kept += page.items.len();
            before = first.seq();
            if !page.more_before {
                break;
            }
        }
        drop(handle);
        drain.abort();
        Ok(kept)
    })
}

/// The median start of the app with this home, and its memory once it is quiet.
fn measure(display: &Display, home: &Path) -> Result<(Duration, u64)> {
    let mut starts = Vec::new();
    let mut resident = 0;
    for _ in 0..STARTS {
        let before = display.colours()?;
        let started = Instant::now();
        let mut app = Process::start(
            "parlor",
            Command::new(program("parlor"))
                .arg("--home")
                .arg(home)
                .env("DISPLAY", &display.name)
                .env("ICED_BACKEND", "tiny-skia")
                .env_remove("WAYLAND_DISPLAY"),
        );
        loop {
            let now = display.colours()?;
            if now.difference(&before).count() >= COLOURS {
                break;
            }
            if app.ended().is_some() || started.elapsed() > SOON {
                bail!("the app shows nothing: {:?}", app.stderr());
            }
        }
        starts.push(started.elapsed());
        resident = quiet(&app);
        app.kill();
        until("the window to go", SOON, || {
            (display.colours().ok()?.len() <= before.len()).then_some(())
        });
    }
    starts.sort();
    Ok((starts[STARTS / 2], resident))
}

/// The app's memory after it has used no processor time for a while.
fn quiet(app: &Process) -> u64 {
    let mut last = (app.usage().cpu, Instant::now());
    until("the app to be quiet", SOON, || {
        let usage = app.usage();
        if usage.cpu > last.0 + Duration::from_millis(20) {
            last = (usage.cpu, Instant::now());
        }
        (last.1.elapsed() >= QUIET).then_some(usage.resident)
    })
}

/// A display whose memory is a file.
struct Display {
    name: String,
    picture: PathBuf,
    _folder: TempDir,
    _server: Process,
}

impl Display {
    fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let mut command = Command::new("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            SIZE,
            "-nolisten",
            "tcp",
            "-fbdir",
        ]);
        let mut server = Process::start("Xvfb", command.arg(folder.path()));
        let number = until("Xvfb's display", SOON, || {
            assert!(
                server.ended().is_none(),
                "Xvfb ended: {:?}",
                server.stderr()
            );
            server.stdout().first().cloned()
        });
        Ok(Self {
            name: format!(":{number}"),
            picture: folder.path().join("Xvfb_screen0"),
            _folder: folder,
            _server: server,
        })
    }

    /// The colours of some rows of the screen. The file is an X window dump:
    /// a header of big-endian numbers, a table of colours, then the pixels.
    fn colours(&self) -> Result<BTreeSet<[u8; 4]>> {
        let file = File::open(&self.picture)?;
        let mut header = [0; 80];
        file.read_exact_at(&mut header, 0)?;
        let field = |at: usize| -> Result<usize> {
            let bytes: [u8; 4] = header[at * 4..at * 4 + 4].try_into()?;
            Ok(usize::try_from(u32::from_be_bytes(bytes))?)
        };
        let (header_bytes, height, row_bytes, table) =
            (field(0)?, field(5)?, field(12)?, field(19)?);
        let mut row = vec![0; row_bytes];
        let mut colours = BTreeSet::new();
        for y in (0..height).step_by(ROW_STEP) {
            file.read_exact_at(&mut row, (header_bytes + table * 12 + y * row_bytes) as u64)?;
            let mut last = [0; 4];
            for pixel in row.chunks_exact(4) {
                if pixel != last {
                    last.copy_from_slice(pixel);
                    colours.insert(last);
                }
            }
        }
        Ok(colours)
    }
}
