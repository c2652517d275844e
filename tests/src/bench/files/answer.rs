//! The answer to one HTTP request, of which only status and length matter.

use anyhow::{Context, Result, bail};

/// A head may take so many bytes.
const HEAD_BYTES: usize = 64 * 1024;

/// An answer as it arrives.
#[derive(Debug, Default)]
pub struct Answer {
    head: Vec<u8>,
    left: Option<u64>,
    /// Bytes of bodies that came in all.
    pub body: u64,
    fault: Option<String>,
}

impl Answer {
    /// Takes what arrived.
    pub fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        if self.left.is_none() {
            self.head.extend_from_slice(rest);
            let Some(end) = self.head.windows(4).position(|w| w == b"\r\n\r\n") else {
                return;
            };
            let of_head = end + 4 - (self.head.len() - rest.len());
            rest = &rest[of_head..];
            match length(&self.head[..end]) {
                Ok(length) => self.left = Some(length),
                Err(error) => self.fault = Some(format!("{error:#}")),
            }
            self.head.clear();
        }
        let n = rest.len() as u64;
        self.body += n;
        let left = self.left.get_or_insert(0);
        if n > *left {
            self.fault = Some(format!("{} bytes too many", n - *left));
        }
        *left = left.saturating_sub(n);
    }

    /// Whether it is complete; then the next one may begin.
    ///
    /// # Errors
    ///
    /// When the server refused, or sent what is no answer.
    pub fn is_complete(&mut self) -> Result<bool> {
        if let Some(fault) = self.fault.take() {
            bail!("{fault}");
        }
        if self.head.len() > HEAD_BYTES {
            bail!("a head without end");
        }
        let complete = self.left == Some(0);
        if complete {
            self.left = None;
        }
        Ok(complete)
    }
}

/// The length of the body after a head that says success.
fn length(head: &[u8]) -> Result<u64> {
    let head = std::str::from_utf8(head)?;
    let status = head.split(' ').nth(1).context("a status line")?;
    if !status.starts_with('2') {
        bail!("refused: {head}");
    }
    if status == "204" {
        return Ok(0);
    }
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("no Content-Length")?
        .1
        .trim()
        .parse()
        .context("a Content-Length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_may_come_in_any_pieces() {
        let text = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        for cut in 1..text.len() {
            let mut answer = Answer::default();
            answer.take(&text[..cut]);
            assert!(!answer.is_complete().expect("no fault"), "{cut}");
            answer.take(&text[cut..]);
            assert!(answer.is_complete().expect("no fault"), "{cut}");
            assert_eq!(answer.body, 5);
        }
    }

    #[test]
    fn a_refusal_and_a_wrong_length_are_seen() {
        for text in [
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\n\r\nhello",
        ] {
            let mut answer = Answer::default();
            answer.take(text.as_bytes());
            assert!(answer.is_complete().is_err(), "{text}");
        }
    }
}
