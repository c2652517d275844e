//! What must hold of the codec for any bytes. The fuzz targets and
//! `tests/tests/codec.rs` both hold it to these.

use parlor_certs::Link;
use parlor_protocol::limits::{CLIENT_LINE_BYTES, MAX_INTEGER};
use parlor_protocol::{Code, Incoming, LineBuffer, RequestLine, ServerLine};

/// A line from a client is read, or named as wrong; what was read is written
/// so that it reads the same again, as one line.
pub fn request(bytes: &[u8]) {
    match RequestLine::read(bytes) {
        Ok(line) => {
            assert!(line.id.is_none_or(|id| (1..=MAX_INTEGER).contains(&id)));
            let written = serde_json::to_vec(&line).expect("a request can be written");
            assert!(!written.contains(&b'\n'));
            assert_eq!(RequestLine::read(&written).as_ref(), Ok(&line));
        }
        Err(bad) => {
            let codes = [Code::BadLine, Code::UnknownType, Code::BadRequest];
            assert!(codes.contains(&bad.error.code), "{bad:?}");
            assert!(!bad.error.message.is_empty());
            assert!(bad.re.is_none_or(|re| (1..=MAX_INTEGER).contains(&re)));
        }
    }
}

/// A line from a server is read or refused; what was read of the answers
/// reads the same after it was written.
pub fn incoming(bytes: &[u8]) {
    let Ok(read) = Incoming::read(bytes) else {
        return;
    };
    if let ServerLine::Reply(reply) = &read.line {
        let written = reply.encode(read.re).expect("an answer can be written");
        let line = written.strip_suffix(b"\n").expect("a line ends");
        let again = Incoming::read(line).expect("what we write, we read");
        assert_eq!(again, read);
    }
}

/// However a stream is cut, its lines are the same, none passes the bound, and
/// nothing is gathered past it. The first byte chooses the pieces' size.
pub fn lines(bytes: &[u8]) {
    let Some((first, stream)) = bytes.split_first() else {
        return;
    };
    for bound in [8, 64, CLIENT_LINE_BYTES] {
        let whole = cut(stream, stream.len().max(1), bound);
        let pieces = cut(stream, usize::from(*first).max(1), bound);
        assert_eq!(whole, pieces, "bound {bound}");
    }
}

/// The lines of a stream that comes in pieces, and whether it broke the bound.
fn cut(stream: &[u8], piece: usize, bound: usize) -> (Vec<Vec<u8>>, bool) {
    let mut buffer = LineBuffer::new(bound);
    let mut lines = Vec::new();
    for part in stream.chunks(piece) {
        buffer.push(part);
        loop {
            match buffer.next_line() {
                Ok(Some(line)) => {
                    assert!(line.len() < bound && !line.contains(&b'\n'));
                    lines.push(line.to_vec());
                }
                Ok(None) => break,
                Err(_) => {
                    assert!(buffer.next_line().is_err(), "a broken stream stays broken");
                    return (lines, true);
                }
            }
        }
    }
    (lines, false)
}

/// A link is read or refused; what was read is written so that it reads the same.
pub fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(link) = text.parse::<Link>() {
        let written = link.to_string();
        assert_eq!(written.parse::<Link>().as_ref(), Ok(&link), "{written}");
    }
}
