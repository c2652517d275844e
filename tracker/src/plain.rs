//! What a client gets that does not speak TLS: an alert or, if it speaks
//! HTTP, a word about https. Section 1 of the protocol.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The first byte of every TLS connection: a handshake record (RFC 8446, section 5.1).
pub const TLS_HANDSHAKE: u8 = 0x16;

/// A fatal `unexpected_message` (RFC 8446, section 6.2) as a record of its own.
const ALERT: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a];

const ANSWER: &str = "HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 46\r\n\
    Connection: close\r\n\
    \r\n\
    This port speaks TLS only. Use https instead.\n";

/// Methods of HTTP; a request begins with one of them and a space.
const METHODS: [&[u8]; 9] = [
    b"GET ",
    b"HEAD ",
    b"POST ",
    b"PUT ",
    b"DELETE ",
    b"OPTIONS ",
    b"PATCH ",
    b"TRACE ",
    b"CONNECT ",
];

/// Bytes that are read of what follows before the connection is closed. A
/// socket closed with unread bytes would reset, and destroy the answer on its way.
const DISCARD_BYTES: u64 = 64 * 1024;

/// Answers a client whose first byte is no TLS, and ends the connection. The
/// caller bounds the time.
///
/// # Errors
///
/// Those of the stream.
pub async fn refuse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> std::io::Result<()> {
    let mut head = [0; 8];
    let mut filled = 0;
    while could_be_request(&head[..filled]) && !is_request(&head[..filled]) {
        match stream.read(&mut head[filled..]).await? {
            0 => break,
            read => filled += read,
        }
    }
    let answer = if is_request(&head[..filled]) {
        ANSWER.as_bytes()
    } else {
        &ALERT
    };
    stream.write_all(answer).await?;
    stream.shutdown().await?;
    tokio::io::copy(&mut stream.take(DISCARD_BYTES), &mut tokio::io::sink()).await?;
    Ok(())
}

fn is_request(head: &[u8]) -> bool {
    METHODS.iter().any(|method| head.starts_with(method))
}

fn could_be_request(head: &[u8]) -> bool {
    METHODS.iter().any(|method| method.starts_with(head)) || is_request(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client that sends these pieces is answered.
    async fn answer(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut near, far) = tokio::io::duplex(1024);
        let serving = tokio::spawn(refuse(far));
        for piece in pieces {
            near.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
        }
        near.shutdown().await.unwrap();
        let mut answer = Vec::new();
        near.read_to_end(&mut answer).await.unwrap();
        serving.await.unwrap().unwrap();
        answer
    }

    #[tokio::test]
    async fn http_is_told_to_use_https() {
        let check = async |pieces: &[&[u8]]| {
            let text = String::from_utf8(answer(pieces).await).unwrap();
            assert_eq!(text, ANSWER);
        };
        check(&[b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"]).await;
        check(&[b"PO", b"ST", b" /login HTTP/1.1\r\n"]).await;
        check(&[b"OPTIONS * HTTP/1.1\r\n\r\n"]).await;
        let (head, body) = ANSWER.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
    }

    #[tokio::test]
    async fn anything_else_gets_an_alert() {
        let check = async |pieces: &[&[u8]]| assert_eq!(answer(pieces).await, ALERT);
        check(&[b"{\"type\":\"login\"}\n"]).await;
        check(&[b"GETTING"]).await;
        check(&[b"G"]).await;
        check(&[b"SSH-2.0-x\r\n"]).await;
        check(&[b"\0"]).await;
    }
}
