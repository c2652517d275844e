//! `kick`, `ban`, `mute` and their opposites.

use std::net::IpAddr;

use ipnet::IpNet;
use parlor_protocol::request::{Ban, Kick, Mute, RevokeSessions, Unban, Unmute};
use parlor_protocol::{ErrorLine, Reply, Role, Time};

use super::rank;
use crate::directory::{network, network_text};
use crate::dispatch::{Answer, Context, bad_request};
use crate::endings::{banned, forget_sessions, session_over};
use crate::storage::{BanRecord, BanSubject, Deed, Mute as Muting, SessionId, UserId};

/// `kick`: all sessions of somebody end.
pub(crate) async fn kick(c: Context, request: Kick) -> Answer {
    rank::check_reason(&request.reason)?;
    let user = subject(&c, &request.username, Role::Moderator)?;
    let last = Reply::Kicked {
        by: c.who.username.to_string(),
        reason: request.reason.clone(),
    };
    let audit = rank::audit(&c, "kick", &request.username, &request.reason);
    let ended = rank::note(&c, Deed::EndSessions { user }, audit).await?;
    c.state.end_tokens_at_tracker(user);
    end(&c, &ended, &last).await
}

/// `revoke_sessions`: all sessions of somebody end, without a word to them.
pub(crate) async fn revoke_sessions(c: Context, request: RevokeSessions) -> Answer {
    let user = subject(&c, &request.username, Role::Admin)?;
    let audit = rank::audit(&c, "revoke_sessions", &request.username, "");
    let ended = rank::note(&c, Deed::EndSessions { user }, audit).await?;
    c.state.end_tokens_at_tracker(user);
    end(&c, &ended, &session_over()).await
}

/// `ban`: keeps a user, or an address, out.
pub(crate) async fn ban(c: Context, request: Ban) -> Answer {
    let Ban {
        username,
        ip,
        reason,
        until,
    } = request;
    rank::check_reason(&reason)?;
    let detail = until.map_or_else(
        || reason.clone(),
        |until| format!("until {until}: {reason}"),
    );
    match who(username, ip)? {
        Who::User(username) => {
            let user = subject(&c, &username, Role::Admin)?;
            let ban = BanRecord {
                subject: BanSubject::User(user),
                until,
                reason,
            };
            let last = Reply::Error(banned(&ban.reason));
            let audit = rank::audit(&c, "ban", &username, &detail);
            let ended = rank::note(&c, Deed::Ban(ban.clone()), audit).await?;
            c.state.directory.write(|tables| tables.put_ban(ban));
            c.state.end_user_at_tracker(user);
            end(&c, &ended, &last).await
        }
        Who::Network(network) => {
            c.state
                .directory
                .check(|tables| rank::need(tables, &c, Role::Admin).map(|_| ()))?;
            refuse_own(&c, network)?;
            let text = network_text(network);
            let ban = BanRecord {
                subject: BanSubject::Address(text.clone()),
                until,
                reason,
            };
            let last = Reply::Error(banned(&ban.reason));
            let audit = rank::audit(&c, "ban", &text, &detail);
            rank::note(&c, Deed::Ban(ban.clone()), audit).await?;
            let endpoints = c.state.directory.write(|tables| {
                tables.put_ban(ban);
                tables.endpoints_from(network)
            });
            for endpoint in endpoints {
                endpoint.outbox.end(Some(&last));
            }
            Ok(Reply::Done {})
        }
    }
}

/// Nobody locks themselves out, nor everybody who comes by the same proxy.
fn refuse_own(c: &Context, network: IpNet) -> Result<(), ErrorLine> {
    let own: IpAddr = c.endpoint.address;
    if network.contains(&own) {
        return Err(bad_request("ip", "this is your own address."));
    }
    Ok(())
}

/// `unban`: lets a user, or an address, in again.
pub(crate) async fn unban(c: Context, request: Unban) -> Answer {
    let (lifted, target) = match who(request.username, request.ip)? {
        Who::User(username) => {
            let user = subject(&c, &username, Role::Admin)?;
            (BanSubject::User(user), username)
        }
        Who::Network(network) => {
            c.state
                .directory
                .check(|tables| rank::need(tables, &c, Role::Admin).map(|_| ()))?;
            let text = network_text(network);
            (BanSubject::Address(text.clone()), text)
        }
    };
    let audit = rank::audit(&c, "unban", &target, "");
    rank::note(&c, Deed::Unban(lifted.clone()), audit).await?;
    c.state.directory.write(|tables| tables.remove_ban(&lifted));
    Ok(Reply::Done {})
}

/// Whom a ban is about.
enum Who {
    User(String),
    Network(IpNet),
}

fn who(username: Option<String>, ip: Option<String>) -> Result<Who, ErrorLine> {
    match (username, ip) {
        (Some(username), None) => Ok(Who::User(username)),
        (None, Some(ip)) => {
            let network = network(&ip);
            let what =
                "an address such as 192.0.2.7, or a network such as 192.0.2.0/24, is wanted.";
            network
                .map(Who::Network)
                .ok_or_else(|| bad_request("ip", what))
        }
        _ => Err(bad_request("username", "either username or ip is wanted.")),
    }
}

/// `mute`: keeps somebody from writing.
pub(crate) async fn mute(c: Context, request: Mute) -> Answer {
    let muting = Muting {
        until: request.until,
    };
    let detail = request.until.map_or_else(String::new, until_text);
    set_mute(&c, "mute", &request.username, Some(muting), &detail).await
}

/// `unmute`: lets somebody write again.
pub(crate) async fn unmute(c: Context, request: Unmute) -> Answer {
    set_mute(&c, "unmute", &request.username, None, "").await
}

fn until_text(until: Time) -> String {
    format!("until {until}")
}

async fn set_mute(
    c: &Context,
    action: &str,
    username: &str,
    mute: Option<Muting>,
    detail: &str,
) -> Answer {
    let user = subject(c, username, Role::Moderator)?;
    let audit = rank::audit(c, action, username, detail);
    rank::note(c, Deed::SetMute { user, mute }, audit).await?;
    c.state.directory.write(|tables| {
        tables.change_user(user, |record| record.muted = mute);
    });
    Ok(Reply::Done {})
}

fn subject(c: &Context, username: &str, least: Role) -> Result<UserId, ErrorLine> {
    c.state.directory.check(|tables| {
        let person = rank::subject(tables, c, username, least)?;
        Ok(person.record.id)
    })
}

/// Ends sessions that storage has ended. If one of them is the asking one (an
/// owner may), the answer still goes out.
async fn end(c: &Context, ended: &[SessionId], last: &Reply) -> Answer {
    forget_sessions(&c.state, ended, last, Some(&c.endpoint)).await;
    if ended.contains(&c.who.session) {
        c.endpoint.outbox.say(&Reply::Done {}, c.re);
        c.endpoint.outbox.end(Some(last));
    }
    Ok(Reply::Done {})
}
