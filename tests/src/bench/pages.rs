//! Pages of `parlord` beside nginx, which serves the same bytes, over TLS.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::bench::nginx::{Nginx, load};
use crate::bench::proxy::beside;
use crate::bench::report::heading;
use crate::bench::server::{Bench, SERVER_CORE};
use crate::http;

/// Connections of the load.
const CONNECTIONS: usize = 64;

/// Measures the sign-in's page, and that of somebody who is signed in.
///
/// # Errors
///
/// When nginx or wrk is not there, or a request fails.
pub fn run(time: Duration) -> Result<()> {
    heading("Pages of parlord beside nginx serving the same bytes, over TLS");
    let bench = Bench::start();
    let (_open, session) = bench.register("reader")?;
    let token = session["token"].as_str().context("a session has a token")?;
    let cookie = format!("Cookie: __Host-session={token}");
    let files = TempDir::new()?;
    let nginx = Nginx::serving(SERVER_CORE, true, files.path())?;
    for (page, header) in [("login.html", None), ("index.html", Some(cookie.as_str()))] {
        let line = header
            .map(|header| format!("{header}\r\n"))
            .unwrap_or_default();
        let address = bench.server.address();
        let request =
            format!("GET /{page} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{line}\r\n");
        let answer = http::ask(&bench.server, &["http/1.1"], &request);
        anyhow::ensure!(answer.starts_with("HTTP/1.1 200 "), "{page}: {answer}");
        let (_, body) = answer
            .split_once("\r\n\r\n")
            .context("an answer has a head")?;
        fs::write(files.path().join(page), body)?;
        let theirs = load(
            &nginx.process,
            &format!("https://{}/{page}", nginx.address),
            CONNECTIONS,
            None,
            time,
        )?;
        let url = format!("https://{address}/{page}");
        let own = load(&bench.server.process, &url, CONNECTIONS, header, time)?;
        beside(
            &format!("/{page}, {} bytes", body.len()),
            own,
            theirs,
            false,
        );
    }
    Ok(())
}
