//! Commands that ask one thing.

use parlor_client::{
    Account, Answer, ConnectionState, Event, Events, Follow, Handle, Home, Options, connect_with,
};
use parlor_protocol::limits::{FILES_LIMIT, USERS_LIMIT};
use parlor_protocol::{Presence, Reply, Request, request};

use crate::args;
use crate::failure::Failure;
use crate::print::Printer;

/// The account to act for: the one named, or the one that signed in last. Not
/// the one used last, which an app that has the same home open may change at any time.
pub(crate) fn choose(home: &Home, who: Option<&str>) -> Result<Account, Failure> {
    let accounts = home.accounts().into_iter().filter(|a| a.signed_in);
    match who {
        Some(who) => accounts
            .filter(|account| account.label() == who || account.username == who)
            .max_by_key(|account| account.since)
            .ok_or_else(|| Failure::Refused(format!("not signed in as {who}: use login"))),
        None => accounts
            .max_by_key(|account| account.since)
            .ok_or_else(|| Failure::Refused("not signed in: use login or register".into())),
    }
}

/// The room that a user means, with or without its `#`.
pub(crate) fn room_name(text: &str) -> String {
    text.strip_prefix('#').unwrap_or(text).to_owned()
}

/// A connection for one command.
pub(crate) struct Asking {
    handle: Handle,
    events: Events,
}

impl Asking {
    /// Connects; there is one attempt.
    pub(crate) async fn begin(home: &Home, account: &Account) -> Result<Self, Failure> {
        let options = Options {
            follow: Follow::Nothing,
            outbox: false,
            transfers: false,
            ..Options::default()
        };
        let (handle, mut events) = connect_with(home, &account.id, options)?;
        while let Some(batch) = events.next().await {
            for event in batch {
                match event {
                    Event::Connection(ConnectionState::Connected { .. }) => {
                        return Ok(Self { handle, events });
                    }
                    Event::Connection(ConnectionState::Offline { reason, .. }) => {
                        return Err(reason.into());
                    }
                    Event::Connection(ConnectionState::Ended(reason)) => return Err(reason.into()),
                    _ => {}
                }
            }
        }
        Err(Failure::Refused("the session is over".into()))
    }

    pub(crate) async fn ask(&self, request: Request) -> Result<Answer, Failure> {
        Ok(self.handle.ask(request).await?)
    }

    /// What asks, and what tells.
    pub(crate) fn into_parts(self) -> (Handle, Events) {
        (self.handle, self.events)
    }

    /// Closes the connection in good order.
    pub(crate) async fn end(self) {
        drop(self.handle);
        let mut events = self.events;
        while events.next().await.is_some() {}
    }
}

/// Asks one thing for an account, and closes.
async fn ask(home: &Home, who: Option<&str>, request: Request) -> Result<Answer, Failure> {
    let account = choose(home, who)?;
    let asking = Asking::begin(home, &account).await?;
    let answer = asking.ask(request).await;
    asking.end().await;
    answer
}

pub(crate) async fn rooms(
    home: &Home,
    who: Option<&str>,
    out: &mut Printer,
) -> Result<(), Failure> {
    let answer = ask(home, who, request::Rooms {}.into()).await?;
    out.raw(&answer.line)?;
    if let Reply::Rooms { rooms, .. } = &answer.reply {
        for room in rooms {
            out.room(room)?;
        }
    }
    Ok(())
}

pub(crate) async fn join(
    home: &Home,
    who: Option<&str>,
    room: String,
    out: &mut Printer,
) -> Result<(), Failure> {
    let room = room_name(&room);
    let answer = ask(home, who, request::Join { room }.into()).await?;
    out.raw(&answer.line)?;
    if let Reply::Room(room) = &answer.reply {
        out.room(room)?;
    }
    Ok(())
}

pub(crate) async fn history(
    home: &Home,
    who: Option<&str>,
    args: args::History,
    out: &mut Printer,
) -> Result<(), Failure> {
    let request = request::History {
        room: room_name(&args.room),
        before: args.before,
        after: args.after,
        limit: Some(args.limit),
    };
    let answer = ask(home, who, request.into()).await?;
    out.raw(&answer.line)?;
    if let Reply::History { room, messages, .. } = &answer.reply {
        for message in messages {
            out.message(room, message)?;
        }
    }
    Ok(())
}

pub(crate) async fn search(
    home: &Home,
    who: Option<&str>,
    args: args::Search,
    out: &mut Printer,
) -> Result<(), Failure> {
    let request = request::Search {
        query: args.query,
        room: args.room.as_deref().map(room_name),
        from: args.from,
        before: None,
        limit: Some(args.limit),
    };
    let answer = ask(home, who, request.into()).await?;
    out.raw(&answer.line)?;
    if let Reply::Found { hits, .. } = &answer.reply {
        for hit in hits {
            out.said(&hit.room, hit.seq, hit.time, &hit.from, &hit.text)?;
        }
    }
    Ok(())
}

pub(crate) async fn files(
    home: &Home,
    who: Option<&str>,
    room: Option<String>,
    out: &mut Printer,
) -> Result<(), Failure> {
    let account = choose(home, who)?;
    let asking = Asking::begin(home, &account).await?;
    let room = room.as_deref().map(room_name);
    let mut before = None;
    loop {
        let request = request::Files {
            room: room.clone(),
            before: before.take(),
            limit: Some(FILES_LIMIT as u64),
        };
        let answer = asking.ask(request.into()).await?;
        out.raw(&answer.line)?;
        let Reply::Files { files, more } = answer.reply else {
            break;
        };
        for file in &files {
            out.listed(file)?;
        }
        before = files.last().map(|file| file.id.clone());
        if !more || before.is_none() {
            break;
        }
    }
    asking.end().await;
    Ok(())
}

pub(crate) async fn who(home: &Home, who: Option<&str>, out: &mut Printer) -> Result<(), Failure> {
    let account = choose(home, who)?;
    let asking = Asking::begin(home, &account).await?;
    let mut after = None;
    let mut people = Vec::new();
    loop {
        let request = request::Users {
            after: after.take(),
            limit: Some(USERS_LIMIT as u64),
        };
        let answer = asking.ask(request.into()).await?;
        out.raw(&answer.line)?;
        let Reply::Users { users, more } = answer.reply else {
            break;
        };
        after = users.last().map(|user| user.username.clone());
        people.extend(users);
        if !more || after.is_none() {
            break;
        }
    }
    asking.end().await;
    people.sort_by_key(|user| match user.presence {
        Presence::Online => 0,
        Presence::Away => 1,
        Presence::Offline => 2,
    });
    for user in &people {
        out.user(user)?;
    }
    Ok(())
}
