//! The options of `run`. The command line goes before the environment, and that before the file.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;
use parlor_certs::Link;

use super::config::{Config, ConfigError};

/// The options of `parlor-tracker run`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RunOptions {
    /// The configuration file (TOML); parlor-tracker default-config prints one
    #[arg(long, value_name = "FILE", env = "PARLOR_TRACKER_CONFIG")]
    config: Option<PathBuf>,
    /// The folder where everything is kept; without it, the user's own data folder
    #[arg(long, value_name = "DIR", env = "PARLOR_TRACKER_DATA")]
    data: Option<PathBuf>,
    /// Where to listen, on TCP and UDP; port 0 takes any that is free
    #[arg(long, value_name = "ADDR:PORT", env = "PARLOR_TRACKER_LISTEN")]
    listen: Option<SocketAddr>,
    /// The link of the room server, with its pin
    #[arg(long, value_name = "LINK", env = "PARLOR_TRACKER_SERVER")]
    server: Option<Link>,
    /// What the tracker is called
    #[arg(long, env = "PARLOR_TRACKER_NAME")]
    name: Option<String>,
    /// Lift every limit on rate and number by user and address (for benches and tests)
    #[arg(
        long, value_name = "true|false", env = "PARLOR_TRACKER_NO_RATE_LIMITS",
        num_args = 0..=1, require_equals = true, default_missing_value = "true",
        value_parser = BoolishValueParser::new()
    )]
    no_rate_limits: Option<bool>,
    /// What to log: error, warn, info, debug, trace, or a list as in RUST_LOG
    #[arg(long, value_name = "FILTER", env = "PARLOR_TRACKER_LOG")]
    log: Option<String>,
}

impl RunOptions {
    /// The configuration that the file, the environment and the command line make.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        let mut config = match &self.config {
            Some(path) => Config::read(path)?,
            None => Config::default(),
        };
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        if let Some(server) = &self.server {
            config.server = Some(server.clone());
        }
        if let Some(name) = &self.name {
            config.name.clone_from(name);
        }
        if let Some(no_rate_limits) = self.no_rate_limits {
            config.rate_limits = !no_rate_limits;
        }
        if let Some(log) = &self.log {
            config.log.clone_from(log);
        }
        config.check()?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use clap::{CommandFactory as _, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: RunOptions,
    }

    #[test]
    fn every_option_has_an_environment_variable() {
        for arg in Line::command()
            .get_arguments()
            .filter(|arg| arg.get_id() != "help")
        {
            let long = arg.get_long().unwrap().to_uppercase().replace('-', "_");
            let env = arg.get_env().map(|env| env.to_string_lossy().into_owned());
            assert_eq!(env, Some(format!("PARLOR_TRACKER_{long}")));
        }
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"name = \"file\"\nlog = \"debug\"\nlisten = \"127.0.0.1:5\"\n")
            .unwrap();
        let path = file.path().to_str().unwrap();
        let args = ["x", "--config", path, "--name", "line", "--no-rate-limits"];
        let config = Line::parse_from(args).options.config().unwrap();
        assert_eq!((&*config.name, &*config.log), ("line", "debug"));
        assert_eq!(config.listen.port(), 5);
        assert!(!config.rate_limits);
    }
}
