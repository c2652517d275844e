//! One sender to many receivers.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use hdrhistogram::Histogram;
use serde_json::json;

use crate::bench::conn::{Conn, newlines};
use crate::bench::crowd::Crowd;
use crate::bench::report::{count, figure, heading};
use crate::bench::server::Bench;

/// Messages on their way at once when the server is to be saturated: some way
/// under the bound of a connection's queue, so that nobody is put out.
const WINDOW: u64 = 512;
/// Messages a second in the steady part.
const STEADY: u64 = 200;
/// How long nothing must come before a measurement begins.
const QUIET: Duration = Duration::from_millis(400);
/// What stands in a message's text before the sender's clock.
const CLOCK: &[u8] = b"clock:";

/// What the saturated part wants, in deliveries a second.
fn aim(receivers: usize) -> f64 {
    if receivers >= 1_000 { 4e6 } else { 3e6 }
}

/// The sender at 0 and its receivers, all signed in and quiet.
fn gather(bench: &Bench, receivers: usize) -> Result<Crowd> {
    let mut crowd = Crowd::new()?;
    crowd.add(bench.register("sender")?.0)?;
    for n in 0..receivers {
        crowd.add(bench.guest(&format!("Receiver {n}"))?.0)?;
        if n % 20 == 0 {
            crowd.turn(Duration::ZERO, |_, _| {})?;
        }
    }
    // Presence is told once a second.
    crowd.settle(QUIET * 4)?;
    Ok(crowd)
}

fn queue_send(sender: &mut Conn, n: u64, text: &str) {
    let line = json!({"type": "send", "room": "general", "text": text, "nonce": format!("n{n}")});
    sender.queue(format!("{line}\n").as_bytes());
}

/// As many messages as the server can carry.
///
/// # Errors
///
/// When a receiver is put out, or the server refuses.
pub fn saturated(receivers: usize, time: Duration) -> Result<()> {
    heading(&format!("One sender to {receivers} receivers, saturated"));
    let bench = Bench::start();
    let mut crowd = gather(&bench, receivers)?;
    let mut came = vec![0_u64; receivers + 1];
    let mut sent = 0;
    let run = |crowd: &mut Crowd,
               came: &mut Vec<u64>,
               sent: &mut u64,
               time: Duration|
     -> Result<Duration> {
        let start = Instant::now();
        while start.elapsed() < time {
            let slowest = came[1..].iter().min().copied().unwrap_or(0);
            // Refilled by halves, as a client that streams would.
            if *sent - slowest <= WINDOW / 2 {
                for _ in 0..WINDOW / 2 {
                    *sent += 1;
                    queue_send(
                        &mut crowd.members[0],
                        *sent,
                        "The quick brown fox jumps over it",
                    );
                }
                crowd.members[0].flush()?;
            }
            crowd.turn(Duration::from_millis(100), |who, bytes| {
                came[who] += newlines(bytes);
            })?;
        }
        Ok(start.elapsed())
    };
    run(&mut crowd, &mut came, &mut sent, time / 4)?;
    let (before, cpu) = (
        came[1..].iter().sum::<u64>(),
        bench.server.process.usage().cpu,
    );
    let took = run(&mut crowd, &mut came, &mut sent, time)?;
    let delivered = came[1..].iter().sum::<u64>() - before;
    let cpu = bench.server.process.usage().cpu.saturating_sub(cpu);
    if crowd.lost() > 0 {
        bail!("{} receivers were put out", crowd.lost());
    }
    let rate = delivered as f64 / took.as_secs_f64();
    let wanted = aim(receivers);
    figure(
        "deliveries a second",
        count(rate),
        &format!("aim {}", count(wanted)),
        Some(rate >= wanted),
    );
    let each = cpu.as_secs_f64() * 1e6 / delivered as f64;
    figure(
        "server's CPU for a delivery",
        format!("{each:.3} µs"),
        "",
        None,
    );
    let busy = cpu.as_secs_f64() / took.as_secs_f64() * 100.0;
    figure("server's core in use", format!("{busy:.0} %"), "", None);
    Ok(())
}

/// A message every five milliseconds: nothing can be gathered.
///
/// # Errors
///
/// When a receiver is put out, or the server refuses.
pub fn steady(receivers: usize, time: Duration) -> Result<()> {
    heading(&format!(
        "{STEADY} messages a second to {receivers} receivers"
    ));
    let bench = Bench::start();
    let mut crowd = gather(&bench, receivers)?;
    let mut latency = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
    let start = Instant::now();
    let cpu = bench.server.process.usage().cpu;
    let mut sent = 0_u64;
    let mut delivered = 0_u64;
    let every = Duration::from_secs(1) / u32::try_from(STEADY)?;
    let all = time.as_secs() * STEADY;
    while delivered < all * receivers as u64 {
        let due = every * u32::try_from(sent)?;
        let now = start.elapsed();
        if sent < all && now >= due {
            sent += 1;
            let text = format!("clock:{:012}", now.as_nanos());
            queue_send(&mut crowd.members[0], sent, &text);
            crowd.members[0].flush()?;
        }
        let wait = if sent < all {
            (every * u32::try_from(sent)?).saturating_sub(start.elapsed())
        } else {
            every
        };
        crowd.turn(wait, |who, bytes| {
            if who == 0 {
                return;
            }
            let now = start.elapsed();
            for then in clocks(bytes) {
                delivered += 1;
                let _ = latency.record(
                    u64::try_from(now.saturating_sub(then).as_nanos() / 1000).unwrap_or(u64::MAX),
                );
            }
        })?;
        if now > time * 3 {
            bail!("{delivered} of {} deliveries came", all * receivers as u64);
        }
    }
    let cpu = bench.server.process.usage().cpu.saturating_sub(cpu);
    let each = cpu.as_secs_f64() * 1e6 / delivered as f64;
    figure(
        "server's CPU for a delivery",
        format!("{each:.2} µs"),
        "aim under 5 µs",
        Some(each < 5.0),
    );
    let at = |quantile| {
        format!(
            "{:.2} ms",
            latency.value_at_quantile(quantile) as f64 / 1000.0
        )
    };
    figure("latency p50", at(0.5), "", None);
    figure("latency p99", at(0.99), "", None);
    Ok(())
}

/// The sender's clock of every message in these bytes.
pub fn clocks(bytes: &[u8]) -> impl Iterator<Item = Duration> {
    bytes
        .windows(CLOCK.len() + 12)
        .filter(|window| window.starts_with(CLOCK))
        .filter_map(|window| {
            std::str::from_utf8(&window[CLOCK.len()..])
                .ok()?
                .parse()
                .ok()
        })
        .map(Duration::from_nanos)
}
