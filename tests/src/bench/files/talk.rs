//! How long messages take while files go up.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use hdrhistogram::Histogram;
use serde_json::json;

use crate::bench::crowd::Crowd;
use crate::bench::fanout::clocks;
use crate::bench::files::body::Body;
use crate::bench::files::flow::Flow;
use crate::bench::files::room::Room;
use crate::bench::files::target::Target;

/// Between two messages.
const EVERY: Duration = Duration::from_millis(5);
/// Uploads that are made ready, so that making one is no part of the load.
const READY: u64 = 256;
/// Bytes of each: several are finished, hashed and flushed while people talk.
const EACH: u64 = 64 << 20;
/// How long nothing must come before a measurement begins.
const QUIET: Duration = Duration::from_millis(1_500);
/// How long the last messages may take.
const LATE: Duration = Duration::from_secs(30);

/// Delays of messages, in microseconds, and the bytes uploaded meanwhile.
#[derive(Debug)]
pub struct Talk {
    /// The delays.
    pub delays: Histogram<u64>,
    /// Bytes of files sent.
    pub uploaded: u64,
    /// Uploads that were finished.
    pub finished: u64,
    /// How long it went.
    pub took: Duration,
}

/// Sends messages for so long beside this many streams of uploads.
///
/// # Errors
///
/// When the server refuses, or messages are lost.
pub fn talk(room: &Room, streams: usize, time: Duration) -> Result<Talk> {
    let mut crowd = Crowd::new()?;
    crowd.add(room.bench.register(&format!("speaker{streams}"))?.0)?;
    crowd.add(room.bench.guest("Listener")?.0)?;
    crowd.settle(QUIET)?;
    let mut ready = Vec::new();
    if streams > 0 {
        for n in 0..READY {
            ready.push((room.upload(n, EACH)?, Body::new(n + 1_000)));
        }
    }
    let mut flow = Flow::open(room, streams)?;
    for at in 0..streams {
        begin(&mut flow, at, &mut ready)?;
    }
    let mut talk = Talk {
        delays: Histogram::new_with_bounds(1, 60_000_000, 3)?,
        uploaded: 0,
        finished: 0,
        took: Duration::ZERO,
    };
    let start = Instant::now();
    let (mut sent, mut came) = (0_u32, 0_u32);
    while start.elapsed() < time || came < sent {
        let now = start.elapsed();
        if now >= EVERY * sent && now < time {
            sent += 1;
            let text = format!("clock:{:012}", now.as_nanos());
            let line = json!({"type": "send", "room": "general", "text": text, "nonce": format!("t{streams}-{sent}")});
            crowd.members[0].queue(format!("{line}\n").as_bytes());
            crowd.members[0].flush()?;
        }
        let wait = (EVERY * sent).saturating_sub(start.elapsed());
        if streams > 0 {
            for at in flow.turn(Duration::ZERO)? {
                talk.finished += 1;
                if now < time {
                    begin(&mut flow, at, &mut ready)?;
                }
            }
        }
        let wait = if streams > 0 { Duration::ZERO } else { wait };
        crowd.turn(wait, |who, bytes| {
            let now = start.elapsed();
            for then in clocks(bytes).filter(|_| who == 1) {
                came += 1;
                let delay = now.saturating_sub(then).as_micros();
                let _ = talk.delays.record(u64::try_from(delay).unwrap_or(u64::MAX));
            }
        })?;
        if crowd.lost() > 0 || now > time + LATE {
            bail!("{came} of {sent} messages came");
        }
    }
    talk.took = start.elapsed();
    talk.uploaded = flow.sent;
    Ok(talk)
}

fn begin(flow: &mut Flow, at: usize, ready: &mut Vec<(String, Body)>) -> Result<()> {
    match ready.pop() {
        Some((head, body)) => flow.begin(at, &head, body, EACH),
        None => bail!("the uploads made ready are used up: raise READY"),
    }
}
