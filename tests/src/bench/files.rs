//! Files, up and down over TLS, beside Debian's nginx and a bare rustls pipe
//! in the same run; and what people who talk meanwhile feel of it.
//!
//! # Layout
//!
//! - [`target`]: a server that gives and takes files.
//! - [`room`]: the one of these that is ours, `parlord`.
//! - [`nginx`], [`pipe`]: what it is measured beside.
//! - [`body`], [`answer`], [`flow`]: the load, the same for all of them.
//! - [`measure`]: rate and cost.
//! - [`talk`]: the delay of messages meanwhile.
//! - [`weight`]: memory meanwhile.

pub mod answer;
pub mod body;
pub mod flow;
pub mod measure;
pub mod nginx;
pub mod pipe;
pub mod room;
pub mod talk;
pub mod target;
pub mod weight;

use std::io::Write as _;
use std::time::Duration;

use anyhow::Result;
use parlor_certs::Identity;
use tempfile::TempDir;

use crate::bench::files::body::Body;
use crate::bench::files::measure::{Measure, download, upload};
use crate::bench::files::nginx::Nginx;
use crate::bench::files::pipe::Pipe;
use crate::bench::files::room::Room;
use crate::bench::files::target::Target;
use crate::bench::report::{figure, heading};
use crate::bench::server::SERVER_CORE;

/// The file that is downloaded.
const FILE: u64 = 512 << 20;
/// What is uploaded for one figure.
const UPLOAD: u64 = 1 << 30;
/// The file whose passing is weighed: the largest that is taken by default.
const LARGE: u64 = 2 << 30;
/// Memory that may come to the server's while it passes.
const GROWTH: u64 = 32 << 20;
/// Times that each is measured, in turn; the median counts.
const ROUNDS: usize = 3;
/// Streams at once.
const STREAMS: [usize; 2] = [1, 4];
/// The part of nginx's upload rate that is wanted of one that hashes and flushes.
const UPLOADS: f64 = 0.6;
/// The delay of a message that one in a hundred may pass while files go up.
const DELAY: Duration = Duration::from_millis(20);

/// Measures all of it.
///
/// # Errors
///
/// When nginx is missing, or a server refuses.
pub fn run(time: Duration) -> Result<()> {
    rates(time)?;
    talks(time)?;
    weight()
}

fn rates(time: Duration) -> Result<()> {
    let folder = TempDir::new()?;
    let identity = folder.path().join("identity");
    Identity::own(&identity, &["bench".to_owned()])?;
    let (plain, flushed) = (folder.path().join("plain"), folder.path().join("flushed"));
    for folder in [&plain, &flushed] {
        std::fs::create_dir(folder)?;
    }
    write_file(&plain.join("file"))?;
    let nginx = Nginx::start(&identity, &plain, SERVER_CORE, false)?;
    let safe = Nginx::start(&identity, &flushed, SERVER_CORE, true)?;
    let pipe = Pipe::start(&identity, FILE, SERVER_CORE)?;
    let room = Room::start(FILE)?;

    for streams in STREAMS {
        heading(&format!("Downloads over {streams} streams at once"));
        let measured = in_turn(&[&room, &nginx, &pipe], |target, _| {
            download(target, streams, time / 2)
        })?;
        print(&[&room, &nginx, &pipe], &measured, 1.0, true);
    }
    for streams in STREAMS {
        heading(&format!("Uploads over {streams} streams at once"));
        let targets: [&dyn Target; 4] = [&room, &nginx, &safe, &pipe];
        let measured = in_turn(&targets, |target, round| {
            let seed = 1 + (round * STREAMS.len() * 8 + streams * 8) as u64;
            let measured = upload(target, streams, UPLOAD, seed)?;
            target.tidy()?;
            Ok(measured)
        })?;
        print(&targets, &measured, UPLOADS, false);
    }
    Ok(())
}

/// The median of each target's rounds, by rate. All of a round run one after
/// the other, so that what slows the machine slows them alike.
fn in_turn(
    targets: &[&dyn Target],
    mut one: impl FnMut(&dyn Target, usize) -> Result<Measure>,
) -> Result<Vec<Vec<Measure>>> {
    let mut all = vec![Vec::new(); targets.len()];
    for round in 0..ROUNDS {
        for (target, rounds) in targets.iter().zip(&mut all) {
            rounds.push(one(*target, round)?);
        }
    }
    for rounds in &mut all {
        rounds.sort_by(|a, b| a.rate().total_cmp(&b.rate()));
    }
    Ok(all)
}

/// The first of the targets is ours, the second the one it is held to.
fn print(targets: &[&dyn Target], measured: &[Vec<Measure>], wanted: f64, by_cost: bool) {
    let middle = |at: usize| measured[at][ROUNDS / 2];
    for (at, target) in targets.iter().enumerate() {
        let (rounds, middle) = (&measured[at], middle(at));
        figure(
            &format!(
                "{} ({:.0} to {:.0})",
                target.name(),
                rounds[0].rate(),
                rounds[ROUNDS - 1].rate()
            ),
            format!("{:.0} MiB/s", middle.rate()),
            &format!(
                "{:.2} s of CPU a GiB; load {:.0} %",
                middle.cost(),
                middle.load_share() * 100.0
            ),
            None,
        );
    }
    let (ours, theirs) = (middle(0), middle(1));
    let speed = ours.rate() / theirs.rate();
    figure(
        &format!("parlord's speed beside {}'s", targets[1].name()),
        format!("{speed:.2}"),
        &format!("aim {wanted:.1}"),
        Some(speed >= wanted),
    );
    let cost = ours.cost() / theirs.cost();
    figure(
        &format!("parlord's CPU beside {}'s", targets[1].name()),
        format!("{cost:.2}"),
        if by_cost { "aim 1.0" } else { "" },
        by_cost.then_some(cost <= 1.0),
    );
    figure(
        "the load's own CPU beside parlord",
        format!("{:.2} s a GiB", ours.load_cost()),
        "",
        None,
    );
}

fn talks(time: Duration) -> Result<()> {
    heading("A message's delay, 200 a second, while files go up");
    let room = Room::start(0)?;
    for streams in [0, 4] {
        let talk = talk::talk(&room, streams, time * 2)?;
        let at = |quantile| Duration::from_micros(talk.delays.value_at_quantile(quantile));
        let beside = if streams == 0 {
            "nothing else".to_owned()
        } else {
            let rate = talk.uploaded as f64 / 1048576.0 / talk.took.as_secs_f64();
            format!(
                "{streams} uploads at {rate:.0} MiB/s, {} done",
                talk.finished
            )
        };
        let show = |delay: Duration| format!("{:.2} ms", delay.as_secs_f64() * 1e3);
        figure(&format!("p50 beside {beside}"), show(at(0.5)), "", None);
        figure("p99", show(at(0.99)), "aim 20 ms", Some(at(0.99) < DELAY));
        figure("the longest", show(at(1.0)), "", None);
    }
    Ok(())
}

fn weight() -> Result<()> {
    heading("The server's memory while 2 GiB pass");
    let weight = weight::weigh(LARGE)?;
    let show = |bytes: u64| format!("{:.1} MiB", bytes as f64 / 1048576.0);
    let met = |bytes: u64| Some(bytes < weight.before + GROWTH);
    let aim = format!("aim {} MiB more", GROWTH >> 20);
    figure("before", show(weight.before), "", None);
    figure("at most, up", show(weight.up), &aim, met(weight.up));
    figure("at most, down", show(weight.down), &aim, met(weight.down));
    figure("afterwards", show(weight.after), "", None);
    Ok(())
}

fn write_file(path: &std::path::Path) -> Result<()> {
    let mut file = std::fs::File::create(path)?;
    let (mut body, mut left) = (Body::new(0), FILE);
    while left > 0 {
        let piece = body.next(left);
        file.write_all(piece)?;
        left -= piece.len() as u64;
    }
    Ok(file.sync_data()?)
}
