//! What links bring: batches of it, so that what was stored together is acknowledged together.

use std::collections::BTreeMap;

use parlor_protocol::peer::{DIRECT, PeerLine};
use parlor_protocol::{Code, DeviceId, ErrorLine};

use super::context::now;
use super::lane::{Give, Order};
use super::work::Node;
use crate::peer::event::PeerEvent;
use crate::peer::net::{LinkId, NetEvent};
use crate::peer::store::{Came, Received};
use crate::peer::talk::Talk;
use crate::store::StoreError;

/// Ids in one `ack`: a line stays far below its bound.
const ACK_IDS: usize = 256;

/// What was stored and is to be acknowledged, by device.
pub(super) type Acks = BTreeMap<DeviceId, Vec<String>>;

impl Node {
    /// Deals with what came, in order; then acknowledges what was stored.
    pub(super) async fn incoming(&mut self, batch: &mut Vec<NetEvent>) -> Result<(), StoreError> {
        let mut acks = Acks::new();
        let mut done = Ok(());
        for event in batch.drain(..) {
            let one = self.net_event(event, &mut acks).await;
            if done.is_ok() {
                done = one;
            }
        }
        for (device, ids) in acks {
            for ids in ids.chunks(ACK_IDS) {
                let ids = ids.to_vec();
                self.say(device, PeerLine::Ack { ids });
            }
        }
        done
    }

    async fn net_event(&mut self, event: NetEvent, acks: &mut Acks) -> Result<(), StoreError> {
        match event {
            NetEvent::Up(link) => self.up(link).await,
            NetEvent::Line { link, device, line } => self.line(link, device, line, acks).await,
            NetEvent::File {
                device,
                head,
                stream,
            } => {
                // Nothing was asked of a device that is not accepted: its stream ends here.
                if self.gets(device) {
                    self.files.stream(device, head, stream).await;
                }
                Ok(())
            }
            NetEvent::PathChanged { link, device, path } => {
                self.path_changed(link, device, path).await
            }
            NetEvent::Down { link, device } => self.down(link, device).await,
            NetEvent::Seen { device, username } => self.seen(device, username).await,
            NetEvent::Members { channel, usernames } => self.members(&channel, usernames).await,
            NetEvent::Trackers(trackers) => self.trackers(trackers).await,
        }
    }

    async fn line(
        &mut self,
        link: LinkId,
        device: DeviceId,
        line: PeerLine,
        acks: &mut Acks,
    ) -> Result<(), StoreError> {
        match line {
            line @ (PeerLine::Chat(_)
            | PeerLine::Edited(_)
            | PeerLine::Deleted(_)
            | PeerLine::Reaction(_)
            | PeerLine::FileOffer(_)) => self.receive(link, line, acks).await,
            PeerLine::Ack { ids } => self.acked(link, device, ids).await,
            PeerLine::Typing { from, channel } => {
                self.is_typing(link, &from, channel);
                Ok(())
            }
            PeerLine::Broadcast(broadcast) => self.broadcast(link, broadcast, acks).await,
            PeerLine::Have { channel, authors } => self.have(link, channel, authors).await,
            PeerLine::Want {
                channel,
                device: author,
                from,
                to,
            } => {
                let give = Give {
                    channel,
                    author,
                    from,
                    to,
                };
                self.want(link, give);
                Ok(())
            }
            PeerLine::Card(card) => self.card(card).await,
            PeerLine::Error(error) => {
                // What was refused is not acknowledged, and is sealed or tried again in time.
                tracing::warn!(%device, %error, "a device refused a line");
                Ok(())
            }
            line @ (PeerLine::FileAccept { .. }
            | PeerLine::FileReject { .. }
            | PeerLine::FileDone { .. }) => {
                // Nor does a device that is not accepted decide about files.
                if let Some(up) = self.links.get(&link)
                    && up.row.may_get()
                {
                    self.files.line(device, &up.row.card.username, line).await;
                }
                Ok(())
            }
            PeerLine::Handshake(_) | PeerLine::HandshakeAck(_) | PeerLine::Unknown => Ok(()),
        }
    }

    /// Stores what a device said.
    async fn receive(
        &mut self,
        link: LinkId,
        line: PeerLine,
        acks: &mut Acks,
    ) -> Result<(), StoreError> {
        let Some(up) = self.links.get(&link) else {
            return Ok(());
        };
        let Some(id) = line.id().map(ToOwned::to_owned) else {
            return Ok(());
        };
        let (row, device) = (up.row.clone(), up.link.device());
        let username = row.card.username.clone();
        let offer = matches!(line, PeerLine::FileOffer(_)).then(|| line.clone());
        let came = Came::Link(up.link.path().way);
        let received = self.context.store.receive(row, line, came, now()).await;
        match received {
            Ok(Received::Stored { .. }) => {
                acks.entry(device).or_default().push(id);
                if let Some(offer) = offer {
                    self.files.line(device, &username, offer).await;
                }
            }
            Ok(Received::Refused(error)) => self.say(device, PeerLine::Error(error)),
            Err(error) => {
                // The line comes again: over the next link, or sealed.
                let message = "What you sent could not be stored.";
                let refusal = ErrorLine::new(Code::StorageUnavailable, message);
                self.say(device, PeerLine::Error(refusal));
                return Err(error);
            }
        }
        Ok(())
    }

    async fn acked(
        &mut self,
        link: LinkId,
        device: DeviceId,
        ids: Vec<String>,
    ) -> Result<(), StoreError> {
        let Some(up) = self.links.get(&link) else {
            return Ok(());
        };
        let (way, username) = (up.link.path().way, up.row.card.username.clone());
        // The store is asked first: a lane that hears of it may look there at once.
        self.context.store.acked(device, ids.clone(), way).await?;
        self.tell(device, &username, Order::Acked(ids));
        Ok(())
    }

    fn is_typing(&self, link: LinkId, from: &str, channel: String) {
        let Some(up) = self.links.get(&link) else {
            return;
        };
        let username = up.row.card.username.clone();
        if from != username || !up.row.may_get() {
            return;
        }
        let talk = match channel.as_str() {
            DIRECT => Talk::Direct(username.clone()),
            _ if self.channels.names.contains(&channel) => Talk::Channel(channel),
            _ => return,
        };
        // An app that does not listen has lost nothing.
        let _ = self.passing.try_send(PeerEvent::Typing { talk, username });
    }
}
