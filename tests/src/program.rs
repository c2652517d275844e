//! Where the built programs are, and whether they are fresh.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ stands in the workspace")
}

/// The folder in which cargo put this program's siblings: `target/debug` or
/// `target/release`.
pub fn build_folder() -> PathBuf {
    let mut folder = std::env::current_exe().expect("a program knows its path");
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    folder
}

/// The path of one of our programs, built beside this one.
///
/// # Panics
///
/// When it is missing, or older than its sources: `cargo test` builds the
/// programs of other packages only where asked, and a test of yesterday's
/// server would prove nothing.
pub fn program(name: &str) -> PathBuf {
    let path = build_folder().join(name);
    let advice = "run ./test, or `cargo build --workspace --all-targets` before `cargo test`";
    let built =
        modified(&path).unwrap_or_else(|| panic!("{} is not built: {advice}", path.display()));
    if let Some(newer) = sources(&path.with_extension("d"))
        .into_iter()
        .find(|source| modified(source).is_some_and(|at| at > built))
    {
        panic!("{name} is older than {}: {advice}", newer.display());
    }
    path
}

/// The files named in cargo's dep-info beside a program.
fn sources(dep_info: &Path) -> Vec<PathBuf> {
    let Ok(text) = std::fs::read_to_string(dep_info) else {
        return Vec::new();
    };
    let Some((_, list)) = text.split_once(": ") else {
        return Vec::new();
    };
    list.split_whitespace().map(PathBuf::from).collect()
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
