//! kill -9 under load. `PARLOR_FAULT_ROUNDS` says how many rounds; CI runs a few.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::raw::Heard;
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

/// Rounds where nothing else is said.
const ROUNDS: u64 = 4;
/// Clients that write at once.
const WRITERS: u64 = 6;
/// Sends that a writer has on their way at once.
const WINDOW: usize = 16;
/// The rooms they write to.
const ROOMS: [&str; 2] = ["general", "second"];

/// What a client was told: the `seq` and text of each of its messages, by room and nonce.
type Told = BTreeMap<(String, String), (u64, String)>;

fn rounds() -> u64 {
    std::env::var("PARLOR_FAULT_ROUNDS").map_or(ROUNDS, |rounds| {
        rounds.parse().expect("PARLOR_FAULT_ROUNDS is a number")
    })
}

/// One client: what it was acknowledged, what it must send again, what it saw.
#[derive(Default)]
struct Writer {
    token: String,
    next: u64,
    acknowledged: Told,
    /// Sent without an answer: the server may or may not have kept it.
    open: BTreeMap<String, Value>,
    /// The nonce that a log event showed under each (room, seq).
    seen: BTreeMap<(String, u64), String>,
}

impl Writer {
    /// Sends and reads until the server is gone, or `stop` says so.
    fn work(&mut self, mut wire: Wire, acks: &AtomicU64, stop: &AtomicBool) {
        let mut again: Vec<Value> = self.open.values().cloned().collect();
        while !stop.load(Ordering::Relaxed) {
            let mut lines = String::new();
            while self.open.len() < WINDOW {
                let send = self.new_send(&wire.username());
                again.push(send);
            }
            for send in again.drain(..) {
                lines.push_str(&format!("{send}\n"));
            }
            if wire.raw.try_write(lines.as_bytes()).is_err() {
                break;
            }
            if !self.read_some(&mut wire, acks) {
                break;
            }
        }
        // What the dying server still sent is as binding as the rest.
        while let Heard::Line(line) = wire.raw.hear(Duration::from_millis(500)) {
            self.note(&line, acks);
        }
    }

    fn new_send(&mut self, username: &str) -> Value {
        let n = self.next;
        self.next += 1;
        let nonce = format!("{username}-{n}");
        let room = ROOMS[usize::try_from(n % 2).expect("it is 0 or 1")];
        let send = json!({"type": "send", "room": room, "text": format!("{n} của {username} 连续"),
                          "nonce": nonce, "id": n + 1000});
        self.open.insert(nonce, send.clone());
        send
    }

    /// Reads until there is room in the window again. False once the server is gone.
    fn read_some(&mut self, wire: &mut Wire, acks: &AtomicU64) -> bool {
        while self.open.len() >= WINDOW {
            match wire.raw.hear(SOON) {
                Heard::Line(line) => self.note(&line, acks),
                _ => return false,
            }
        }
        true
    }

    fn note(&mut self, line: &Value, acks: &AtomicU64) {
        match line["type"].as_str() {
            Some("sent") => {
                let id = line["re"].as_u64().expect("`sent` answers something");
                let nonce = self
                    .open
                    .iter()
                    .find_map(|(nonce, send)| (send["id"] == id).then(|| nonce.clone()))
                    .expect("only what is open is answered");
                let send = self.open.remove(&nonce).expect("it was just found");
                let room = line["room"].as_str().expect("a room").to_owned();
                let text = send["text"].as_str().expect("a text").to_owned();
                let seq = line["seq"].as_u64().expect("a seq");
                self.acknowledged.insert((room, nonce), (seq, text));
                acks.fetch_add(1, Ordering::Relaxed);
            }
            Some("message") => {
                let at = (
                    line["room"].as_str().expect("a room").to_owned(),
                    line["seq"].as_u64().expect("a seq"),
                );
                let nonce = line["nonce"].as_str().expect("a nonce").to_owned();
                let before = self.seen.insert(at.clone(), nonce.clone());
                assert!(
                    before.is_none_or(|before| before == nonce),
                    "{at:?} was another message once"
                );
            }
            Some("error") => panic!("under load: {line}"),
            _ => {}
        }
    }
}

#[test]
fn no_acknowledged_message_is_lost_doubled_or_renumbered() {
    let mut server = Setup::default().start();
    let writers: Vec<Arc<Mutex<Writer>>> = (0..WRITERS)
        .map(|n| {
            let mut wire = Wire::register(&server, &format!("writer{n}"));
            let kind = if n == 0 { "create_room" } else { "join" };
            wire.get("room", json!({"type": kind, "room": "second"}));
            Arc::new(Mutex::new(Writer {
                token: wire.token(),
                ..Writer::default()
            }))
        })
        .collect();

    for round in 0..rounds() {
        let acks = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let threads: Vec<_> = writers
            .iter()
            .map(|writer| {
                let token = writer.lock().expect("it is well").token.clone();
                let wire = Wire::resume(&server, &token, &json!({}));
                let (writer, acks, stop) =
                    (Arc::clone(writer), Arc::clone(&acks), Arc::clone(&stop));
                std::thread::spawn(move || {
                    writer.lock().expect("it is well").work(wire, &acks, &stop);
                })
            })
            .collect();
        // Another moment of the server's life in each round.
        let enough = 20 + (round * 7919) % 701;
        until("acknowledgements", Duration::from_secs(120), || {
            (acks.load(Ordering::Relaxed) >= enough).then_some(())
        });
        server.kill();
        stop.store(true, Ordering::Relaxed);
        for thread in threads {
            thread.join().expect("the writer saw nothing wrong");
        }
        server.start_again();
        hold(&server, &writers, round);
    }
    let kept: usize = writers
        .iter()
        .map(|w| w.lock().expect("it is well").acknowledged.len())
        .sum();
    println!(
        "{} rounds of kill -9, {kept} acknowledged messages, each there once",
        rounds()
    );
}

/// Holds what the server has to what it told the clients.
fn hold(server: &Parlord, writers: &[Arc<Mutex<Writer>>], round: u64) {
    let token = writers[0].lock().expect("it is well").token.clone();
    let mut reader = Wire::resume(server, &token, &json!({}));
    for room in ROOMS {
        let mut by_nonce: BTreeMap<String, (u64, String)> = BTreeMap::new();
        let mut by_seq: BTreeMap<u64, String> = BTreeMap::new();
        for message in reader.whole_history(room) {
            let seq = message["seq"].as_u64().expect("a seq");
            let text = message["text"].as_str().expect("a text").to_owned();
            let nonce = message["nonce"].as_str().expect("a nonce").to_owned();
            let twice = by_nonce.insert(nonce.clone(), (seq, text));
            assert!(
                twice.is_none(),
                "round {round}: {nonce} is there twice in {room}"
            );
            by_seq.insert(seq, nonce);
        }
        let last = reader.room(room)["last_seq"].as_u64().expect("a seq");
        let others = last - by_seq.len() as u64;
        assert!(
            others <= WRITERS,
            "round {round}: {room} has holes: {others} of {last} are no messages"
        );
        for writer in writers {
            let writer = writer.lock().expect("it is well");
            for ((_, nonce), told) in writer.acknowledged.iter().filter(|((r, _), _)| r == room) {
                assert_eq!(
                    by_nonce.get(nonce),
                    Some(told),
                    "round {round}: {nonce} in {room}"
                );
            }
            for ((_, seq), nonce) in writer.seen.iter().filter(|((r, _), _)| r == room) {
                assert_eq!(
                    by_seq.get(seq),
                    Some(nonce),
                    "round {round}: {seq} of {room} was shown"
                );
            }
        }
    }
}
