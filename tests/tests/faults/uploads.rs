//! kill -9 in the middle of uploads and downloads, under a loaded chat.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parlor_tests::files::contents;
use parlor_tests::http::Missing;
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::raw::Heard;
use parlor_tests::tus::{BYTES, Tus, VERSION, id_of, metadata, noise, path};
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::json;

/// Rounds where nothing else is said.
const ROUNDS: u64 = 3;
/// Uploads at once.
const UPLOADS: u64 = 3;
/// Bytes of each file, and of each PATCH: no multiple of the other.
const SIZE: usize = 9_000_001;
const PIECE: usize = 2_500_000;

fn rounds() -> u64 {
    std::env::var("PARLOR_FAULT_ROUNDS").map_or(ROUNDS, |rounds| {
        rounds.parse().expect("PARLOR_FAULT_ROUNDS is a number")
    })
}

/// One who uploads file after file.
struct Uploader {
    tus: Tus,
    seed: u64,
    bytes: Vec<u8>,
    /// The upload under way, and what was acknowledged of it.
    open: Option<(String, u64)>,
    /// Files whose last byte was acknowledged, with the seed of their bytes.
    done: BTreeMap<String, u64>,
}

impl Uploader {
    fn new(tus: Tus, who: u64) -> Self {
        let seed = who << 32;
        Self {
            tus,
            seed,
            bytes: noise(seed, SIZE),
            open: None,
            done: BTreeMap::new(),
        }
    }

    /// Uploads until the server is gone.
    fn work(&mut self, moved: &AtomicU64) {
        while self.step(moved).is_some() {}
    }

    /// One piece. Nothing once the server is gone.
    fn step(&mut self, moved: &AtomicU64) -> Option<()> {
        let Some((id, acknowledged)) = self.open.clone() else {
            let data = metadata(&[("filename", &format!("{}", self.seed)), ("room", "general")]);
            let size = SIZE.to_string();
            let headers = [
                VERSION,
                ("Upload-Length", size.as_str()),
                ("Upload-Metadata", data.as_str()),
            ];
            let answer = self.tus.try_ask("POST", "/files", &headers, b"")?;
            assert_eq!(answer.status, 201, "{}", answer.text());
            self.open = Some((id_of(&answer), 0));
            return Some(());
        };
        let probe = self.tus.try_ask("HEAD", &path(&id), &[VERSION], b"")?;
        assert_eq!(probe.status, 200, "{id} is lost: {probe:?}");
        let offset = probe.header("upload-offset").expect("an offset");
        let at: usize = offset.parse().expect("a number");
        assert!(
            at as u64 >= acknowledged,
            "{acknowledged} was acknowledged, not {at}"
        );
        let seen = self.tus.try_ask("GET", &path(&id), &[], b"")?;
        if at == SIZE {
            assert!(
                seen.status == 200 && seen.body == self.bytes,
                "{id} is whole"
            );
            self.done.insert(id, self.seed);
            self.seed += 1;
            self.bytes = noise(self.seed, SIZE);
            self.open = None;
            return Some(());
        }
        assert_eq!(seen.status, 404, "{id} is half visible at {at}");
        let piece = &self.bytes[at..SIZE.min(at + PIECE)];
        let headers = [VERSION, BYTES, ("Upload-Offset", offset)];
        let answer = self.tus.try_ask("PATCH", &path(&id), &headers, piece)?;
        assert_eq!(answer.status, 204, "{}", answer.text());
        moved.fetch_add(piece.len() as u64, Ordering::Relaxed);
        self.open = Some((id, (at + piece.len()) as u64));
        Some(())
    }
}

/// One who downloads the same file again and again, going on where it was cut.
struct Downloader {
    tus: Tus,
    id: String,
    bytes: Vec<u8>,
    got: usize,
    whole: u64,
}

impl Downloader {
    fn work(&mut self) {
        while self.step().is_some() {}
    }

    fn step(&mut self) -> Option<()> {
        let range = format!("bytes={}-", self.got);
        let headers: &[(&str, &str)] = match self.got {
            0 => &[],
            _ => &[("Range", range.as_str())],
        };
        let mut http = self.tus.try_dial().ok()?;
        let head = self.tus.head("GET", &path(&self.id), headers);
        http.raw.try_write(head.as_bytes()).ok()?;
        let answer = http.head(SOON).ok()?;
        assert_eq!(answer.status, if self.got == 0 { 200 } else { 206 });
        while self.got < SIZE {
            let bytes = match http.some_body(SOON) {
                Ok(bytes) if bytes.is_empty() => return None,
                Ok(bytes) => bytes,
                Err(Missing::Closed) => return None,
                Err(Missing::Silence) => panic!("a download neither goes on nor ends"),
            };
            let end = self.got + bytes.len();
            assert!(
                end <= SIZE && bytes == self.bytes[self.got..end],
                "other bytes"
            );
            self.got = end;
        }
        self.got = 0;
        self.whole += 1;
        Some(())
    }
}

/// Sends messages until the server is gone; gives the acknowledged `seq`s.
fn talk(wire: &mut Wire, round: u64, stop: &AtomicBool) -> Vec<u64> {
    let mut kept = Vec::new();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let send = json!({"type": "send", "room": "general", "text": format!("{round} {n}"),
                          "nonce": format!("r{round}-{n}"), "id": n + 1});
        if wire.raw.try_write(format!("{send}\n").as_bytes()).is_err() {
            break;
        }
        loop {
            match wire.raw.hear(SOON) {
                Heard::Line(line) if line["type"] == "sent" => {
                    kept.push(line["seq"].as_u64().expect("a seq"));
                    break;
                }
                Heard::Line(line) => assert_ne!(line["type"], "error", "{line}"),
                _ => return kept,
            }
        }
    }
    kept
}

#[test]
fn transfers_survive_kill_9() {
    let mut server = Setup::default().start();
    let alice = Wire::register(&server, "alice");
    let tus = Tus::of(&server, &alice);
    let bytes = noise(99, SIZE);
    let id = tus.upload("general", "first", &bytes);
    let mut downloader = Downloader {
        tus: tus.clone(),
        id: id.clone(),
        bytes,
        got: 0,
        whole: 0,
    };
    let mut uploaders: Vec<Uploader> = (1..=UPLOADS)
        .map(|who| Uploader::new(tus.clone(), who))
        .collect();
    let mut said = Vec::new();
    for round in 0..rounds() {
        let moved = AtomicU64::new(0);
        let stop = AtomicBool::new(false);
        let mut wire = Wire::resume(&server, &alice.token(), &json!({}));
        std::thread::scope(|scope| {
            for uploader in &mut uploaders {
                scope.spawn(|| uploader.work(&moved));
            }
            scope.spawn(|| downloader.work());
            let talking = scope.spawn(|| talk(&mut wire, round, &stop));
            // Another moment of the uploads in each round, the first pieces and the ends among them.
            let enough = 1 + (round * 7_919_777) % 20_000_000;
            until("bytes to move", Duration::from_secs(120), || {
                (moved.load(Ordering::Relaxed) >= enough).then_some(())
            });
            server.kill();
            stop.store(true, Ordering::Relaxed);
            said.extend(talking.join().expect("the chat saw nothing wrong"));
        });
        server.start_again();
        hold(&server, &tus, &uploaders, &id, &said, round);
    }
    finish(&mut server, &tus, &mut uploaders, &mut downloader, &id);
}

/// Holds the server, just started after a crash, to what it acknowledged.
fn hold(
    server: &Parlord,
    tus: &Tus,
    uploaders: &[Uploader],
    first: &str,
    said: &[u64],
    round: u64,
) {
    let mut reader = Wire::resume(server, &tus.token, &json!({}));
    let kept: Vec<u64> = reader
        .whole_history("general")
        .iter()
        .map(|message| message["seq"].as_u64().expect("a seq"))
        .collect();
    for seq in said {
        assert!(kept.contains(seq), "round {round}: message {seq} is lost");
    }
    let listed = reader.get("files", json!({"type": "files", "limit": 200}));
    let listed: Vec<&str> = listed["files"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|file| file["id"].as_str().expect("an id"))
        .collect();
    let mut known = vec![first];
    for uploader in uploaders {
        known.extend(uploader.done.keys().map(String::as_str));
        if let Some((id, acknowledged)) = &uploader.open {
            let is_listed = listed.contains(&id.as_str());
            assert!(
                is_listed || *acknowledged < SIZE as u64,
                "{id} was acknowledged"
            );
            let seen = tus.get(id, &[]);
            if is_listed {
                assert!(
                    seen.body == uploader.bytes,
                    "round {round}: {id} is not whole"
                );
                known.push(id);
            } else {
                assert_eq!(seen.status, 404, "round {round}: {id} is half visible");
            }
        }
    }
    if listed.len() < 200 {
        for id in &known {
            assert!(listed.contains(id), "round {round}: {id} is lost");
        }
        assert_eq!(
            listed.len(),
            known.len(),
            "round {round}: {listed:?}, {known:?}"
        );
    }
}

/// Ends all of it: what was begun is finished, what was kept is right, and
/// once it is deleted nothing is left.
fn finish(
    server: &mut Parlord,
    tus: &Tus,
    uploaders: &mut [Uploader],
    downloader: &mut Downloader,
    first: &str,
) {
    let moved = AtomicU64::new(0);
    for uploader in uploaders.iter_mut() {
        until("the last upload", SOON, || {
            uploader.step(&moved).expect("the server is there");
            uploader.open.is_none().then_some(())
        });
    }
    let whole = downloader.whole;
    downloader.step().expect("the download goes on to its end");
    assert_eq!(downloader.whole, whole + 1);
    let mut done: Vec<String> = vec![first.to_owned()];
    for uploader in uploaders.iter() {
        for (id, seed) in &uploader.done {
            assert!(tus.get(id, &[]).body == noise(*seed, SIZE), "{id}");
            done.push(id.clone());
        }
    }
    let mut alice = Wire::resume(server, &tus.token, &json!({}));
    for id in &done {
        alice.get("done", json!({"type": "delete_file", "file": id}));
    }
    // An upload whose making was not answered is unknown to its client: it waits to expire.
    let is_empty = |data: &std::path::Path| contents(data).iter().all(|(_, length)| *length == 0);
    until("the contents to go", SOON, || {
        is_empty(server.data()).then_some(())
    });
    server.start_again();
    assert!(is_empty(server.data()), "{:?}", contents(server.data()));
}
