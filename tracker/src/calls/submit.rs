//! `POST /submit-info`: a peer says where it is, and a device shows its card.

use hyper::StatusCode;
use parlor_protocol::device::CardError;
use parlor_protocol::{DeviceId, Signature, Time, VouchedCard};
use serde_json::json;

use super::Call;
use super::members::{Members, missing};
use crate::answer::Answer;
use crate::registry::{Accepted, Submitted};
use crate::state::now;
use crate::tokens::NoServerKey;

impl Call<'_> {
    pub(super) fn submit_info(self) -> Result<Answer, Answer> {
        let (username, members) = self.said()?;
        let hidden = members.flag("hidden")?;
        let ip = members.ip()?.unwrap_or(self.from);
        let port = members.port(hidden)?;
        let channels = members.channels(self.state.settings.limits.channels)?;
        let device = members.parsed("device", "must be 64 lower-case hex digits")?;
        if device.is_some_and(|device| self.state.authority.is_revoked(&device)) {
            let message = "This device was ended by its user.";
            return Err(Answer::failed(StatusCode::FORBIDDEN, message));
        }
        let card = match vouched(&members)? {
            Some(card) => Some(self.held(&username, device.as_ref(), &card)?),
            None => None,
        };
        let submitted = Submitted {
            device,
            card,
            ip,
            port,
            channels,
            hidden,
        };
        let accepted = self.state.registry.submit(&username, submitted)?;
        let Accepted {
            peer_id,
            total_peers,
        } = accepted;
        let members = json!({ "peer_id": peer_id, "total_peers": total_peers });
        Ok(Answer::success(&members))
    }

    /// Until when a card holds, if it is this user's and this device's.
    fn held(
        &self,
        username: &str,
        device: Option<&DeviceId>,
        card: &VouchedCard,
    ) -> Result<Time, Answer> {
        let device = device.ok_or_else(|| missing("device"))?;
        let server = self.state.authority.server_key().ok_or(NoServerKey)?;
        let refused = |message: &str| Answer::failed(StatusCode::FORBIDDEN, message);
        let said = card.check(&server, now()).map_err(|error| match error {
            CardError::Unreadable => Answer::bad("The member card cannot be read."),
            error => refused(&format!("The card does not hold: {error}.")),
        })?;
        if said.username != username || said.device != *device {
            return Err(refused("The card is another user's or another device's."));
        }
        Ok(card.until)
    }
}

/// The card that was sent, if one was.
fn vouched(members: &Members) -> Result<Option<VouchedCard>, Answer> {
    let keys = ["card", "device_sig", "server_sig", "until"];
    if !keys.iter().any(|key| members.has(key)) {
        return Ok(None);
    }
    let signature = |key| {
        let signature = members.parsed::<Signature>(key, "must be an Ed25519 signature")?;
        signature.ok_or_else(|| missing(key))
    };
    let until = members.parsed("until", "must be a time of RFC 3339")?;
    Ok(Some(VouchedCard {
        card: members.needed("card")?.to_owned(),
        device_sig: signature("device_sig")?,
        server_sig: signature("server_sig")?,
        until: until.ok_or_else(|| missing("until"))?,
    }))
}
