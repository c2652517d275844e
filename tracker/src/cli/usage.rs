//! A wrong command line, told in one line.

use std::ffi::OsString;

use clap::Parser;
use clap::error::{Error, ErrorKind};

use super::{DONE, UNUSABLE, complain};

/// Reads the command line. `Err`: it asked for help, or was wrong, and the
/// exit code says which.
pub(crate) fn parse<P: Parser>(args: impl Iterator<Item = OsString>) -> Result<P, u8> {
    P::try_parse_from(with_run(args)).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Nobody may be left to read it.
            let _ = error.print();
            DONE
        }
        _ => {
            complain(one_line(&error));
            UNUSABLE
        }
    })
}

/// Bare `parlor-tracker`, and `parlor-tracker` with options alone, is `parlor-tracker run`.
fn with_run(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<_> = args.collect();
    let means_run = match args.get(1).and_then(|arg| arg.to_str()) {
        None => args.len() == 1,
        Some("-h" | "--help" | "-V" | "--version") => false,
        Some(arg) => arg.starts_with('-'),
    };
    if means_run {
        args.insert(1, "run".into());
    }
    args
}

/// The first paragraph of clap's message, which is what is wrong; what follows is advice.
fn one_line(error: &Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing; see parlor-tracker --help".into();
    }
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = first.split_whitespace().collect();
    let line = words.join(" ");
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    format!("{line}; see parlor-tracker --help")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    fn args(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn options_alone_mean_run() {
        let check = |given: &str, expected: &str| {
            assert_eq!(with_run(args(given).into_iter()), args(expected), "{given}");
        };
        check("parlor-tracker", "parlor-tracker run");
        check(
            "parlor-tracker --no-rate-limits",
            "parlor-tracker run --no-rate-limits",
        );
        check("parlor-tracker --help", "parlor-tracker --help");
        check("parlor-tracker run", "parlor-tracker run");
    }

    #[test]
    fn what_is_wrong_is_told_in_one_line() {
        let check = |given: &str, expected: &str| {
            let line = one_line(&Cli::try_parse_from(args(given)).unwrap_err());
            assert!(!line.contains('\n'), "{line}");
            assert!(line.contains(expected), "{line}");
        };
        check(
            "parlor-tracker run --nonsense",
            "unexpected argument '--nonsense'",
        );
        check(
            "parlor-tracker run --listen nowhere",
            "'nowhere' for '--listen",
        );
        check("parlor-tracker run --server x:y:z", "'x:y:z' for '--server");
        check("parlor-tracker nonsense", "'nonsense'");
    }
}
