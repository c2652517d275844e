//! The part of a failing store that knows devices.

use async_trait::async_trait;
use parlor_protocol::reply::Mail;
use parlor_protocol::{ClaimedKey, DeviceId, Time};

use super::Failing;
use crate::storage::*;

#[async_trait]
impl DeviceStorage for Failing {
    async fn publish_device(&self, new: NewDevice) -> Result<Published> {
        self.check()?;
        self.inner.publish_device(new).await
    }

    async fn devices(&self, user: UserId, now: Time) -> Result<DeviceList> {
        self.check()?;
        self.inner.devices(user, now).await
    }

    async fn revoke_device(&self, user: UserId, device: DeviceId, now: Time) -> Result<Revoked> {
        self.check()?;
        self.inner.revoke_device(user, device, now).await
    }

    async fn devices_of(&self, users: Vec<UserId>, now: Time) -> Result<Vec<DeviceId>> {
        self.check()?;
        self.inner.devices_of(users, now).await
    }

    async fn claim_keys(&self, user: UserId, by: Claimer, now: Time) -> Result<Vec<ClaimedKey>> {
        self.check()?;
        self.inner.claim_keys(user, by, now).await
    }

    async fn hold(&self, mail: NewMail) -> Result<Held> {
        self.check()?;
        self.inner.hold(mail).await
    }

    async fn mail_after(&self, device: DeviceId, after: u64, limit: usize) -> Result<Vec<Mail>> {
        self.check()?;
        self.inner.mail_after(device, after, limit).await
    }

    async fn take_mail(&self, device: DeviceId, numbers: Vec<u64>) -> Result<usize> {
        self.check()?;
        self.inner.take_mail(device, numbers).await
    }

    async fn expire_mail(&self, now: Time) -> Result<usize> {
        self.inner.expire_mail(now).await
    }
}
