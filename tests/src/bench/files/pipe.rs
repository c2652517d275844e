//! A bare rustls pipe: what one core can give and take over TLS if it does
//! nothing else. A program of its own, so that its time can be read.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ServerConfig, ServerConnection, StreamOwned};

use crate::bench::files::target::Target;
use crate::process::Process;
use crate::tls;
use crate::until::{SOON, until};

/// What is handed to TLS at once.
const PIECE: usize = 256 * 1024;

/// A running pipe.
#[derive(Debug)]
pub struct Pipe {
    process: Process,
    address: String,
    config: Arc<ClientConfig>,
}

impl Pipe {
    /// Starts one on a core, with the certificate in this folder.
    ///
    /// # Errors
    ///
    /// When the bench does not know its own path.
    pub fn start(identity: &Path, size: u64, core: usize) -> Result<Self> {
        let mut command = Command::new("taskset");
        command.arg("-c").arg(core.to_string());
        command.arg(std::env::current_exe()?).arg("pipe");
        command.arg(identity).arg(size.to_string());
        let process = Process::start("pipe", &mut command);
        let address = until("the pipe", SOON, || process.stdout().first().cloned());
        Ok(Self {
            process,
            address,
            config: tls::one_suite(None, &["http/1.1"]),
        })
    }
}

impl Target for Pipe {
    fn name(&self) -> &'static str {
        "rustls pipe"
    }

    fn door(&self) -> (String, Arc<ClientConfig>) {
        (self.address.clone(), Arc::clone(&self.config))
    }

    fn processes(&self) -> Vec<u32> {
        vec![self.process.id()]
    }

    fn download(&self) -> String {
        "GET / HTTP/1.1\r\n\r\n".to_owned()
    }

    fn upload(&self, _n: u64, size: u64) -> Result<String> {
        Ok(format!("PUT / HTTP/1.1\r\nContent-Length: {size}\r\n\r\n"))
    }
}

/// Is the pipe: gives `size` zeros to who asks, and swallows what it is given.
///
/// # Errors
///
/// When it cannot listen, or the certificate cannot be read.
#[expect(clippy::print_stdout, reason = "it says where it listens")]
pub fn serve(identity: &Path, size: u64) -> Result<()> {
    let files = parlor_certs::identity::own_files(identity);
    let chain: Vec<_> = CertificateDer::pem_file_iter(&files.cert)?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(&files.key)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(tls::ONLY_13)?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    for socket in listener.incoming() {
        let (socket, config) = (socket?, Arc::clone(&config));
        std::thread::spawn(move || {
            // The other side hangs up when it has measured enough.
            let _ = talk(socket, config, size);
        });
    }
    Ok(())
}

fn talk(socket: TcpStream, config: Arc<ServerConfig>, size: u64) -> Result<()> {
    socket.set_nodelay(true)?;
    let mut connection = ServerConnection::new(config)?;
    connection.set_buffer_limit(Some(2 * PIECE));
    let mut tls = BufReader::with_capacity(PIECE, StreamOwned::new(connection, socket));
    let piece = vec![0; PIECE];
    loop {
        let (method, length) = request(&mut tls)?;
        if method == "GET" {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
            tls.get_mut().write_all(head.as_bytes())?;
            let mut left = size;
            while left > 0 {
                let n = left.min(PIECE as u64);
                tls.get_mut().write_all(&piece[..usize::try_from(n)?])?;
                left -= n;
            }
        } else {
            let mut left = length;
            while left > 0 {
                let n = tls.fill_buf()?.len().min(usize::try_from(left)?);
                if n == 0 {
                    bail!("cut");
                }
                tls.consume(n);
                left -= n as u64;
            }
            tls.get_mut()
                .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
        }
        tls.get_mut().flush()?;
    }
}

/// The method and length of a request's head.
fn request(from: &mut impl BufRead) -> Result<(String, u64)> {
    let (mut method, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        if from.by_ref().take(8192).read_line(&mut line)? == 0 {
            bail!("closed");
        }
        let line = line.trim_end();
        if line.is_empty() {
            return Ok((method.context("a request line")?, length));
        }
        if method.is_none() {
            method = line.split(' ').next().map(ToOwned::to_owned);
        } else if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
}
