//! What was sealed for this device: opened, stored, and told as taken.

use std::sync::Arc;

use parlor_protocol::peer::PeerLine;
use parlor_protocol::reply::Mail;
use parlor_protocol::request::Taken;
use parlor_protocol::{DeviceId, Reply};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::context::{Context, now};
use super::people::Said;
use super::seal::ratchet;
use super::work::News;
use crate::peer::files::Files;
use crate::peer::olm::{OlmAccount, OlmError};
use crate::peer::person::DeviceStanding;
use crate::peer::store::{Came, Received};
use crate::session::tap::Letter;
use crate::store::StoreError;

/// Letters dealt with before those stored are told as taken.
const BATCH: usize = 64;

/// Numbers in one `taken`: a line stays far below its bound.
const TAKEN: usize = 1_000;

/// Deals with letters in order, until it is stopped.
pub(super) async fn run(
    context: Arc<Context>,
    files: Arc<Files>,
    mut letters: mpsc::Receiver<Letter>,
    news: mpsc::Sender<News>,
    stop: CancellationToken,
) {
    let mut facts = context.facts.clone();
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            count = letters.recv_many(&mut batch, BATCH) => if count == 0 {
                return;
            },
            changed = facts.changed() => if changed.is_err() {
                return;
            },
        }
        for letter in batch.drain(..) {
            let one = async {
                match letter {
                    Letter::Mail(mail) => deliver(&context, &files, mail, &news).await,
                    Letter::DeviceRevoked { username, device } => {
                        revoked(&context, &username, device).await
                    }
                }
            };
            let done = tokio::select! {
                () = stop.cancelled() => return,
                done = one => done,
            };
            if let Err(error) = done {
                // It is not told as taken, so that it comes again.
                tracing::warn!(%error, "a letter could not be kept");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            done = tell_taken(&context) => if let Err(error) = done {
                tracing::warn!(%error, "the peers' store failed");
            }
        }
    }
}

async fn revoked(context: &Context, username: &str, device: DeviceId) -> Result<(), StoreError> {
    let ended = vec![device];
    context
        .store
        .learn(username, Vec::new(), ended, false, now())
        .await
}

/// Opens a letter, and stores what it says together with the ratchet that it moved.
async fn deliver(
    context: &Context,
    files: &Files,
    mail: Mail,
    news: &mpsc::Sender<News>,
) -> Result<(), StoreError> {
    let n = mail.n;
    let Some(row) = context.device_of(&mail.from, mail.device).await? else {
        // Unless the room server was asked, it may be a device that we shall know.
        if context.people.said(&mail.from) == Said::Devices {
            tracing::warn!(from = %mail.from, device = %mail.device, "mail from no device of theirs");
            context.store.drop_mail(n, None).await?;
        }
        return Ok(());
    };
    if row.blocked || row.standing == DeviceStanding::Revoked {
        return context.store.drop_mail(n, None).await;
    }
    let mut olm = context.olm.lock().await;
    let own = match olm.own.card.check() {
        Ok(own) => own,
        Err(error) => {
            tracing::error!(%error, "this device's own card does not hold");
            return Ok(());
        }
    };
    let sessions = context.store.sessions(mail.device).await?;
    let opened = olm
        .account
        .open(&own, &row.card, &sessions, &mail.body, &context.pickle);
    let (sealed, moved) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            // A letter that comes again after it was stored is of this kind, too.
            tracing::info!(%error, from = %mail.from, n, "mail that cannot be opened");
            if matches!(error, OlmError::Pickle) {
                return Ok(());
            }
            return context.store.drop_mail(n, None).await;
        }
    };
    let used_key = moved.account.is_some();
    let ratchet = ratchet(mail.device, moved);
    let came = Came::Mail { n, ratchet };
    let id = sealed.line.id().map(ToOwned::to_owned);
    let offer = matches!(sealed.line, PeerLine::FileOffer(_)).then(|| sealed.line.clone());
    let received = context.store.receive(row, sealed.line, came, now()).await;
    if received.is_err() {
        // What the account in memory has used up is not used up in the store.
        restore(context, &mut olm.account).await;
    }
    drop(olm);
    match received? {
        Received::Stored { .. } => {
            if let Some(offer) = offer {
                files.line(mail.device, &mail.from, offer).await;
            }
            if let Some(id) = id {
                let ids = vec![id];
                let _ = news
                    .send(News::Say(mail.device, Box::new(PeerLine::Ack { ids })))
                    .await;
            }
        }
        Received::Refused(error) => {
            tracing::warn!(%error, from = %mail.from, "mail that is not allowed");
        }
    }
    if used_key {
        let _ = news.send(News::KeysUsed).await;
    }
    Ok(())
}

async fn restore(context: &Context, account: &mut OlmAccount) {
    if let Ok(Some(own)) = context.store.own().await
        && let Ok(kept) = OlmAccount::from_pickle(&own.account, &context.pickle)
    {
        *account = kept;
    }
}

/// Tells the room server what it may erase.
async fn tell_taken(context: &Context) -> Result<(), StoreError> {
    if !context.is_online() {
        return Ok(());
    }
    let all = context.store.taken().await?;
    for ns in all.chunks(TAKEN) {
        let request = Taken { ns: ns.to_vec() };
        match context.ask(request).await {
            Ok(Reply::Done {}) => context.store.erased(ns.to_vec()).await?,
            Ok(_) => return Ok(()),
            Err(error) => {
                // It is told again after the next letters, or with the next sign-in.
                tracing::debug!(%error, "taken mail could not be told");
                return Ok(());
            }
        }
    }
    Ok(())
}
