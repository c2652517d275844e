//! The first line each way, by which two devices know whom they talk with.

use iroh::endpoint::{Connection, RecvStream, SendStream};
use jiff::Timestamp;
use parlor_protocol::peer::{Hello, PeerLine};
use parlor_protocol::{Card, Code, DeviceId, ErrorLine, Time, VouchedCard};

use super::lines::{self, NoLine, Reader};
use super::{Doorkeeper, endpoint};

/// A device that was let in.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) card: Card,
    pub(super) vouched: VouchedCard,
    pub(super) send: SendStream,
    pub(super) lines: Reader,
}

/// Why there is no link.
#[derive(Debug)]
pub(super) enum Failed {
    /// The connection broke, or the other side went.
    Lost,
    /// The other side does not want us.
    ByThem(ErrorLine),
    /// We do not want the other side. It is told over the stream, if there is one.
    ByUs(ErrorLine, Option<SendStream>),
}

impl Failed {
    fn by_us(error: ErrorLine) -> Self {
        Self::ByUs(error, None)
    }
}

/// The handshake of who dialled.
pub(super) async fn dialled(
    connection: &Connection,
    door: &dyn Doorkeeper,
) -> Result<Guest, Failed> {
    let hello = own_hello(door).map_err(Failed::by_us)?;
    let opened = connection.open_bi().await;
    let (mut send, recv) = opened.map_err(|_| Failed::Lost)?;
    say(&mut send, &PeerLine::Handshake(hello)).await?;
    let mut lines = Reader::new(recv);
    let answered = match lines.next().await {
        Ok(PeerLine::HandshakeAck(hello)) => admitted(connection, hello, door).await,
        Ok(PeerLine::Error(error)) => return Err(Failed::ByThem(error)),
        other => unexpected(other, "handshake_ack"),
    };
    finished(answered, send, lines, None).await
}

/// The handshake of who was dialled.
pub(super) async fn answered(
    connection: &Connection,
    door: &dyn Doorkeeper,
) -> Result<Guest, Failed> {
    let accepted: Result<(SendStream, RecvStream), _> = connection.accept_bi().await;
    let (send, recv) = accepted.map_err(|_| Failed::Lost)?;
    let mut lines = Reader::new(recv);
    let (answered, hello) = match lines.next().await {
        Ok(PeerLine::Handshake(theirs)) => match own_hello(door) {
            Ok(ours) => (admitted(connection, theirs, door).await, Some(ours)),
            Err(error) => (Err(Some(error)), None),
        },
        other => (unexpected(other, "handshake"), None),
    };
    finished(answered, send, lines, hello).await
}

/// Whether the device may come in; `None` if the other side is gone anyway.
type Verdict = Result<(Card, VouchedCard), Option<ErrorLine>>;

async fn finished(
    verdict: Verdict,
    mut send: SendStream,
    lines: Reader,
    answer: Option<Hello>,
) -> Result<Guest, Failed> {
    match verdict {
        Ok((card, vouched)) => {
            if let Some(hello) = answer {
                say(&mut send, &PeerLine::HandshakeAck(hello)).await?;
            }
            Ok(Guest {
                card,
                vouched,
                send,
                lines,
            })
        }
        Err(Some(error)) => Err(Failed::ByUs(error, Some(send))),
        Err(None) => Err(Failed::Lost),
    }
}

fn own_hello(door: &dyn Doorkeeper) -> Result<Hello, ErrorLine> {
    door.hello().ok_or_else(|| {
        ErrorLine::new(
            Code::Forbidden,
            "This device has no card of the room server yet.",
        )
    })
}

async fn say(send: &mut SendStream, line: &PeerLine) -> Result<(), Failed> {
    let line = lines::encode(line).ok_or(Failed::Lost)?;
    send.write_all(&line).await.map_err(|_| Failed::Lost)
}

/// Whether a hello holds on this connection, and its user may come in.
async fn admitted(connection: &Connection, hello: Hello, door: &dyn Doorkeeper) -> Verdict {
    let proven = endpoint::device(connection.remote_id());
    let card = check(&hello, &proven, door, Timestamp::now().into()).map_err(Some)?;
    door.admit(&card, &hello.card).await.map_err(Some)?;
    Ok((card, hello.card))
}

/// Whether a hello holds for the key that the link has proved.
fn check(
    hello: &Hello,
    proven: &DeviceId,
    door: &dyn Doorkeeper,
    now: Time,
) -> Result<Card, ErrorLine> {
    let refuse = |message: String| Err(ErrorLine::new(Code::Forbidden, message));
    let Some(key) = door.server_key() else {
        return refuse("The key of the room server is not known here yet.".to_owned());
    };
    let card = match hello.card.check(&key, now) {
        Ok(card) => card,
        Err(error) => return refuse(format!("The card is refused: {error}.")),
    };
    if card.device != *proven {
        return refuse("The card is another device's.".to_owned());
    }
    if card.username != hello.username {
        return refuse("The card is another user's.".to_owned());
    }
    Ok(card)
}

fn unexpected(line: Result<PeerLine, NoLine>, expected: &str) -> Verdict {
    Err(match line {
        Ok(_) => Some(ErrorLine::new(
            Code::BadRequest,
            format!("The first line is {expected}."),
        )),
        Err(NoLine::Bad(error)) => Some(error),
        Err(NoLine::End | NoLine::Lost) => None,
    })
}
