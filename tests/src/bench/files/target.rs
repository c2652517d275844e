//! A server that gives and takes files over HTTP and TLS.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use rustls::ClientConfig;

use crate::bench::conn::Conn;
use crate::process::usage_of;

/// What is asked of each server alike.
pub trait Target {
    /// What it is called in the figures.
    fn name(&self) -> &'static str;

    /// Where it listens, and how one speaks TLS with it.
    fn door(&self) -> (String, Arc<ClientConfig>);

    /// The processes whose time counts.
    fn processes(&self) -> Vec<u32>;

    /// The head of a request for the file.
    fn download(&self) -> String;

    /// The head of a request that uploads so many bytes; `n` is different each time.
    ///
    /// # Errors
    ///
    /// When the server refuses to prepare it.
    fn upload(&self, n: u64, size: u64) -> Result<String>;

    /// What makes an upload of this server as safe as the others', if it does not itself.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    /// Removes what was uploaded.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    fn tidy(&self) -> Result<()> {
        Ok(())
    }

    /// A new connection.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    fn connect(&self) -> Result<Conn> {
        let (address, config) = self.door();
        Conn::open(&address, &config)
    }

    /// The processor time used until now.
    fn cpu(&self) -> Duration {
        self.processes().iter().map(|id| usage_of(*id).cpu).sum()
    }
}
