//! `parlor`: the desktop app. It reads its arguments, makes sure that there is
//! a screen and no other instance, and hands over to the library.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use parlor::{Display, Instance, Start};

/// Talk in rooms: the desktop app.
///
/// Opens the window. A second start hands its link to the first one and ends.
#[derive(Debug, Parser)]
#[command(name = "parlor", version)]
struct Arguments {
    /// A server to join: parlor://HOST:PORT/?pin=…, or an address.
    link: Option<String>,

    /// The folder for accounts, messages and preferences [default: the user's data folder].
    #[arg(long, value_name = "DIR", env = "PARLOR_HOME")]
    home: Option<PathBuf>,
}

/// What is logged unless `PARLOR_LOG` says otherwise: our own warnings. Those of
/// the toolkit's platform code are of no use to whoever reads them.
const LOG: &str = "error,parlor=warn,parlor_client=warn,parlord=warn";

/// What the process says when it was used wrongly, or there is no screen.
const USED_WRONGLY: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("PARLOR_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(LOG)),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlor: {error:#}");
            ExitCode::from(
                error
                    .downcast_ref::<UsedWrongly>()
                    .map_or(1, |_| USED_WRONGLY),
            )
        }
    }
}

/// Marks an error whose exit code is [`USED_WRONGLY`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UsedWrongly(String);

fn run(arguments: Arguments) -> anyhow::Result<()> {
    Display::find().map_err(|error| UsedWrongly(error.to_string()))?;
    let home = parlor::open_home(arguments.home.as_deref())
        .map_err(|error| UsedWrongly(error.to_string()))?;
    let Some(instance) = Instance::claim(home.dir(), arguments.link.as_deref())? else {
        return Ok(());
    };
    parlor::run(Start {
        home,
        link: arguments.link,
        instance,
    })?;
    Ok(())
}
