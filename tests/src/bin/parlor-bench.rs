//! `cargo bench-parlor`: Parlor's figures on this machine, beside their aims.
//! `docs/bench.md` says what they mean.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};
use parlor_tests::bench::{
    acks, desktop, fanout, files, handshakes, idle, pages, peers, proxy, server, tracker,
};

/// Measures Parlor over TLS on loopback, with every message made durable.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    inner: Option<Inner>,
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

/// What the bench starts of itself.
#[derive(Debug, Subcommand)]
enum Inner {
    /// Is the bare pipe that the files' part measures beside.
    #[command(hide = true)]
    Pipe {
        /// The folder of its key and certificate.
        identity: PathBuf,
        /// Bytes that it gives to each who asks.
        size: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Fanout,
    Steady,
    Acks,
    Idle,
    Handshakes,
    Files,
    Proxy,
    Pages,
    Tracker,
    Peers,
    App,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(Inner::Pipe { identity, size }) = options.inner {
        return files::pipe::serve(&identity, size);
    }
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
    if wants(Part::Files) {
        files::run(time)?;
    }
    if wants(Part::Proxy) {
        proxy::run(time)?;
    }
    if wants(Part::Pages) {
        pages::run(time)?;
    }
    if wants(Part::Tracker) {
        if !options.as_built {
            server::build("parlor-tracker")?;
        }
        tracker::run(time)?;
    }
    if wants(Part::Peers) {
        if !options.as_built {
            server::build("parlor-client")?;
        }
        peers::run(time)?;
    }
    if wants(Part::App) {
        if !options.as_built {
            server::build("parlor")?;
        }
        desktop::run()?;
    }
    Ok(())
}
