//! What a proxy is told: the TOML file's keys, which the command line and the
//! environment go before. `assets/config/proxy.toml` is the same with words.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use parlor_certs::{Address, PemFiles};
use serde::{Deserialize, Serialize};

use super::target::Target;
use crate::config::ConfigError;

/// The default configuration as a file, with every key explained.
pub const DEFAULT_PROXY_CONFIG: &str = include_str!("../../../assets/config/proxy.toml");

/// All settings of a proxy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyConfig {
    /// The folder of its own key and certificate; one proxy at a time uses it.
    /// Empty: the user's own data folder.
    pub data: PathBuf,
    /// Where to listen. Port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where the requests go.
    pub upstreams: Vec<Target>,
    /// The address that its link carries; without it the proxy picks one.
    pub public_address: Option<Address>,
    /// How a client's upstream is chosen.
    pub balance: Balance,
    /// Whether `parlor/1` begins with the client's address.
    pub proxy_protocol: HeaderUse,
    /// What to log, in the form of `RUST_LOG`.
    pub log: String,
    /// The certificate.
    pub tls: ProxyTls,
    /// Sizes and numbers.
    pub limits: ProxyLimits,
    /// How long things may take.
    pub times: ProxyTimes,
}

/// How a client's upstream is chosen among those that live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Balance {
    /// By the client's address: one client always meets the same upstream.
    Address,
    /// The one with the fewest requests and connections under way.
    LeastConnections,
}

/// Whether a connection that is passed through begins with a PROXY header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderUse {
    /// Where the upstream takes one, which the health check finds out.
    Auto,
    /// Always.
    On,
    /// Never: upstreams see the proxy's address.
    Off,
}

/// The certificate that browsers see.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyTls {
    /// A certificate chain in PEM; with `key`. Without both the proxy makes its own.
    pub cert: Option<PathBuf>,
    /// The key in PEM.
    pub key: Option<PathBuf>,
    /// Further names and addresses for a certificate of its own making.
    pub names: Vec<String>,
}

impl ProxyTls {
    /// The PEM files, if the certificate is somebody else's to look after.
    pub(crate) fn files(&self) -> Option<PemFiles> {
        Some(PemFiles {
            cert: self.cert.clone()?,
            key: self.key.clone()?,
        })
    }
}

/// Sizes and numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyLimits {
    /// A request's body, in bytes; 0 leaves it to the upstream.
    pub body_bytes: u64,
    /// Connections at once, of everybody together.
    pub connections: usize,
    /// Connections at once from an address (of IPv6, from a /64).
    pub connections_per_address: usize,
}

/// How long things may take, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyTimes {
    /// Reaching an upstream, its handshake included.
    pub connect: u64,
    /// From the end of a request to the head of its answer.
    pub answer: u64,
    /// Between two pieces of a body, either way.
    pub idle: u64,
    /// Without a byte on a `parlor/1` connection or a WebSocket.
    pub tunnel_idle: u64,
    /// Between two health checks of an upstream.
    pub check: u64,
}

impl ProxyTimes {
    pub(crate) fn connect(&self) -> Duration {
        Duration::from_secs(self.connect)
    }

    pub(crate) fn answer(&self) -> Duration {
        Duration::from_secs(self.answer)
    }

    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle)
    }

    pub(crate) fn tunnel_idle(&self) -> Duration {
        Duration::from_secs(self.tunnel_idle)
    }

    pub(crate) fn check(&self) -> Duration {
        Duration::from_secs(self.check)
    }
}

impl Default for ProxyConfig {
    fn default() -> Self {
        Self {
            data: PathBuf::new(),
            listen: SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 443),
            upstreams: Vec::new(),
            public_address: None,
            balance: Balance::Address,
            proxy_protocol: HeaderUse::Auto,
            log: "info".into(),
            tls: ProxyTls::default(),
            limits: ProxyLimits::default(),
            times: ProxyTimes::default(),
        }
    }
}

impl Default for ProxyLimits {
    fn default() -> Self {
        Self {
            body_bytes: 0,
            connections: 20_000,
            connections_per_address: 1_000,
        }
    }
}

impl Default for ProxyTimes {
    fn default() -> Self {
        Self {
            connect: 5,
            answer: 30,
            idle: 30,
            tunnel_idle: 600,
            check: 2,
        }
    }
}

impl ProxyConfig {
    /// The configuration in a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        crate::config::read_toml(path)
    }

    /// Refuses what no proxy could work with.
    pub fn check(&self) -> Result<(), ConfigError> {
        let refuse = |key, reason: &str| {
            Err(ConfigError::Setting {
                key,
                reason: reason.into(),
            })
        };
        if self.upstreams.is_empty() {
            return refuse(
                "upstreams",
                "is empty; name at least one with --upstream URL",
            );
        }
        if self.tls.cert.is_some() != self.tls.key.is_some() {
            return refuse("tls", "needs both cert and key, or neither");
        }
        if self.limits.connections == 0 || self.limits.connections_per_address == 0 {
            return refuse("limits", "must let at least one connection through");
        }
        let times = &self.times;
        let all = [
            times.connect,
            times.answer,
            times.idle,
            times.tunnel_idle,
            times.check,
        ];
        if all.contains(&0) {
            return refuse("times", "must be 1 second or more each");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_says_the_defaults() {
        let read: ProxyConfig = toml::from_str(DEFAULT_PROXY_CONFIG).unwrap();
        assert_eq!(read, ProxyConfig::default());
    }

    #[test]
    fn the_default_file_names_every_key() {
        let text = toml::to_string(&ProxyConfig::default()).unwrap();
        let table: toml::Table = toml::from_str(&text).unwrap();
        for (key, value) in &table {
            let inner = value.as_table().into_iter().flat_map(|t| t.keys());
            for key in inner.chain([key]) {
                assert!(DEFAULT_PROXY_CONFIG.contains(key), "{key}");
            }
        }
        for key in ["public_address", "cert", "key"] {
            assert!(
                DEFAULT_PROXY_CONFIG.contains(&format!("# {key} =")),
                "{key}"
            );
        }
    }

    #[test]
    fn settings_that_make_no_sense() {
        let check = |text: &str, key: &str| {
            let config: ProxyConfig = toml::from_str(text).unwrap();
            let error = config.check().unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        };
        let up = "upstreams = [\"http://127.0.0.1:1\"]";
        check("", "--upstream");
        check(&format!("{up}\n[tls]\ncert = \"a\""), "tls");
        check(&format!("{up}\n[times]\nidle = 0"), "times");
        check(&format!("{up}\n[limits]\nconnections = 0"), "limits");
    }
}
