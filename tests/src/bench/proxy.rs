//! `parlord proxy` beside nginx as a proxy, for one upstream, over TLS.

use std::fs::{self, File};
use std::time::Duration;

use anyhow::Result;
use tempfile::TempDir;

use crate::bench::nginx::{Measured, Nginx, load};
use crate::bench::report::{count, figure, heading};
use crate::bench::server::{LOAD_CORE, SERVER_CORE};
use crate::process::Process;
use crate::reverse::Reverse;

/// Bytes of the small page.
const SMALL: usize = 1024;
/// Bytes of the large body.
const LARGE: u64 = 256 << 20;
/// Connections of the small page's load.
const CONNECTIONS: usize = 64;
/// Downloads of the large body at once.
const DOWNLOADS: usize = 2;
/// What is wanted of nginx' figures.
const AIM: f64 = 0.8;

/// Measures both proxies, one after the other.
///
/// # Errors
///
/// When nginx or wrk is not there, or a request fails.
pub fn run(time: Duration) -> Result<()> {
    heading("parlord proxy beside nginx as proxy, the same upstream, over TLS");
    let files = TempDir::new()?;
    fs::write(files.path().join("small.html"), "x".repeat(SMALL))?;
    File::create(files.path().join("large.bin"))?.set_len(LARGE)?;
    let upstream = Nginx::serving(LOAD_CORE, false, files.path())?;
    let ours = Reverse::with(
        &[&format!("http://{}", upstream.address)],
        "",
        Some(SERVER_CORE),
    );
    let nginx = Nginx::in_front_of(SERVER_CORE, &upstream.address)?;
    for (what, page, connections) in [
        ("a page of 1 KiB", "small.html", CONNECTIONS),
        ("a body of 256 MiB", "large.bin", DOWNLOADS),
    ] {
        let measure = |process: &Process, address: &str| {
            let url = format!("https://{address}/{page}");
            load(process, &url, connections, None, time)
        };
        let theirs = measure(&nginx.process, &nginx.address)?;
        let own = measure(&ours.process, &ours.address())?;
        beside(what, own, theirs, connections == DOWNLOADS);
    }
    Ok(())
}

/// Prints two measurements, and whether ours reaches the aim.
pub fn beside(what: &str, own: Measured, theirs: Measured, is_large: bool) {
    let (unit, mine, other) = if is_large {
        ("MiB/s", own.mib, theirs.mib)
    } else {
        ("/s", own.requests, theirs.requests)
    };
    figure(
        &format!("{what}: {unit}"),
        count(mine),
        &format!("nginx {}, {:.0} %", count(other), mine / other * 100.0),
        Some(mine >= AIM * other),
    );
    let (mine, other) = (mine / own.cpu, other / theirs.cpu);
    figure(
        &format!("{what}: {unit} for a full core"),
        count(mine),
        &format!("nginx {}, {:.0} %", count(other), mine / other * 100.0),
        None,
    );
}
