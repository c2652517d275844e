//! Where one HTTP/1 request ends and the next begins, by the letter of RFC 9112.
//! Whatever two readers could understand differently is refused here, before
//! any of it reaches a parser or an upstream: that is what request smuggling lives on.

use std::mem::MaybeUninit;

use super::front::{HEAD_BYTES, HEADERS};

/// A chunk's line: its size, and extensions that nobody uses.
const CHUNK_LINE_BYTES: usize = 256;
/// Hex digits of a chunk's size: some petabytes, and no overflow.
const CHUNK_DIGITS: usize = 13;

/// What is said of the bytes that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// So many bytes, of those that wait and of those to come, are in order.
    Pass(u64),
    /// More must come before anything can be said.
    More,
    /// The head of a request is refused.
    BadHead,
    /// The head of a request is larger than heads may be.
    LongHead,
    /// The body of a request is refused.
    BadBody,
}

/// The framing of one connection's requests.
#[derive(Debug, Default)]
pub(super) struct Framing {
    next: Expected,
    /// How much of what waits was looked at in vain.
    searched: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Expected {
    #[default]
    Head,
    ChunkLine,
    ChunkEnd,
    Trailers,
}

/// What a head says of its body.
#[derive(Debug, PartialEq, Eq)]
enum Body {
    Sized(u64),
    Chunked,
}

impl Framing {
    /// Judges what comes after all that has passed.
    pub(super) fn judge(&mut self, waiting: &[u8]) -> Verdict {
        let verdict = match self.next {
            Expected::Head => self.head(waiting),
            Expected::ChunkLine => self.chunk_line(waiting),
            Expected::ChunkEnd => self.chunk_end(waiting),
            Expected::Trailers => self.trailers(waiting),
        };
        if verdict != Verdict::More {
            self.searched = 0;
        }
        verdict
    }

    fn head(&mut self, waiting: &[u8]) -> Verdict {
        // One empty line before a request is somebody's habit (RFC 9112, section 2.2).
        if waiting.starts_with(b"\r\n") {
            return Verdict::Pass(2);
        }
        let length = match self.find_end(waiting) {
            Found::At(length) if length > HEAD_BYTES => return Verdict::LongHead,
            Found::At(length) => length,
            Found::Nowhere if waiting.len() > HEAD_BYTES => return Verdict::LongHead,
            Found::Nowhere => return Verdict::More,
            Found::BadLine => return Verdict::BadHead,
        };
        match body_of(&waiting[..length]) {
            Ok(Body::Sized(body)) => match body.checked_add(length as u64) {
                Some(all) => Verdict::Pass(all),
                None => Verdict::BadHead,
            },
            Ok(Body::Chunked) => {
                self.next = Expected::ChunkLine;
                Verdict::Pass(length as u64)
            }
            Err(verdict) => verdict,
        }
    }

    /// The end of the lines up to an empty one.
    fn find_end(&mut self, waiting: &[u8]) -> Found {
        let mut line = self.searched;
        while let Some(at) = waiting[line..].iter().position(|b| *b == b'\n') {
            let end = line + at;
            if at == 0 || waiting[end - 1] != b'\r' {
                return Found::BadLine;
            }
            if at == 1 {
                return Found::At(end + 1);
            }
            line = end + 1;
        }
        self.searched = line;
        Found::Nowhere
    }

    fn chunk_line(&mut self, waiting: &[u8]) -> Verdict {
        let Some(end) = waiting.iter().position(|b| *b == b'\n') else {
            return if waiting.len() > CHUNK_LINE_BYTES {
                Verdict::BadBody
            } else {
                Verdict::More
            };
        };
        let Some(size) = waiting[..end].strip_suffix(b"\r").and_then(chunk_size) else {
            return Verdict::BadBody;
        };
        self.next = if size == 0 {
            Expected::Trailers
        } else {
            Expected::ChunkEnd
        };
        Verdict::Pass(end as u64 + 1 + size)
    }

    fn chunk_end(&mut self, waiting: &[u8]) -> Verdict {
        match waiting {
            [b'\r', b'\n', ..] => {
                self.next = Expected::ChunkLine;
                Verdict::Pass(2)
            }
            [] | [b'\r'] => Verdict::More,
            _ => Verdict::BadBody,
        }
    }

    fn trailers(&mut self, waiting: &[u8]) -> Verdict {
        let length = match self.find_end(waiting) {
            Found::At(length) => length,
            Found::Nowhere if waiting.len() <= HEAD_BYTES => return Verdict::More,
            _ => return Verdict::BadBody,
        };
        let mut room = [httparse::EMPTY_HEADER; HEADERS];
        let fields = httparse::parse_headers(&waiting[..length], &mut room);
        if !has_plain_lines(&waiting[..length]) || !matches!(fields, Ok(f) if f.is_complete()) {
            return Verdict::BadBody;
        }
        self.next = Expected::Head;
        Verdict::Pass(length as u64)
    }
}

enum Found {
    At(usize),
    Nowhere,
    BadLine,
}

/// The body that a whole head announces; or why it is refused.
fn body_of(head: &[u8]) -> Result<Body, Verdict> {
    if !has_plain_lines(head) {
        return Err(Verdict::BadHead);
    }
    let mut room = [const { MaybeUninit::uninit() }; HEADERS];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(head, &mut room) {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        Err(httparse::Error::TooManyHeaders) => return Err(Verdict::LongHead),
        _ => return Err(Verdict::BadHead),
    }
    let is_11 = request.version == Some(1);
    let (mut hosts, mut length, mut chunked) = (0, None, false);
    for header in request.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            let value = decimal(header.value).ok_or(Verdict::BadHead)?;
            if length.replace(value).is_some() {
                return Err(Verdict::BadHead);
            }
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            let is_plain = header.value.eq_ignore_ascii_case(b"chunked");
            if chunked || !is_plain || !is_11 {
                return Err(Verdict::BadHead);
            }
            chunked = true;
        } else if header.name.eq_ignore_ascii_case("host") {
            hosts += 1;
        }
    }
    let hosts_fit = if is_11 { hosts == 1 } else { hosts <= 1 };
    match (hosts_fit, length, chunked) {
        (false, ..) | (_, Some(_), true) => Err(Verdict::BadHead),
        (true, None, true) => Ok(Body::Chunked),
        (true, length, false) => Ok(Body::Sized(length.unwrap_or(0))),
    }
}

/// Whether no line is a continuation of the one before (obs-fold), no CR
/// stands anywhere but before a LF, and there is no NUL.
fn has_plain_lines(head: &[u8]) -> bool {
    let mut before = b'\n';
    for &byte in head {
        let is_plain = match byte {
            b'\n' => before == b'\r',
            b' ' | b'\t' => before != b'\n',
            b'\0' => false,
            _ => true,
        };
        if !is_plain || (before == b'\r' && byte != b'\n') {
            return false;
        }
        before = byte;
    }
    true
}

/// Digits and nothing else: no sign, no space, no list.
fn decimal(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// The size in a chunk's line, without its end.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let (size, extension) = line.split_at(digits);
    let is_text = |b: &u8| (b' '..=b'~').contains(b) || *b == b'\t';
    let fits = matches!(extension, [] | [b';', ..])
        && extension.iter().all(is_text)
        && line.len() <= CHUNK_LINE_BYTES
        && (1..=CHUNK_DIGITS).contains(&digits);
    if !fits {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()
}

#[cfg(test)]
mod tests;
