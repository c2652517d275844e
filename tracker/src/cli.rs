//! The command line of `parlor-tracker`. Section 7 of the protocol.
//!
//! # Layout
//!
//! - [`config`]: the configuration file; [`options`]: the options of `run`.
//! - [`usage`]: a wrong command line, told in one line.
//! - [`run`]: `parlor-tracker run`; [`data_dir`]: its folder; [`log`]: where the logs go.
//! - [`certificate`]: the certificate, followed as it changes.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod certificate;
mod config;
mod data_dir;
mod log;
mod options;
mod run;
mod usage;

/// Done.
const DONE: u8 = 0;
/// Refused, or failed.
const FAILED: u8 = 1;
/// Used wrongly, or not able to start.
const UNUSABLE: u8 = 2;

/// Parlor's tracker.
#[derive(Debug, Parser)]
#[command(
    name = "parlor-tracker",
    version,
    about,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the tracker (this is what parlor-tracker does without a command)
    Run(Box<options::RunOptions>),
    /// Print the default configuration file
    DefaultConfig,
}

/// Does what the command line says; the answer is the exit code.
pub(crate) fn main() -> ExitCode {
    let command = match usage::parse::<Cli>(std::env::args_os()) {
        Ok(cli) => cli.command,
        Err(code) => return ExitCode::from(code),
    };
    ExitCode::from(match command {
        Command::Run(options) => run::run(&options),
        Command::DefaultConfig => match print(config::DEFAULT_CONFIG) {
            Ok(()) => DONE,
            Err(error) => {
                complain(error);
                FAILED
            }
        },
    })
}

/// Writes to standard output. That nobody reads it (any more) is no failure.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// One line on standard error.
fn complain(error: impl std::fmt::Display) {
    let line = error.to_string().replace('\n', " ");
    // Without a standard error there is nobody left to tell.
    let _ = writeln!(io::stderr(), "parlor-tracker: {line}");
}
