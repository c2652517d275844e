//! A server without TLS, and a client that reads line by line.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parlor_certs::{Link, ServerKey};
use parlor_protocol::{RegisterPolicy, Role};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};

use crate::config::Config;
use crate::files::Files;
use crate::passwords::Passwords;
use crate::state::{Parts, State};
use crate::storage::sqlite::SqliteStorage;
use crate::storage::{Deed, InviteRecord, NewAudit, Origin, SecretHash, Storage};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Bytes that a stream holds before its writer waits, as a socket would.
const STREAM_BYTES: usize = 64 << 10;

pub(crate) struct TestServer {
    pub(crate) state: Arc<State>,
    folder: tempfile::TempDir,
}

impl TestServer {
    /// A server where anybody may register, without rate limits.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            register: RegisterPolicy::Open,
            rate_limits: false,
            ..Config::default()
        };
        change(&mut config);
        Self::open(tempfile::tempdir().unwrap(), config).await
    }

    pub(crate) async fn open(folder: tempfile::TempDir, config: Config) -> Self {
        let storage = SqliteStorage::open(folder.path().join("test.db"))
            .await
            .unwrap();
        Self::on(folder, config, Arc::new(storage)).await
    }

    pub(crate) async fn on(
        folder: tempfile::TempDir,
        config: Config,
        storage: Arc<dyn Storage>,
    ) -> Self {
        let files = Files::open(folder.path(), Arc::clone(&storage), config.files.clone());
        let parts = Parts {
            files: files.unwrap(),
            passwords: Passwords::new(config.passwords.clone()),
            config,
            storage,
            link: "parlor://192.0.2.1:8888/".parse::<Link>().unwrap(),
            signing: ServerKey::open(&folder.path().join("signing.pem")).unwrap(),
            next_pins: Vec::new(),
        };
        let state = State::start(parts).await.unwrap();
        Self { state, folder }
    }

    /// Where it keeps everything.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Stops, and starts again on what was stored.
    pub(crate) async fn restart(self) -> Self {
        self.state.stop().await;
        self.state.storage.close().await.unwrap();
        let config = self.state.config.clone();
        Self::open(self.folder, config).await
    }

    /// A connection that has read its `welcome`.
    pub(crate) async fn connect(&self) -> Client {
        self.connect_from("192.0.2.7").await
    }

    pub(crate) async fn connect_from(&self, address: &str) -> Client {
        let (ours, theirs) = tokio::io::duplex(STREAM_BYTES);
        let peer = SocketAddr::new(address.parse::<IpAddr>().unwrap(), 40_000);
        tokio::spawn(crate::connection::serve(
            theirs,
            peer,
            Arc::clone(&self.state),
        ));
        let (read, write) = tokio::io::split(ours);
        let mut client = Client {
            lines: BufReader::new(read),
            write,
            last_id: 0,
            others: Vec::new(),
            token: String::new(),
            watches_presence: false,
        };
        let welcome = client.next().await;
        assert_eq!(welcome["type"], "welcome");
        client
    }

    /// A connection on which a new user of this name is signed in.
    pub(crate) async fn user(&self, username: &str) -> Client {
        let mut client = self.connect().await;
        let session = client
            .ask(json!({"type":"register","username":username,"password":PASSWORD}))
            .await;
        client.keep_token(&session);
        client
    }

    /// A new user of this rank.
    pub(crate) async fn user_of_rank(&self, username: &str, role: Role) -> Client {
        let code = format!("code-for-{username}");
        let invite = InviteRecord {
            code: SecretHash::of(&code),
            role,
            uses: 1,
            expires: None,
            first_start: false,
        };
        let deed = Deed::CreateInvite(invite);
        let made = self
            .state
            .storage
            .perform(deed, NewAudit::default(), Origin::Server);
        made.await.unwrap();
        let mut client = self.connect().await;
        let session = client
            .ask(json!({"type":"register","username":username,"password":PASSWORD,"invite":code}))
            .await;
        client.keep_token(&session);
        client
    }

    /// A further connection of a client's session, with cursors; answers `session` too.
    pub(crate) async fn resume(&self, token: &str, rooms: Value) -> (Client, Value) {
        let mut client = self.connect().await;
        let session = client
            .ask(json!({"type":"resume","token":token,"rooms":rooms}))
            .await;
        assert_eq!(session["type"], "session", "{session}");
        token.clone_into(&mut client.token);
        (client, session)
    }
}

pub(crate) struct Client {
    lines: BufReader<ReadHalf<DuplexStream>>,
    write: WriteHalf<DuplexStream>,
    last_id: u64,
    /// Lines that came while an answer was waited for.
    others: Vec<Value>,
    pub(crate) token: String,
    pub(crate) watches_presence: bool,
}

impl Client {
    fn keep_token(&mut self, session: &Value) {
        assert_eq!(session["type"], "session", "{session}");
        session["token"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.token);
    }

    pub(crate) async fn write_raw(&mut self, bytes: &[u8]) {
        self.write.write_all(bytes).await.unwrap();
    }

    /// Says that no more lines follow.
    pub(crate) async fn finish(&mut self) {
        self.write.shutdown().await.unwrap();
    }

    /// Sends a line with an `id` of its own, and answers the `id`.
    pub(crate) async fn send(&mut self, mut line: Value) -> u64 {
        self.last_id += 1;
        line["id"] = self.last_id.into();
        self.write_raw(format!("{line}\n").as_bytes()).await;
        self.last_id
    }

    /// The next line; `Null` at the end. Presence comes when the clock says
    /// so, and is only for those who watch it.
    pub(crate) async fn read(&mut self) -> Value {
        loop {
            let line = self.read_any().await;
            if line["type"] != "presence" || self.watches_presence {
                return line;
            }
        }
    }

    async fn read_any(&mut self) -> Value {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line).await.unwrap();
        if read == 0 {
            return Value::Null;
        }
        assert!(line.ends_with('\n'), "a line was cut off: {line}");
        serde_json::from_str(&line).unwrap()
    }

    /// The oldest line that was not looked at yet.
    pub(crate) async fn next(&mut self) -> Value {
        if self.others.is_empty() {
            return self.read().await;
        }
        self.others.remove(0)
    }

    /// The answer to a request; what comes before it is kept for [`Client::next`].
    pub(crate) async fn answer(&mut self, id: u64) -> Value {
        if let Some(at) = self.others.iter().position(|line| line["re"] == id) {
            return self.others.remove(at);
        }
        loop {
            let line = self.read().await;
            assert!(
                !line.is_null(),
                "closed before the answer to {id}; {:?}",
                self.others
            );
            if line["re"] == id {
                return line;
            }
            self.others.push(line);
        }
    }

    pub(crate) async fn ask(&mut self, line: Value) -> Value {
        let id = self.send(line).await;
        self.answer(id).await
    }

    /// Asks, and answers the error's code; panics if it is no error.
    pub(crate) async fn refused(&mut self, line: Value) -> String {
        let answer = self.ask(line.clone()).await;
        assert_eq!(answer["type"], "error", "{line} was answered by {answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
        answer["code"].as_str().unwrap().to_owned()
    }

    /// Asks, and panics if the answer is another than of this type.
    pub(crate) async fn expect(&mut self, kind: &str, line: Value) -> Value {
        let answer = self.ask(line.clone()).await;
        assert_eq!(answer["type"], kind, "{line} was answered by {answer}");
        answer
    }

    /// The next line of a type; others before it are dropped.
    pub(crate) async fn until(&mut self, kind: &str) -> Value {
        loop {
            let line = self.next().await;
            assert!(!line.is_null(), "closed before a {kind}");
            if line["type"] == kind {
                return line;
            }
        }
    }

    /// Every line until the connection is closed.
    pub(crate) async fn rest(&mut self) -> Vec<Value> {
        let mut rest = Vec::new();
        loop {
            let line = self.next().await;
            if line.is_null() {
                return rest;
            }
            rest.push(line);
        }
    }

    /// Says something that is answered after everything before it took effect,
    /// and answers every line that came until then.
    pub(crate) async fn settled(&mut self) -> Vec<Value> {
        let id = self.send(json!({"type":"sessions"})).await;
        self.answer(id).await;
        std::mem::take(&mut self.others)
    }

    /// Sends a message and answers its `seq`.
    pub(crate) async fn say(&mut self, room: &str, text: &str) -> u64 {
        static SAID: AtomicU64 = AtomicU64::new(0);
        let nonce = format!("said-{}", SAID.fetch_add(1, Ordering::Relaxed));
        let line = json!({"type":"send","room":room,"text":text,"nonce":nonce});
        let sent = self.expect("sent", line).await;
        sent["seq"].as_u64().unwrap()
    }
}
