//! Trackers that die: with two, nobody notices one; without any, running talks go on.

use parlor_tests::parlord::Setup;
use parlor_tests::store::has_node;
use parlor_tests::tracker::Tracker;
use parlor_tests::until::{SOON, until};
use tempfile::TempDir;

use super::person::{heard, last, makes_a_device, person, tail};

#[test]
fn a_tracker_that_dies_is_not_noticed_and_talks_outlive_the_last() {
    let folder = TempDir::new().expect("a folder");
    let mut server = Setup::default().start();
    let start = |name: &str| Tracker::start(&server, folder.path(), name, "");
    let (mut one, mut other) = (start("one"), start("other"));
    let config = folder.path().join("parlord.toml");
    let listed = format!("trackers = [{}, {}]\n", one.entry(), other.entry());
    std::fs::write(&config, listed).expect("the configuration is written");
    server.start_again_with(&format!("--config={}", config.display()));

    let (alice, bob) = (person(&server, "alice"), person(&server, "bob"));
    makes_a_device(&server, &bob, "bob");
    let goes = |text: &str| {
        until("a link to bob", SOON, || {
            let sent = last(&alice, &["send", "bob", text]);
            (sent["type"] == "delivered").then_some(())
        });
    };
    let mut at_bob = tail(&bob);
    goes("by either");
    heard(&at_bob, "by either");
    one.kill();
    // Both come anew, and find each other by the one that is left.
    at_bob.kill();
    let at_bob = tail(&bob);
    goes("by the other");
    heard(&at_bob, "by the other");
    let at_alice = tail(&alice);
    // Else what sends would have the link, and take it away with it.
    until("a node at alice's", SOON, || {
        has_node(alice.home()).then_some(())
    });
    goes("a link that stays");
    other.kill();
    for n in 0..5 {
        let text = format!("without any, {n}");
        let sent = last(&alice, &["send", "bob", &text]);
        assert_eq!(sent["type"], "delivered", "{sent}");
        heard(&at_bob, &text);
    }
    drop(at_alice);
}
