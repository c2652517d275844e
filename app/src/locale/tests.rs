//! The code names every text, and every text that it names is there.

mod languages;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

/// Every source file, but those that hold tests alone.
fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut found,
    );
    let mut tests = BTreeSet::new();
    for path in &found {
        let whole = std::fs::read_to_string(path).unwrap();
        for after in whole.split("#[cfg(test)]\nmod ").skip(1) {
            let name = after.split([';', ' ']).next().unwrap();
            if after[name.len()..].starts_with(';') {
                tests.insert(format!("{name}.rs"));
            }
        }
    }
    let is_test = |path: &Path| {
        let named = tests.contains(path.file_name().unwrap().to_str().unwrap());
        named || path.iter().any(|part| part == "tests")
    };
    found.retain(|path| !is_test(path));
    found
}

/// A file's code without its tests, which stand at its end, and comments.
fn code(path: &Path) -> String {
    let mut code = std::fs::read_to_string(path).unwrap();
    for tests in ["mod tests {", "pub(crate) mod tests {", "impl "] {
        if let Some(at) = code.find(&format!("#[cfg(test)]\n{tests}")) {
            code.truncate(at);
        }
    }
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every `tr!("id"` of the code, and where it stands.
fn named() -> BTreeMap<String, PathBuf> {
    let mut named = BTreeMap::new();
    for path in sources() {
        if path.ends_with("locale.rs") {
            continue;
        }
        // Not `include_str!(`, which ends alike.
        for after in code(&path).replace("str!(", "").split("tr!(").skip(1) {
            let literal = after
                .trim_start()
                .strip_prefix('"')
                .expect("an id is a literal");
            let id = literal.split('"').next().unwrap();
            named.insert(id.to_owned(), path.clone());
        }
    }
    // A language's own name is said in that language, not by `tr!`.
    named.insert(
        Language::NAME.to_owned(),
        PathBuf::from("locale/language.rs"),
    );
    named
}

fn given() -> BTreeSet<String> {
    catalogue::files(Language::English)
        .flat_map(|(_, text)| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>())
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(id, _)| id.to_owned()))
        .collect()
}

#[test]
fn every_text_that_the_code_names_exists() {
    let given = given();
    for (id, path) in named() {
        assert!(
            given.contains(&id),
            "{id} of {} is in no locale file",
            path.display()
        );
    }
}

#[test]
fn every_text_is_named_by_the_code() {
    let named = named();
    let unused: Vec<_> = given()
        .into_iter()
        .filter(|id| !named.contains_key(id))
        .collect();
    assert!(unused.is_empty(), "no code names {unused:?}");
}

/// Literals of two words and more are text for people, unless they stand
/// in what only programmers and logs read.
#[test]
fn no_text_for_people_stands_in_the_code() {
    const TEST_FILES: [&str; 3] = ["tests.rs", "samples.rs", "snapshots.rs"];
    const PROGRAMMERS: [&str; 9] = [
        "expect(",
        "tracing::",
        "reason =",
        "debug!(",
        "info!(",
        "warn!(",
        "error!(",
        "include_",
        "#[doc",
    ];
    for path in sources() {
        if !["view", "controller", "widget"]
            .iter()
            .any(|layer| path.iter().any(|part| part == *layer))
            || TEST_FILES.iter().any(|file| path.ends_with(file))
            || path.iter().any(|part| part == "tests")
        {
            continue;
        }
        for line in code(&path).lines() {
            if PROGRAMMERS.iter().any(|word| line.contains(word)) {
                continue;
            }
            for literal in line.split('"').skip(1).step_by(2) {
                let words = literal.split(' ').filter(|word| {
                    word.chars().count() > 1 && word.chars().all(char::is_alphabetic)
                });
                assert!(
                    words.count() < 2,
                    "{}: {literal:?} belongs into a locale",
                    path.display()
                );
            }
        }
    }
}
