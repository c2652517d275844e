//! The program `parlor-tracker`: reads its command line and does what it says.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::main()
}
