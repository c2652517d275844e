//! Devices on the loopback interface.

mod hostile;
mod people;
mod registering;
mod tracker;

use parlor_protocol::peer::{Chat, DIRECT, PeerLine};
use parlor_protocol::{Code, ErrorLine, Time};

use super::*;
use crate::peer::person::Way;
use people::{Person, Server};

fn chat(id: &str) -> PeerLine {
    PeerLine::Chat(Chat {
        id: id.to_owned(),
        from: "alice".to_owned(),
        to: "bob".to_owned(),
        channel: DIRECT.to_owned(),
        message: format!("said {id}"),
        time: Time::from_millis(0),
        reply_to: None,
    })
}

#[tokio::test]
async fn a_link_carries_lines_and_files_both_ways() {
    let server = Server::new();
    let mut alice = server.person("alice", 1).await;
    let mut bob = server.person("bob", 2).await;
    alice.knows(&bob);
    let link = alice.net.dial(bob.device()).await.unwrap();
    assert_eq!(link.device(), bob.device());
    assert_eq!(link.card().0.username, "bob");
    assert_eq!(link.path().way, Way::Lan);
    assert!(link.path().round_trip.is_some());
    let back = bob.up().await;
    assert_eq!(back.card().0.username, "alice");
    assert_eq!(alice.up().await.id(), link.id());
    let again = alice.net.dial(bob.device()).await.unwrap();
    assert_eq!(again.id(), link.id(), "the link that is up is answered");

    for id in ["1", "2", "3"] {
        link.send(&chat(id)).await.unwrap();
        back.send(&chat(id)).await.unwrap();
    }
    for id in ["1", "2", "3"] {
        assert_eq!(bob.line().await, chat(id));
        assert_eq!(alice.line().await, chat(id));
    }

    let head = FileHead {
        id: "f".to_owned(),
        offset: 7,
    };
    let mut out = link.open_file(&head).await.unwrap();
    out.write_all(b"bytes\nof a file").await.unwrap();
    out.finish().unwrap();
    let (came, mut stream) = bob.file().await;
    assert_eq!(came, head);
    assert_eq!(stream.read_to_end(100).await.unwrap(), b"bytes\nof a file");

    link.send(&chat("last")).await.unwrap();
    link.close(Some(ErrorLine::new(Code::Forbidden, "Blocked.")))
        .await;
    assert_eq!(bob.line().await, chat("last"));
    let PeerLine::Error(why) = bob.line().await else {
        panic!("the reason is not told");
    };
    assert_eq!(why.code, Code::Forbidden);
    assert_eq!(bob.down().await, back.id());
    assert_eq!(alice.down().await, link.id());
    assert!(back.send(&chat("late")).await.is_err());
    alice.net.close().await;
    bob.net.close().await;
}

#[tokio::test]
async fn of_two_that_dial_at_once_both_keep_the_same_link() {
    let server = Server::new();
    let mut alice = server.person("alice", 1).await;
    let mut bob = server.person("bob", 2).await;
    alice.knows(&bob);
    bob.knows(&alice);
    let (to_bob, to_alice) =
        tokio::join!(alice.net.dial(bob.device()), bob.net.dial(alice.device()));
    // What is said before both know which link stays is not lost either.
    let early_a = to_bob.unwrap().send(&chat("a")).await.is_ok();
    let early_b = to_alice.unwrap().send(&chat("b")).await.is_ok();
    let (mut at_alice, mut at_bob) = (Seen::default(), Seen::default());
    loop {
        let same = match (&at_alice.link, &at_bob.link) {
            (Some(one), Some(other)) => one.is_up() && one.has_ends(other),
            _ => false,
        };
        let all = at_alice.lines.len() == usize::from(early_b)
            && at_bob.lines.len() == usize::from(early_a);
        if same && all {
            break;
        }
        tokio::select! {
            event = alice.event() => at_alice.take(event),
            event = bob.event() => at_bob.take(event),
        }
    }
    at_alice
        .link
        .unwrap()
        .send(&chat("from alice"))
        .await
        .unwrap();
    at_bob.link.unwrap().send(&chat("from bob")).await.unwrap();
    assert_eq!(bob.line().await, chat("from alice"));
    assert_eq!(alice.line().await, chat("from bob"));
    alice.net.close().await;
    bob.net.close().await;
}

/// What a node makes of what it is told.
#[derive(Debug, Default)]
struct Seen {
    link: Option<Link>,
    lines: Vec<PeerLine>,
}

impl Seen {
    fn take(&mut self, event: NetEvent) {
        match event {
            NetEvent::Up(link) => self.link = Some(link),
            NetEvent::Down { link, .. } => {
                self.link.take_if(|current| current.id() == link);
            }
            NetEvent::Line { line, link, .. } => {
                let current = self.link.as_ref().map(Link::id);
                assert_eq!(current, Some(link), "told under another name");
                self.lines.push(line);
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn who_dials_while_it_is_dialled_gets_the_same_link() {
    let server = Server::new();
    let alice = server.person("alice", 1).await;
    let bob = server.person("bob", 2).await;
    alice.knows(&bob);
    let dials = (0..8).map(|_| alice.net.dial(bob.device()));
    let links = futures_util::future::join_all(dials).await;
    let first = links[0].as_ref().unwrap().id();
    assert!(
        links
            .iter()
            .all(|link| link.as_ref().unwrap().id() == first)
    );
}

#[tokio::test]
async fn what_is_not_known_or_not_there_is_not_reached() {
    let server = Server::new();
    let alice = server.person("alice", 1).await;
    let bob = server.person("bob", 2).await;
    let nowhere = alice.net.dial(bob.device()).await;
    assert!(matches!(nowhere, Err(DialError::NotReached)), "{nowhere:?}");
    let itself = alice.net.dial(alice.device()).await;
    assert!(matches!(itself, Err(DialError::Refused(_))), "{itself:?}");
}

/// What a person's hello may be, and what is said of it.
type Twist = fn(&mut Person, &Server);

#[tokio::test]
async fn who_cannot_prove_who_they_are_is_told_why_and_shut_out() {
    let check = async |twist: Twist, expected: &str, by_bob: bool| {
        let server = Server::new();
        let mut alice = server.person("alice", 1).await;
        let mut bob = server.person("bob", 2).await;
        alice.knows(&bob);
        bob.knows(&alice);
        twist(&mut alice, &server);
        // Whoever dials is told why.
        for (one, other) in [(&alice, &bob), (&bob, &alice)] {
            match one.net.dial(other.device()).await {
                Err(DialError::Refused(why)) => assert!(why.contains(expected), "{why}"),
                other => panic!("{expected}: {other:?}"),
            }
        }
        // Others do not notice, and who refuses is told of no link.
        let carol = server.person("carol", 3).await;
        carol.knows(&bob);
        carol.net.dial(bob.device()).await.unwrap();
        if by_bob {
            assert_eq!(bob.up().await.device(), carol.device(), "{expected}");
        } else {
            assert!(alice.nothing(), "{expected}");
            while bob.up().await.device() != carol.device() {}
        }
    };
    let other_device: Twist = |alice, server| alice.shows_card_of(server, "alice", 9);
    let other_server: Twist = |alice, _| alice.shows_card_of(&Server::new(), "alice", 1);
    let other_name: Twist = |alice, server| alice.calls_itself(server, "mallory");
    check(|alice, _| alice.shows_nothing(), "no card", false).await;
    check(|alice, _| alice.blocks(), "blocked", false).await;
    check(other_device, "another device's", true).await;
    check(other_name, "another user's", true).await;
    check(other_server, "server's signature", true).await;
    check(
        |alice, server| alice.shows_expired(server),
        "time is over",
        true,
    )
    .await;
}
