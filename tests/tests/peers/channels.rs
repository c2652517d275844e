//! Peer channels: talks that live on no server.

use parlor_tests::cli::Cli;
use parlor_tests::process::Process;
use parlor_tests::until::{SOON, until};

use super::person::{done, heard, last, makes_a_device, peer, person, printed, server};

fn follows(cli: &Cli, channel: &str) -> Process {
    cli.start(&peer(&["channel", "tail", channel]))
}

#[test]
fn who_was_away_catches_up_from_whoever_was_there() {
    let server = server();
    let names = ["alice", "bob", "carol"];
    let people = names.map(|name| person(&server, name));
    for (cli, name) in people.iter().zip(names) {
        makes_a_device(&server, cli, name);
        let joined = last(cli, &["channel", "join", "field-trip"]);
        assert_eq!(joined["channel"], "field-trip");
    }
    let [alice, bob, carol] = &people;
    let at_bob = follows(bob, "field-trip");
    let mut at_alice = follows(alice, "field-trip");
    let sent = until("bob in the channel", SOON, || {
        let sent = last(
            alice,
            &["--wait", "5", "channel", "send", "field-trip", "Who comes?"],
        );
        (sent["type"] == "delivered").then_some(sent)
    });
    let came = heard(&at_bob, "Who comes?");
    assert_eq!(
        (&came["type"], &came["from"]),
        (&"broadcast".into(), &"alice".into())
    );
    assert_eq!(came["channel"], "field-trip");
    assert!(sent["via"].is_string());
    // The author is away. Carol gets it from bob, who is none.
    at_alice.kill();
    let at_carol = follows(carol, "field-trip");
    assert_eq!(heard(&at_carol, "Who comes?")["from"], "alice");
    done(carol, &["channel", "send", "field-trip", "I do"]);
    heard(&at_bob, "I do");
    let texts: Vec<_> = printed(&at_carol)
        .iter()
        .filter(|object| object["from"] == "alice")
        .map(|object| object["message"].to_string())
        .collect();
    let once: std::collections::BTreeSet<_> = texts.iter().collect();
    assert_eq!(once.len(), texts.len(), "nothing came twice: {texts:?}");
}
