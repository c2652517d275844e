//! The very first start: its link makes whoever bears it the owner.

use parlor_protocol::{Role, Time};

use crate::secrets;
use crate::storage::{self, Deed, InviteRecord, NewAudit, Origin, SecretHash, Storage};

/// The mark that a store had its first start.
const MARK: &str = "first_start";

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
    let code = secrets::invite_code();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::storage::sqlite::SqliteStorage;

    #[tokio::test]
    async fn the_code_is_given_once_and_makes_an_owner() {
        let dir = tempfile::tempdir().unwrap();
        let storage = SqliteStorage::open(dir.path().join("parlor.db"))
            .await
            .unwrap();
        let code = owner_code(&storage, clock::now()).await.unwrap().unwrap();
        assert_eq!(owner_code(&storage, clock::now()).await, Ok(None));
        let invite = storage
            .invite(SecretHash::of(&code))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((invite.role, invite.uses), (Role::Owner, 1));
        assert!(invite.first_start);
        assert_eq!(invite.expires, None);
        storage.close().await.unwrap();
    }
}
