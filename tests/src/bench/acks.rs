//! Acknowledged sends: every sender waits for its `sent` before it sends again.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use hdrhistogram::Histogram;
use serde_json::json;

use crate::bench::crowd::Crowd;
use crate::bench::report::{count, figure, heading};
use crate::bench::server::Bench;

/// Senders and the acknowledgements a second they should get together.
pub const PARTS: [(usize, f64); 3] = [(1, 1_500.0), (16, 12_000.0), (256, 30_000.0)];
/// What an answer begins with.
const SENT: &[u8] = b"{\"type\":\"sent\"";

/// The senders, all signed in and quiet.
fn gather(bench: &Bench, senders: usize) -> Result<Crowd> {
    let mut crowd = Crowd::new()?;
    for n in 0..senders {
        let (mut conn, _) = bench.register(&format!("sender{n}"))?;
        let room = json!({"type": "create_room", "room": format!("room{n}"), "kind": "private"});
        conn.ask(&room, "room")?;
        crowd.add(conn)?;
    }
    crowd.settle(Duration::from_millis(1600))?;
    Ok(crowd)
}

/// Each sender in a room of its own, so that acknowledging is what is measured.
///
/// # Errors
///
/// When the server refuses.
pub fn run(senders: usize, wanted: f64, time: Duration) -> Result<()> {
    heading(&format!("{senders} senders, each in a room of its own"));
    let bench = Bench::start();
    let mut crowd = gather(&bench, senders)?;
    let mut nonce = 0_u64;
    let mut send = |crowd: &mut Crowd, who: usize| -> Result<()> {
        nonce += 1;
        let line = format!(
            "{{\"type\":\"send\",\"room\":\"room{who}\",\"text\":\"A message of a usual length\",\"nonce\":\"n{nonce}\"}}\n"
        );
        crowd.members[who].queue(line.as_bytes());
        crowd.members[who].flush()
    };
    let mut asked = vec![Instant::now(); senders];
    let mut latency = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
    for who in 0..senders {
        send(&mut crowd, who)?;
    }
    let warm = time / 4;
    let (mut start, mut cpu) = (Instant::now(), Duration::ZERO);
    let mut measuring = false;
    let mut answered: Vec<usize> = Vec::new();
    while !measuring || start.elapsed() < time {
        if !measuring && start.elapsed() >= warm {
            measuring = true;
            latency.reset();
            cpu = bench.server.process.usage().cpu;
            start = Instant::now();
        }
        crowd.turn(Duration::from_millis(100), |who, bytes| {
            let sent = bytes.windows(SENT.len()).filter(|w| *w == SENT).count();
            answered.extend(std::iter::repeat_n(who, sent));
        })?;
        for who in answered.drain(..) {
            let waited = asked[who].elapsed().as_nanos() / 1000;
            let _ = latency.record(u64::try_from(waited).unwrap_or(u64::MAX));
            asked[who] = Instant::now();
            send(&mut crowd, who)?;
        }
        if crowd.lost() > 0 {
            bail!("{} senders were put out", crowd.lost());
        }
    }
    let took = start.elapsed();
    let cpu = bench.server.process.usage().cpu.saturating_sub(cpu);
    let rate = latency.len() as f64 / took.as_secs_f64();
    figure(
        "durable acknowledgements a second",
        count(rate),
        &format!("aim {}", count(wanted)),
        Some(rate >= wanted),
    );
    let at = |quantile| {
        format!(
            "{:.2} ms",
            latency.value_at_quantile(quantile) as f64 / 1000.0
        )
    };
    figure("latency p50", at(0.5), "", None);
    figure("latency p99", at(0.99), "", None);
    let each = cpu.as_secs_f64() * 1e6 / latency.len() as f64;
    figure(
        "server's CPU for an acknowledgement",
        format!("{each:.1} µs"),
        "",
        None,
    );
    Ok(())
}
