//! An upstream of a test's own: plain HTTP/1.1 by hand, which remembers what reached
//! it and answers as it is told.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Answers a request on its connection; `false` ends the connection.
pub type Answer = dyn Fn(&Seen, &mut BufReader<TcpStream>) -> bool + Send + Sync;

/// A request that reached an upstream.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The request line.
    pub line: String,
    /// The header lines.
    pub headers: Vec<String>,
}

impl Seen {
    /// The value of a header, if it came once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then_some(value.trim())
        });
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// The length that the head announces.
    pub fn length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }
}

/// A listening upstream. Its threads end with the test's process.
#[derive(Debug)]
pub struct Upstream {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    /// Answers each request with this text, and its body thrown away.
    pub fn saying(text: &'static str) -> Self {
        Self::answering("127.0.0.1:0", move |seen, stream| {
            take_body(seen, stream);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", text.len());
            write(stream, &[head.as_bytes(), text.as_bytes()].concat())
        })
    }

    /// Answers as `answer` does; health checks are answered with 204, and not remembered.
    ///
    /// # Panics
    ///
    /// When the address cannot be listened on.
    pub fn answering(
        address: &str,
        answer: impl Fn(&Seen, &mut BufReader<TcpStream>) -> bool + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).expect("the address is free");
        let address = listener.local_addr().expect("it has one").to_string();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (kept, answer) = (Arc::clone(&seen), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &kept, &*answer));
            }
        });
        Self { address, seen }
    }

    /// Its host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its address for `--upstream`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that reached it until now.
    ///
    /// # Panics
    ///
    /// When one of its threads panicked.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no holder panics").clone()
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Vec<Seen>>, answer: &Answer) {
    let mut stream = BufReader::new(stream);
    while let Some(seen) = head(&mut stream) {
        let goes_on = if seen.line.starts_with("GET /healthz ") {
            write(&mut stream, b"HTTP/1.1 204 No Content\r\n\r\n")
        } else {
            kept.lock().expect("no holder panics").push(seen.clone());
            answer(&seen, &mut stream)
        };
        if !goes_on {
            return;
        }
    }
}

fn head(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut seen = Seen::default();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        match line.is_empty() {
            true => return Some(seen),
            false if seen.line.is_empty() => seen.line = line,
            false => seen.headers.push(line),
        }
    }
}

/// Reads a request's body to its end, and gives its length.
///
/// # Panics
///
/// When its chunks are none.
pub fn take_body(seen: &Seen, stream: &mut BufReader<TcpStream>) -> u64 {
    if seen.header("transfer-encoding").is_none() {
        let length = seen.length().unwrap_or(0);
        return std::io::copy(&mut stream.take(length), &mut std::io::sink()).unwrap_or(0);
    }
    let mut all = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).unwrap_or(0) == 0 {
            return all;
        }
        let size = u64::from_str_radix(line.trim(), 16).expect("the proxy writes chunks");
        let took = std::io::copy(&mut stream.take(size + 2), &mut std::io::sink()).unwrap_or(0);
        if size == 0 || took < size + 2 {
            return all;
        }
        all += size;
    }
}

/// Writes an answer; `false` if nobody takes it.
pub fn write(stream: &mut BufReader<TcpStream>, bytes: &[u8]) -> bool {
    stream.get_mut().write_all(bytes).is_ok()
}
