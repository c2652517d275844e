//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use parlor_client::Link;

/// Parlor without a window, for scripts and bots.
#[derive(Debug, Parser)]
#[command(
    name = "parlor-cli",
    version,
    after_help = "Exit codes: 0 done, 1 refused or failed (one line on standard error says why), 2 used wrongly, 3 no connection.\n\
                  The password is asked for at a prompt, or taken from PARLOR_PASSWORD, or, where standard input is no terminal, from its first line."
)]
pub(crate) struct Args {
    /// The folder that keeps sessions and unsent messages [default: the app's own]
    #[arg(long, env = "PARLOR_HOME", value_name = "DIR", global = true)]
    pub(crate) home: Option<PathBuf>,

    /// Print one JSON object per line, the server's lines as they came
    #[arg(long, env = "PARLOR_JSON", value_parser = clap::builder::FalseyValueParser::new(), global = true)]
    pub(crate) json: bool,

    /// Which account, where the folder has several [default: the one that signed in last]
    #[arg(
        long,
        env = "PARLOR_ACCOUNT",
        value_name = "USER@HOST:PORT",
        global = true
    )]
    pub(crate) account: Option<String>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an account, and sign in
    ///
    /// The link's invite is used. With --json the `session` line is printed as it came; it holds the token
    /// that opens the session: keep it to yourself.
    Register {
        /// The server: parlor://HOST:PORT/?pin=PIN&invite=CODE, or HOST:PORT
        link: Link,
        /// The username wished for
        user: String,
        /// The display name [default: the username]
        #[arg(long, env = "PARLOR_NAME")]
        name: Option<String>,
    },
    /// Sign in
    ///
    /// With --json the `session` line is printed as it came; it holds the token that opens the session:
    /// keep it to yourself.
    Login {
        /// The server: parlor://HOST:PORT/?pin=PIN, or HOST:PORT
        link: Link,
        /// The username
        user: String,
    },
    /// End the session, and drop what is kept of it here
    Logout,
    /// Forget a server: its key, and what is kept here of accounts on it
    ///
    /// The way on when the key of a server has changed and its owner says that this is right: forget it, and
    /// sign in again with a new link. Nothing is told to the server; messages that were not sent are gone.
    Forget {
        /// The server: HOST:PORT, or a link to it
        link: Link,
    },
    /// List public rooms and one's own
    Rooms,
    /// Come into a public room
    Join {
        /// The room
        room: String,
    },
    /// Send a message, and wait until the server has kept it
    ///
    /// The message is written into the outbox, then sent. If the server cannot be reached for --wait seconds, it is
    /// taken out of the outbox again, and the exit code is 3.
    ///
    /// If the connection broke before the server answered, the message may have arrived all the same: standard error
    /// then names its nonce, and `send --nonce NONCE` with the same text sends it again without the risk of its
    /// standing there twice.
    ///
    /// Interrupted, it takes the message back, too. A `send` that is killed leaves its message in the outbox; the next `send` or `tail` of this folder, or the
    /// app, sends it.
    Send(Send),
    /// Print what happens, live until interrupted
    ///
    /// It reconnects by itself, and goes on where it was: nothing is lost or printed twice. It ends with
    /// code 3 only if there is no connection when it starts.
    Tail {
        /// Only these rooms [default: every room one is in]
        rooms: Vec<String>,
        /// Begin after this seq of the named rooms instead of now
        #[arg(long, env = "PARLOR_SINCE", value_name = "SEQ", requires = "rooms")]
        since: Option<u64>,
    },
    /// Print messages of a room, the newest last
    History(History),
    /// Find messages, the newest first
    Search(Search),
    /// List everybody
    Who,
    /// Upload files to a room
    ///
    /// Several at once. Each is listed in the room's files, and its FILE line is printed. Interrupted or killed, the
    /// same command goes on from where it stopped.
    Upload {
        /// The room
        room: String,
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Download a file
    ///
    /// Its hash is compared before it gets its name. Nothing is overwritten: where the name is taken the next free
    /// one is used, as in `report (2).pdf`. Interrupted or killed, the same command goes on from where it stopped.
    Download {
        /// The file's id, as `files` lists it
        id: String,
        /// A folder, or a new file [default: this folder]
        to: Option<PathBuf>,
    },
    /// List the files of a room, or of all rooms, the newest first
    Files {
        /// The room
        room: Option<String>,
    },
    /// Talk from device to device, end to end encrypted
    ///
    /// The first command makes this folder's device, which the room server vouches for. What is sent goes over a
    /// direct link if the other one is there, else over a tracker's relay, else sealed by the room server,
    /// which cannot read it.
    ///
    /// Commands of one folder share its device: the first that runs has the links, the others hand their work to it.
    Peer {
        #[command(flatten)]
        options: PeerOptions,
        #[command(subcommand)]
        command: PeerCommand,
    },
}

/// How the device behaves while a `peer` command has it.
#[derive(Debug, clap::Args)]
pub(crate) struct PeerOptions {
    /// Neither look for devices on this network, nor show this one there
    #[arg(long, env = "PARLOR_NO_LAN", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) no_lan: bool,
    /// Go by trackers' relays only, and show this computer's address to nobody
    #[arg(long, env = "PARLOR_RELAY_ONLY", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) relay_only: bool,
    /// How long to wait for the other side or the server, in seconds
    #[arg(
        long,
        env = "PARLOR_PEER_WAIT",
        value_name = "SECONDS",
        default_value_t = 30
    )]
    pub(crate) wait: u64,
}

/// `peer …`
#[derive(Debug, Subcommand)]
pub(crate) enum PeerCommand {
    /// Send a message to a person, and wait until it is delivered or held
    ///
    /// Delivered: one of their devices has stored it. Held: it is sealed for their devices, and the room server keeps
    /// it until they come. If neither can be had within --wait, the exit code is 3; the message is kept and goes
    /// with the next `peer` command.
    Send {
        /// Whom
        user: String,
        /// The text; `-` reads standard input
        text: String,
    },
    /// Print what comes from people, live until interrupted
    ///
    /// Begins with what is unread; what was printed is read.
    Tail {
        /// Accept files into this folder, which is made; without it they are declined
        #[arg(long, env = "PARLOR_SAVE", value_name = "DIR")]
        save: Option<PathBuf>,
    },
    /// Send a file to a person
    File {
        /// Whom
        user: String,
        /// The file
        file: PathBuf,
    },
    /// List who has devices, how far they are trusted, and the number to compare
    Who,
    /// Peer channels: talks that live on no server
    Channel {
        #[command(subcommand)]
        command: ChannelCommand,
    },
}

/// `peer channel …`
#[derive(Debug, Subcommand)]
pub(crate) enum ChannelCommand {
    /// Come into a channel, which is made where there is none
    Join {
        /// Its name
        name: String,
    },
    /// Send a message into a channel, and wait until somebody has it
    Send {
        /// Its name
        name: String,
        /// The text; `-` reads standard input
        text: String,
    },
    /// Print what is said in a channel, live until interrupted
    Tail {
        /// Its name
        name: String,
    },
}

/// `send`
#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// The room
    pub(crate) room: String,
    /// The text; `-` reads standard input
    #[arg(
        required_unless_present = "files",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) text: String,
    /// Files to show with it; the text may then be left out
    #[arg(long = "file", value_name = "FILE", conflicts_with = "nonce")]
    pub(crate) files: Vec<PathBuf>,
    /// The seq of the message that this one answers
    #[arg(long, env = "PARLOR_REPLY_TO", value_name = "SEQ")]
    pub(crate) reply_to: Option<u64>,
    /// The mark of this message, for trying again
    #[arg(long, env = "PARLOR_NONCE", value_name = "NONCE", value_parser = nonce)]
    pub(crate) nonce: Option<String>,
    /// How long to wait for a connection and the server's answer, in seconds
    #[arg(
        long,
        env = "PARLOR_WAIT",
        value_name = "SECONDS",
        default_value_t = 15
    )]
    pub(crate) wait: u64,
}

/// `history`
#[derive(Debug, clap::Args)]
pub(crate) struct History {
    /// The room
    pub(crate) room: String,
    /// Only messages before this seq
    #[arg(long, env = "PARLOR_BEFORE", value_name = "SEQ")]
    pub(crate) before: Option<u64>,
    /// Only messages after this seq
    #[arg(
        long,
        env = "PARLOR_AFTER",
        value_name = "SEQ",
        conflicts_with = "before"
    )]
    pub(crate) after: Option<u64>,
    /// How many at most, 200 or less
    #[arg(long, env = "PARLOR_LIMIT", value_name = "N", default_value_t = 50,
          value_parser = clap::value_parser!(u64).range(1..=200))]
    pub(crate) limit: u64,
}

/// `search`
#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// The words, all of which must stand in the message
    pub(crate) query: String,
    /// Only in this room
    #[arg(long, env = "PARLOR_ROOM")]
    pub(crate) room: Option<String>,
    /// Only by this user
    #[arg(long, env = "PARLOR_FROM")]
    pub(crate) from: Option<String>,
    /// How many at most, 50 or less
    #[arg(long, env = "PARLOR_SEARCH_LIMIT", value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u64).range(1..=50))]
    pub(crate) limit: u64,
}

/// Reads the command line. What is wrong with it is said in one line.
///
/// # Errors
///
/// The code to exit with: 0 where help or the version was asked for, 2 where it is used wrongly.
pub(crate) fn read() -> Result<Args, u8> {
    Args::try_parse().map_err(|error| {
        use clap::error::ErrorKind::{
            DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
        };
        match error.kind() {
            DisplayHelp | DisplayVersion | DisplayHelpOnMissingArgumentOrSubcommand => {
                let _ = error.print();
            }
            _ => eprintln!(
                "parlor-cli: {} (see parlor-cli --help)",
                in_one_line(&error)
            ),
        }
        u8::from(error.exit_code() != 0) * 2
    })
}

/// The first paragraph of an error, without the hints that follow it.
fn in_one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let paragraph = text.lines().take_while(|line| !line.trim().is_empty());
    paragraph.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn nonce(text: &str) -> Result<String, String> {
    if parlor_protocol::names::is_nonce(text) {
        Ok(text.to_owned())
    } else {
        Err("a nonce is 1 to 64 of A-Z, a-z, 0-9, - and _".into())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn what_is_used_wrongly_ends_with_2() {
        for wrong in [
            &["parlor-cli"][..],
            &["parlor-cli", "dance"],
            &["parlor-cli", "upload", "general"],
            &["parlor-cli", "download"],
            &["parlor-cli", "send", "general"],
            &[
                "parlor-cli",
                "send",
                "general",
                "x",
                "--file",
                "y",
                "--nonce",
                "z",
            ],
            &["parlor-cli", "login", "https://example.org", "bob"],
            &["parlor-cli", "tail", "--since", "4"],
            &["parlor-cli", "history", "general", "--limit", "0"],
            &["parlor-cli", "send", "general", "x", "--nonce", "a b"],
            &["parlor-cli", "peer"],
            &["parlor-cli", "peer", "send", "bob"],
            &["parlor-cli", "peer", "channel", "send", "x"],
        ] {
            let error = Args::try_parse_from(wrong).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{wrong:?}");
            let said = in_one_line(&error);
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }
}
