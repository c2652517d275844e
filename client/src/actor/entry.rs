//! From `session` on: what is checked, kept and asked for when one is let in.

use parlor_protocol::reply::Session;
use parlor_protocol::request::Ping;
use tokio::time::Instant;

use super::Outcome;
use super::gathered::Gathered;
use super::live::{Live, offline};
use super::pending::Pending;
use crate::event::{ConnectionState, Event, OfflineReason};
use crate::home::Token;
use crate::store::Change;
use crate::transfers::Standing;

impl Live<'_> {
    /// We are let in.
    pub(super) async fn session(
        &mut self,
        session: Session,
        gathered: &mut Gathered,
    ) -> Result<(), Outcome> {
        self.check_session(&session).await?;
        self.signed_in = true;
        gathered.signed_in = true;
        let file_bytes = Some(self.welcome.limits.file_bytes);
        self.actor.parts.standing.send_replace(Standing {
            online: true,
            file_bytes,
        });
        let parts = &self.actor.parts;
        parts.tap.signed_in(&session, &parts.address, self.pin);
        let round_trip = self.round_trip;
        self.actor.say(ConnectionState::Connected { round_trip });
        self.actor.untold.push(Event::SignedIn {
            me: session.user.clone(),
            welcome: Box::new(self.welcome.clone()),
            trust: self.actor.config.why(),
        });
        if self.keeps() {
            let missed = self.missed(&session);
            gathered.changes.push(Change::Session(Box::new(session)));
            for (room, to) in missed {
                gathered.seen.push((room.clone(), to));
                gathered.changes.push(Change::Gap { room, to });
            }
        } else {
            for room in &session.rooms {
                // A cursor above the end is of a log that is no more; the server says so too.
                let seen = self.actor.seen.entry(room.room.clone());
                let seen = seen.or_insert(room.last_seq);
                *seen = room.last_seq.min(*seen);
            }
        }
        Ok(())
    }

    /// The rooms that could not be named in `resume` and have new events: those will not come.
    fn missed(&self, session: &Session) -> Vec<(String, u64)> {
        let left_out = session.rooms.iter().filter(|room| {
            self.left_out.contains(&room.room)
                && self.actor.seen.get(&room.room) < Some(&room.last_seq)
        });
        left_out
            .map(|room| (room.room.clone(), room.last_seq))
            .collect()
    }

    /// Guards the signing key as the pin is, and keeps what the session says of the account.
    async fn check_session(&mut self, session: &Session) -> Result<(), Outcome> {
        let parts = &mut self.actor.parts;
        parts.account.name.clone_from(&session.user.name);
        parts
            .account
            .server_name
            .clone_from(&self.welcome.server.name);
        parts.account.touch();
        if !session.token.is_empty() {
            parts.token = Token::new(session.token.clone());
        }
        let (home, address, pin) = (parts.home.clone(), parts.address.clone(), self.pin);
        let (account, token) = (parts.account.clone(), parts.token.clone());
        let next_pins = self.welcome.next_pins.clone();
        let session = session.clone();
        let kept = tokio::task::spawn_blocking(move || {
            crate::sign_in::check_server_key(&home, &address, &session)?;
            crate::sign_in::keep_session(&home, &address, &pin, &next_pins, &account, &token)
        });
        match kept.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(super::connect_failed(error)),
            Err(error) => Err(offline(OfflineReason::Here(error.to_string()))),
        }
    }

    /// What follows once the session stands.
    pub(super) async fn begin(&mut self) -> Result<(), Outcome> {
        if let Some(presence) = self.actor.presence {
            self.tell_presence(presence)?;
        }
        self.ask(Ping {}.into(), Pending::Ping(Instant::now()))?;
        if !self.keeps() {
            return Ok(());
        }
        self.tell_reads().await?;
        if self.actor.parts.options.backfill {
            let lacking = self.actor.parts.store.lacking().await;
            self.backfill = lacking.map_err(|error| self.store_failed(&error))?.into();
            self.fill_next().await?;
        }
        Ok(())
    }
}
