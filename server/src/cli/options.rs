//! Where the server's data and settings are, and the options of `run`. The
//! command line goes before the environment, and that before the file.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;
use parlor_certs::Address;
use parlor_protocol::RegisterPolicy;
use parlord::config::{Config, ConfigError, Proxies, TrackerAddress};

/// Where the server's settings and data are.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Place {
    /// The configuration file (TOML); parlord default-config prints one
    #[arg(long, value_name = "FILE", env = "PARLORD_CONFIG")]
    config: Option<PathBuf>,
    /// The folder where everything is kept; without it, the user's own data folder
    #[arg(long, value_name = "DIR", env = "PARLORD_DATA")]
    data: Option<PathBuf>,
}

impl Place {
    /// The configuration that the file, the environment and the command line make.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        let mut config = match &self.config {
            Some(path) => Config::read(path)?,
            None => Config::default(),
        };
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        config.check()?;
        Ok(config)
    }
}

/// The options of `parlord run`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RunOptions {
    #[command(flatten)]
    place: Place,
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDR:PORT", env = "PARLORD_LISTEN")]
    listen: Option<SocketAddr>,
    /// Where the tracker inside this server listens, or off
    #[arg(long, value_name = "ADDR:PORT|off", env = "PARLORD_TRACKER")]
    tracker: Option<TrackerAddress>,
    /// The address that links carry: behind a router, or under a name
    #[arg(long, value_name = "HOST:PORT", env = "PARLORD_PUBLIC_ADDRESS")]
    public_address: Option<Address>,
    /// The reverse proxies that may say for whom they connect: networks or addresses, with commas
    #[arg(long, value_name = "NETWORK,…", env = "PARLORD_PROXIES")]
    proxies: Option<Proxies>,
    /// What the server is called
    #[arg(long, env = "PARLORD_NAME")]
    name: Option<String>,
    /// Who may make an account: open, invite or closed
    #[arg(long, value_name = "open|invite|closed", env = "PARLORD_REGISTER")]
    register: Option<RegisterPolicy>,
    /// Let people in without an account
    #[arg(
        long, value_name = "true|false", env = "PARLORD_GUESTS",
        num_args = 0..=1, require_equals = true, default_missing_value = "true",
        value_parser = BoolishValueParser::new()
    )]
    guests: Option<bool>,
    /// Lift every limit on rate and number by user, session and address (for benches and tests)
    #[arg(
        long, value_name = "true|false", env = "PARLORD_NO_RATE_LIMITS",
        num_args = 0..=1, require_equals = true, default_missing_value = "true",
        value_parser = BoolishValueParser::new()
    )]
    no_rate_limits: Option<bool>,
    /// What to log: error, warn, info, debug, trace, or a list as in RUST_LOG
    #[arg(long, value_name = "FILTER", env = "PARLORD_LOG")]
    log: Option<String>,
}

impl RunOptions {
    /// The configuration that the file, the environment and the command line make.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        let mut config = self.place.config()?;
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        if let Some(tracker) = self.tracker {
            config.tracker = Some(tracker);
        }
        if let Some(address) = &self.public_address {
            config.public_address = Some(address.clone());
        }
        if let Some(proxies) = &self.proxies {
            config.proxies.clone_from(proxies);
        }
        if let Some(log) = &self.log {
            config.log.clone_from(log);
        }
        if let Some(name) = &self.name {
            config.name.clone_from(name);
        }
        if let Some(register) = self.register {
            config.register = register;
        }
        if let Some(guests) = self.guests {
            config.guests = guests;
        }
        if let Some(no_rate_limits) = self.no_rate_limits {
            config.rate_limits = !no_rate_limits;
        }
        config.check()?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: RunOptions,
    }

    #[test]
    fn every_option_has_an_environment_variable() {
        use clap::CommandFactory as _;
        for arg in Line::command()
            .get_arguments()
            .filter(|arg| arg.get_id() != "help")
        {
            let long = arg.get_long().unwrap().to_uppercase().replace('-', "_");
            let env = arg.get_env().map(|env| env.to_string_lossy().into_owned());
            assert_eq!(env, Some(format!("PARLORD_{long}")));
        }
    }

    fn options(args: &[&str]) -> RunOptions {
        Line::parse_from([&["parlord"], args].concat()).options
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("parlord.toml");
        std::fs::write(
            &file,
            "name = \"From the file\"\nguests = true\nlisten = \"127.0.0.1:1\"\nrate_limits = false\n",
        )
        .unwrap();
        let file = file.to_str().unwrap();
        let config = options(&["--config", file]).config().unwrap();
        assert_eq!(config.name, "From the file");
        assert!(config.guests && !config.rate_limits);
        let config = options(&[
            "--config",
            file,
            "--name",
            "Lab 4",
            "--guests=false",
            "--listen",
            "[::1]:0",
            "--tracker",
            "127.0.0.1:0",
            "--register",
            "open",
            "--no-rate-limits=false",
            "--data",
            "d",
        ])
        .config()
        .unwrap();
        assert_eq!(config.name, "Lab 4");
        assert_eq!(config.listen, "[::1]:0".parse().unwrap());
        assert_eq!(config.tracker, Some("127.0.0.1:0".parse().unwrap()));
        assert_eq!(config.register, RegisterPolicy::Open);
        assert!(!config.guests && config.rate_limits);
        assert_eq!(config.data, PathBuf::from("d"));
    }

    #[test]
    fn a_flag_needs_no_value() {
        let config = options(&["--guests", "--no-rate-limits"]).config().unwrap();
        assert!(config.guests && !config.rate_limits);
        let config = options(&["--guests=1", "--no-rate-limits=off"]);
        let config = config.config().unwrap();
        assert!(config.guests && config.rate_limits);
    }

    #[test]
    fn a_bad_setting_is_refused_from_the_command_line_too() {
        let error = options(&["--name", ""]).config().unwrap_err().to_string();
        assert!(error.contains("name"), "{error}");
    }
}
