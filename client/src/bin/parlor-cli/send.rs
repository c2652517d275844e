//! `send`: one message, kept by the server or taken back.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use parlor_client::{
    ConnectionState, EndReason, Event, Events, Follow, Handle, Home, OfflineReason, Options,
    OutgoingState, Purpose, Source, TransferId, TransferState, connect_with,
};
use tokio::time::{Instant, timeout_at};

use crate::args::Send;
use crate::asking::{choose, room_name};
use crate::bars::Bars;
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::print::{Printer, hash};

/// The most that is read from standard input: more than any server takes in one message.
const INPUT_BYTES: u64 = 1 << 20;

/// How a message ended.
enum End {
    Sent,
    Failed(String),
    Over(EndReason),
    NoAnswer,
    Interrupted,
}

/// A message on its way, and what happened to it so far.
struct Watch {
    nonce: String,
    wait: Duration,
    /// Until when it is waited for. Files that move put it off.
    until: Instant,
    bars: Bars,
    told: bool,
    offline: Option<OfflineReason>,
}

pub(crate) async fn send(
    home: &Home,
    who: Option<&str>,
    args: Send,
    out: &mut Printer,
) -> Result<(), Failure> {
    let account = choose(home, who)?;
    let text = text(args.text, args.files.is_empty())?;
    let room = room_name(&args.room);
    let options = Options {
        follow: Follow::Nothing,
        transfers: false,
        ..Options::default()
    };
    let (handle, mut events) = connect_with(home, &account.id, options)?;
    let nonce = match args.nonce {
        Some(nonce) => handle.send_as(nonce, &room, &text, args.reply_to).await?,
        None if args.files.is_empty() => handle.send(&room, &text, args.reply_to).await?,
        None => {
            let files = drafts(&handle, &room, &args.files).await?;
            let sending = handle.send_files(&room, &text, args.reply_to, files);
            sending.await?
        }
    };
    let wait = Duration::from_secs(args.wait);
    let mut watch = Watch {
        nonce,
        wait,
        until: Instant::now() + wait,
        bars: Bars::new(out),
        told: false,
        offline: None,
    };
    let end = tokio::select! {
        end = watch.wait(&mut events, out) => end?,
        interrupted = interrupted() => {
            interrupted?;
            End::Interrupted
        }
    };
    let done = match &end {
        End::Sent => Ok(()),
        End::Failed(why) => {
            handle.discard(&watch.nonce).await?;
            Err(Failure::Refused(why.clone()))
        }
        End::Over(reason) => {
            handle.discard(&watch.nonce).await?;
            Err(reason.clone().into())
        }
        End::NoAnswer | End::Interrupted => {
            let taken = handle.discard(&watch.nonce).await?;
            if !taken {
                // It is on its way; once nobody sends it any more, it can be removed.
                drop(events);
                handle.discard(&watch.nonce).await?;
                return Err(watch.taken_back(&end));
            }
            Err(watch.taken_back(&end))
        }
    };
    drop(handle);
    while events.next().await.is_some() {}
    done
}

/// Begins to upload what goes with a message.
async fn drafts(
    handle: &Handle,
    room: &str,
    files: &[PathBuf],
) -> Result<Vec<TransferId>, Failure> {
    let mut begun = Vec::with_capacity(files.len());
    for path in files {
        let source = Source::Path(path.clone());
        match handle.upload(room, source, Purpose::Draft).await {
            Ok(transfer) => begun.push(transfer.id),
            Err(error) => {
                for id in begun {
                    let _ = handle.cancel(id).await;
                }
                return Err(error.into());
            }
        }
    }
    Ok(begun)
}

/// The text that is meant: as it stands, or read from standard input.
pub(crate) fn text(text: String, is_needed: bool) -> Result<String, Failure> {
    let text = if text == "-" {
        let mut read = String::new();
        std::io::stdin()
            .take(INPUT_BYTES)
            .read_to_string(&mut read)
            .map_err(|error| Failure::Usage(format!("standard input cannot be read: {error}")))?;
        // What ends the last line of a file is no part of the message.
        let end = read.strip_suffix('\n').map_or(read.len(), str::len);
        read.truncate(end);
        read
    } else {
        text
    };
    if text.is_empty() && is_needed {
        return Err(Failure::Usage("there is no text to send".into()));
    }
    Ok(text)
}

impl Watch {
    async fn wait(&mut self, events: &mut Events, out: &mut Printer) -> Result<End, Failure> {
        loop {
            let Ok(batch) = timeout_at(self.until, events.next()).await else {
                return Ok(End::NoAnswer);
            };
            let Some(batch) = batch else {
                return Ok(End::NoAnswer);
            };
            for event in batch {
                if let Some(end) = self.event(event, out)? {
                    return Ok(end);
                }
            }
        }
    }

    fn event(&mut self, event: Event, out: &mut Printer) -> Result<Option<End>, Failure> {
        match event {
            Event::Connection(ConnectionState::Ended(reason)) => {
                return Ok(Some(End::Over(reason)));
            }
            Event::Connection(ConnectionState::Offline { reason, .. }) => {
                self.offline = Some(reason);
            }
            Event::Connection(ConnectionState::Connected { .. }) => self.offline = None,
            Event::Transfer(transfer) => {
                self.bars.show(&transfer, out)?;
                if matches!(transfer.state, TransferState::Done) {
                    self.bars.remove(transfer.id);
                }
                if !matches!(transfer.state, TransferState::Waiting) {
                    self.until = Instant::now() + self.wait;
                }
            }
            Event::Outgoing(outgoing) if outgoing.nonce == self.nonce => match outgoing.state {
                OutgoingState::Sending => self.told = true,
                OutgoingState::Sent { seq, answer, .. } => {
                    out.raw(&answer.unwrap_or_default())?;
                    out.text(&format!("{} {seq}", hash(&outgoing.room)))?;
                    return Ok(Some(End::Sent));
                }
                OutgoingState::Failed(failure) => {
                    return Ok(Some(End::Failed(failure.error.to_string())));
                }
                OutgoingState::Waiting | OutgoingState::Discarded => {}
            },
            _ => {}
        }
        Ok(None)
    }

    /// No answer. The message has left the outbox, so that a script that
    /// tries again does not send it twice without knowing.
    fn taken_back(&self, end: &End) -> Failure {
        let message = if self.told {
            format!(
                "the message was told to the server, and whether it arrived is not known: send it \
                 again with --nonce {} and it cannot stand there twice",
                self.nonce
            )
        } else {
            "the message was not sent, and was taken back".to_owned()
        };
        match (end, &self.offline) {
            (End::Interrupted, _) => Failure::Refused(format!("interrupted; {message}")),
            (_, Some(reason)) => {
                Failure::NoConnection(format!("no connection: {reason}; {message}"))
            }
            (_, None) => Failure::NoConnection(format!(
                "no connection: the server did not answer in time; {message}"
            )),
        }
    }
}
