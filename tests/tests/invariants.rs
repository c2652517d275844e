//! The invariants of ARCHITECTURE.md, held over the tree as it is.
//!
//! Each rule is a function from sources to what breaks it, and each is shown
//! here to fail on a text that breaks it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use parlor_tests::program::workspace;
use parlor_tests::tree::{Source, has_word, sources};
use serde_json::Value;

/// Every crate and what of ours it may depend on, tests apart.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("parlor-protocol", &[]),
    ("parlor-certs", &[]),
    ("parlor-client", &["parlor-protocol", "parlor-certs"]),
    ("parlor-tracker", &["parlor-protocol", "parlor-certs"]),
    (
        "parlord",
        &["parlor-protocol", "parlor-certs", "parlor-tracker"],
    ),
    ("parlor", &["parlor-client", "parlor-protocol", "parlord"]),
    (
        "parlor-tests",
        &[
            "parlor-protocol",
            "parlor-certs",
            "parlor-client",
            "parlord",
            "parlor",
        ],
    ),
];

/// The folders that hold Rust.
const CRATES: &[&str] = &[
    "protocol", "certs", "client", "tracker", "server", "app", "tests",
];

/// Lines a source file may have. Above this it holds more than one noun.
const FILE_LINES: usize = 500;

/// Lines that a file of tests alone may have: its cases stand together.
const TEST_FILE_LINES: usize = 700;

fn everywhere() -> Vec<Source> {
    CRATES.iter().flat_map(|folder| sources(folder)).collect()
}

fn fake(path: &str, text: &str) -> Source {
    Source {
        path: path.into(),
        text: text.into(),
        for_tests: false,
    }
}

/// Holds a rule over the tree, and shows that it fails where it should.
fn hold(rule: impl Fn(&Source) -> Option<String>, broken: &[Source]) {
    for source in broken {
        assert!(
            rule(source).is_some(),
            "the rule does not see that this breaks it: {source:?}"
        );
    }
    let found: Vec<String> = everywhere()
        .iter()
        .filter_map(|source| rule(source).map(|why| format!("{}: {why}", source.path)))
        .collect();
    assert!(found.is_empty(), "broken in\n{}", found.join("\n"));
}

/// The first of these words that the code says.
fn first_word(source: &Source, words: &[&str]) -> Option<String> {
    let code = source.code();
    let word = words.iter().find(|word| has_word(&code, word))?;
    Some(format!("says {word}"))
}

#[test]
fn dependencies_go_one_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(workspace())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let ours: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let allowed: BTreeMap<&str, &[&str]> = DIRECTIONS.iter().copied().collect();
    assert_eq!(
        ours,
        allowed.keys().copied().collect(),
        "a crate without a stated direction"
    );
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        for dependency in package["dependencies"].as_array().expect("a list") {
            let on = dependency["name"].as_str().expect("a name");
            let for_tests = dependency["kind"] == "dev";
            assert!(
                !ours.contains(on) || allowed[name].contains(&on),
                "{name} may not depend on {on}"
            );
            let iced = on.starts_with("iced");
            assert!(!iced || name == "parlor", "{name} may not use {on}");
            let network = ["tokio", "rustls", "tokio-rustls", "hyper", "axum"];
            assert!(
                name != "parlor-protocol" || for_tests || !network.contains(&on),
                "the protocol opens no socket, but uses {on}"
            );
        }
    }
}

#[test]
fn iced_stays_in_the_app() {
    hold(
        |source| {
            if source.path.starts_with("app/") || source.path == "tests/tests/invariants.rs" {
                return None;
            }
            first_word(source, &["iced", "iced_selection", "iced_test"])
        },
        &[fake("client/src/a.rs", "use iced::Task;")],
    );
}

#[test]
fn the_app_hosts_in_one_place() {
    hold(
        |source| {
            let host = source.path.contains("/host") || source.path.contains("/hosting");
            if !source.path.starts_with("app/src/") || host {
                return None;
            }
            first_word(source, &["parlord::"]).or_else(|| {
                source
                    .code()
                    .contains("parlord::")
                    .then(|| "uses the server".to_owned())
            })
        },
        &[fake(
            "app/src/controller/timeline.rs",
            "use parlord::config::Config;",
        )],
    );
}

#[test]
fn the_protocol_has_no_socket_and_no_clock() {
    hold(
        |source| {
            if !source.path.starts_with("protocol/src/") {
                return None;
            }
            let words = [
                "std::net",
                "TcpStream",
                "TcpListener",
                "UdpSocket",
                "tokio",
                "Instant",
                "SystemTime",
                "Timestamp::now",
                "Zoned::now",
            ];
            first_word(source, &words)
        },
        &[
            fake(
                "protocol/src/a.rs",
                "let now = std::time::SystemTime::now();",
            ),
            fake("protocol/src/a.rs", "jiff::Timestamp::now()"),
            fake("protocol/src/a.rs", "use std::net::TcpStream;"),
        ],
    );
}

/// Whether a string of the code is SQL: its first word is one of SQL's verbs,
/// in capitals, or it is a pragma.
fn sql(source: &Source) -> Option<String> {
    let verbs = [
        "\"SELECT ",
        "\"INSERT ",
        "\"UPDATE ",
        "\"DELETE FROM",
        "\"CREATE TABLE",
        "\"CREATE INDEX",
        "\"PRAGMA ",
        "\"BEGIN IMMEDIATE",
        "\"WITH RECURSIVE",
    ];
    let code = source.code();
    let squeezed: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let squeezed = squeezed.replace("\"\\ ", "\"").replace("\" ", "\"");
    let found = verbs.iter().find(|verb| squeezed.contains(*verb));
    let binding = has_word(&code, "rusqlite");
    match (found, binding) {
        (Some(verb), _) => Some(format!("has SQL: {verb}")),
        (None, true) => Some("uses rusqlite".to_owned()),
        (None, false) => None,
    }
}

#[test]
fn sql_stays_in_the_stores() {
    hold(
        |source| {
            let homes = [
                "server/src/storage",
                "client/src/store",
                "client/src/peer/store",
                "tests/",
            ];
            if homes.iter().any(|home| source.path.starts_with(home)) {
                return None;
            }
            sql(source)
        },
        &[
            fake("server/src/log.rs", "db.execute(\"DELETE FROM rooms\")"),
            fake(
                "server/src/log.rs",
                "db.execute(\n    \"\\\n     SELECT 1\")",
            ),
            fake("app/src/main.rs", "use rusqlite::Connection;"),
        ],
    );
}

#[test]
fn bus_clients_stay_behind_the_bus() {
    let clients = [
        "async_nats",
        "nats",
        "redis",
        "lapin",
        "rdkafka",
        "rumqttc",
        "fred",
    ];
    hold(
        |source| {
            let home = source.path.starts_with("server/src/bus");
            let own = source.path == "tests/tests/invariants.rs";
            if home || own {
                return None;
            }
            clients.iter().find_map(|client| {
                let used = source.code().contains(&format!("{client}::"));
                used.then(|| format!("uses {client}"))
            })
        },
        &[fake("server/src/log.rs", "use async_nats::Client;")],
    );
}

#[test]
fn tls_is_configured_in_certs_alone() {
    // The tests make configurations of their own, so as to judge `certs` from outside.
    hold(
        |source| {
            if source.path.starts_with("certs/") || source.path.starts_with("tests/") {
                return None;
            }
            let words = [
                "ServerConfig::builder",
                "ClientConfig::builder",
                "builder_with_provider",
                "ServerCertVerifier",
                "alpn_protocols",
                "CryptoProvider",
                "rcgen",
            ];
            first_word(source, &words)
        },
        &[
            fake("server/src/listener.rs", "rustls::ServerConfig::builder()"),
            fake("client/src/dial.rs", "config.alpn_protocols = x;"),
        ],
    );
}

#[test]
fn the_model_is_plain_state() {
    hold(
        |source| {
            let model =
                source.path.starts_with("app/src/model/") || source.path == "app/src/model.rs";
            if !model {
                return None;
            }
            let words = [
                "Task",
                "Element",
                "Subscription",
                "Instant::now",
                "SystemTime::now",
                "Timestamp::now",
                "Zoned::now",
                "std::fs",
                "std::net",
                "tokio",
            ];
            first_word(source, &words)
        },
        &[
            fake("app/src/model/timeline.rs", "use iced::Task;"),
            fake("app/src/model/timeline.rs", "let now = Instant::now();"),
            fake("app/src/model.rs", "std::fs::read(path)"),
        ],
    );
}

#[test]
fn effects_become_tasks_in_one_file() {
    hold(
        |source| {
            if !source.path.starts_with("app/src/controller/") {
                return None;
            }
            first_word(source, &["Task", "Subscription"])
        },
        &[fake(
            "app/src/controller/timeline.rs",
            "fn update() -> iced::Task<Message>",
        )],
    );
}

/// Text for people in a string literal: two words of letters with a space
/// between, or a sentence's end. What logs, panics and attributes say is for
/// developers, and stays.
fn literal_text(source: &Source) -> Option<String> {
    let mut depth_for_developers = 0usize;
    for line in source.code().lines() {
        let trimmed = line.trim_start();
        let developer = [
            "tracing::",
            "expect(",
            "unreachable!",
            "panic!",
            "assert",
            "#[",
            "#![",
            "debug!",
            "info!",
            "warn!",
            "error!",
            "trace!",
            "context(",
            "anyhow!",
            "bail!",
            "write!",
            "eprintln!",
            "concat!",
            "include",
        ];
        let opens = developer.iter().any(|word| trimmed.contains(word));
        if opens || depth_for_developers > 0 {
            let open = line.matches('(').count() + line.matches('[').count();
            let close = line.matches(')').count() + line.matches(']').count();
            depth_for_developers = (depth_for_developers + open).saturating_sub(close);
            continue;
        }
        for literal in literals(line) {
            if reads_as_text(literal) {
                return Some(format!("says {literal:?} to people"));
            }
        }
    }
    None
}

fn literals(line: &str) -> Vec<&str> {
    line.split('"').skip(1).step_by(2).collect()
}

fn reads_as_text(literal: &str) -> bool {
    let words: Vec<&str> = literal.split(' ').collect();
    let lettered = |word: &&&str| {
        word.len() > 1
            && word
                .chars()
                .all(|c| c.is_alphabetic() || ",.!?'’…:".contains(c))
    };
    words.len() >= 2
        && words.iter().filter(lettered).count() >= 2
        && !literal.starts_with("Fira")
        && !literal.starts_with("Noto")
}

#[test]
fn the_app_speaks_through_its_locales() {
    hold(
        |source| {
            let speaks = ["app/src/view", "app/src/controller", "app/src/model"];
            let is_screen = speaks.iter().any(|home| source.path.starts_with(home));
            if !is_screen || source.for_tests {
                return None;
            }
            literal_text(source)
        },
        &[
            fake("app/src/view/welcome.rs", "text(\"Paste a link\")"),
            fake(
                "app/src/controller/host.rs",
                "status = \"Could not connect.\".into();",
            ),
        ],
    );
}

#[test]
fn unsafe_is_forbidden() {
    let manifest = std::fs::read_to_string(workspace().join("Cargo.toml")).expect("it is there");
    assert!(
        manifest.contains("unsafe_code = \"forbid\""),
        "the workspace must forbid unsafe code"
    );
    for folder in CRATES {
        let path = workspace().join(folder).join("Cargo.toml");
        let member = std::fs::read_to_string(path).expect("a crate has a manifest");
        assert!(
            member.contains("[lints]\nworkspace = true"),
            "{folder} does not take the workspace's lints"
        );
    }
    hold(
        |source| {
            let own = source.path == "tests/tests/invariants.rs";
            (!own && source.says("unsafe")).then(|| "says unsafe".to_owned())
        },
        &[fake("server/src/a.rs", "unsafe { x() }")],
    );
}

#[test]
fn files_hold_one_noun() {
    hold(
        |source| {
            let lines = source.text.lines().count();
            let modrs = source.path.ends_with("/mod.rs");
            if modrs {
                return Some("is a mod.rs; write foo.rs beside foo/".to_owned());
            }
            let most = if source.for_tests {
                TEST_FILE_LINES
            } else {
                FILE_LINES
            };
            (lines > most).then(|| format!("has {lines} lines"))
        },
        &[
            fake("server/src/a.rs", &"\n".repeat(FILE_LINES + 1)),
            fake("server/src/a/mod.rs", ""),
        ],
    );
}

#[test]
fn nothing_is_left_to_do() {
    hold(
        |source| {
            let own = source.path == "tests/tests/invariants.rs";
            let marks = ["TODO", "FIXME", "XXX", "todo!", "unimplemented!"];
            let mark = marks.iter().find(|mark| has_word(&source.text, mark))?;
            (!own).then(|| format!("says {mark}"))
        },
        &[fake("server/src/a.rs", "// TODO: later")],
    );
}

/// Every file that ARCHITECTURE.md names in backticks, wholly or from its
/// crate's `src` on, is there.
#[test]
fn the_map_names_files_that_exist() {
    let text = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).expect("it is there");
    let all = everywhere();
    let missing: Vec<&str> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.ends_with(".rs") && name.contains('/') && !name.contains(' '))
        .filter(|name| {
            let end = format!("/{name}");
            !all.iter()
                .any(|s| s.path == *name || s.path.ends_with(&end))
        })
        .collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names {missing:?}");
}
