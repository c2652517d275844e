//! The TOML file's keys, which the command line and the environment go before.
//! `assets/config/parlor-tracker.toml` is the same with words, and a test keeps the two together.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use parlor_certs::{Link, PemFiles};
use parlor_protocol::tracker::DEFAULT_PORT;
use parlor_tracker::Settings;
use parlor_tracker::settings::{Limits, Metrics, Rates, Relay};
use serde::{Deserialize, Serialize};

/// The default configuration as a file, with every key explained.
pub(crate) const DEFAULT_CONFIG: &str = include_str!("../../../assets/config/parlor-tracker.toml");

/// All settings of the program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// What the tracker is called.
    pub(crate) name: String,
    /// The folder where everything is kept. Empty: the user's own data folder.
    pub(crate) data: PathBuf,
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// The room server.
    pub(crate) server: Option<Link>,
    /// Whether the limits of `rates` hold.
    pub(crate) rate_limits: bool,
    /// What to log, in the form of `RUST_LOG`.
    pub(crate) log: String,
    /// The certificate.
    pub(crate) tls: Tls,
    /// The relay.
    pub(crate) relay: Relay,
    /// Who may read `/metrics`.
    pub(crate) metrics: Metrics,
    /// Sizes and totals.
    pub(crate) limits: Limits,
    /// How often one may do what.
    pub(crate) rates: Rates,
}

/// The certificate that the tracker shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tls {
    /// A certificate chain in PEM; with `key`. Without both the tracker makes its own.
    cert: Option<PathBuf>,
    /// The key in PEM.
    key: Option<PathBuf>,
    /// Further names and addresses for a certificate of the tracker's own making.
    pub(crate) names: Vec<String>,
}

impl Tls {
    /// The PEM files, if the certificate is somebody else's to look after.
    pub(crate) fn files(&self) -> Option<PemFiles> {
        Some(PemFiles {
            cert: self.cert.clone()?,
            key: self.key.clone()?,
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        let settings = Settings::default();
        Self {
            name: settings.name,
            data: PathBuf::new(),
            listen: SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), DEFAULT_PORT),
            server: None,
            rate_limits: settings.rate_limits,
            log: "info".into(),
            tls: Tls::default(),
            relay: settings.relay,
            metrics: settings.metrics,
            limits: settings.limits,
            rates: settings.rates,
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file could not be read.
    #[error("cannot read the configuration {}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    /// A key is unknown or has a value that does not fit.
    #[error("{}, line {line}: {reason}", path.display())]
    Key {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    /// A setting makes no sense, wherever it comes from.
    #[error("the setting {key} {reason}")]
    Setting {
        key: &'static str,
        reason: &'static str,
    },
}

impl Config {
    /// The configuration in a file.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// The configuration in a text; `path` is for the errors.
    fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            let before = text.as_bytes()[..start].iter();
            ConfigError::Key {
                path: path.to_owned(),
                line: before.filter(|b| **b == b'\n').count() + 1,
                reason: error.message().replace('\n', " "),
            }
        })
    }

    /// What of it is the tracker's own.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            name: self.name.clone(),
            rate_limits: self.rate_limits,
            limits: self.limits.clone(),
            rates: self.rates.clone(),
            relay: self.relay.clone(),
            metrics: self.metrics.clone(),
        }
    }

    /// Refuses what no tracker could work with.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.tls.cert.is_some() != self.tls.key.is_some() {
            return Err(ConfigError::Setting {
                key: "tls",
                reason: "needs both cert and key, or neither",
            });
        }
        self.settings()
            .check()
            .map_err(|(key, reason)| ConfigError::Setting { key, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("parlor-tracker.toml"))
    }

    #[test]
    fn the_default_file_says_the_defaults() {
        assert_eq!(parse(DEFAULT_CONFIG).unwrap(), Config::default());
        Config::default().check().unwrap();
    }

    #[test]
    fn the_default_file_names_every_key() {
        let table: toml::Table =
            toml::from_str(&toml::to_string(&Config::default()).unwrap()).unwrap();
        for (key, value) in &table {
            let inner = value.as_table().into_iter().flat_map(|t| t.keys());
            for key in inner.chain([key]) {
                assert!(DEFAULT_CONFIG.contains(key), "{key} is missing");
            }
        }
        for key in ["server", "cert", "key", "token"] {
            assert!(DEFAULT_CONFIG.contains(&format!("# {key} =")), "{key}");
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse("name = \"x\"\n\n[tls]\ncret = \"a\"\n").unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with("parlor-tracker.toml, line 4: "),
            "{error}"
        );
        assert!(error.contains("cret"), "{error}");
    }

    #[test]
    fn settings_that_make_no_sense() {
        let check = |text: &str, key: &str| {
            let error = parse(text).unwrap().check().unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        };
        check("name = \"\"", "name");
        check("[tls]\ncert = \"a.pem\"", "tls");
        check("[limits]\nentries = 0", "limits.entries");
        check("[metrics]\ntoken = \"short\"", "metrics.token");
        check(
            "[rates]\ncalls = { per_second = 0, burst = 5 }",
            "rates.calls",
        );
    }
}
