//! `kill -9` of either side at any moment: nothing is lost and nothing comes twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use parlor_tests::cli::Cli;
use parlor_tests::process::Process;
use parlor_tests::until::{SOON, until};

use super::person::{last, makes_a_device, peer, person, server, tail};

/// Kills of each side; more by `PARLOR_KILLS`.
fn kills() -> usize {
    std::env::var("PARLOR_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(5)
}

/// The texts that a home has of a talk, and how often each.
fn texts(home: &Path) -> BTreeMap<String, usize> {
    let mut texts = BTreeMap::new();
    let accounts = std::fs::read_dir(home.join("accounts")).expect("a home has accounts");
    for account in accounts.filter_map(Result::ok) {
        let path = account.path().join("peer.db");
        let Ok(store) = rusqlite::Connection::open(path) else {
            continue;
        };
        let mut query = store
            .prepare("SELECT text FROM posts WHERE kind = 'text' AND talk = '@alice'")
            .expect("posts have texts");
        let rows = query
            .query_map((), |row| row.get::<_, String>(0))
            .expect("they can be read");
        for text in rows.filter_map(Result::ok) {
            *texts.entry(text).or_insert(0) += 1;
        }
    }
    texts
}

/// A moment that is another in every round, and the same in every run.
fn moment(round: usize) -> Duration {
    Duration::from_millis((round as u64 * 137 + 11) % 400)
}

/// Starts a sender that is not waited for.
fn sends(cli: &Cli, text: &str) -> Process {
    cli.start(&peer(&["send", "bob", text]))
}

#[test]
fn nothing_is_lost_or_doubled_by_kills() {
    let server = server();
    let (alice, bob) = (person(&server, "alice"), person(&server, "bob"));
    makes_a_device(&server, &bob, "bob");
    let mut at_bob = tail(&bob);
    let mut at_alice = tail(&alice);
    let mut written = Vec::new();
    for round in 0..kills() {
        let text = format!("round {round}");
        let mut sender = sends(&alice, &text);
        // The store has it once its sender has looked there; then anything may happen.
        until("the message in the store", SOON, || {
            has_written(alice.home(), &text).then_some(())
        });
        written.push(text);
        let waited = std::time::Instant::now();
        while waited.elapsed() < moment(round) {
            std::thread::yield_now();
        }
        match round % 3 {
            0 => {
                at_alice.kill();
                at_alice = tail(&alice);
            }
            1 => {
                at_bob.kill();
                at_bob = tail(&bob);
            }
            _ => {
                at_alice.kill();
                at_bob.kill();
                at_bob = tail(&bob);
                at_alice = tail(&alice);
            }
        }
        sender.kill();
    }
    until("everything at bob's", SOON * 2, || {
        let here = texts(bob.home());
        written
            .iter()
            .all(|text| here.contains_key(text))
            .then_some(())
    });
    // The last one closes the row: what came twice would have come by now.
    until("a last message", SOON, || {
        (last(&alice, &["send", "bob", "the last"])["type"] == "delivered").then_some(())
    });
    let here = texts(bob.home());
    let twice: Vec<_> = written.iter().filter(|text| here[*text] != 1).collect();
    assert!(twice.is_empty(), "came more than once: {twice:?}");
}

/// Whether a message stands in the sender's store.
fn has_written(home: &Path, text: &str) -> bool {
    let Ok(accounts) = std::fs::read_dir(home.join("accounts")) else {
        return false;
    };
    accounts.filter_map(Result::ok).any(|account| {
        rusqlite::Connection::open(account.path().join("peer.db")).is_ok_and(|store| {
            store
                .query_row(
                    "SELECT 1 FROM posts WHERE kind = 'text' AND text = ?1",
                    [text],
                    |_| Ok(()),
                )
                .is_ok()
        })
    })
}
