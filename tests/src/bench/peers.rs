//! Two peers on one machine: a message there and back, the same by the room server, and a file.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hdrhistogram::Histogram;
use parlor_client::peer::{
    PeerEvent, PeerEvents, PeerFileState, PeerOptions, Peers, Post, PostBody, PostState, Talk,
};
use parlor_client::{
    ConnectionState, Credentials, Event, Events, Handle, Home, OutgoingState, connect, sign_in,
};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tempfile::TempDir;
use tokio::runtime::Builder;

use crate::bench::report::{figure, heading};
use crate::parlord::{Parlord, Setup};
use crate::process::Process;
use crate::program::program;
use crate::until::SOON;
use crate::wire::PASSWORD;

/// Bytes of the file.
const FILE: u64 = 1 << 30;
/// What the middle of the round trips should be under, in microseconds.
const WANTED_MICROS: u64 = 500;
/// What a file should come at, in MiB a second.
const WANTED_MIB: f64 = 400.0;

/// Measures with both cores for whoever wants them: two peers and a server are three processes.
///
/// # Errors
///
/// When something does not start, or is refused.
pub fn run(time: Duration) -> Result<()> {
    heading("Two peers on one machine");
    let pinned = sched_getaffinity(None)?;
    let mut both = CpuSet::new();
    both.set(0);
    both.set(1);
    sched_setaffinity(None, &both)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let done = runtime.block_on(measure(time));
    runtime.shutdown_timeout(Duration::from_secs(5));
    sched_setaffinity(None, &pinned)?;
    done
}

async fn measure(time: Duration) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Setup::default().tracker("127.0.0.1:0").start();
    let bob = bob(&server, folder.path())?;
    let home = Home::open(folder.path().join("alice"))?;
    let link = server.link().parse()?;
    let who = Credentials::Register {
        username: "alice".into(),
        password: PASSWORD.into(),
        name: None,
        invite: None,
    };
    let account = sign_in(&home, &link, who).await?;
    let (session, mut heard) = connect(&home, &account.id)?;
    connected(&mut heard).await?;
    let options = PeerOptions {
        keyring: false,
        ..PeerOptions::default()
    };
    let (peers, mut told) = Peers::start(&home, &session, options)?;
    by_peers(&peers, &mut told, time).await?;
    by_server(&session, &mut heard, time).await?;
    file(&peers, &mut told, folder.path()).await?;
    drop(bob);
    Ok(())
}

/// The other peer: `parlor-cli peer tail`, which takes files.
fn bob(server: &Parlord, folder: &Path) -> Result<Process> {
    let cli = |args: &[&str]| {
        let mut command = Command::new(program("parlor-cli"));
        command.arg("--home").arg(folder.join("bob")).args(args);
        command.env("PARLOR_PASSWORD", PASSWORD);
        command
    };
    let link = server.link();
    let registered = cli(&["register", &link, "bob"]).output()?;
    if !registered.status.success() {
        bail!("{}", String::from_utf8_lossy(&registered.stderr));
    }
    let mut tail = cli(&["peer", "tail", "--save"]);
    tail.arg(folder.join("saved"));
    Ok(Process::start("bob", &mut tail))
}

async fn connected(events: &mut Events) -> Result<()> {
    loop {
        let batch = events.next().await.context("the session goes on")?;
        let up =
            |event: &Event| matches!(event, Event::Connection(ConnectionState::Connected { .. }));
        if batch.iter().any(up) {
            return Ok(());
        }
    }
}

/// Waits for a fact of a post.
async fn until<T>(
    events: &mut PeerEvents,
    id: &str,
    fact: impl Fn(&Post) -> Option<T>,
) -> Result<T> {
    let found = async {
        loop {
            for event in events.next().await.context("the peers go on")? {
                let PeerEvent::Posts { posts, .. } = event else {
                    continue;
                };
                if let Some(found) = posts.iter().filter(|post| post.id == id).find_map(&fact) {
                    return Ok(found);
                }
            }
        }
    };
    tokio::time::timeout(10 * SOON, found)
        .await
        .context("in time")?
}

/// From the call that writes it to the other's word that it is stored there.
async fn by_peers(peers: &Peers, events: &mut PeerEvents, time: Duration) -> Result<()> {
    let talk = Talk::Direct("bob".into());
    let delivered = |post: &Post| matches!(post.state, PostState::Delivered(_)).then_some(());
    // The first finds the way.
    let id = peers.send(&talk, "The first", None).await?;
    until(events, &id, delivered).await?;
    let mut trips = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
    let start = Instant::now();
    while start.elapsed() < time {
        let began = Instant::now();
        let id = peers
            .send(&talk, "A message of a usual length", None)
            .await?;
        until(events, &id, delivered).await?;
        trips.record(u64::try_from(began.elapsed().as_micros())?)?;
    }
    told("between two peers", &trips, Some(WANTED_MICROS));
    Ok(())
}

/// From the call that writes it to the server's word that it is kept.
async fn by_server(session: &Handle, events: &mut Events, time: Duration) -> Result<()> {
    let mut trips = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
    let start = Instant::now();
    while start.elapsed() < time {
        let began = Instant::now();
        let nonce = session
            .send("general", "A message of a usual length", None)
            .await?;
        'sent: loop {
            for event in events.next().await.context("the session goes on")? {
                if let Event::Outgoing(outgoing) = event
                    && outgoing.nonce == nonce
                    && matches!(outgoing.state, OutgoingState::Sent { .. })
                {
                    break 'sent;
                }
            }
        }
        trips.record(u64::try_from(began.elapsed().as_micros())?)?;
    }
    told("by the room server", &trips, None);
    Ok(())
}

fn told(how: &str, trips: &Histogram<u64>, wanted: Option<u64>) {
    let millis = |micros: u64| format!("{:.2} ms", micros as f64 / 1000.0);
    let middle = trips.value_at_quantile(0.5);
    let aim = wanted.map_or(String::new(), |wanted| {
        format!("aim under {}", millis(wanted))
    });
    let met = wanted.map(|wanted| middle < wanted);
    figure(
        &format!("there and back {how}, p50"),
        millis(middle),
        &aim,
        met,
    );
    figure("  p99", millis(trips.value_at_quantile(0.99)), "", None);
}

/// From the first byte to the last at the other side, hashed and in its place there.
async fn file(peers: &Peers, events: &mut PeerEvents, folder: &Path) -> Result<()> {
    let path = folder.join("file");
    std::fs::File::create(&path)?.set_len(FILE)?;
    let began = Instant::now();
    let id = peers.send_file(&Talk::Direct("bob".into()), path).await?;
    let file = |post: &Post| match &post.body {
        PostBody::File(file) => Some(file.state.clone()),
        _ => None,
    };
    let offered = until(events, &id, |post| {
        file(post).filter(|state| *state != PeerFileState::Hashing)
    });
    let mut state = offered.await?;
    let hashed = began.elapsed();
    let began = Instant::now();
    while state != PeerFileState::Done {
        if let PeerFileState::Failed(why) = state {
            bail!("the file failed: {why}");
        }
        state = until(events, &id, |post| file(post).filter(|now| *now != state)).await?;
    }
    let mib = |took: Duration| (FILE >> 20) as f64 / took.as_secs_f64();
    let rate = mib(began.elapsed());
    figure(
        "a file of 1 GiB between two peers, MiB/s",
        format!("{rate:.0}"),
        &format!("aim {WANTED_MIB:.0}"),
        Some(rate >= WANTED_MIB),
    );
    figure(
        "  hashed before, MiB/s",
        format!("{:.0}", mib(hashed)),
        "",
        None,
    );
    Ok(())
}
