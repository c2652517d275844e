//! Memory of connections that say nothing.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::bench::crowd::Crowd;
use crate::bench::report::{figure, heading};
use crate::bench::server::Bench;

/// What a connection may take.
const AIM: f64 = 20.0;
/// Users whose sessions the connections are. Few, because it is connections
/// that are weighed, not accounts.
const USERS: usize = 50;
/// How long nothing must come before memory is read: presence is told by then.
const QUIET: Duration = Duration::from_millis(2_500);

/// Opens connections and weighs the server before and after.
///
/// # Errors
///
/// When the server refuses some.
pub fn run(connections: usize) -> Result<()> {
    heading(&format!("{connections} idle connections"));
    let bench = Bench::start();
    let mut crowd = Crowd::new()?;
    let mut sessions = Vec::new();
    for n in 0..USERS {
        let (conn, session) = bench.guest(&format!("Idle {n}"))?;
        crowd.add(conn)?;
        sessions.push(session);
    }
    crowd.settle(QUIET)?;
    let before = bench.server.process.usage().resident;
    for n in 0..connections {
        crowd.add(bench.resume(&sessions[n % USERS])?)?;
    }
    crowd.settle(QUIET)?;
    if crowd.lost() > 0 {
        bail!("{} connections were put out", crowd.lost());
    }
    let after = bench.server.process.usage().resident;
    let each = after.saturating_sub(before) as f64 / 1024.0 / connections as f64;
    figure(
        "memory for a connection",
        format!("{each:.1} KiB"),
        "aim 20 KiB",
        Some(each <= AIM),
    );
    figure(
        "memory in all",
        format!("{:.1} MiB", after as f64 / 1048576.0),
        "",
        None,
    );
    Ok(())
}
