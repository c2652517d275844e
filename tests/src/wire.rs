//! A signed-in user on a raw connection.
#![expect(
    clippy::needless_pass_by_value,
    reason = "a test writes its request once, in place"
)]

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::parlord::Parlord;
use crate::raw::{Heard, Raw};
use crate::until::SOON;

/// A password that the default rules take.
pub const PASSWORD: &str = "tall-orange-kites-42";

/// One session's connection. Lines without `re` are kept as events, in order.
#[derive(Debug)]
pub struct Wire {
    /// The connection.
    pub raw: Raw,
    /// The `session` that opened it.
    pub session: Value,
    /// What came without `re` and was not asked for yet.
    pub events: VecDeque<Value>,
    next_id: u64,
}

impl Wire {
    /// Makes an account and signs in.
    pub fn register(server: &Parlord, username: &str) -> Self {
        Self::open(
            server.dial(),
            json!({"type": "register", "username": username, "password": PASSWORD}),
        )
    }

    /// Makes the owner's account, by the code of the first start.
    pub fn owner(server: &Parlord, username: &str) -> Self {
        let invite = server.owner_code();
        Self::open(
            server.dial(),
            json!({"type": "register", "username": username, "password": PASSWORD, "invite": invite}),
        )
    }

    /// Signs in.
    pub fn login(server: &Parlord, username: &str) -> Self {
        Self::open(
            server.dial(),
            json!({"type": "login", "username": username, "password": PASSWORD}),
        )
    }

    /// Comes back with a token and cursors.
    pub fn resume(server: &Parlord, token: &str, rooms: &Value) -> Self {
        Self::open(
            server.dial(),
            json!({"type": "resume", "token": token, "rooms": rooms}),
        )
    }

    /// Signs in on a new connection with any opening request.
    ///
    /// # Panics
    ///
    /// When the answer is no `session`.
    pub fn open(mut raw: Raw, mut request: Value) -> Self {
        raw.welcome();
        request["id"] = json!(1);
        raw.say(&request);
        let session = raw.line();
        assert_eq!(session["type"], "session", "{request} got {session}");
        assert_eq!(session["re"], 1, "{session}");
        Self {
            raw,
            session,
            events: VecDeque::new(),
            next_id: 2,
        }
    }

    /// One's own username.
    pub fn username(&self) -> String {
        self.session["user"]["username"]
            .as_str()
            .expect("`session` names its user")
            .to_owned()
    }

    /// The session's token.
    pub fn token(&self) -> String {
        self.session["token"]
            .as_str()
            .expect("`session` has a token")
            .to_owned()
    }

    /// ROOM of the session's snapshot.
    ///
    /// # Panics
    ///
    /// When the room is not there.
    pub fn room(&self, name: &str) -> &Value {
        self.session["rooms"]
            .as_array()
            .and_then(|rooms| rooms.iter().find(|room| room["room"] == name))
            .unwrap_or_else(|| panic!("{name} is not in the session: {}", self.session))
    }

    /// Sends a request under a new `id`, which it gives. (In `hold`, `id` is the
    /// mark of what is sealed, and the number is `request`.)
    pub fn tell(&mut self, mut request: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let number = if request["type"] == "hold" {
            "request"
        } else {
            "id"
        };
        request[number] = json!(id);
        self.raw.say(&request);
        id
    }

    /// Sends a request and waits for its answer; events on the way are kept.
    ///
    /// # Panics
    ///
    /// When none comes soon, or the connection is closed.
    pub fn ask(&mut self, request: Value) -> Value {
        let id = self.tell(request.clone());
        loop {
            let line = self.raw.line();
            if line["re"] == id {
                return line;
            }
            assert!(
                line.get("re").is_none(),
                "an answer to nothing asked: {line}"
            );
            assert_ne!(line["type"], "error", "after {request}");
            self.events.push_back(line);
        }
    }

    /// Sends a request whose answer must be of this type.
    ///
    /// # Panics
    ///
    /// When it is of another type.
    pub fn get(&mut self, kind: &str, request: Value) -> Value {
        let answer = self.ask(request.clone());
        assert_eq!(answer["type"], kind, "{request} got {answer}");
        answer
    }

    /// Sends a request that must be refused with this code.
    ///
    /// # Panics
    ///
    /// When it is answered otherwise.
    pub fn refused(&mut self, code: &str, request: Value) -> Value {
        let answer = self.get("error", request.clone());
        assert_eq!(answer["code"], code, "{request} got {answer}");
        assert!(
            answer["message"].as_str().is_some_and(|m| !m.is_empty()),
            "an error says something to people: {answer}"
        );
        answer
    }

    /// Sends a message under a new nonce and gives its `seq`.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub fn send(&mut self, room: &str, text: &str) -> u64 {
        let nonce = format!("n{}-{}", self.next_id, std::process::id());
        let sent = self.get(
            "sent",
            json!({"type": "send", "room": room, "text": text, "nonce": nonce}),
        );
        sent["seq"].as_u64().expect("`sent` has a `seq`")
    }

    /// The next event of this type, from now or from before; others are kept.
    ///
    /// # Panics
    ///
    /// When none comes soon.
    pub fn event(&mut self, kind: &str) -> Value {
        self.event_where(kind, |event| event["type"] == kind)
    }

    /// The next event that fits.
    ///
    /// # Panics
    ///
    /// When none comes soon.
    pub fn event_where(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.events.iter().position(&fits) {
            return self.events.remove(at).expect("it was just found");
        }
        let deadline = Instant::now() + SOON;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.raw.hear(left) {
                Heard::Line(line) if fits(&line) => return line,
                Heard::Line(line) => self.events.push_back(line),
                other => panic!(
                    "{what} was expected, not {other:?}; there were {:?}",
                    self.events
                ),
            }
        }
    }

    /// Everything that was said to this connection until the server answers a
    /// `ping` of now.
    pub fn heard(&mut self) -> Vec<Value> {
        self.get("pong", json!({"type": "ping"}));
        self.events.drain(..).collect()
    }

    /// Log events of a room among what was heard until now.
    pub fn log(&mut self, room: &str) -> Vec<Value> {
        let heard = self.heard();
        heard
            .into_iter()
            .filter(|event| event["room"] == room && event["seq"].is_u64())
            .collect()
    }

    /// What comes until the log event of a room with this `seq`, with it. A
    /// replay goes at its own pace: a `pong` may come before it.
    pub fn until_seq(&mut self, room: &str, seq: u64) -> Vec<Value> {
        let mut came = Vec::new();
        loop {
            let line = self.event_where(&format!("{seq} of {room}"), |_| true);
            let last = line["room"] == room && line["seq"] == seq;
            came.push(line);
            if last {
                return came;
            }
        }
    }

    /// All messages of a room, oldest first, by paging through `history`.
    ///
    /// # Panics
    ///
    /// When a page breaks the order.
    pub fn whole_history(&mut self, room: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let page = self.get(
                "history",
                json!({"type": "history", "room": room, "after": after, "limit": 200}),
            );
            let messages = page["messages"].as_array().expect("a list").clone();
            for message in &messages {
                let seq = message["seq"].as_u64().expect("a `seq`");
                assert!(seq > after, "history goes back: {page}");
                after = seq;
            }
            let empty = messages.is_empty();
            all.extend(messages);
            if page["more"] != true || empty {
                return all;
            }
        }
    }

    /// Waits for the server to end this connection; gives what it said last.
    ///
    /// # Panics
    ///
    /// When it is still open after a while.
    pub fn ended(&mut self) -> Vec<Value> {
        let deadline = Instant::now() + SOON;
        let mut last: Vec<Value> = self.events.drain(..).collect();
        loop {
            match self
                .raw
                .hear(deadline.saturating_duration_since(Instant::now()))
            {
                Heard::Line(line) => last.push(line),
                Heard::Closed => return last,
                Heard::Silence => panic!("the connection is still open; heard {last:?}"),
            }
        }
    }

    /// Whether the connection still answers.
    pub fn is_alive(&mut self) -> bool {
        let id = self.tell(json!({"type": "ping"}));
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match self
                .raw
                .hear(deadline.saturating_duration_since(Instant::now()))
            {
                Heard::Line(line) if line["re"] == id => return line["type"] == "pong",
                Heard::Line(line) => self.events.push_back(line),
                _ => return false,
            }
        }
    }
}
