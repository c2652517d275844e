//! What a stranger may say to a device, and what becomes of it: a peer made from the protocol's page, by iroh alone.

use iroh::endpoint::{Connection, Endpoint, RecvStream, SendStream, presets};
use iroh::{EndpointAddr, PublicKey, SecretKey, TransportAddr};
use parlor_client::Home;
use parlor_client::peer::{Peers, Talk};
use parlor_tests::device::Device;
use parlor_tests::http::Http;
use parlor_tests::parlord::Parlord;
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::person::{done, makes_a_device, peer, person, printed, server, tail};

/// A device that says what it likes, over one link.
struct Stranger {
    runtime: Runtime,
    _endpoint: Endpoint,
    connection: Connection,
    send: SendStream,
    recv: RecvStream,
    bytes: Vec<u8>,
}

impl Stranger {
    /// Connects as the device of this name, and opens the stream of lines.
    fn dial(name: &str, at: &EndpointAddr) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let seed: [u8; 32] = Sha256::digest(format!("device {name}")).into();
        let (endpoint, connection, streams) = runtime.block_on(async {
            let endpoint = Endpoint::builder(presets::Minimal)
                .secret_key(SecretKey::from_bytes(&seed))
                .bind()
                .await
                .expect("a socket");
            let connection = endpoint
                .connect(at.clone(), b"parlor-p2p/1")
                .await
                .expect("the device is there");
            let streams = connection.open_bi().await.expect("a stream");
            (endpoint, connection, streams)
        });
        Self {
            runtime,
            _endpoint: endpoint,
            connection,
            send: streams.0,
            recv: streams.1,
            bytes: Vec::new(),
        }
    }

    fn say(&mut self, line: &Value) {
        let line = format!("{line}\n");
        // A link that was ended takes nothing.
        let _ = self.runtime.block_on(self.send.write_all(line.as_bytes()));
    }

    /// The next line; null at the end.
    fn hear(&mut self) -> Value {
        loop {
            if let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.bytes.drain(..=end).collect();
                return serde_json::from_slice(&line).expect("a line is JSON");
            }
            let recv = &mut self.recv;
            let chunk = self
                .runtime
                .block_on(async { timeout(SOON, recv.read_chunk(65_536)).await });
            match chunk.expect("something is said in time") {
                Ok(Some(chunk)) => self.bytes.extend_from_slice(&chunk),
                _ => return Value::Null,
            }
        }
    }
}

impl Stranger {
    /// The device of this name, let in by its handshake.
    fn met(name: &str, at: &EndpointAddr, hello: &Value) -> Self {
        let mut stranger = Self::dial(name, at);
        stranger.say(hello);
        assert_eq!(stranger.hear()["type"], "handshake_ack");
        stranger
    }

    /// Sends the whole of a file.
    fn file(&self, id: &str, bytes: &[u8]) {
        let head = json!({"type": "file", "id": id, "offset": 0});
        let all = [format!("{head}\n").as_bytes(), bytes].concat();
        self.runtime.block_on(async {
            let mut stream = self.connection.open_uni().await.expect("a stream");
            // It may be stopped as soon as it is seen to be wrong.
            let _ = stream.write_all(&all).await;
            let _ = stream.finish();
        });
    }

    /// What comes until a line of this type, with it.
    fn hear_until(&mut self, kind: &str) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            let line = self.hear();
            assert_ne!(line, Value::Null, "{kind} was expected after {heard:?}");
            let is_it = line["type"] == kind;
            heard.push(line);
            if is_it {
                return heard;
            }
        }
    }
}

/// Where the device of a user is, as the tracker lists it.
fn place(server: &Parlord, wire: &Wire, username: &str) -> EndpointAddr {
    let tracker = server.facts()["tracker"].as_str().expect("a tracker");
    let token = wire.session["tracker_token"]["token"]
        .as_str()
        .expect("a token");
    until("the device at the tracker", SOON, || {
        let mut http = Http::dial(tracker, &server.pin());
        let request = format!(
            "GET /get-list HTTP/1.1\r\nHost: {tracker}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        http.raw.write(request.as_bytes());
        let list = http.answer(false).json();
        let peers = list["peers"].as_array()?;
        let peer = peers.iter().find(|peer| peer["username"] == username)?;
        let id: PublicKey = peer["device"].as_str()?.parse().ok()?;
        let ip = peer["ip"].as_str()?;
        let at = format!("{ip}:{}", peer["port"]).parse().ok()?;
        Some(EndpointAddr::from_parts(id, [TransportAddr::Ip(at)]))
    })
}

/// The first line of a device, by the words of the server for it.
fn handshake(device: &mut Device, wire: &mut Wire) -> Value {
    let username = wire.username();
    let request = device.publication(&username, 0);
    let vouched = wire.get("device", request.clone());
    json!({"type": "handshake", "username": username, "card": request["card"],
        "device_sig": request["device_sig"], "server_sig": vouched["server_sig"],
        "until": vouched["until"]})
}

fn chat(id: &str, from: &str, to: &str, text: &str) -> Value {
    json!({"type": "chat", "id": id, "from": from, "to": to, "channel": "direct",
        "message": text, "time": "2026-11-20T15:32:28.123Z"})
}

#[test]
fn a_stranger_says_only_what_is_theirs_to_say() {
    let server = server();
    let bob = person(&server, "bob");
    makes_a_device(&server, &bob, "bob");
    let at_bob = tail(&bob);
    let mut alice = Wire::register(&server, "alice");
    let of_alice = handshake(&mut Device::new("of alice"), &mut alice);
    let mut mallory = Wire::register(&server, "mallory");
    let mut device = Device::new("of mallory");
    let hello = handshake(&mut device, &mut mallory);
    let bobs = place(&server, &mallory, "bob");

    // Another's card, one's own under another's name, and a handshake that was overheard.
    let mut renamed = hello.clone();
    renamed["username"] = json!("alice");
    for wrong in [of_alice, renamed] {
        let mut stranger = Stranger::dial("of mallory", &bobs);
        stranger.say(&wrong);
        assert_eq!(stranger.hear()["type"], "error", "{wrong}");
        assert_eq!(stranger.hear(), Value::Null);
    }

    let mut stranger = Stranger::dial("of mallory", &bobs);
    stranger.say(&hello);
    let answer = stranger.hear();
    assert_eq!(
        (&answer["type"], &answer["username"]),
        (&json!("handshake_ack"), &json!("bob"))
    );
    for wrong in [
        chat("w1", "alice", "bob", "as another"),
        chat("w2", "mallory", "alice", "to another"),
        chat("not a mark", "mallory", "bob", "under no mark"),
    ] {
        stranger.say(&wrong);
        assert_eq!(stranger.hear()["type"], "error", "{wrong}");
    }
    // Acknowledging what was never sent does nothing.
    stranger.say(&json!({"type": "ack", "ids": ["x", "y"]}));
    for _ in 0..2 {
        stranger.say(&chat("right", "mallory", "bob", "as oneself"));
        assert_eq!(stranger.hear(), json!({"type": "ack", "ids": ["right"]}));
    }
    until("the one message", SOON, || {
        (!printed(&at_bob).is_empty()).then_some(())
    });
    let came: Vec<Value> = printed(&at_bob)
        .iter()
        .map(|object| object["message"].clone())
        .collect();
    assert_eq!(came, ["as oneself"]);

    // A line that is too long ends the link; a device that was ended gets none any more.
    stranger.say(&chat("long", "mallory", "bob", &"x".repeat(70_000)));
    assert_eq!(stranger.hear()["code"], "line_too_long");
    assert_eq!(stranger.hear(), Value::Null);
    let ends = json!({"type": "revoke_device", "device": device.id()});
    mallory.tell(ends);
    until("the end of a link of an ended device", SOON, || {
        let mut stranger = Stranger::dial("of mallory", &bobs);
        stranger.say(&hello);
        let answer = stranger.hear();
        (answer["code"] == "forbidden").then_some(())
    });
}

#[test]
fn a_file_of_other_bytes_than_were_offered_is_not_kept() {
    let server = server();
    let bob = person(&server, "bob");
    makes_a_device(&server, &bob, "bob");
    let folder = tempfile::tempdir().expect("a temporary folder is made");
    let at_bob = bob.start(&peer(&["tail", "--save", &folder.path().to_string_lossy()]));
    let mut mallory = Wire::register(&server, "mallory");
    let hello = handshake(&mut Device::new("of mallory"), &mut mallory);
    let bobs = place(&server, &mallory, "bob");
    let mut stranger = Stranger::met("of mallory", &bobs, &hello);

    // The hash is that of no bytes at all.
    let hash = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    let offer = |id: &str, size: u64| {
        json!({"type": "file_offer", "id": id, "from": "mallory", "to": "bob",
            "channel": "direct", "name": "plan.bin", "size": size, "blake3": hash,
            "time": "2026-11-20T15:32:28.123Z"})
    };
    stranger.say(&offer("other", 7));
    let accepted = stranger.hear_until("file_accept").pop();
    let accept = json!({"type": "file_accept", "id": "other", "offset": 0});
    assert_eq!(accepted, Some(accept));
    stranger.file("other", b"7 bytes");
    let refused = stranger.hear_until("file_reject").pop().expect("a line");
    assert_eq!(refused["id"], "other");
    let failed = until("the file that failed", SOON, || {
        let all = printed(&at_bob);
        all.into_iter().find(|line| line["type"] == "file_failed")
    });
    assert!(failed["message"].is_string(), "{failed}");
    let left = std::fs::read_dir(folder.path()).expect("a folder");
    assert_eq!(left.count(), 0, "nothing of it is kept");

    // What is said rightly goes on over the same link. Of no bytes none are asked for.
    stranger.say(&offer("empty", 0));
    stranger.hear_until("file_done");
    let came = std::fs::read(folder.path().join("plan.bin"));
    assert_eq!(came.expect("it is there"), b"");
}

#[test]
fn an_unaccepted_device_of_a_verified_user_is_offered_no_file() {
    let server = server();
    let alice = person(&server, "alice");
    makes_a_device(&server, &alice, "alice");
    let _node = tail(&alice);
    let mut bob = Wire::register(&server, "bob");
    let hello = handshake(&mut Device::new("of bob"), &mut bob);
    let alices = place(&server, &bob, "alice");
    let mut first = Stranger::met("of bob", &alices, &hello);

    // What the app does with the number that was compared, and with a file.
    let runtime = Runtime::new().expect("a runtime");
    let home = Home::open(alice.home()).expect("her home");
    let account = home.accounts().remove(0);
    let attached = runtime.block_on(async { Peers::attach(&home, &account.id) });
    let (peers, _events) = attached.expect("her account");
    let talk = Talk::Direct("bob".to_owned());
    let file = alice.home().join("plan.txt");
    std::fs::write(&file, "secret").expect("a file is written");
    let sent = runtime.block_on(async {
        peers.compared("bob", true).await?;
        peers.send_file(&talk, file).await
    });
    let id = sent.expect("it is to be sent");
    let offered = first.hear_until("file_offer");
    assert_eq!(offered.last().expect("the offer")["id"], json!(id));
    first.say(&json!({"type": "ack", "ids": [id]}));

    // Whoever has his password makes a device more.
    let mut intruder = Wire::login(&server, "bob");
    let mut device = Device::new("of somebody");
    let enters = handshake(&mut device, &mut intruder);
    let mut second = Stranger::met("of somebody", &alices, &enters);
    // Everybody is shown that there is one more, and that it is not trusted.
    until("a device that is shown as new", SOON, || {
        let all = done(&alice, &["who"]);
        let bob = all.iter().find(|shown| shown["username"] == "bob")?;
        let devices = bob["devices"].as_array()?;
        let new = devices
            .iter()
            .find(|shown| shown["device"] == device.id())?;
        (new["standing"] == "new" && bob["trust"] == "new device").then_some(())
    });
    second.say(&json!({"type": "file_accept", "id": id, "offset": 0}));
    // Over a link that came later the file is offered again: a device that may get it was asked by then.
    let mut again = Stranger::met("of bob", &alices, &hello);
    again.hear_until("file_offer");
    second.say(&chat("word", "bob", "alice", "It is me"));
    let heard = second.hear_until("ack");
    assert_eq!(heard, [json!({"type": "ack", "ids": ["word"]})]);

    // Once it is accepted, it is offered over the link that is up.
    let new = device.id().parse().expect("a device's id");
    let accepted = runtime.block_on(async { peers.accept_device("bob", &new).await });
    accepted.expect("it is new here");
    let heard = second.hear_until("file_offer");
    assert_eq!(heard.last().expect("the offer")["id"], json!(id));
}
