//! Sealing for devices that are away: this device's Olm account and its sessions. Nothing
//! here is stored: every change is handed back as a pickle, to be kept together with what it belongs to.

use std::fmt;

use parlor_protocol::peer::{SEALED_BYTES, SealedLine};
use parlor_protocol::{
    Card, ClaimedKey, CurveKey, DeviceCard, DeviceId, PublicKey, Signature, SignedKey, Time,
    signature,
};
use vodozemac::Curve25519PublicKey;
use vodozemac::olm::{
    Account, AccountPickle, OlmMessage, PreKeyMessage, Session, SessionConfig, SessionPickle,
};
use zeroize::Zeroizing;

/// Keys of which unused ones should be at the room server.
pub(crate) const ONE_TIME_KEYS: usize = 50;

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum OlmError {
    /// The pickle is damaged, or the vault's key is another one.
    #[error("the keys kept here cannot be read")]
    Pickle,
    /// The key that was claimed is not signed by the device.
    #[error("the key is not the device's")]
    BadKey,
    /// The message cannot be opened: damaged, replayed, or for another session.
    #[error("it cannot be opened")]
    Unreadable,
    /// What was sealed is not for this device, or not from whom it says.
    #[error("it was sealed for somebody else")]
    NotForUs,
    /// What is sealed passes the bound.
    #[error("it is too long to be sealed")]
    TooLong,
}

/// This device's Olm account.
pub(crate) struct OlmAccount {
    /// No key in it is ever marked as published: the room server says which it still has, and the
    /// fallback key could not be told again.
    account: Account,
}

impl fmt::Debug for OlmAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (identity, _) = self.identity();
        write!(f, "OlmAccount({identity})")
    }
}

/// A session's id, its pickle, and the account's pickle if it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    /// The session's id.
    pub(crate) id: String,
    /// Its pickle, encrypted.
    pub(crate) session: String,
    /// The account's pickle, encrypted, if it changed.
    pub(crate) account: Option<String>,
}

impl Moved {
    fn new(session: &Session, account: Option<String>, pickle_key: &[u8; 32]) -> Self {
        Self {
            id: session.session_id(),
            session: session.pickle().encrypt(pickle_key),
            account,
        }
    }
}

impl OlmAccount {
    /// A new account.
    pub(crate) fn new() -> Self {
        Self {
            account: Account::new(),
        }
    }

    /// The account of a pickle.
    pub(crate) fn from_pickle(pickle: &str, key: &[u8; 32]) -> Result<Self, OlmError> {
        let pickle = AccountPickle::from_encrypted(pickle, key).map_err(|_| OlmError::Pickle)?;
        Ok(Self {
            account: Account::from_pickle(pickle),
        })
    }

    /// Its pickle, encrypted.
    pub(crate) fn pickle(&self, key: &[u8; 32]) -> String {
        self.account.pickle().encrypt(key)
    }

    /// Its identity keys (Curve25519, Ed25519).
    pub(crate) fn identity(&self) -> (CurveKey, PublicKey) {
        let curve = CurveKey(self.account.curve25519_key().to_bytes());
        (curve, PublicKey(*self.account.ed25519_key().as_bytes()))
    }

    /// A card for this device, signed by its key.
    pub(crate) fn card(
        &self,
        secret: &iroh::SecretKey,
        username: &str,
        label: &str,
        issued: Time,
    ) -> DeviceCard {
        let (olm_curve25519, olm_ed25519) = self.identity();
        let card = Card {
            v: 1,
            username: username.to_owned(),
            device: DeviceId(*secret.public().as_bytes()),
            label: label.to_owned(),
            olm_curve25519,
            olm_ed25519,
            issued,
        };
        let json = serde_json::to_vec(&card).expect("a card has only members that JSON has");
        DeviceCard {
            device_sig: sign(secret, signature::CARD, &json),
            card: signature::encode(&json),
        }
    }

    /// New one-time keys, signed; keep the account's pickle before publishing them.
    pub(crate) fn one_time_keys(
        &mut self,
        secret: &iroh::SecretKey,
        count: usize,
    ) -> Vec<SignedKey> {
        let made = self.account.generate_one_time_keys(count).created;
        made.iter()
            .map(|key| signed(secret, signature::KEY, *key))
            .collect()
    }

    /// The fallback key, signed: made where there is none yet, and anew if `renew`. The one before it
    /// still opens what was sealed by it.
    pub(crate) fn fallback_key(&mut self, secret: &iroh::SecretKey, renew: bool) -> SignedKey {
        if renew || self.account.fallback_key().is_empty() {
            self.account.generate_fallback_key();
        }
        let keys = self.account.fallback_key();
        let key = keys.into_values().next();
        let key = key.expect("one was just made, and none is marked as published");
        signed(secret, signature::FALLBACK, key)
    }

    /// Seals a line for a device with which there is no session, by a claimed key (one-time or fallback).
    /// Answers the body for `hold`.
    pub(crate) fn seal_first(
        &self,
        to: &Card,
        key: &ClaimedKey,
        line: &SealedLine,
        pickle_key: &[u8; 32],
    ) -> Result<(String, Moved), OlmError> {
        let claimed = SignedKey {
            key: key.key,
            sig: key.sig,
        };
        let is_theirs = claimed.is_one_time_of(&to.device) || claimed.is_fallback_of(&to.device);
        if key.device != to.device || !is_theirs {
            return Err(OlmError::BadKey);
        }
        if line.device != to.device {
            return Err(OlmError::NotForUs);
        }
        let session = self
            .account
            .create_outbound_session(
                SessionConfig::version_1(),
                Curve25519PublicKey::from_bytes(to.olm_curve25519.0),
                Curve25519PublicKey::from_bytes(key.key.0),
            )
            .map_err(|_| OlmError::BadKey)?;
        seal_by(session, line, pickle_key)
    }

    /// Opens a body from a device: by one of its sessions (their pickles), else as the first of a new one. What it says
    /// is checked: sealed for `own`, by the device of the card. Where it is refused, nothing has moved.
    pub(crate) fn open(
        &mut self,
        own: &Card,
        from: &Card,
        sessions: &[(String, String)],
        body: &str,
        pickle_key: &[u8; 32],
    ) -> Result<(SealedLine, Moved), OlmError> {
        match read(body)? {
            OlmMessage::PreKey(first) => self.open_first(own, from, sessions, first, pickle_key),
            message @ OlmMessage::Normal(_) => {
                let mut trouble = OlmError::Unreadable;
                for (_, pickle) in sessions {
                    match unpickle(pickle, pickle_key) {
                        Ok(session) => {
                            if let Some((text, session)) = open_by(session, &message) {
                                let line = check(own, from, &text)?;
                                return Ok((line, Moved::new(&session, None, pickle_key)));
                            }
                        }
                        Err(error) => trouble = error,
                    }
                }
                Err(trouble)
            }
        }
    }

    /// Opens a message of somebody who does not know whether this side has the session.
    fn open_first(
        &mut self,
        own: &Card,
        from: &Card,
        sessions: &[(String, String)],
        first: PreKeyMessage,
        pickle_key: &[u8; 32],
    ) -> Result<(SealedLine, Moved), OlmError> {
        let identity = Curve25519PublicKey::from_bytes(from.olm_curve25519.0);
        if first.identity_key() != identity {
            return Err(OlmError::NotForUs);
        }
        // By a fallback key a second session could be made of the same message, and it would be
        // opened twice. The one that is there refuses it.
        let id = first.session_id();
        if let Some((_, pickle)) = sessions.iter().find(|(known, _)| *known == id) {
            let session = unpickle(pickle, pickle_key)?;
            let (text, session) =
                open_by(session, &OlmMessage::PreKey(first)).ok_or(OlmError::Unreadable)?;
            let line = check(own, from, &text)?;
            return Ok((line, Moved::new(&session, None, pickle_key)));
        }
        // The one-time key is used up only if all of it holds.
        let mut account = Account::from_pickle(self.account.pickle());
        let made = account
            .create_inbound_session(SessionConfig::version_1(), identity, &first)
            .map_err(|_| OlmError::Unreadable)?;
        let line = check(own, from, &Zeroizing::new(made.plaintext))?;
        self.account = account;
        let account = Some(self.pickle(pickle_key));
        Ok((line, Moved::new(&made.session, account, pickle_key)))
    }
}

/// Seals a line for a device by a session that is there (its pickle).
pub(crate) fn seal(
    session: &str,
    line: &SealedLine,
    pickle_key: &[u8; 32],
) -> Result<(String, Moved), OlmError> {
    seal_by(unpickle(session, pickle_key)?, line, pickle_key)
}

fn seal_by(
    mut session: Session,
    line: &SealedLine,
    pickle_key: &[u8; 32],
) -> Result<(String, Moved), OlmError> {
    let text = serde_json::to_vec(line).map_err(|_| OlmError::Unreadable)?;
    let text = Zeroizing::new(text);
    let message = session.encrypt(&*text).map_err(|_| OlmError::BadKey)?;
    let (kind, sealed) = message.to_parts();
    let kind = u8::from(kind != 0);
    let body = signature::encode(&[&[kind], &*sealed].concat());
    if body.len() > SEALED_BYTES {
        return Err(OlmError::TooLong);
    }
    Ok((body, Moved::new(&session, None, pickle_key)))
}

/// The Olm message of a body.
fn read(body: &str) -> Result<OlmMessage, OlmError> {
    if body.len() > SEALED_BYTES {
        return Err(OlmError::TooLong);
    }
    let bytes = signature::decode(body).map_err(|_| OlmError::Unreadable)?;
    let (kind, message) = bytes.split_first().ok_or(OlmError::Unreadable)?;
    OlmMessage::from_parts(usize::from(*kind), message).map_err(|_| OlmError::Unreadable)
}

fn unpickle(pickle: &str, key: &[u8; 32]) -> Result<Session, OlmError> {
    let pickle = SessionPickle::from_encrypted(pickle, key).map_err(|_| OlmError::Pickle)?;
    Ok(Session::from_pickle(pickle))
}

/// What a message says, and the session that it moved.
fn open_by(mut session: Session, message: &OlmMessage) -> Option<(Zeroizing<Vec<u8>>, Session)> {
    let text = session.decrypt(message).ok()?;
    Some((Zeroizing::new(text), session))
}

/// The line, if it was sealed for this device, by the device of the card, and belongs to a talk
/// of its user with this one.
fn check(own: &Card, from: &Card, text: &[u8]) -> Result<SealedLine, OlmError> {
    let line: SealedLine = serde_json::from_slice(text).map_err(|_| OlmError::Unreadable)?;
    let (author, to) = line.line.ends().ok_or(OlmError::Unreadable)?;
    // One's own other devices tell what one said to others.
    let is_for_us = to == own.username || from.username == own.username;
    if line.device != own.device || author != from.username || !is_for_us {
        return Err(OlmError::NotForUs);
    }
    Ok(line)
}

fn signed(secret: &iroh::SecretKey, context: &str, key: Curve25519PublicKey) -> SignedKey {
    SignedKey {
        key: CurveKey(key.to_bytes()),
        sig: sign(secret, context, key.as_bytes()),
    }
}

fn sign(secret: &iroh::SecretKey, context: &str, message: &[u8]) -> Signature {
    Signature(
        secret
            .sign(&signature::signed_bytes(context, message))
            .to_bytes(),
    )
}

#[cfg(test)]
mod tests;
