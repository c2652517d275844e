//! Signing what was written here.

use std::collections::BTreeMap;
use std::time::Duration;

use parlor_protocol::peer::{Entry, EntryBody, PeerLine, SignedEntry};
use parlor_protocol::signature;
use tokio::time::Instant;

use super::Signing;
use super::entries::plain;
use crate::peer::node::context::Context;
use crate::peer::node::work::Node;
use crate::peer::store::UnsignedEntry;
use crate::store::StoreError;

/// What is missing of one's own may take this long to come.
const RESTORE: Duration = Duration::from_secs(10);

/// Whether one's own entries of a channel may be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MaySign {
    Now,
    At(Instant),
    /// Once somebody has said what they have of ours: this device may be a restored one, and its numbers
    /// must not be written twice. However long that takes, nobody is there who could read it.
    OnceHeard,
}

impl Node {
    /// A member has one's own entries up to `highest`; the first that is missing here is `from`.
    pub(super) fn somebody_has_ours(&mut self, channel: &str, highest: u64, from: u64) {
        let now = Instant::now();
        let signing = self.channels.signing.entry(channel.to_owned());
        let signing = signing.or_insert(Signing {
            from: now,
            missing: None,
        });
        if highest < from {
            if signing.missing.is_none() {
                signing.from = now;
            }
        } else if signing.missing.is_none() {
            *signing = Signing {
                from: now + RESTORE,
                missing: Some(highest),
            };
        }
    }

    /// Signs what was written here and tells it to everybody who is linked.
    pub(in crate::peer::node) async fn sign_entries(&mut self) -> Result<(), StoreError> {
        if self.channels.names.is_empty() {
            self.channels.names = self.context.store.channels().await?;
            if self.channels.names.is_empty() {
                return Ok(());
            }
            self.register();
        }
        let store = self.context.store.clone();
        self.channels.sign_at = None;
        // Those that wait are asked about once, however much was written in them.
        let mut waiting: BTreeMap<String, MaySign> = BTreeMap::new();
        for unsigned in store.unsigned().await? {
            let channel = unsigned.channel.clone();
            let may = match waiting.get(&channel) {
                Some(may) => *may,
                None => self.may_sign(&channel).await?,
            };
            if may != MaySign::Now {
                waiting.insert(channel, may);
                if let MaySign::At(when) = may {
                    let at = self.channels.sign_at.unwrap_or(when);
                    self.channels.sign_at = Some(at.min(when));
                }
                continue;
            }
            let (n, prev) = store.next_entry(&channel).await?;
            let Some(entry) = self.context.sign(unsigned, n, prev) else {
                continue;
            };
            if !store.signed(entry.clone()).await? {
                // It was taken back meanwhile, or others know later entries of this device.
                store.all_left();
                continue;
            }
            let mut members = store.members(&channel).await?;
            members.push(self.context.me.clone());
            let devices = self.linked(&members);
            let Some(broadcast) = plain(entry.signed) else {
                continue;
            };
            for device in devices {
                self.say(device, PeerLine::Broadcast(broadcast.clone()));
            }
        }
        Ok(())
    }

    async fn may_sign(&self, channel: &str) -> Result<MaySign, StoreError> {
        let signing = self.channels.signing.get(channel);
        if signing.is_some() {
            return Ok(may_sign(signing, false, Instant::now()));
        }
        let store = &self.context.store;
        let alone = store.members(channel).await?.is_empty()
            && store
                .have(channel)
                .await?
                .iter()
                .all(|(author, _)| *author == self.context.device);
        Ok(may_sign(None, alone, Instant::now()))
    }
}

/// By what was said of one's own entries, and whether nobody else is known in the channel who could say it.
fn may_sign(signing: Option<&Signing>, alone: bool, now: Instant) -> MaySign {
    match signing {
        Some(signing) if signing.from > now => MaySign::At(signing.from),
        None if !alone => MaySign::OnceHeard,
        _ => MaySign::Now,
    }
}

impl Context {
    fn sign(&self, unsigned: UnsignedEntry, n: u64, prev: String) -> Option<Entry> {
        let body = EntryBody {
            device: self.device,
            n,
            prev,
            kind: unsigned.kind,
            id: unsigned.id,
            from: self.me.clone(),
            channel: unsigned.channel,
            message: unsigned.message,
            time: unsigned.time,
            target: unsigned.target,
        };
        let json = serde_json::to_vec(&body).ok()?;
        let signed = signature::signed_bytes(signature::ENTRY, &json);
        let sig = self.secret.sign(&signed).to_bytes();
        let entry = SignedEntry {
            entry: signature::encode(&json),
            sig: signature::Signature(sig),
        };
        // What one signs is read as others will read it.
        entry.check().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_a_word_of_somebodys_opens_signing_where_somebody_is() {
        let now = Instant::now();
        let later = now + RESTORE;
        assert_eq!(may_sign(None, true, now), MaySign::Now);
        // No time that passes opens it.
        for at in [now, now + Duration::from_secs(24 * 60 * 60)] {
            assert_eq!(may_sign(None, false, at), MaySign::OnceHeard);
        }
        let mut signing = Signing {
            from: now,
            missing: None,
        };
        assert_eq!(may_sign(Some(&signing), false, now), MaySign::Now);
        signing.from = later;
        assert_eq!(may_sign(Some(&signing), false, now), MaySign::At(later));
        assert_eq!(may_sign(Some(&signing), false, later), MaySign::Now);
    }
}
