//! nginx beside what is measured: as a server of files, and as a proxy. One
//! process each, so that its processor time is seen whole.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use parlor_certs::{Identity, identity};
use tempfile::TempDir;

use crate::process::Process;
use crate::until::{SOON, until};

/// A running nginx.
#[derive(Debug)]
pub struct Nginx {
    /// The process itself.
    pub process: Process,
    /// Where it listens.
    pub address: String,
    _folder: TempDir,
}

/// What a `wrk` run measured.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Answers a second.
    pub requests: f64,
    /// MiB a second.
    pub mib: f64,
    /// Processor seconds of the measured process for each second of the run.
    pub cpu: f64,
}

impl Nginx {
    /// Starts nginx on a core with what a `server` block says besides `listen`.
    /// `outside` stands beside that block, and `FOLDER` in both means nginx's own folder.
    ///
    /// # Errors
    ///
    /// When its folder cannot be written.
    pub fn start(core: usize, tls: bool, server: &str, outside: &str) -> Result<Self> {
        let folder = TempDir::new()?;
        let path = folder.path().display();
        Identity::own(folder.path(), &[]).context("a certificate")?;
        let files = identity::own_files(folder.path());
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let listen = if tls {
            format!(
                "listen 127.0.0.1:{port} ssl backlog=4096; ssl_certificate {}; ssl_certificate_key {};",
                files.cert.display(),
                files.key.display()
            )
        } else {
            format!("listen 127.0.0.1:{port} backlog=4096;")
        };
        let kept: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {path}/{name};\n"))
            .concat();
        let text = format!(
            "daemon off; master_process off; pid {path}/pid; error_log {path}/error.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000;\n\
             default_type text/html;\n{kept}{outside}\nserver {{ {listen}\n{server}\n}} }}\n"
        );
        let config = folder.path().join("nginx.conf");
        fs::write(&config, text.replace("FOLDER", &path.to_string()))?;
        let mut command = Command::new("taskset");
        command
            .arg("-c")
            .arg(core.to_string())
            .arg("/usr/sbin/nginx");
        command
            .arg("-c")
            .arg(&config)
            .args(["-p", "/usr/share/nginx"]);
        let process = Process::start("nginx", &mut command);
        let address = format!("127.0.0.1:{port}");
        until("nginx listening", SOON, || {
            TcpStream::connect(&address).ok()
        });
        Ok(Self {
            process,
            address,
            _folder: folder,
        })
    }

    /// Serves a folder's files, over TLS if it is said.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn serving(core: usize, tls: bool, root: &Path) -> Result<Self> {
        Self::start(core, tls, &format!("root {};", root.display()), "")
    }

    /// Forwards to an upstream that speaks plain HTTP, over kept connections.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn in_front_of(core: usize, upstream: &str) -> Result<Self> {
        let outside = format!("upstream behind {{ server {upstream}; keepalive 256; }}");
        let server = "location / { proxy_pass http://behind; proxy_http_version 1.1;\n\
            proxy_set_header Connection \"\"; proxy_set_header Host $http_host;\n\
            proxy_set_header X-Forwarded-For $remote_addr; proxy_max_temp_file_size 0; }";
        Self::start(core, true, server, &outside)
    }
}

/// Loads a page by `wrk` and weighs the process that serves it.
///
/// # Errors
///
/// When `wrk` is not there, or some answers were errors.
pub fn load(
    process: &Process,
    url: &str,
    connections: usize,
    header: Option<&str>,
    time: Duration,
) -> Result<Measured> {
    let header = header.map(|header| ["-H", header]);
    let options: &[&str] = header.as_ref().map_or(&[], |header| header);
    load_by(process, url, connections, options, time)
}

/// [`load`], with more options of wrk's.
///
/// # Errors
///
/// As [`load`].
pub fn load_by(
    process: &Process,
    url: &str,
    connections: usize,
    options: &[&str],
    time: Duration,
) -> Result<Measured> {
    let before = process.usage().cpu;
    let mut wrk = Command::new("wrk");
    wrk.args([
        "-t1",
        &format!("-c{connections}"),
        &format!("-d{}s", time.as_secs()),
    ]);
    wrk.args(options);
    let output = wrk.arg(url).output().context("wrk (Debian has it)")?;
    let cpu = process.usage().cpu.saturating_sub(before);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    anyhow::ensure!(
        output.status.success() && !told.contains("Non-2xx") && !told.contains("Socket errors"),
        "{url}: {told}"
    );
    let after = |label: &str| {
        let line = told
            .lines()
            .find_map(|line| line.trim().strip_prefix(label));
        line.map(str::trim)
            .with_context(|| format!("wrk said no {label}: {told}"))
    };
    Ok(Measured {
        requests: after("Requests/sec:")?.parse()?,
        mib: mebibytes(after("Transfer/sec:")?)?,
        cpu: cpu.as_secs_f64() / time.as_secs_f64(),
    })
}

/// `12.3MB`, as wrk writes it.
fn mebibytes(text: &str) -> Result<f64> {
    let unit = text
        .find(|c: char| c.is_ascii_alphabetic())
        .context("a unit")?;
    let (number, unit) = text.split_at(unit);
    let factor = match unit {
        "GB" => 1024.0,
        "MB" => 1.0,
        "KB" => 1.0 / 1024.0,
        _ => 1.0 / 1024.0 / 1024.0,
    };
    Ok(number.parse::<f64>()? * factor)
}

#[cfg(test)]
mod tests {
    use super::mebibytes;

    #[test]
    fn units_of_wrk() {
        for (text, expected) in [("1.50GB", 1536.0), ("12.25MB", 12.25), ("512.00KB", 0.5)] {
            assert_eq!(mebibytes(text).expect("it is read"), expected);
        }
    }
}
