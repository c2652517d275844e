//! `peer who`: who has devices, and the way to them.

use parlor_client::RequestError;
use parlor_client::peer::{DeviceStanding, Person, Trust};
use parlor_protocol::limits::USERS_LIMIT;
use parlor_protocol::{Reply, request};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::{Server, Side};
use crate::failure::Failure;
use crate::print::Printer;

/// Users whose devices are asked for; beyond, only those already known are listed.
const ASKED: usize = 200;

pub(super) async fn who(side: &mut Side, out: &mut Printer) -> Result<(), Failure> {
    let mut people = side.snapshot.people.clone();
    match users(side).await? {
        Some(users) => {
            for username in users.into_iter().take(ASKED) {
                let person = side.peers.person(&username).await?;
                people.retain(|known| known.username != username);
                people.push(person);
            }
        }
        None => {
            if people.is_empty() {
                return Err(side.no_connection("nobody is known here yet"));
            }
        }
    }
    people.retain(|person| !person.devices.is_empty());
    people.sort_by(|one, other| one.username.cmp(&other.username));
    for person in &people {
        out.object(&object(person))?;
        line(person, out)?;
    }
    Ok(())
}

/// Everybody on the server; `None` if it is not there in time.
async fn users(side: &mut Side) -> Result<Option<Vec<String>>, Failure> {
    let until = Instant::now() + side.wait;
    loop {
        let server = side.server.borrow_and_update().clone();
        match server {
            Server::Online => break,
            Server::Over(reason) => return Err(reason.into()),
            Server::Offline(_) => return Ok(None),
            Server::Trying => {}
        }
        tokio::select! {
            changed = side.server.changed() => if changed.is_err() {
                return Ok(None);
            },
            () = sleep_until(until) => return Ok(None),
        }
    }
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let request = request::Users {
            after: after.take(),
            limit: Some(USERS_LIMIT as u64),
        };
        match side.session.request(request).await {
            Ok(Reply::Users { users, more }) => {
                after = users.last().map(|user| user.username.clone());
                names.extend(users.into_iter().map(|user| user.username));
                if !more || after.is_none() || names.len() >= ASKED {
                    return Ok(Some(names));
                }
            }
            Ok(_) => return Ok(None),
            Err(RequestError::Offline | RequestError::Lost) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

fn object(person: &Person) -> Value {
    let devices: Vec<Value> = person
        .devices
        .iter()
        .map(|device| {
            json!({
                "device": device.device,
                "label": device.label,
                "standing": standing(device.standing),
                "via": device.path.as_ref().map(|path| path.way.as_str()),
            })
        })
        .collect();
    json!({
        "type": "peer",
        "username": person.username,
        "devices": devices,
        "trust": trust(person.trust),
        "safety": person.safety.as_ref().map(ToString::to_string),
        "blocked": person.blocked,
        "via": person.path.as_ref().map(|path| path.way.as_str()),
    })
}

fn line(person: &Person, out: &mut Printer) -> std::io::Result<()> {
    let way = person
        .path
        .as_ref()
        .map_or("no link", |path| path.way.as_str());
    let blocked = if person.blocked { ", blocked" } else { "" };
    out.text(&format!(
        "{}  {way}, {}{blocked}",
        person.username,
        trust(person.trust)
    ))?;
    for device in &person.devices {
        let id = device.device.to_string();
        out.text(&format!(
            "    {}  {}, {}",
            &id[..16],
            device.label,
            standing(device.standing)
        ))?;
    }
    if let Some(number) = &person.safety {
        out.text(&format!("    safety number: {number}"))?;
    }
    Ok(())
}

fn standing(standing: DeviceStanding) -> &'static str {
    match standing {
        DeviceStanding::Accepted => "accepted",
        DeviceStanding::New => "new",
        DeviceStanding::Changed => "changed",
        DeviceStanding::Revoked => "revoked",
    }
}

fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::NotCompared => "not compared",
        Trust::Verified { .. } => "verified",
        Trust::NewDevice { .. } => "new device",
        Trust::Differs { .. } => "differs",
    }
}
