//! Cutting a byte stream into lines.
//!
//! A line ends with `\n`; one `\r` before it is dropped. The bound is on the
//! line with its newline, and is what keeps a hostile peer from filling our
//! memory: nothing larger is ever gathered. While no part of a line is
//! waiting, the buffer owns no memory, for a server keeps one per connection.

use bytes::{Bytes, BytesMut};

/// A line passed the bound. The stream cannot be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the line is longer than {bound} bytes")]
pub struct LineTooLong {
    /// The bound, in bytes with the newline.
    pub bound: usize,
}

/// What has been read of a stream and not yet been taken as lines.
#[derive(Debug)]
pub struct LineBuffer {
    unread: BytesMut,
    /// How much of `unread` is known to hold no newline.
    searched: usize,
    bound: usize,
}

impl LineBuffer {
    /// An empty buffer for lines of at most `bound` bytes, newline included.
    pub fn new(bound: usize) -> Self {
        Self {
            unread: BytesMut::new(),
            searched: 0,
            bound,
        }
    }

    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// The next whole line, without its end, if there is one.
    ///
    /// # Errors
    ///
    /// [`LineTooLong`] once a line passes the bound, finished or not; from then on always.
    pub fn next_line(&mut self) -> Result<Option<Bytes>, LineTooLong> {
        let newline = self.unread[self.searched..]
            .iter()
            .position(|&b| b == b'\n');
        let Some(end) = newline.map(|at| self.searched + at) else {
            if self.unread.len() >= self.bound {
                return Err(LineTooLong { bound: self.bound });
            }
            self.searched = self.unread.len();
            if self.unread.is_empty() {
                self.unread = BytesMut::new();
            }
            return Ok(None);
        };
        if end >= self.bound {
            return Err(LineTooLong { bound: self.bound });
        }
        self.searched = 0;
        let mut line = self.unread.split_to(end + 1);
        line.truncate(end);
        if line.last() == Some(&b'\r') {
            line.truncate(end - 1);
        }
        Ok(Some(line.freeze()))
    }

    /// Whether part of a line waits for its end.
    pub fn is_partial(&self) -> bool {
        !self.unread.is_empty()
    }
}

/// A value as one line, newline included.
///
/// # Errors
///
/// What [`serde_json`] says of a value that JSON cannot hold.
pub fn encode<T: serde::Serialize>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(256);
    serde_json::to_writer(&mut line, value)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(buffer: &mut LineBuffer) -> Vec<Bytes> {
        std::iter::from_fn(|| buffer.next_line().unwrap()).collect()
    }

    #[test]
    fn cuts_at_newlines_and_drops_one_carriage_return() {
        let mut buffer = LineBuffer::new(64);
        buffer.push(b"one\r\ntwo\n\nthr");
        assert_eq!(all(&mut buffer), ["one", "two", ""]);
        assert!(buffer.is_partial());
        buffer.push(b"ee\r\r\n");
        assert_eq!(all(&mut buffer), ["three\r"]);
        assert!(!buffer.is_partial());
    }

    #[test]
    fn the_bound_counts_the_newline() {
        let mut fits = LineBuffer::new(4);
        fits.push(b"abc\n");
        assert_eq!(fits.next_line().unwrap().unwrap(), "abc");
        let mut finished = LineBuffer::new(4);
        finished.push(b"abcd\n");
        assert_eq!(finished.next_line(), Err(LineTooLong { bound: 4 }));
        let mut unfinished = LineBuffer::new(4);
        unfinished.push(b"abcd");
        assert_eq!(unfinished.next_line(), Err(LineTooLong { bound: 4 }));
    }

    proptest! {
        #[test]
        fn however_the_stream_is_cut_the_lines_are_the_same(
            lines in prop::collection::vec("[^\n]{0,40}", 0..8),
            cuts in prop::collection::vec(1usize..30, 0..40),
        ) {
            let stream: Vec<u8> = lines.iter().flat_map(|l| format!("{l}\n").into_bytes()).collect();
            let mut buffer = LineBuffer::new(4096);
            let mut got = Vec::new();
            let mut rest = &stream[..];
            for cut in cuts {
                let (head, tail) = rest.split_at(cut.min(rest.len()));
                buffer.push(head);
                got.extend(all(&mut buffer));
                rest = tail;
            }
            buffer.push(rest);
            got.extend(all(&mut buffer));
            let expected: Vec<&[u8]> =
                lines.iter().map(|l| l.strip_suffix('\r').unwrap_or(l).as_bytes()).collect();
            prop_assert_eq!(got, expected);
        }
    }
}
