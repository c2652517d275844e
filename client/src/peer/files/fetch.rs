//! The bytes that are missing of an accepted file: over a link, or sealed from the room server.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use parlor_protocol::peer::{PeerLine, SealedFile};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::depot::Fetched;
use super::format::{NONCE, PIECE, SealKey, piece_at, sealed_size};
use super::part::{Coming, Halt, Opener, pump};
use super::receive::Receiving;
use super::{FileLink, Links};
use crate::peer::post::PeerFileState;
use crate::peer::store::FileRow;
use crate::transfer::TransferFailure;
use crate::transfers::sink::Sink;
use crate::transfers::trouble::Trouble;
use crate::transfers::tus::is_file_id;

/// How long the other side may take to begin: other files may go before this one.
const BEGIN: Duration = Duration::from_secs(60);

/// Between dials of a device that was not reached. Who is listed or seen again is dialled at once by the node.
const DIAL_AGAIN: Duration = Duration::from_secs(30);

/// By which way it comes next.
enum From {
    Device(Arc<dyn FileLink>),
    Depot(SealedFile),
}

impl Receiving {
    /// Fetches what is missing, by the way there is. The sink comes back if it can.
    pub(super) async fn fetch(
        &mut self,
        row: &FileRow,
        sink: Box<Sink>,
        is_gone: bool,
    ) -> (Option<Box<Sink>>, Result<(), Halt>) {
        let stop = self.stop.clone();
        let from = tokio::select! {
            () = stop.cancelled() => return (Some(sink), Err(Halt::Stopped)),
            from = self.way(row, is_gone) => from,
        };
        let turns = Arc::clone(&self.turns);
        let username = match &from {
            Ok(From::Device(link)) => Some(link.username()),
            _ => None,
        };
        let _turn = tokio::select! {
            () = stop.cancelled() => return (Some(sink), Err(Halt::Stopped)),
            turn = turns.turn(username) => turn,
        };
        match from {
            Ok(From::Device(link)) => self.take_from(&*link, row, sink).await,
            Ok(From::Depot(sealed)) => self.take_sealed(&sealed, row, sink).await,
            Err(halt) => (Some(sink), Err(halt)),
        }
    }

    /// Waits for a way: the sealed file at the room server, for it is there; else a link.
    async fn way(&mut self, row: &FileRow, is_gone: bool) -> Result<From, Halt> {
        let device = row
            .device
            .ok_or_else(|| Halt::Over("nobody offers it any more".to_owned()))?;
        let mut standing = self.setup.depot.standing();
        loop {
            let sealed = row.sealed.as_ref().filter(|_| !is_gone);
            let link = self.links.borrow_and_update().get(&device).cloned();
            let is_online = standing.borrow_and_update().online;
            match (sealed, link) {
                // Of two ways the other one is next, lest one that does not work be tried for ever.
                (Some(sealed), link) if is_online && !(self.was_sealed && link.is_some()) => {
                    self.was_sealed = true;
                    return Ok(From::Depot(sealed.clone()));
                }
                (_, Some(link)) => {
                    self.was_sealed = false;
                    return Ok(From::Device(link));
                }
                _ => {}
            }
            let dialling = async {
                self.setup.reach.device(device).await;
                sleep(DIAL_AGAIN).await;
            };
            tokio::select! {
                changed = self.links.changed() => if changed.is_err() {
                    return Err(Halt::Stopped);
                },
                Ok(()) = standing.changed(), if sealed.is_some() => {}
                () = self.nudged.notified() => {
                    return Err(Halt::Broken("it was offered again".to_owned()));
                }
                () = dialling => {}
            }
        }
    }

    async fn take_from(
        &mut self,
        link: &dyn FileLink,
        row: &FileRow,
        sink: Box<Sink>,
    ) -> (Option<Box<Sink>>, Result<(), Halt>) {
        let device = link.device();
        let coming = self.expected.expect(device, &row.id, sink.at());
        let accept = PeerLine::FileAccept {
            id: row.id.clone(),
            offset: sink.at(),
        };
        let broken = |why: &str| Err(Halt::Broken(why.to_owned()));
        let begun = tokio::select! {
            () = self.stop.cancelled() => Err(Halt::Stopped),
            () = lost(&mut self.links, link) => broken("the link is gone"),
            () = self.nudged.notified() => broken("it was offered again"),
            begun = timeout(BEGIN, async {
                link.send(&accept).await.ok()?;
                coming.await.ok()
            }) => match begun {
                Ok(Some(stream)) => Ok(stream),
                _ => broken("the other side does not begin"),
            },
        };
        self.expected.forget(device, &row.id);
        let mut stream = match begun {
            Ok(stream) => stream,
            Err(halt) => return (Some(sink), Err(halt)),
        };
        self.shows(PeerFileState::Running);
        let room = row.size - sink.at();
        pump(&mut stream, sink, None, room, &self.progress, &self.stop).await
    }

    async fn take_sealed(
        &self,
        sealed: &SealedFile,
        row: &FileRow,
        sink: Box<Sink>,
    ) -> (Option<Box<Sink>>, Result<(), Halt>) {
        let opened = tokio::select! {
            () = self.stop.cancelled() => Err(Halt::Stopped),
            opened = self.open_sealed(sealed, row, sink.at()) => opened,
        };
        let (mut coming, opener, room) = match opened {
            Ok(opened) => opened,
            Err(halt) => return (Some(sink), Err(halt)),
        };
        self.shows(PeerFileState::Sealing);
        let opener = Some(opener);
        pump(&mut coming, sink, opener, room, &self.progress, &self.stop).await
    }

    /// Bytes begin to come.
    fn shows(&self, state: PeerFileState) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.progress.runs();
    }

    /// The sealed bytes from the piece on in which `at` lies.
    async fn open_sealed(
        &self,
        sealed: &SealedFile,
        row: &FileRow,
        at: u64,
    ) -> Result<(Fetched, Opener, u64), Halt> {
        let bad = || Halt::Over("its key cannot be read".to_owned());
        let key = SealKey::read(&sealed.key).ok_or_else(bad)?;
        if !is_file_id(&sealed.file) {
            return Err(bad());
        }
        let total = sealed_size(row.size);
        let depot = &self.setup.depot;
        let mut coming = depot
            .fetch(&sealed.file, 0, total)
            .await
            .map_err(troubled)?;
        let mut nonce = [0; NONCE];
        let mut filled = 0;
        while filled < NONCE {
            filled += match coming.read(&mut nonce[filled..]).await? {
                0 => return Err(Halt::Broken("too little came".to_owned())),
                bytes => bytes,
            };
        }
        let opener = Opener::new(&key, &nonce, row.size, at).ok_or_else(bad)?;
        let piece = at / PIECE as u64;
        if piece == 0 {
            return Ok((coming, opener, total - NONCE as u64));
        }
        let from = piece_at(piece);
        let coming = depot.fetch(&sealed.file, from, total).await;
        Ok((coming.map_err(troubled)?, opener, total - from))
    }
}

/// Waits until a link is not the one to its device any more.
async fn lost(links: &mut watch::Receiver<Links>, link: &dyn FileLink) {
    let is_lost = |links: &Links| {
        links
            .get(&link.device())
            .is_none_or(|now| now.id() != link.id())
    };
    // Where nobody tells of links any more, there are none.
    let _ = links.wait_for(is_lost).await;
}

fn troubled(trouble: Trouble) -> Halt {
    match trouble {
        // Another file of that name, or none: the other device may still have the right one.
        Trouble::Over(
            TransferFailure::Gone | TransferFailure::Forbidden(_) | TransferFailure::Damaged,
        ) => Halt::Gone,
        Trouble::Over(failure) => failure.into(),
        Trouble::Broken(why) => Halt::Broken(why),
        Trouble::Wait(_) | Trouble::Busy(..) | Trouble::Anew => {
            Halt::Broken("the server asks to wait".to_owned())
        }
    }
}
