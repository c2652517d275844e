//! Uploads and downloads that are left half done, trickle, stall, flood or mean harm.

use std::time::{Duration, Instant};

use parlor_tests::http::{Http, Missing};
use parlor_tests::parlord::Parlord;
use parlor_tests::tus::{Tus, noise, path};
use parlor_tests::until::SOON;
use parlor_tests::wire::Wire;

/// Memory that a server under these attacks may take beyond what it took before.
const MEMORY: u64 = 128 << 20;
/// Connections of an attacker.
const MANY: usize = 100;
/// What a message may take on a loaded machine. It takes a millisecond on a quiet one.
const SOON_HEARD: Duration = Duration::from_secs(3);

/// Two people who talk while others attack.
struct Witnesses {
    alice: Wire,
    bob: Wire,
    before: u64,
}

impl Witnesses {
    fn new(server: &Parlord) -> Self {
        let (mut alice, mut bob) = (
            Wire::register(server, "alice"),
            Wire::register(server, "bob"),
        );
        alice.send("general", "before");
        bob.event("message");
        Self {
            alice,
            bob,
            before: server.process.usage().resident,
        }
    }

    /// They talk undisturbed, and the server has not grown.
    fn are_well(&mut self, server: &Parlord, what: &str) {
        for n in 0..10 {
            let start = Instant::now();
            let seq = self.alice.send("general", &format!("{n}"));
            self.bob.event_where("the message", |e| e["seq"] == seq);
            let took = start.elapsed();
            assert!(took < SOON_HEARD, "{what}: a message took {took:?}");
        }
        let resident = server.process.usage().resident;
        let grown = resident.saturating_sub(self.before);
        assert!(
            grown < MEMORY,
            "{what}: the server grew by {} MiB",
            grown >> 20
        );
    }
}

fn attacker(server: &Parlord) -> Tus {
    Tus::of(server, &Wire::register(server, "mallory"))
}

#[test]
fn a_hundred_half_uploads_disturb_nobody_and_go_on() {
    let server = Parlord::open();
    let mut witnesses = Witnesses::new(&server);
    let tus = attacker(&server);
    let bytes = noise(80, 400_000);
    let mut open: Vec<(String, Http)> = (0..MANY)
        .map(|n| {
            let id = tus.create("general", &format!("{n}"), 400_000);
            let mut http = tus.begin(&id, 0, 400_000);
            http.raw.write(&bytes[..150_000 + n]);
            (id, http)
        })
        .collect();
    witnesses.are_well(&server, "with a hundred half uploads");
    for (n, (_, http)) in open.iter_mut().enumerate() {
        // One byte at a time is a way to be slow, too.
        http.raw.write(&bytes[150_000 + n..150_001 + n]);
    }
    witnesses.are_well(&server, "with a hundred that trickle");
    // Some go on, some hang up, some come back by another connection.
    for (n, (id, mut http)) in open.into_iter().enumerate() {
        match n % 3 {
            0 => {
                http.raw.write(&bytes[150_001 + n..]);
                assert_eq!(http.answer(false).status, 204, "{n} went on");
            }
            1 => drop(http),
            _ => {
                let at = usize::try_from(tus.offset(&id)).expect("it fits");
                assert_eq!(tus.patch(&id, at as u64, &bytes[at..]).status, 204);
                assert!(tus.get(&id, &[]).body == bytes, "{n} came back");
            }
        }
    }
    witnesses.are_well(&server, "afterwards");
}

#[test]
fn readers_that_do_not_read_fill_no_memory() {
    let server = Parlord::open();
    let tus = attacker(&server);
    let bytes = noise(81, 32 << 20);
    let id = tus.upload("general", "large", &bytes);
    let mut witnesses = Witnesses::new(&server);
    let mut stalled: Vec<Http> = (0..MANY)
        .map(|_| {
            let mut http = tus.dial();
            http.raw.write(tus.head("GET", &path(&id), &[]).as_bytes());
            http
        })
        .collect();
    witnesses.are_well(&server, "with a hundred stalled downloads");
    let mut one = stalled.pop().expect("there are many");
    let answer = one.answer(false);
    assert!(answer.body == bytes, "who reads at last gets it all");
    drop(stalled);
    witnesses.are_well(&server, "after they hung up");
}

#[test]
fn a_flood_of_requests_without_reading_is_bounded() {
    let server = Parlord::open();
    let tus = attacker(&server);
    let id = tus.upload("general", "small", &noise(82, 50_000));
    let mut witnesses = Witnesses::new(&server);
    let many = tus.head("GET", &path(&id), &[]).repeat(500);
    let mut floods: Vec<Http> = (0..10).map(|_| tus.dial()).collect();
    for http in &mut floods {
        let limit = Some(Duration::from_millis(300));
        http.raw
            .socket()
            .set_write_timeout(limit)
            .expect("a time is taken");
        while http.raw.try_write(many.as_bytes()).is_ok() {}
    }
    witnesses.are_well(&server, "under 10 floods of pipelined requests");
}

#[test]
fn garbage_is_answered_and_closed() {
    let server = Parlord::open();
    let mut witnesses = Witnesses::new(&server);
    let tus = attacker(&server);
    let id = tus.create("general", "x", 10);
    let here = path(&id);
    let good = tus.patch_head(&id, 0, 10);
    let junk = noise(83, 100_000);
    let check = |bytes: &[u8], what: &str| {
        let mut http = tus.dial();
        let _ = http.raw.try_write(bytes);
        let _ = http.raw.socket().shutdown(std::net::Shutdown::Write);
        match http.try_answer(false, SOON) {
            Ok(answer) => assert!(answer.status >= 400, "{what}: {answer:?}"),
            Err(missing) => assert_eq!(missing, Missing::Closed, "{what}"),
        }
    };
    check(&junk, "noise");
    check(&good.as_bytes()[..good.len() - 2], "half a head");
    let long = format!("X: {}\r\n\r\n", "x".repeat(200_000));
    check(
        good.replace("\r\n\r\n", &format!("\r\n{long}")).as_bytes(),
        "a long head",
    );
    let many = format!("\r\n{}\r\n", "X: y\r\n".repeat(5_000));
    check(good.replace("\r\n\r\n", &many).as_bytes(), "many fields");
    check(
        good.replace("HTTP/1.1", "HTTP/9.9").as_bytes(),
        "no such HTTP",
    );
    check(
        good.replace(": 10\r\n", ": -5\r\n").as_bytes(),
        "a negative length",
    );
    check(
        good.replace(": 10\r\n", ": 99999999999999999999\r\n")
            .as_bytes(),
        "a huge length",
    );
    check(
        good.replace(&here, &format!("/{}", "a".repeat(100_000)))
            .as_bytes(),
        "a long path",
    );
    check(good.replace("Host:", "Ho st:").as_bytes(), "a broken field");
    check(
        good.replace("1.0.0", "1.0.0\0").as_bytes(),
        "a NUL in a field",
    );
    check(format!("{good}12345").as_bytes(), "half a body");
    assert!(
        tus.offset(&id) <= 5,
        "nothing but the half of a body was taken"
    );
    witnesses.are_well(&server, "after garbage");
}
