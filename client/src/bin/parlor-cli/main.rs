//! `parlor-cli`: the headless client, for scripts and bots.
//!
//! # Layout
//!
//! - `args`: the command line.
//! - `failure`: what ends a command otherwise, and with which code.
//! - `interrupt`: being asked to end.
//! - `print`: lines for people and for programs.
//! - `sign_in`: `register`, `login`, `logout`, `forget`; `password` asks for one.
//! - `asking`: commands that ask one thing: `rooms`, `join`, `history`, `search`, `who`,
//!   `files`.
//! - `files`: `upload` and `download`; `bars` shows how far they are.
//! - `send`, `tail`: the commands of these names.
//! - `peer`: `peer …`, from device to device.

mod args;
mod asking;
mod bars;
mod failure;
mod files;
mod interrupt;
mod password;
mod peer;
mod print;
mod send;
mod sign_in;
mod tail;

use std::process::ExitCode;

use parlor_client::Home;

use args::{Args, Command};
use failure::Failure;
use print::Printer;

fn main() -> ExitCode {
    let args = match args::read() {
        Ok(args) => args,
        Err(code) => return ExitCode::from(code),
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("PARLOR_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(args)),
        Err(error) => Err(Failure::Refused(error.to_string())),
    };
    match done {
        Ok(()) | Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("parlor-cli: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

async fn run(args: Args) -> Result<(), Failure> {
    let dir = match args.home {
        Some(dir) => dir,
        None => Home::default_dir()?,
    };
    let home = Home::open(dir)?;
    let mut out = Printer::new(args.json);
    let who = args.account.as_deref();
    match args.command {
        Command::Register { link, user, name } => {
            sign_in::register(&home, &link, user, name, &mut out).await
        }
        Command::Login { link, user } => sign_in::login(&home, &link, user, &mut out).await,
        Command::Logout => sign_in::logout(&home, who, &mut out).await,
        Command::Forget { link } => sign_in::forget(&home, &link, &mut out),
        Command::Rooms => asking::rooms(&home, who, &mut out).await,
        Command::Join { room } => asking::join(&home, who, room, &mut out).await,
        Command::Send(send) => send::send(&home, who, send, &mut out).await,
        Command::Tail { rooms, since } => tail::tail(&home, who, rooms, since, &mut out).await,
        Command::History(history) => asking::history(&home, who, history, &mut out).await,
        Command::Search(search) => asking::search(&home, who, search, &mut out).await,
        Command::Who => asking::who(&home, who, &mut out).await,
        Command::Upload { room, files } => files::upload(&home, who, &room, &files, &mut out).await,
        Command::Download { id, to } => files::download(&home, who, &id, to, &mut out).await,
        Command::Files { room } => asking::files(&home, who, room, &mut out).await,
        Command::Peer { options, command } => {
            Box::pin(peer::peer(&home, who, &options, command, &mut out)).await
        }
    }
}
