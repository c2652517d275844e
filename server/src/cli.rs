//! The command line of `parlord`. Section 7 of the protocol.
//!
//! # Layout
//!
//! - [`options`]: where the server's data and settings are, and the options of `run`.
//! - [`usage`]: a wrong command line, told in one line.
//! - [`run`]: `parlord run`; [`proxy`]: `parlord proxy`.
//! - [`log`]: where the logs go.
//! - [`people`]: `parlord user`, `parlord invite`; [`password`]: where passwords come from.
//! - [`cert`]: `parlord cert`; [`check`]: `parlord check-passwords`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use parlord::config::{ConfigError, DEFAULT_CONFIG};

mod cert;
mod check;
mod log;
mod options;
mod password;
mod people;
mod proxy;
mod run;
mod usage;

/// Done.
const DONE: u8 = 0;
/// Refused, or failed.
const FAILED: u8 = 1;
/// Used wrongly, or not able to start.
const UNUSABLE: u8 = 2;

/// Parlor's room server.
#[derive(Debug, Parser)]
#[command(name = "parlord", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (this is what parlord does without a command)
    Run(options::RunOptions),
    /// Run a reverse proxy in front of servers
    Proxy(Box<proxy::ProxyOptions>),
    /// Add, list and change accounts, whether the server runs or not
    #[command(subcommand)]
    User(people::UserCommand),
    /// Make an invite and print its link
    Invite(people::InviteOptions),
    /// Show or renew the server's certificate
    #[command(subcommand)]
    Cert(cert::CertCommand),
    /// Print the default configuration file
    DefaultConfig,
    /// Print the good ones of a comma-separated list of passwords, by the rules of the configuration
    CheckPasswords(check::CheckOptions),
}

/// Does what the command line says; the answer is the exit code.
pub(crate) fn main() -> ExitCode {
    let command = match usage::parse::<Cli>(std::env::args_os()) {
        Ok(cli) => cli.command,
        Err(code) => return ExitCode::from(code),
    };
    let done = match command {
        Command::Run(options) => return ExitCode::from(run::run(&options)),
        Command::Proxy(options) => return ExitCode::from(proxy::proxy(&options)),
        Command::User(command) => people::user(command),
        Command::Invite(options) => people::invite(&options),
        Command::Cert(command) => cert::cert(&command),
        Command::CheckPasswords(options) => check::check_passwords(&options),
        Command::DefaultConfig => print(DEFAULT_CONFIG),
    };
    match done {
        Ok(()) => ExitCode::from(DONE),
        Err(error) => {
            complain(&error);
            let is_misuse = error.is::<ConfigError>();
            ExitCode::from(if is_misuse { UNUSABLE } else { FAILED })
        }
    }
}

/// Writes to standard output. That nobody reads it (any more) is no failure.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// One line on standard error.
fn complain(error: impl std::fmt::Display) {
    let line = error.to_string().replace('\n', " ");
    // Without a standard error there is nobody left to tell.
    let _ = writeln!(io::stderr(), "parlord: {line}");
}
