//! `parlord proxy`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use parlor_certs::Address;
use parlord::config::ConfigError;
use parlord::proxy::settings::DEFAULT_PROXY_CONFIG;
use parlord::proxy::{Balance, HeaderUse, Proxy, ProxyConfig, RunningProxy, Target};

use super::log::HeldLog;
use super::run::{Signals, allow_many_files, runtime};
use super::{DONE, UNUSABLE, complain, print};

/// The options of `parlord proxy`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ProxyOptions {
    /// The configuration file (TOML); --default-config prints one
    #[arg(long, value_name = "FILE", env = "PARLORD_PROXY_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the proxy's own key and certificate; without it, the user's own data folder
    #[arg(long, value_name = "DIR", env = "PARLORD_PROXY_DATA")]
    data: Option<PathBuf>,
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDR:PORT", env = "PARLORD_PROXY_LISTEN")]
    listen: Option<SocketAddr>,
    /// Where the requests go: a server's parlor:// link, https://HOST:PORT#pin=PIN or http://HOST:PORT
    #[arg(
        long, value_name = "URL", env = "PARLORD_PROXY_UPSTREAM",
        num_args = 1.., value_delimiter = ' '
    )]
    upstream: Vec<Target>,
    /// The address that the proxy's link carries
    #[arg(long, value_name = "HOST:PORT", env = "PARLORD_PROXY_PUBLIC_ADDRESS")]
    public_address: Option<Address>,
    /// How a client's upstream is chosen: address or least_connections
    #[arg(long, value_name = "address|least_connections", env = "PARLORD_PROXY_BALANCE", value_parser = balance)]
    balance: Option<Balance>,
    /// Whether parlor/1 begins with the client's address: auto, on or off
    #[arg(long, value_name = "auto|on|off", env = "PARLORD_PROXY_PROXY_PROTOCOL", value_parser = header_use)]
    proxy_protocol: Option<HeaderUse>,
    /// What to log: error, warn, info, debug, trace, or a list as in RUST_LOG
    #[arg(long, value_name = "FILTER", env = "PARLORD_PROXY_LOG")]
    log: Option<String>,
    /// Print the default configuration file
    #[arg(long)]
    default_config: bool,
}

fn balance(text: &str) -> Result<Balance, &'static str> {
    match text {
        "address" => Ok(Balance::Address),
        "least_connections" => Ok(Balance::LeastConnections),
        _ => Err("it is address or least_connections"),
    }
}

fn header_use(text: &str) -> Result<HeaderUse, &'static str> {
    match text {
        "auto" => Ok(HeaderUse::Auto),
        "on" => Ok(HeaderUse::On),
        "off" => Ok(HeaderUse::Off),
        _ => Err("it is auto, on or off"),
    }
}

impl ProxyOptions {
    /// The configuration that the file, the environment and the command line make.
    fn config(&self) -> Result<ProxyConfig, ConfigError> {
        let mut config = match &self.config {
            Some(path) => ProxyConfig::read(path)?,
            None => ProxyConfig::default(),
        };
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        if !self.upstream.is_empty() {
            config.upstreams.clone_from(&self.upstream);
        }
        if let Some(address) = &self.public_address {
            config.public_address = Some(address.clone());
        }
        if let Some(balance) = self.balance {
            config.balance = balance;
        }
        if let Some(header_use) = self.proxy_protocol {
            config.proxy_protocol = header_use;
        }
        if let Some(log) = &self.log {
            config.log.clone_from(log);
        }
        config.check()?;
        Ok(config)
    }
}

/// Runs the proxy until it is told to stop; the answer is the exit code.
pub(crate) fn proxy(options: &ProxyOptions) -> u8 {
    let done = if options.default_config {
        print(DEFAULT_PROXY_CONFIG)
    } else {
        try_proxy(options)
    };
    match done {
        Ok(()) => DONE,
        Err(error) => {
            complain(error);
            UNUSABLE
        }
    }
}

fn try_proxy(options: &ProxyOptions) -> anyhow::Result<()> {
    let config = options.config()?;
    let log = HeldLog::install(&config.log)?;
    allow_many_files();
    runtime()?.block_on(async {
        let mut signals = Signals::new()?;
        let proxy = Proxy::start(config.clone()).await?;
        log.release();
        print(&greeting(&config, &proxy))?;
        signals.follow(|| proxy.reload_certificate()).await;
        proxy.shutdown().await;
        Ok(())
    })
}

/// What the one who started it should know.
fn greeting(config: &ProxyConfig, proxy: &RunningProxy) -> String {
    let upstreams: Vec<_> = config
        .upstreams
        .iter()
        .map(|target| target.address.to_string())
        .collect();
    let mut text = format!(
        "The proxy listens on {}\nTo:    {}\nData:  {}\nPin:   {} (of the certificate that browsers see)\n",
        proxy.local_addr(),
        upstreams.join(", "),
        proxy.data().display(),
        proxy.pin(),
    );
    if !proxy.link().pins.is_empty() {
        text.push_str(&format!("Link:  {}\n", proxy.link()));
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: ProxyOptions,
    }

    #[test]
    fn every_option_has_an_environment_variable() {
        for arg in Line::command().get_arguments() {
            if ["help", "default_config"].contains(&arg.get_id().as_str()) {
                continue;
            }
            let long = arg.get_long().unwrap().to_uppercase().replace('-', "_");
            let env = arg.get_env().map(|env| env.to_string_lossy().into_owned());
            assert_eq!(env, Some(format!("PARLORD_PROXY_{long}")));
        }
    }

    fn config(args: &[&str]) -> Result<ProxyConfig, ConfigError> {
        Line::parse_from([&["parlord proxy"], args].concat())
            .options
            .config()
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("proxy.toml");
        let text = "upstreams = [\"http://127.0.0.1:1\"]\nbalance = \"least_connections\"\n";
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let read = config(&["--config", file]).unwrap();
        assert_eq!(read.upstreams.len(), 1);
        assert_eq!(read.balance, Balance::LeastConnections);
        let args = [
            "--config",
            file,
            "--upstream",
            "http://127.0.0.1:2",
            "http://127.0.0.1:3",
            "--upstream",
            "http://127.0.0.1:4",
            "--listen",
            "127.0.0.1:0",
            "--balance",
            "address",
            "--proxy-protocol",
            "off",
        ];
        let read = config(&args).unwrap();
        assert_eq!(read.upstreams.len(), 3);
        assert_eq!(read.balance, Balance::Address);
        assert_eq!(read.proxy_protocol, HeaderUse::Off);
    }

    #[test]
    fn without_an_upstream_nothing_starts() {
        let error = config(&[]).unwrap_err().to_string();
        assert!(error.contains("--upstream"), "{error}");
    }
}
