//! `cargo bench-parlor`: Parlor's figures on this machine, beside their aims.
//! `docs/bench.md` says what they mean.

use std::time::Duration;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use parlor_tests::bench::{acks, desktop, fanout, handshakes, idle, pages, proxy, server};

/// Measures Parlor over TLS on loopback, with every message made durable.
#[derive(Debug, Parser)]
struct Options {
    /// Only these parts.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Seconds for which each figure is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Idle connections to weigh.
    #[arg(long, default_value_t = 5_000)]
    connections: usize,
    /// Measure the programs beside this one as they are, without building them.
    #[arg(long)]
    as_built: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Fanout,
    Steady,
    Acks,
    Idle,
    Handshakes,
    Proxy,
    Pages,
    App,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let wants = |part| options.only.is_empty() || options.only.contains(&part);
    let time = Duration::from_secs(options.seconds);
    if !options.as_built {
        server::build("parlord")?;
    }
    server::prepare()?;
    if wants(Part::Fanout) {
        fanout::saturated(100, time)?;
        fanout::saturated(1_000, time)?;
    }
    if wants(Part::Steady) {
        fanout::steady(100, time)?;
    }
    if wants(Part::Acks) {
        for (senders, aim) in acks::PARTS {
            acks::run(senders, aim, time)?;
        }
    }
    if wants(Part::Idle) {
        idle::run(options.connections)?;
    }
    if wants(Part::Handshakes) {
        handshakes::run(time)?;
    }
    if wants(Part::Proxy) {
        proxy::run(time)?;
    }
    if wants(Part::Pages) {
        pages::run(time)?;
    }
    if wants(Part::App) {
        if !options.as_built {
            server::build("parlor")?;
        }
        desktop::run()?;
    }
    Ok(())
}
