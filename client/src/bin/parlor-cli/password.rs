//! The password: from the environment, a prompt, or standard input.

use std::io::{self, BufRead, IsTerminal};

use crate::failure::Failure;

/// Asks for the password; twice for a new one typed at a prompt.
pub(crate) fn read(new: bool) -> Result<String, Failure> {
    let password = match std::env::var("PARLOR_PASSWORD") {
        Ok(password) => password,
        Err(_) if io::stdin().is_terminal() => prompt(new)?,
        Err(_) => {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line)?;
            line.trim_end_matches(['\n', '\r']).to_owned()
        }
    };
    if password.is_empty() {
        return Err(Failure::Usage(
            "no password: give it in PARLOR_PASSWORD or as the first line of standard input".into(),
        ));
    }
    Ok(password)
}

fn prompt(new: bool) -> Result<String, Failure> {
    let password = rpassword::prompt_password("Password: ")?;
    if new && rpassword::prompt_password("Password again: ")? != password {
        return Err(Failure::Usage("the two passwords differ: try again".into()));
    }
    Ok(password)
}
