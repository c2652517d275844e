//! The server's memory while a large file passes.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::bench::files::body::Body;
use crate::bench::files::flow::Flow;
use crate::bench::files::room::Room;
use crate::bench::files::target::Target;

/// How often memory is read.
const EVERY: Duration = Duration::from_millis(50);

/// Resident bytes.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// Before anything went.
    pub before: u64,
    /// The most while the file went up.
    pub up: u64,
    /// The most while it came down.
    pub down: u64,
    /// Afterwards.
    pub after: u64,
}

/// Uploads a file of this size and downloads it again.
///
/// # Errors
///
/// When the server refuses.
pub fn weigh(size: u64) -> Result<Weight> {
    let room = Room::start(0)?;
    let resident = || room.bench.server.process.usage().resident;
    let before = resident();
    let head = room.upload(1, size)?;
    let mut flow = Flow::open(&room, 1)?;
    flow.begin(0, &head, Body::new(1), size)?;
    let most = |flow: &mut Flow| -> Result<u64> {
        let (mut most, mut read) = (resident(), Instant::now());
        while flow.turn(EVERY)?.is_empty() {
            if read.elapsed() >= EVERY {
                most = most.max(resident());
                read = Instant::now();
            }
        }
        Ok(most.max(resident()))
    };
    let up = most(&mut flow)?;
    flow.ask(0, &room.last()?)?;
    let down = most(&mut flow)?;
    Ok(Weight {
        before,
        up,
        down,
        after: resident(),
    })
}
