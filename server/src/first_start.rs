//! The very first start: its link makes whoever bears it the owner.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor_protocol::{Role, Time};

use crate::storage::{
    self, Deed, InviteRecord, NewAudit, Origin, SecretHash, Storage, StorageError,
};

/// The mark that a store had its first start.
const MARK: &str = "first_start";

/// Bytes of chance in the owner's code.
const CODE_BYTES: usize = 16;

/// The owner's code, at a store's first start. It is stored as its hash only, and
/// works until it is used. A store that was given an owner before by the command
/// line needs none.
pub(crate) async fn owner_code(
    storage: &dyn Storage,
    now: Time,
) -> storage::Result<Option<String>> {
    if storage.meta(MARK).await?.is_some() {
        return Ok(None);
    }
    let snapshot = storage.load().await?;
    let is_owned = snapshot.users.iter().any(|user| user.role == Role::Owner);
    let code = if is_owned {
        None
    } else {
        Some(make_invite(storage, now).await?)
    };
    storage.set_meta(MARK, &now.to_string()).await?;
    Ok(code)
}

async fn make_invite(storage: &dyn Storage, now: Time) -> storage::Result<String> {
    let mut bytes = [0; CODE_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| StorageError::Internal(error.to_string()))?;
    let code = URL_SAFE_NO_PAD.encode(bytes);
    let invite = InviteRecord {
        code: SecretHash::of(&code),
        role: Role::Owner,
        uses: 1,
        expires: None,
        first_start: true,
    };
    let audit = NewAudit {
        time: now,
        actor: "server".into(),
        action: "create_invite".into(),
        target: Role::Owner.to_string(),
        detail: "the first start".into(),
        address: String::new(),
    };
    storage
        .perform(Deed::CreateInvite(invite), audit, Origin::Server)
        .await?;
    Ok(code)
}
