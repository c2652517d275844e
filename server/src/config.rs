//! What a server is told: the TOML file's keys, which the command line and
//! the environment go before. `assets/config/parlord.toml` is the same with
//! words, and a test keeps the two together.
//!
//! # Layout
//!
//! - [`bounds`]: sizes, totals and rates.
//! - [`proxies`]: the reverse proxies whose word is taken.
//! - [`tracker_address`]: where the tracker inside the server listens.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use parlor_certs::{Address, PemFiles, Pin};
use parlor_protocol::tracker::{self, TrackerAt};
use parlor_protocol::{RegisterPolicy, Role, limits};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::passwords::PasswordRules;

mod bounds;
mod files;
mod metrics;
mod proxies;
mod tracker_address;

pub use self::bounds::{Rate, Rates, Sizes};
pub use self::files::Files;
pub use self::metrics::{Metrics, MetricsToken};
pub use self::proxies::Proxies;
pub use self::tracker_address::TrackerAddress;

/// The default configuration as a file, with every key explained.
pub const DEFAULT_CONFIG: &str = include_str!("../../assets/config/parlord.toml");

/// All settings of a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What the server is called, in `welcome` and in the logs.
    pub name: String,
    /// The folder where everything is kept; one server at a time uses it. Empty:
    /// the user's own data folder.
    pub data: PathBuf,
    /// Where to listen. Port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where the tracker inside this server listens. If nothing is said: beside the
    /// server, see [`Config::tracker_at`].
    pub tracker: Option<TrackerAddress>,
    /// Further trackers, of which users are told beside this server's own.
    pub trackers: Vec<TrackerAt>,
    /// The address that links carry; without it the server picks one of its own.
    pub public_address: Option<Address>,
    /// The reverse proxies that may say for whom they connect.
    pub proxies: Proxies,
    /// Who may make an account.
    pub register: RegisterPolicy,
    /// Whether one may come in without an account.
    pub guests: bool,
    /// Whether the limits on rate and number by user, session and address hold.
    pub rate_limits: bool,
    /// What to log, in the form of `RUST_LOG`.
    pub log: String,
    /// Sessions.
    pub sessions: Sessions,
    /// What a password must be.
    pub passwords: PasswordRules,
    /// The room `#broadcast`.
    pub broadcast: Broadcast,
    /// The certificate.
    pub tls: Tls,
    /// Files.
    pub files: Files,
    /// Who may read `/metrics`.
    pub metrics: Metrics,
    /// Sizes and totals, which always hold.
    pub limits: Sizes,
    /// How often one may do what.
    pub rates: Rates,
}

/// How long sessions live, and how many a user may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Days without a sign of life after which a session ends.
    pub lifetime_days: u32,
    /// What happens when a user who has a session signs in again.
    pub policy: SessionPolicy,
}

impl Sessions {
    /// The time without a sign of life after which a session ends.
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.lifetime_days) * 24 * 60 * 60)
    }
}

/// What happens when a user who has a session signs in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionPolicy {
    /// They have several.
    Several,
    /// The second is refused with `already_online`.
    Refuse,
    /// The first one ends.
    TakeOver,
}

/// The room `#broadcast`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Broadcast {
    /// The lowest rank that may post there.
    pub post: Role,
}

/// The certificate that the server shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// A certificate chain in PEM; with `key`. Without both the server makes its own.
    pub cert: Option<PathBuf>,
    /// The key in PEM.
    pub key: Option<PathBuf>,
    /// Further names and addresses for a certificate of the server's own making.
    pub names: Vec<String>,
    /// The pins of keys to come, announced to clients that trust the present one.
    pub next_pins: Vec<Pin>,
}

impl Tls {
    /// The PEM files, if the certificate is somebody else's to look after.
    pub fn files(&self) -> Option<PemFiles> {
        Some(PemFiles {
            cert: self.cert.clone()?,
            key: self.key.clone()?,
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "Parlor".into(),
            data: PathBuf::new(),
            listen: SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), limits::DEFAULT_PORT),
            tracker: None,
            trackers: Vec::new(),
            public_address: None,
            proxies: Proxies::default(),
            register: RegisterPolicy::Invite,
            guests: false,
            rate_limits: true,
            log: "info".into(),
            sessions: Sessions::default(),
            passwords: PasswordRules::default(),
            broadcast: Broadcast::default(),
            tls: Tls::default(),
            files: Files::default(),
            metrics: Metrics::default(),
            limits: Sizes::default(),
            rates: Rates::default(),
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            lifetime_days: 90,
            policy: SessionPolicy::Several,
        }
    }
}

impl Default for Broadcast {
    fn default() -> Self {
        Self {
            post: Role::Moderator,
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read the configuration {}: {reason}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A key is unknown or has a value that does not fit.
    #[error("{}, line {line}: {reason}", path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, naming the key.
        reason: String,
    },
    /// A setting makes no sense, wherever it comes from.
    #[error("the setting {key} {reason}")]
    Setting {
        /// The key, as the file has it.
        key: &'static str,
        /// What is wrong, and what would be right.
        reason: String,
    },
}

impl Config {
    /// The configuration in a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        read_toml(path)
    }

    /// The configuration in a text; `path` is for the errors.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        parse_toml(text, path)
    }

    /// Where the tracker inside this server listens, if there is one. If nothing is
    /// said that is the address that the server listens on, and the usual port; any
    /// that is free where the server takes any.
    pub fn tracker_at(&self) -> Option<SocketAddr> {
        match self.tracker {
            Some(TrackerAddress::Off) => None,
            Some(TrackerAddress::At(address)) => Some(address),
            None => {
                let port = if self.listen.port() == 0 {
                    0
                } else {
                    tracker::DEFAULT_PORT
                };
                Some(SocketAddr::new(self.listen.ip(), port))
            }
        }
    }

    /// Refuses what no server could work with.
    pub fn check(&self) -> Result<(), ConfigError> {
        let refuse = |key, reason: &str| {
            Err(ConfigError::Setting {
                key,
                reason: reason.into(),
            })
        };
        if !parlor_protocol::names::is_display_name(&self.name) {
            return refuse(
                "name",
                "must have 1 to 64 characters and no control characters",
            );
        }
        if self.tls.cert.is_some() != self.tls.key.is_some() {
            return refuse("tls", "needs both cert and key, or neither");
        }
        if self.sessions.lifetime_days == 0 {
            return refuse("sessions.lifetime_days", "must be 1 or more");
        }
        if !(1..=limits::CLIENT_LINE_BYTES / 2).contains(&self.limits.text_bytes) {
            return refuse(
                "limits.text_bytes",
                "must be 1 to 32768, so that a text fits its line",
            );
        }
        if self.limits.connections == 0 || self.limits.handshakes == 0 {
            return refuse(
                "limits",
                "must let at least one connection and handshake through",
            );
        }
        if let Some(reason) = self.trackers.iter().find_map(bad_tracker) {
            return refuse("trackers", &reason);
        }
        if let Err((key, reason)) = self.passwords.validate() {
            return refuse(key, reason);
        }
        if let Err((key, reason)) = self.metrics.validate() {
            return refuse(key, reason);
        }
        if let Err((key, reason)) = self.files.validate() {
            return refuse(key, reason);
        }
        self.check_rates()
    }

    fn check_rates(&self) -> Result<(), ConfigError> {
        let rates = &self.rates;
        let all = [
            ("rates.messages", rates.messages),
            ("rates.user_messages", rates.user_messages),
            ("rates.requests", rates.requests),
            ("rates.sign_ins", rates.sign_ins),
            ("rates.resumes", rates.resumes),
            ("rates.passwords", rates.passwords),
            ("rates.registrations", rates.registrations),
            ("rates.files", rates.files),
            ("rates.connections", rates.connections),
        ];
        match all.into_iter().find(|(_, rate)| !rate.is_usable()) {
            Some((key, _)) => Err(ConfigError::Setting {
                key,
                reason: "needs per_second above 0 and burst of 1 or more".into(),
            }),
            None => Ok(()),
        }
    }
}

/// What is wrong with a tracker of `trackers`.
fn bad_tracker(at: &TrackerAt) -> Option<String> {
    if Address::new(&at.host, at.port).is_err() {
        return Some(format!("names {:?}, which is no host", at.host));
    }
    let pin = at.pin.parse::<Pin>();
    pin.is_err()
        .then(|| format!("needs the pin of {}, 43 characters", at.host))
}

/// Settings in a TOML file.
pub(crate) fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    parse_toml(&text, path)
}

/// Settings in a text; `path` is for the errors.
fn parse_toml<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, ConfigError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("parlord.toml"))
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
                assert!(
                    DEFAULT_CONFIG.contains(key),
                    "{key} is not in the default file"
                );
            }
        }
        for key in ["tracker", "public_address", "cert", "key", "token"] {
            assert!(DEFAULT_CONFIG.contains(&format!("# {key} =")), "{key}");
        }
    }

    #[test]
    fn the_tracker_stands_beside_the_server() {
        let check = |text: &str, expected: Option<&str>| {
            let at = parse(text).unwrap().tracker_at();
            assert_eq!(at, expected.map(|at| at.parse().unwrap()), "{text}");
        };
        check("", Some("[::]:8001"));
        check("listen = \"127.0.0.1:8888\"", Some("127.0.0.1:8001"));
        check("listen = \"127.0.0.1:0\"", Some("127.0.0.1:0"));
        check("tracker = \"off\"", None);
        check("tracker = \"192.0.2.1:9\"", Some("192.0.2.1:9"));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse("name = \"x\"\n\n[tls]\ncret = \"a\"\n")
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("parlord.toml, line 4: "), "{error}");
        assert!(error.contains("cret"), "{error}");
        let error = parse("listen = \"nowhere\"").unwrap_err().to_string();
        assert!(error.starts_with("parlord.toml, line 1: "), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }

    #[test]
    fn settings_that_make_no_sense() {
        let check = |text: &str, key: &str| {
            let error = parse(text).unwrap().check().unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        };
        check("name = \"\"", "name");
        check("[tls]\ncert = \"a.pem\"", "tls");
        check("[sessions]\nlifetime_days = 0", "sessions.lifetime_days");
        check("[limits]\ntext_bytes = 65536", "limits.text_bytes");
        check("[limits]\nhandshakes = 0", "limits");
        check("[metrics]\ntoken = \"short\"", "metrics.token");
        check(
            "[metrics]\ntoken = \"has a space in the middle\"",
            "metrics.token",
        );
        let tracker = |host: &str, pin: &str| {
            format!("trackers = [{{ host = {host:?}, port = 8001, pin = {pin:?} }}]")
        };
        check(&tracker("", &"A".repeat(43)), "trackers");
        check(&tracker("tracker.example.org", "short"), "trackers");
        check("[files]\nuploads = 0", "files.uploads");
        check("[files]\nupload_hours = 0", "files.upload_hours");
        check("[files]\ntotal_bytes = 9223372036854775807", "files");
        check(
            "[rates]\nsign_ins = { per_second = 0, burst = 5 }",
            "rates.sign_ins",
        );
    }
}
