//! Connecting anew: TCP, TLS, `welcome`, `resume`, `session`, and a close.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustls::ClientConfig;
use rustls::client::Resumption;
use serde_json::{Value, json};

use crate::bench::conn::Conn;
use crate::bench::crowd::Crowd;
use crate::bench::report::{count, figure, heading};
use crate::bench::server::Bench;
use crate::tls;

/// Connections being opened at once.
const AT_ONCE: usize = 64;
/// What is wanted, a second.
const AIM: f64 = 4_000.0;

/// Connects and resumes for a while, with full handshakes, and with those
/// that a client makes which kept its ticket.
///
/// # Errors
///
/// When the server refuses one.
pub fn run(time: Duration) -> Result<()> {
    heading("Connecting anew with `resume`");
    let bench = Bench::start();
    let (first, session) = bench.guest("Comes and goes")?;
    let pin = bench.server.pin();
    let mut full = ClientConfig::clone(&tls::config(Some(&pin), &["parlor/1"], tls::ONLY_13).0);
    full.resumption = Resumption::disabled();
    let (tickets, _) = tls::config(Some(&pin), &["parlor/1"], tls::ONLY_13);
    for (what, config) in [("by ticket", tickets), ("full handshake", Arc::new(full))] {
        let cpu = bench.server.process.usage().cpu;
        let (opened, took) = open(&bench, &config, &session, time)?;
        let cpu = bench.server.process.usage().cpu.saturating_sub(cpu);
        let rate = opened as f64 / took.as_secs_f64();
        figure(
            &format!("opened a second, {what}"),
            count(rate),
            "aim 4 000",
            Some(rate >= AIM),
        );
        let each = cpu.as_secs_f64() * 1e6 / opened as f64;
        figure(
            &format!("server's CPU for one, {what}"),
            format!("{each:.0} µs"),
            "",
            None,
        );
    }
    drop(first);
    Ok(())
}

fn dial(address: &str, config: &Arc<ClientConfig>, resume: &[u8]) -> Result<Conn> {
    let mut conn = Conn::open(address, config)?;
    // A closed connection must not hold its port: there are 28,000 of them.
    rustix::net::sockopt::set_socket_linger(conn.socket(), Some(Duration::ZERO))?;
    conn.queue(resume);
    Ok(conn)
}

fn open(
    bench: &Bench,
    config: &Arc<ClientConfig>,
    session: &Value,
    time: Duration,
) -> Result<(u64, Duration)> {
    let address = bench.server.address();
    let resume = format!("{}\n", json!({"type": "resume", "token": session["token"]}));
    let mut crowd = Crowd::new()?;
    for _ in 0..AT_ONCE {
        crowd.add(dial(&address, config, resume.as_bytes())?)?;
    }
    for member in &mut crowd.members {
        member.flush()?;
    }
    let start = Instant::now();
    let mut opened = 0;
    let mut done: Vec<usize> = Vec::new();
    while start.elapsed() < time {
        crowd.turn(Duration::from_secs(1), |who, bytes| {
            if has_session(bytes) {
                done.push(who);
            }
        })?;
        if crowd.lost() > done.len() {
            bail!("a connection was closed before its session");
        }
        for who in done.drain(..) {
            opened += 1;
            let mut next = dial(&address, config, resume.as_bytes())?;
            next.flush()?;
            crowd.replace(who, next)?;
        }
    }
    Ok((opened, start.elapsed()))
}

fn has_session(bytes: &[u8]) -> bool {
    let session = b"{\"type\":\"session\"";
    bytes.windows(session.len()).any(|window| window == session)
}
