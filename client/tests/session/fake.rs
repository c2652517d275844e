//! A room server in memory: as much of the protocol as the client needs, and
//! faults on demand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use parlor_certs::{Address, Identity, Link, Pin, ServerTls};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;

/// What goes wrong with the next `send`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// It is kept, and the connection breaks before `sent` leaves.
    KeepAndBreak,
    /// It is not kept, and the connection breaks.
    LoseAndBreak,
    /// It is refused with this error.
    Refuse(Value),
}

#[derive(Debug, Default)]
pub(crate) struct Room {
    pub(crate) log: Vec<Value>,
    pub(crate) created: String,
    pub(crate) read: u64,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) rooms: BTreeMap<String, Room>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) server_key: String,
    /// Missing events past which a gap is sent.
    pub(crate) replay_limit: u64,
    /// Messages in one `history`, however many are asked for.
    pub(crate) page_limit: Option<usize>,
    /// Whether pings are left unanswered.
    pub(crate) deaf: bool,
    /// Whether connections are turned away.
    pub(crate) down: bool,
    /// Whether the next fault that breaks a connection also turns away what comes after it.
    pub(crate) down_after_break: bool,
    pub(crate) tokens: Vec<String>,
    pub(crate) next_pins: Vec<String>,
    /// Every request as it came.
    pub(crate) asked: Vec<Value>,
    pub(crate) resumed_handshakes: usize,
    pub(crate) files: crate::fake_files::Files,
    /// Lines for everybody, each counted, so that connections see all that come after they began.
    said: Vec<Value>,
}

/// The server.
pub(crate) struct Fake {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) tls: Arc<ServerTls>,
    changed: watch::Sender<u64>,
    kick: watch::Sender<u64>,
    turned_away: watch::Sender<u64>,
    pub(crate) address: SocketAddr,
    _dir: tempfile::TempDir,
}

pub(crate) fn stamp(seq: u64) -> String {
    parlor_protocol::Time::from_millis(1_700_000_000_000 + i64::try_from(seq).unwrap() * 1000)
        .to_string()
}

impl Fake {
    pub(crate) async fn start() -> Arc<Self> {
        let dir = tempfile::tempdir().unwrap();
        let identity = Identity::own(dir.path(), &["localhost".into()]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = State {
            server_key: "A".repeat(42) + "E",
            replay_limit: 1_000,
            ..State::default()
        };
        let fake = Arc::new(Self {
            state: Arc::new(Mutex::new(state)),
            tls: Arc::new(ServerTls::new(&identity).unwrap()),
            changed: watch::Sender::new(0),
            kick: watch::Sender::new(0),
            turned_away: watch::Sender::new(0),
            address: listener.local_addr().unwrap(),
            _dir: dir,
        });
        fake.add_room("general");
        let serving = Arc::downgrade(&fake);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let Some(fake) = serving.upgrade() else {
                    return;
                };
                if fake.lock().down {
                    fake.turned_away.send_modify(|n| *n += 1);
                } else {
                    tokio::spawn(async move { fake.serve(tcp).await });
                }
            }
        });
        fake
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn pin(&self) -> Pin {
        self.tls.pin()
    }

    pub(crate) fn link(&self) -> Link {
        Link::new(Address::from(self.address)).with_pin(self.pin())
    }

    pub(crate) fn add_room(&self, room: &str) {
        let room_state = Room {
            created: stamp(0),
            ..Room::default()
        };
        self.lock().rooms.insert(room.into(), room_state);
    }

    /// Breaks every connection.
    pub(crate) fn break_all(&self) {
        self.kick.send_modify(|n| *n += 1);
    }

    /// Takes no connections, and breaks those there are.
    pub(crate) fn go_down(&self) {
        self.lock().down = true;
        self.break_all();
    }

    /// Waits until somebody who came in vain was turned away.
    pub(crate) async fn until_turned_away(&self) {
        self.turned_away.subscribe().changed().await.unwrap();
    }

    pub(crate) fn come_up(&self) {
        self.lock().down = false;
    }

    /// Says a line to everybody.
    pub(crate) fn say(&self, line: Value) {
        self.lock().said.push(line);
        self.changed.send_modify(|n| *n += 1);
    }

    /// Adds an event to a room's log.
    pub(crate) fn event(&self, room: &str, mut body: Value) -> u64 {
        let seq = {
            let mut state = self.lock();
            let log = &mut state.rooms.get_mut(room).unwrap().log;
            let seq = log.len() as u64 + 1;
            body["room"] = json!(room);
            body["seq"] = json!(seq);
            body["time"] = json!(stamp(seq));
            log.push(body);
            seq
        };
        self.changed.send_modify(|n| *n += 1);
        seq
    }

    pub(crate) fn message(&self, room: &str, text: &str) -> u64 {
        let nonce = format!("bob-{}", self.lock().rooms[room].log.len());
        self.event(
            room,
            json!({"type":"message","from":"bob","name":"Bob","text":text,"nonce":nonce}),
        )
    }

    /// The texts of a room's messages in order, by `seq`.
    pub(crate) fn texts(&self, room: &str) -> Vec<String> {
        let state = self.lock();
        let log = state.rooms[room].log.iter();
        log.filter(|event| event["type"] == "message")
            .map(|event| event["text"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn asked(&self, kind: &str) -> Vec<Value> {
        let state = self.lock();
        let asked = state.asked.iter();
        asked.filter(|line| line["type"] == kind).cloned().collect()
    }

    async fn serve(self: Arc<Self>, tcp: TcpStream) {
        let mut kicked = self.kick.subscribe();
        kicked.borrow_and_update();
        tokio::select! {
            _ = self.clone().talk(tcp) => {}
            _ = kicked.changed() => {}
        }
    }

    async fn talk(self: Arc<Self>, tcp: TcpStream) -> Option<()> {
        tcp.set_nodelay(true).unwrap();
        let start = LazyConfigAcceptor::new(Acceptor::default(), tcp)
            .await
            .ok()?;
        let config = self.tls.config_for(&start.client_hello());
        let tls = start.into_stream(config).await.ok()?;
        if tls.get_ref().1.handshake_kind() == Some(rustls::HandshakeKind::Resumed) {
            self.lock().resumed_handshakes += 1;
        }
        if tls.get_ref().1.alpn_protocol() != Some(b"parlor/1") {
            crate::fake_files::serve(&self, tls).await;
            return Some(());
        }
        let (read, mut write) = tokio::io::split(tls);
        let mut lines = BufReader::new(read).lines();
        let mut changed = self.changed.subscribe();
        let welcome = json!({"type":"welcome","protocol":1,"server":{"name":"Fake","version":"0"},
            "features":[],"auth":{"password":true,"register":"open","guests":true,"password_rules":[]},
            "limits":{"line_bytes":65536,"text_bytes":16384,"file_bytes":self.lock().files.limit},
            "next_pins":self.lock().next_pins});
        say(&mut write, &welcome).await?;
        // Of each room, how far this connection was told; and of the other lines.
        let mut told: Option<BTreeMap<String, u64>> = None;
        let mut heard = self.lock().said.len();
        loop {
            let line = tokio::select! {
                line = lines.next_line() => line.ok()??,
                _ = changed.changed() => {
                    let out = self.news(told.as_mut(), &mut heard);
                    for line in out {
                        say(&mut write, &line).await?;
                    }
                    continue;
                }
            };
            let line: Value = serde_json::from_str(&line).unwrap();
            self.lock().asked.push(line.clone());
            for line in self.answer(&line, &mut told)? {
                say(&mut write, &line).await?;
            }
            let out = self.news(told.as_mut(), &mut heard);
            for line in out {
                say(&mut write, &line).await?;
            }
        }
    }

    /// What a connection was not told yet.
    fn news(&self, told: Option<&mut BTreeMap<String, u64>>, heard: &mut usize) -> Vec<Value> {
        let state = self.lock();
        let Some(told) = told else {
            return Vec::new();
        };
        let mut out: Vec<Value> = state.said[*heard..].to_vec();
        *heard = state.said.len();
        for (room, kept) in &state.rooms {
            let from = told.entry(room.clone()).or_insert(kept.log.len() as u64);
            out.extend(kept.log[*from as usize..].iter().cloned());
            *from = kept.log.len() as u64;
        }
        out
    }

    /// The answer, or `None` to break the connection.
    fn answer(&self, line: &Value, told: &mut Option<BTreeMap<String, u64>>) -> Option<Vec<Value>> {
        let re = line["id"].clone();
        let with_re = |mut answer: Value| {
            answer["re"] = re.clone();
            answer
        };
        let error =
            |code: &str| json!({"type":"error","code":code,"message":format!("Sorry: {code}.")});
        let kind = line["type"].as_str().unwrap();
        if kind == "send" {
            let answer = self.send(line)?;
            return Some(vec![with_re(answer)]);
        }
        let mut state = self.lock();
        Some(match kind {
            "login" | "register" | "guest" => {
                let token = format!("token-{}", state.tokens.len());
                state.tokens.push(token.clone());
                *told = Some(ends(&state));
                vec![with_re(session(&state, &token))]
            }
            "resume" => {
                let token = line["token"].as_str().unwrap();
                if !state.tokens.iter().any(|t| t == token) {
                    return Some(vec![with_re(error("bad_token"))]);
                }
                let mut out = vec![with_re(session(&state, token))];
                let mut from = ends(&state);
                for (room, kept) in &state.rooms {
                    let end = kept.log.len() as u64;
                    match line["rooms"][room].as_u64() {
                        Some(seq) if seq > end => out.push(json!({"type":"reset","room":room})),
                        Some(seq) if end - seq > state.replay_limit => {
                            let to = end - state.replay_limit;
                            out.push(json!({"type":"gap","room":room,"to":to}));
                            from.insert(room.clone(), to);
                        }
                        Some(seq) => {
                            from.insert(room.clone(), seq);
                        }
                        None => {}
                    }
                }
                *told = Some(from);
                out
            }
            "ping" if state.deaf => vec![],
            "ping" => vec![with_re(json!({"type":"pong"}))],
            "typing" => vec![],
            "logout" => {
                state.tokens.clear();
                vec![with_re(json!({"type":"bye"}))]
            }
            "read" => {
                let room = state.rooms.get_mut(line["room"].as_str().unwrap()).unwrap();
                room.read = room.read.max(line["seq"].as_u64().unwrap());
                vec![with_re(json!({"type":"done"}))]
            }
            "history" => vec![with_re(history(&state, line))],
            "files" => vec![with_re(state.files.list(line))],
            "delete_file" => {
                let known = state.files.delete(line["file"].as_str().unwrap());
                vec![with_re(if known {
                    json!({"type":"done"})
                } else {
                    error("no_such_file")
                })]
            }
            _ => vec![with_re(json!({"type":"done"}))],
        })
    }

    fn send(&self, line: &Value) -> Option<Value> {
        let room = line["room"].as_str().unwrap();
        let fault = {
            let mut state = self.lock();
            (!state.faults.is_empty()).then(|| state.faults.remove(0))
        };
        match fault {
            Some(Fault::LoseAndBreak) => return None,
            Some(Fault::Refuse(error)) => return Some(error),
            _ => {}
        }
        let known = {
            let state = self.lock();
            let mut log = state.rooms[room].log.iter();
            log.find(|event| event["from"] == "alice" && event["nonce"] == line["nonce"])
                .cloned()
        };
        let duplicate = known.is_some();
        let seq = match known {
            Some(event) => event["seq"].as_u64().unwrap(),
            None => {
                let mut event = json!({"type":"message","from":"alice","name":"Alice","text":line["text"],"nonce":line["nonce"]});
                if let Some(ids) = line["files"].as_array() {
                    let state = self.lock();
                    let shown = ids.iter().map(|id| state.files.file(id.as_str().unwrap()));
                    event["files"] = shown.collect();
                }
                self.event(room, event)
            }
        };
        if fault == Some(Fault::KeepAndBreak) {
            let mut state = self.lock();
            state.down |= state.down_after_break;
            return None;
        }
        let mut sent = json!({"type":"sent","room":room,"seq":seq,"time":stamp(seq)});
        if duplicate {
            sent["duplicate"] = json!(true);
        }
        Some(sent)
    }
}

fn ends(state: &State) -> BTreeMap<String, u64> {
    let rooms = state.rooms.iter();
    rooms
        .map(|(room, kept)| (room.clone(), kept.log.len() as u64))
        .collect()
}

fn session(state: &State, token: &str) -> Value {
    let rooms: Vec<Value> = state
        .rooms
        .iter()
        .map(|(room, kept)| {
            json!({"room":room,"kind":"public","topic":"","joined":true,"last_seq":kept.log.len(),
                "read_seq":kept.read,"mentions":0,"members":2,"notify":"all","can_send":true,"created":kept.created})
        })
        .collect();
    json!({"type":"session","token":token,"expires":stamp(0),
        "user":{"username":"alice","name":"Alice","role":"member","presence":"online","status":""},
        "rooms":rooms,
        "users":[{"username":"bob","name":"Bob","role":"member","presence":"online","status":""}],
        "server_key":state.server_key})
}

/// Messages as they now stand.
fn history(state: &State, line: &Value) -> Value {
    let room = line["room"].as_str().unwrap();
    let kept = &state.rooms[room];
    let asked = line["limit"].as_u64().unwrap_or(50) as usize;
    let limit = asked.min(state.page_limit.unwrap_or(asked));
    let before = line["before"].as_u64().unwrap_or(u64::MAX);
    let after = line["after"].as_u64();
    let mut messages: Vec<Value> = Vec::new();
    for event in &kept.log {
        let seq = event["seq"].as_u64().unwrap();
        let target = |event: &Value| event["target"].as_u64().unwrap();
        match event["type"].as_str().unwrap() {
            "message" if seq < before && seq > after.unwrap_or(0) => {
                let mut message = event.clone();
                let members = message.as_object_mut().unwrap();
                members.remove("type");
                members.remove("room");
                messages.push(message);
            }
            "edited" => {
                for message in &mut messages {
                    if message["seq"].as_u64() == Some(target(event)) {
                        message["text"] = event["text"].clone();
                        message["edited"] = event["time"].clone();
                    }
                }
            }
            _ => {}
        }
    }
    let more = messages.len() > limit;
    if more && after.is_some() {
        messages.truncate(limit);
    } else if more {
        messages.drain(..messages.len() - limit);
    }
    json!({"type":"history","room":room,"messages":messages,"more":more})
}

async fn say<W: tokio::io::AsyncWrite + Unpin>(write: &mut W, line: &Value) -> Option<()> {
    write.write_all(format!("{line}\n").as_bytes()).await.ok()?;
    write.flush().await.ok()
}
