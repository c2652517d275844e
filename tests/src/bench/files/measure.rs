//! How fast one server gives and takes, and what that costs.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::bench::files::body::Body;
use crate::bench::files::flow::Flow;
use crate::bench::files::target::Target;
use crate::process::usage_of;

/// A mebibyte.
const MIB: f64 = 1048576.0;
/// How long nothing may move.
const STALL: Duration = Duration::from_secs(60);

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Bytes of files.
    pub bytes: u64,
    /// In this time.
    pub took: Duration,
    /// The server's processor time meanwhile.
    pub server: Duration,
    /// The load's own.
    pub load: Duration,
}

impl Measure {
    /// MiB in a second.
    pub fn rate(&self) -> f64 {
        self.bytes as f64 / MIB / self.took.as_secs_f64()
    }

    /// The server's processor seconds for a GiB.
    pub fn cost(&self) -> f64 {
        self.server.as_secs_f64() / (self.bytes as f64 / MIB / 1024.0)
    }

    /// How much of its core the load used: at 1 it is the load that was measured.
    pub fn load_share(&self) -> f64 {
        self.load.as_secs_f64() / self.took.as_secs_f64()
    }

    /// The load's processor seconds for a GiB.
    pub fn load_cost(&self) -> f64 {
        self.load.as_secs_f64() / (self.bytes as f64 / MIB / 1024.0)
    }
}

/// Clocks at one moment.
struct Mark {
    at: Instant,
    server: Duration,
    load: Duration,
}

impl Mark {
    fn now(target: &dyn Target) -> Self {
        Self {
            at: Instant::now(),
            server: target.cpu(),
            load: usage_of(std::process::id()).cpu,
        }
    }

    fn until_now(&self, target: &dyn Target, bytes: u64) -> Measure {
        let now = Self::now(target);
        Measure {
            bytes,
            took: now.at - self.at,
            server: now.server.saturating_sub(self.server),
            load: now.load.saturating_sub(self.load),
        }
    }
}

/// Downloads the file again and again on so many streams.
///
/// # Errors
///
/// When the server refuses or stalls.
pub fn download(target: &dyn Target, streams: usize, time: Duration) -> Result<Measure> {
    let mut flow = Flow::open(target, streams)?;
    let head = target.download();
    for at in 0..streams {
        flow.ask(at, &head)?;
    }
    let begun = Instant::now();
    let mut mark = None;
    loop {
        let before = flow.came();
        for at in flow.turn(STALL)? {
            flow.ask(at, &head)?;
        }
        if flow.came() == before && begun.elapsed() > time + STALL {
            bail!("{} stalls", target.name());
        }
        match &mark {
            None if begun.elapsed() >= time / 4 => mark = Some((Mark::now(target), flow.came())),
            Some((mark, came)) if mark.at.elapsed() >= time => {
                return Ok(mark.until_now(target, flow.came() - came));
            }
            _ => {}
        }
    }
}

/// Uploads so many bytes in all, divided over the streams, each stream one
/// file; until the last is answered and flushed.
///
/// # Errors
///
/// When the server refuses or stalls.
pub fn upload(target: &dyn Target, streams: usize, bytes: u64, seed: u64) -> Result<Measure> {
    let each = bytes / streams as u64;
    let mut flow = Flow::open(target, streams)?;
    let heads: Vec<String> = (0..streams)
        .map(|at| target.upload(seed + at as u64, each))
        .collect::<Result<_>>()?;
    let mark = Mark::now(target);
    for (at, head) in heads.iter().enumerate() {
        flow.begin(at, head, Body::new(seed + at as u64), each)?;
    }
    let mut open = streams;
    let mut moved = Instant::now();
    while open > 0 {
        let before = flow.sent;
        let done = flow.turn(Duration::from_secs(1))?.len();
        open -= done;
        if done > 0 || flow.sent > before {
            moved = Instant::now();
        } else if moved.elapsed() > STALL {
            bail!("{} stalls", target.name());
        }
    }
    target.flush()?;
    Ok(mark.until_now(target, each * streams as u64))
}
