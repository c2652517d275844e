//! The source tree, for the invariants.

use std::path::{Path, PathBuf};

use crate::program::workspace;

/// A source file of the workspace.
#[derive(Debug)]
pub struct Source {
    /// Its path from the workspace's folder, with `/`.
    pub path: String,
    /// All of its text.
    pub text: String,
    /// Whether it is compiled for tests alone: a module under `#[cfg(test)]`.
    pub for_tests: bool,
}

impl Source {
    /// The text without comments, doc comments included, and without the
    /// module of tests at its end; strings stay.
    pub fn code(&self) -> String {
        let mut code = String::with_capacity(self.text.len());
        for line in self.text.lines() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                break;
            }
            code.push_str(without_comment(line));
            code.push('\n');
        }
        code
    }

    /// Whether a word stands in the code, as a whole word.
    pub fn says(&self, word: &str) -> bool {
        has_word(&self.code(), word)
    }
}

/// A line up to its `//`, unless that stands in a string.
fn without_comment(line: &str) -> &str {
    let bytes = line.as_bytes();
    let mut in_string = false;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_string => at += 1,
            b'"' if at > 0 && bytes[at - 1] == b'\'' && !in_string => {}
            b'"' => in_string = !in_string,
            b'/' if !in_string && bytes.get(at + 1) == Some(&b'/') => return &line[..at],
            _ => {}
        }
        at += 1;
    }
    line
}

/// Whether `word` stands in `text` with no letter, digit or `_` beside it.
pub fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}

/// The Rust sources under a folder of the workspace, in order of path.
///
/// # Panics
///
/// When the folder cannot be read: an invariant over nothing holds nothing.
pub fn sources(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&workspace().join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no Rust source in {folder}");
    let mut sources: Vec<Source> = paths.iter().map(|path| read(path)).collect();
    let test_modules: Vec<String> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        source.for_tests = test_modules.iter().any(|module| {
            let rest = source.path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        });
    }
    sources
}

/// The paths, without `.rs`, of the modules that a source declares under `#[cfg(test)]`.
fn test_modules(source: &Source) -> Vec<String> {
    let stem = source.path.trim_end_matches(".rs");
    let folder = match stem.rsplit_once('/') {
        Some((folder, "lib" | "main")) => folder,
        _ => stem,
    };
    let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
    lines
        .windows(2)
        .filter(|pair| pair[0] == "#[cfg(test)]")
        .filter_map(|pair| pair[1].strip_suffix(';')?.rsplit_once("mod "))
        .map(|(_, name)| format!("{folder}/{name}"))
        .collect()
}

fn read(path: &Path) -> Source {
    let name = path
        .strip_prefix(workspace())
        .expect("it is in the workspace");
    Source {
        path: name.to_string_lossy().replace('\\', "/"),
        text: std::fs::read_to_string(path).expect("sources are readable"),
        for_tests: false,
    }
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("entries are readable").path();
        if path.is_dir() {
            walk(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_strings_stay() {
        let source = Source {
            path: "a.rs".into(),
            text: "let a = \"http://x\"; // SELECT\n/// INSERT\nlet b = '\"'; // iced\n#[cfg(test)]\nmod tests { rustls }\n".into(),
            for_tests: false,
        };
        let code = source.code();
        assert!(code.contains("http://x"));
        for gone in ["SELECT", "INSERT", "iced", "rustls"] {
            assert!(!source.says(gone), "{gone} in {code}");
        }
        let declares = Source {
            path: "app/src/view.rs".into(),
            text: "#[cfg(test)]\nmod samples;\nmod real;\n".into(),
            for_tests: false,
        };
        assert_eq!(test_modules(&declares), ["app/src/view/samples"]);
        assert!(has_word("use iced::x", "iced") && !has_word("diced iced_core", "iced"));
    }
}
