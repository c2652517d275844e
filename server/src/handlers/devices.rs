//! `publish_device`, `devices`, `revoke_device` and `claim_keys`.

use std::sync::Arc;

use parlor_protocol::request::{ClaimKeys, Devices, PublishDevice, RevokeDevice};
use parlor_protocol::signature::{PublicKey, SERVER, Signature};
use parlor_protocol::{
    Card, Code, DeviceCard, ErrorLine, Reply, Role, SignedKey, VouchedCard, limits,
};

use super::rank;
use crate::clock::{after, now};
use crate::directory::Tables;
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::endings::{forget_sessions, session_over};
use crate::storage::{Claimer, NewDevice, Published, Revoked, UserId};

/// Seconds for which the server vouches for a card.
const CARD_SECONDS: u64 = limits::CARD_DAYS * 24 * 60 * 60;

/// Refuses guests, whose accounts go with their sessions: nobody could know
/// their devices again.
///
/// # Errors
///
/// `forbidden`.
pub(super) fn check_member(tables: &Tables, user: UserId) -> Result<(), ErrorLine> {
    let role = tables.person(user).map(|person| person.record.role);
    if role.is_some_and(|role| role > Role::Guest) {
        return Ok(());
    }
    Err(rank::forbidden(
        "Guests have no devices. Make an account first.",
    ))
}

/// `publish_device`: makes this session's device known, or renews its card.
pub(crate) async fn publish(c: Context, request: PublishDevice) -> Answer {
    c.state
        .directory
        .check(|tables| check_member(tables, c.who.user))?;
    let signed = DeviceCard {
        card: request.card,
        device_sig: request.device_sig,
    };
    let bad_card = |error| bad_request("card", &format!("{error}."));
    let card = signed.check().map_err(bad_card)?;
    if card.username != *c.who.username {
        let message = format!(
            "This card is {}'s; one publishes one's own devices.",
            card.username
        );
        return Err(rank::forbidden(&message));
    }
    let keys = (request.one_time_keys, request.fallback_key);
    let (card, keys) = check_keys(card, keys).await?;
    let until = after(now(), CARD_SECONDS);
    let vouched = signed.to_vouch(until).map_err(bad_card)?;
    let server_sig = Signature(c.state.signing.sign(SERVER, &vouched));
    let new = NewDevice {
        user: c.who.user,
        session: c.who.session,
        device: card.device,
        card: VouchedCard {
            card: signed.card,
            device_sig: signed.device_sig,
            server_sig,
            until,
        },
        olm_curve25519: card.olm_curve25519,
        olm_ed25519: card.olm_ed25519,
        issued: card.issued,
        one_time_keys: keys.0,
        fallback_key: keys.1,
        now: now(),
    };
    let published = c.state.storage.publish_device(new).await;
    match published.map_err(|error| storage_error(&error))? {
        Published::Known { one_time_left } => {
            let (session, device) = (c.who.session, card.device);
            c.state
                .directory
                .write(|tables| tables.bind_session(session, device));
            Ok(Reply::Device {
                server_sig,
                until,
                one_time_left,
                tracker_token: c.state.tracker_token(session),
            })
        }
        refused => Err(refusal(refused)),
    }
}

fn refusal(refused: Published) -> ErrorLine {
    let message = match refused {
        Published::SessionOver => {
            let message = "This session has ended. Sign in again.";
            return ErrorLine::new(Code::BadToken, message);
        }
        Published::Anothers => "This device is somebody else's. Make a new device key.".to_owned(),
        Published::Revoked => {
            "This device was ended by its user, for ever. Make a new device key.".to_owned()
        }
        Published::Stale => "This card has other Olm keys than the one known, and is not newer. \
             Make a new card."
            .to_owned(),
        Published::TooMany | Published::Known { .. } => format!(
            "You have {} devices, which is the most. End one that you use no more.",
            limits::DEVICES_PER_USER
        ),
    };
    rank::forbidden(&message)
}

type Keys = (Vec<SignedKey>, SignedKey);

/// Checks a device's keys by their signatures. A hundred of them take some
/// milliseconds, which are not the network's.
async fn check_keys(card: Card, keys: Keys) -> Result<(Card, Keys), ErrorLine> {
    if keys.0.len() > limits::ONE_TIME_KEYS {
        let what = format!("at most {} are wanted.", limits::ONE_TIME_KEYS);
        return Err(bad_request("one_time_keys", &what));
    }
    let checked = tokio::task::spawn_blocking(move || {
        let (one_time, fallback) = &keys;
        if !card.olm_curve25519.is_usable() || card.olm_ed25519 == PublicKey([0; 32]) {
            return Err(bad_request("card", "its Olm keys are none."));
        }
        if !fallback.key.is_usable() || !fallback.is_fallback_of(&card.device) {
            let what = "the device's signature does not hold.";
            return Err(bad_request("fallback_key", what));
        }
        for (at, key) in one_time.iter().enumerate() {
            if !key.key.is_usable() || !key.is_one_time_of(&card.device) {
                let member = format!("one_time_keys[{at}]");
                return Err(bad_request(
                    &member,
                    "the device's signature does not hold.",
                ));
            }
        }
        Ok((card, keys))
    });
    checked.await.unwrap_or_else(|error| {
        tracing::error!(%error, "checking keys failed");
        let message = "The server failed at this request. Tell who runs it.";
        Err(ErrorLine::new(Code::Internal, message))
    })
}

/// The user whose devices are asked for, and whether they are kept out.
fn subject(c: &Context, username: &str) -> Result<(UserId, bool), ErrorLine> {
    c.state.directory.check(|tables| {
        check_member(tables, c.who.user)?;
        let person = rank::find(tables, username)?;
        Ok((person.record.id, tables.is_kept_out(person, now())))
    })
}

/// `devices`: the cards of a user that hold, and the devices that were ended.
pub(crate) async fn list(c: Context, request: Devices) -> Answer {
    let (user, kept_out) = subject(&c, &request.username)?;
    let listed = c.state.storage.devices(user, now()).await;
    let listed = listed.map_err(|error| storage_error(&error))?;
    Ok(Reply::Devices {
        devices: if kept_out { Vec::new() } else { listed.cards },
        revoked: listed.revoked,
    })
}

/// `claim_keys`: one key of each of a user's devices.
pub(crate) async fn claim(c: Context, request: ClaimKeys) -> Answer {
    let (user, kept_out) = subject(&c, &request.username)?;
    if kept_out {
        return Ok(Reply::Keys { keys: Vec::new() });
    }
    let by = match c.endpoint.device() {
        Some(device) => Claimer::Device(device),
        None => Claimer::User(c.who.user),
    };
    let claimed = c.state.storage.claim_keys(user, by, now()).await;
    let keys = claimed.map_err(|error| storage_error(&error))?;
    Ok(Reply::Keys { keys })
}

/// `revoke_device`: ends one of one's devices, with its sessions.
pub(crate) async fn revoke(c: Context, request: RevokeDevice) -> Answer {
    let device = request.device;
    let revoked = c
        .state
        .storage
        .revoke_device(c.who.user, device, now())
        .await;
    let (ended, until) = match revoked.map_err(|error| storage_error(&error))? {
        Revoked::Now { ended, until } => (ended, until),
        Revoked::Before => return Ok(Reply::Done {}),
        Revoked::Unknown => {
            let message = "You have no such device; `devices` lists yours.";
            return Err(rank::forbidden(message));
        }
    };
    c.state
        .directory
        .write(|tables| tables.put_revoked(device, until));
    c.state.end_device_at_tracker(&device);
    // Everybody is in `#broadcast`, so everybody shares a room with everybody.
    c.state.tell_everyone(&Reply::DeviceRevoked {
        username: c.who.username.to_string(),
        device,
    });
    let over = session_over();
    let asking = Arc::clone(&c.endpoint);
    forget_sessions(&c.state, &ended, &over, Some(&asking)).await;
    if ended.contains(&c.who.session) {
        asking.outbox.end_answering(Some(&Reply::Done {}), c.re);
    }
    Ok(Reply::Done {})
}
