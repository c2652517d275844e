//! Where the command line takes a password from: never an argument, which
//! everybody on the machine could read.

use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::{Context as _, bail};

/// The password for a user: from `PARLORD_PASSWORD`; else from a prompt, asked
/// twice; or, where standard input is no terminal, from its first line.
pub(crate) fn read(username: &str) -> anyhow::Result<String> {
    if let Ok(password) = std::env::var("PARLORD_PASSWORD") {
        return Ok(password);
    }
    if io::stdin().is_terminal() {
        return prompt(username);
    }
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    if read.context("the password cannot be read")? == 0 {
        bail!("say the password on standard input, or in PARLORD_PASSWORD");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn prompt(username: &str) -> anyhow::Result<String> {
    let first = rpassword::prompt_password(format!("Password for {username}: "))?;
    if first != rpassword::prompt_password("Again: ")? {
        bail!("the two passwords differ; try again");
    }
    Ok(first)
}
