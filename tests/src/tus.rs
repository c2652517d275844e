//! A user's files over HTTP: tus 1.0 as its specification has it, no library between.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::http::{Answer, Http};
use crate::parlord::Parlord;
use crate::until::SOON;
use crate::wire::Wire;

/// What the body of a PATCH is.
pub const BYTES: (&str, &str) = ("Content-Type", "application/offset+octet-stream");
/// The version that both sides must name.
pub const VERSION: (&str, &str) = ("Tus-Resumable", "1.0.0");

/// One session's way to `/files`.
#[derive(Debug, Clone)]
pub struct Tus {
    address: String,
    pin: String,
    /// The token that every request carries.
    pub token: String,
}

impl Tus {
    /// With the token of this connection's session.
    pub fn of(server: &Parlord, wire: &Wire) -> Self {
        Self::with(server, wire.token())
    }

    /// With any token.
    pub fn with(server: &Parlord, token: impl Into<String>) -> Self {
        Self {
            address: server.address(),
            pin: server.pin(),
            token: token.into(),
        }
    }

    /// A connection of its own.
    pub fn dial(&self) -> Http {
        Http::dial(&self.address, &self.pin)
    }

    /// A connection of its own to a server that may be down.
    ///
    /// # Errors
    ///
    /// Those of the connection and of the handshake.
    pub fn try_dial(&self) -> std::io::Result<Http> {
        Http::try_dial(&self.address, &self.pin)
    }

    /// The head of a request with the token.
    pub fn head(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
        let token = &self.token;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        if !token.is_empty() {
            head.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head
    }

    /// Sends a request on a connection of its own, `Content-Length` added
    /// where there is a body, and gives the answer.
    ///
    /// # Panics
    ///
    /// When none comes.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_ask(method, path, headers, body)
            .unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    /// The same with a server that may be down, or go down.
    pub fn try_ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<Answer> {
        let length = body.len().to_string();
        let mut headers = headers.to_vec();
        if !body.is_empty() || matches!(method, "POST" | "PATCH") {
            headers.push(("Content-Length", &length));
        }
        let mut http = self.try_dial().ok()?;
        let head = self.head(method, path, &headers);
        http.raw.try_write(head.as_bytes()).ok()?;
        // A server may refuse before it has read all.
        let _ = http.raw.try_write(body);
        http.try_answer(method == "HEAD", SOON).ok()
    }

    /// A request with the version's header.
    pub fn tus(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all = vec![VERSION];
        all.extend_from_slice(headers);
        self.ask(method, path, &all, body)
    }

    /// Asks for an upload; gives the answer, whatever it is.
    pub fn try_create(&self, room: &str, name: &str, size: u64) -> Answer {
        let metadata = metadata(&[("filename", name), ("room", room)]);
        let size = size.to_string();
        let headers = [
            ("Upload-Length", size.as_str()),
            ("Upload-Metadata", &metadata),
        ];
        self.tus("POST", "/files", &headers, b"")
    }

    /// Makes an upload and gives its id.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub fn create(&self, room: &str, name: &str, size: u64) -> String {
        let answer = self.try_create(room, name, size);
        assert_eq!(answer.status, 201, "{}", answer.text());
        id_of(&answer)
    }

    /// Sends bytes of an upload; gives the answer, whatever it is.
    pub fn patch(&self, id: &str, offset: u64, bytes: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers = [BYTES, ("Upload-Offset", offset.as_str())];
        self.tus("PATCH", &path(id), &headers, bytes)
    }

    /// Begins a PATCH that is said to carry `length` bytes; none is sent yet.
    pub fn begin(&self, id: &str, offset: u64, length: u64) -> Http {
        let mut http = self.dial();
        http.raw
            .write(self.patch_head(id, offset, length).as_bytes());
        http
    }

    /// The head of a PATCH that carries `length` bytes.
    pub fn patch_head(&self, id: &str, offset: u64, length: u64) -> String {
        let (offset, length) = (offset.to_string(), length.to_string());
        let headers = [
            VERSION,
            BYTES,
            ("Upload-Offset", offset.as_str()),
            ("Content-Length", length.as_str()),
        ];
        self.head("PATCH", &path(id), &headers)
    }

    /// Tus' HEAD of an upload, whatever it gives.
    pub fn probe(&self, id: &str) -> Answer {
        self.tus("HEAD", &path(id), &[], b"")
    }

    /// How much of an upload the server has.
    ///
    /// # Panics
    ///
    /// When it does not say so.
    pub fn offset(&self, id: &str) -> u64 {
        let answer = self.probe(id);
        assert_eq!(answer.status, 200, "HEAD of {id}: {:?}", answer.headers);
        answer
            .header("upload-offset")
            .and_then(|offset| offset.parse().ok())
            .expect("HEAD says the offset")
    }

    /// Uploads a whole file in one PATCH and gives its id.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub fn upload(&self, room: &str, name: &str, bytes: &[u8]) -> String {
        let id = self.create(room, name, bytes.len() as u64);
        if !bytes.is_empty() {
            let answer = self.patch(&id, 0, bytes);
            assert_eq!(answer.status, 204, "{}", answer.text());
        }
        id
    }

    /// `GET` of a file, with further headers.
    pub fn get(&self, id: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", &path(id), headers, b"")
    }

    /// Reads some of a file, and leaves the connection at that: the rest is under way.
    ///
    /// # Panics
    ///
    /// When the file is not given.
    pub fn begin_get(&self, id: &str, some: usize) -> (Http, Vec<u8>) {
        let mut http = self.dial();
        http.raw.write(self.head("GET", &path(id), &[]).as_bytes());
        let answer = http.head(SOON).expect("an answer begins");
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut bytes = Vec::new();
        while bytes.len() < some {
            bytes.extend(http.some_body(SOON).expect("the file comes"));
        }
        (http, bytes)
    }

    /// Sends what is left of an upload in pieces, asking for the offset each time the
    /// connection breaks, until it is whole.
    ///
    /// # Panics
    ///
    /// When it does not end within two minutes.
    pub fn finish(&self, id: &str, bytes: &[u8]) {
        crate::until::until("the upload's end", Duration::from_secs(120), || {
            let offset = self.offset(id);
            let at = usize::try_from(offset).expect("it fits");
            if at == bytes.len() {
                return Some(());
            }
            let answer = self.patch(id, offset, &bytes[at..]);
            assert_eq!(answer.status, 204, "{}", answer.text());
            None
        });
    }
}

/// The path of a file.
pub fn path(id: &str) -> String {
    format!("/files/{id}")
}

/// The id at the end of `Location`.
///
/// # Panics
///
/// When there is none of the agreed form.
pub fn id_of(answer: &Answer) -> String {
    let place = answer.header("location").expect("a Location");
    let id = place.rsplit('/').next().expect("it has an end");
    assert_eq!(id.len(), 22, "128 bits in base64url: {place}");
    assert!(
        id.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
        "{place}"
    );
    id.to_owned()
}

/// `Upload-Metadata` of these pairs.
pub fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
        .collect();
    pairs.join(",")
}

/// Bytes without a pattern, the same for the same seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
