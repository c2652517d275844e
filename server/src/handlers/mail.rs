//! `hold` and `taken`: what is left for devices that are away.

use parlor_protocol::request::{Hold, Taken};
use parlor_protocol::{Code, DeviceId, ErrorLine, Reply, Role, limits, names, signature};

use super::devices::check_member;
use super::rank;
use crate::clock::now;
use crate::directory::Tables;
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::state::State;
use crate::storage::{Held, NewMail, UserId};

/// The device that this session is.
fn own_device(c: &Context) -> Result<DeviceId, ErrorLine> {
    c.endpoint.device().ok_or_else(|| {
        let what = "this session is no device's. Say publish_device first.";
        bad_request("type", what)
    })
}

/// `hold`: keeps something sealed until the device has it.
pub(crate) async fn hold(c: Context, request: Hold) -> Answer {
    let to = receiver(&c.state, c.who.user, &request.to)?;
    let device = request.device;
    let from_device = own_device(&c)?;
    if !names::is_nonce(&request.id) {
        let what = "1 to 64 of A-Z, a-z, 0-9, _ and - are wanted.";
        return Err(bad_request("id", what));
    }
    let mail = NewMail {
        to,
        device,
        from: c.who.user,
        from_device,
        body: body(&request.body)?,
        id: request.id,
        time: now(),
    };
    let held = c.state.storage.hold(mail).await;
    match held.map_err(|error| storage_error(&error))? {
        Held::Before => {}
        Held::Now => c.state.directory.read(|tables| {
            let person = tables.person(to);
            let endpoints = person.into_iter().flat_map(|person| person.endpoints());
            for endpoint in endpoints {
                if endpoint.device() == Some(device) {
                    endpoint.ring();
                }
            }
        }),
        refused => return Err(refusal(refused, &request.to)),
    }
    Ok(Reply::Held {})
}

/// The user of this name, for whom something is to be left.
///
/// # Errors
///
/// `no_such_user`, and those of [`check_receiver`].
pub(crate) fn receiver(state: &State, from: UserId, username: &str) -> Result<UserId, ErrorLine> {
    state.directory.check(|tables| {
        let to = rank::find(tables, username)?.record.id;
        check_receiver(tables, from, to)?;
        Ok(to)
    })
}

/// Refuses to leave something sealed where it may not be. Who may not write may
/// still leave something for their own devices.
///
/// # Errors
///
/// `forbidden`, `no_such_user`, `muted`.
pub(crate) fn check_receiver(tables: &Tables, from: UserId, to: UserId) -> Result<(), ErrorLine> {
    check_member(tables, from)?;
    let gone = || ErrorLine::new(Code::NoSuchUser, "This user is gone.");
    let person = tables.person(to).ok_or_else(gone)?;
    if person.record.role == Role::Guest {
        let message = "Guests have no devices, for which anything could be left.";
        return Err(rank::forbidden(message));
    }
    if tables.is_kept_out(person, now()) {
        let message = format!("{} is kept out of this server.", person.username);
        return Err(rank::forbidden(&message));
    }
    let muted = tables.person(from).and_then(|me| me.muted(now()));
    if from != to && muted.is_some() {
        let message = "You are muted, and cannot leave anything for others now.";
        return Err(ErrorLine::new(Code::Muted, message));
    }
    Ok(())
}

fn body(text: &str) -> Result<Vec<u8>, ErrorLine> {
    if text.is_empty() || text.len() > limits::HOLD_BYTES {
        let what = format!("1 to {} bytes are wanted.", limits::HOLD_BYTES);
        return Err(bad_request("body", &what));
    }
    let what = "base64url without padding is wanted.";
    signature::decode(text).map_err(|_| bad_request("body", what))
}

fn refusal(refused: Held, to: &str) -> ErrorLine {
    let to: String = to.chars().take(32).collect();
    let (code, message) = match refused {
        Held::NoSuchDevice => (Code::NoSuchUser, format!("{to} has no such device.")),
        Held::Revoked => (
            Code::Forbidden,
            format!("{to} ended this device; `devices` lists those that hold."),
        ),
        Held::Expired => (
            Code::Forbidden,
            format!("The card of this device of {to}'s has run out."),
        ),
        Held::SenderFull => (
            Code::HoldFull,
            format!(
                "{} of yours are held for this device, which is the most. Wait until it was there.",
                limits::HOLD_PER_SENDER
            ),
        ),
        Held::DeviceFull | Held::Now | Held::Before => (
            Code::HoldFull,
            format!(
                "{} are held for this device, which is the most. Wait until it was there.",
                limits::HOLD_PER_DEVICE
            ),
        ),
    };
    ErrorLine::new(code, message)
}

/// `taken`: erases what this session's device has.
pub(crate) async fn taken(c: Context, request: Taken) -> Answer {
    let device = own_device(&c)?;
    if request.ns.len() > limits::TAKEN_LIMIT {
        let what = format!("at most {} are wanted.", limits::TAKEN_LIMIT);
        return Err(bad_request("ns", &what));
    }
    if !request.ns.is_empty() {
        let taken = c.state.storage.take_mail(device, request.ns).await;
        taken.map_err(|error| storage_error(&error))?;
    }
    Ok(Reply::Done {})
}
