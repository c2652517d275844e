//! Debian's nginx, serving and taking the same bytes over TLS.

use std::fmt::Write as _;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use rustls::ClientConfig;

use crate::bench::files::target::Target;
use crate::process::Process;
use crate::tls;
use crate::until::{SOON, until};

/// A running nginx with one worker.
#[derive(Debug)]
pub struct Nginx {
    process: Process,
    folder: PathBuf,
    address: String,
    config: Arc<ClientConfig>,
    flushed: bool,
}

impl Nginx {
    /// Starts one on a core. It serves `file`, a name in `folder`, and keeps
    /// uploads there; `flushed` says whether [`Target::flush`] writes these to the disk.
    ///
    /// # Errors
    ///
    /// When nginx is not installed, or does not start.
    pub fn start(identity: &Path, folder: &Path, core: usize, flushed: bool) -> Result<Self> {
        let path = ["/usr/sbin/nginx", "/usr/bin/nginx"]
            .into_iter()
            .find(|path| Path::new(path).exists())
            .context("nginx is wanted for comparison: run `tests/set-up bench`")?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let settings = folder.join("nginx.conf");
        std::fs::write(&settings, text(identity, folder, &address)?)?;
        let mut command = Command::new("taskset");
        command.arg("-c").arg(core.to_string()).arg(path);
        command.arg("-p").arg(folder).arg("-c").arg(&settings);
        command.arg("-e").arg(folder.join("error.log"));
        let mut process = Process::start("nginx", &mut command);
        until("nginx", SOON, || {
            if process.ended().is_some() {
                return Some(());
            }
            std::net::TcpStream::connect(&address).ok().map(drop)
        });
        if process.ended().is_some() {
            bail!("nginx ended: {}", process.stderr().join("\n"));
        }
        Ok(Self {
            process,
            folder: folder.to_owned(),
            address,
            config: tls::one_suite(None, &["http/1.1"]),
            flushed,
        })
    }
}

/// The settings that its manual recommends for large files over TLS.
fn text(identity: &Path, folder: &Path, address: &str) -> Result<String> {
    let files = parlor_certs::identity::own_files(identity);
    let mut text = String::new();
    // As root it would give its worker to another user, who may not read the folder.
    if rustix::process::geteuid().is_root() {
        text.push_str("user root;\n");
    }
    write!(
        text,
        "daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n\
           access_log off;\n sendfile on;\n sendfile_max_chunk 2m;\n tcp_nopush on;\n tcp_nodelay on;\n\
           output_buffers 4 256k;\n open_file_cache max=100;\n\
           keepalive_requests 1000000;\n keepalive_timeout 300;\n\
           client_body_temp_path {folder}/body;\n proxy_temp_path {folder}/proxy;\n\
           fastcgi_temp_path {folder}/fastcgi;\n uwsgi_temp_path {folder}/uwsgi;\n scgi_temp_path {folder}/scgi;\n\
           client_max_body_size 0;\n client_body_buffer_size 1m;\n\
           server {{\n\
             listen {address} ssl;\n root {folder};\n\
             ssl_certificate {cert};\n ssl_certificate_key {key};\n\
             ssl_protocols TLSv1.3;\n\
             location /up/ {{ dav_methods PUT DELETE; create_full_put_path on; }}\n\
           }}\n\
         }}\n",
        folder = folder.display(),
        cert = files.cert.display(),
        key = files.key.display(),
    )?;
    Ok(text)
}

impl Target for Nginx {
    fn name(&self) -> &'static str {
        if self.flushed {
            "nginx, then flushed"
        } else {
            "nginx"
        }
    }

    fn door(&self) -> (String, Arc<ClientConfig>) {
        (self.address.clone(), Arc::clone(&self.config))
    }

    /// The master and its worker.
    fn processes(&self) -> Vec<u32> {
        let master = self.process.id();
        let children = std::fs::read_to_string(format!("/proc/{master}/task/{master}/children"))
            .unwrap_or_default();
        let children = children.split_whitespace().filter_map(|id| id.parse().ok());
        std::iter::once(master).chain(children).collect()
    }

    fn download(&self) -> String {
        "GET /file HTTP/1.1\r\nHost: bench\r\n\r\n".to_owned()
    }

    fn upload(&self, n: u64, size: u64) -> Result<String> {
        Ok(format!(
            "PUT /up/{n} HTTP/1.1\r\nHost: bench\r\nContent-Length: {size}\r\n\r\n"
        ))
    }

    fn flush(&self) -> Result<()> {
        if !self.flushed {
            return Ok(());
        }
        for entry in std::fs::read_dir(self.folder.join("up"))? {
            File::open(entry?.path())?.sync_data()?;
        }
        Ok(())
    }

    fn tidy(&self) -> Result<()> {
        Ok(std::fs::remove_dir_all(self.folder.join("up"))?)
    }
}

impl Drop for Nginx {
    /// A master that is killed would leave its worker.
    fn drop(&mut self) {
        self.process.signal(rustix::process::Signal::TERM);
        self.process.wait(SOON);
    }
}
