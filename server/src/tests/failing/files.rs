//! The part of a failing store that keeps track of files.

use async_trait::async_trait;
use parlor_protocol::Time;

use super::Failing;
use crate::storage::*;

#[async_trait]
impl FileStorage for Failing {
    async fn create_upload(&self, upload: UploadRecord, quota: Quota) -> Result<UploadCreated> {
        self.check()?;
        self.inner.create_upload(upload, quota).await
    }

    async fn upload(&self, id: &str) -> Result<Option<UploadRecord>> {
        self.check()?;
        self.inner.upload(id).await
    }

    async fn mark_upload(&self, id: &str, expires: Time, verified: Option<u64>) -> Result<bool> {
        self.check()?;
        self.inner.mark_upload(id, expires, verified).await
    }

    async fn finish_upload(&self, finished: Finished) -> Result<Option<FileRecord>> {
        self.check()?;
        self.inner.finish_upload(finished).await
    }

    async fn delete_upload(&self, id: &str) -> Result<bool> {
        self.check()?;
        self.inner.delete_upload(id).await
    }

    async fn expire_uploads(&self, now: Time) -> Result<usize> {
        self.inner.expire_uploads(now).await
    }

    async fn upload_ids(&self) -> Result<Vec<String>> {
        self.inner.upload_ids().await
    }

    async fn file(&self, id: &str) -> Result<Option<FileRecord>> {
        self.check()?;
        self.inner.file(id).await
    }

    async fn files(&self, query: FileQuery) -> Result<FilePage> {
        self.check()?;
        self.inner.files(query).await
    }

    fn file_changes(&self) -> u64 {
        self.inner.file_changes()
    }

    async fn delete_file(&self, id: &str, audit: Option<NewAudit>) -> Result<bool> {
        self.check()?;
        self.inner.delete_file(id, audit).await
    }

    async fn expire_files(&self, staleness: Staleness) -> Result<usize> {
        self.inner.expire_files(staleness).await
    }

    async fn loose_contents(&self, limit: usize) -> Result<Vec<ContentHash>> {
        self.inner.loose_contents(limit).await
    }

    async fn is_loose(&self, hash: ContentHash) -> Result<bool> {
        self.inner.is_loose(hash).await
    }

    async fn content_erased(&self, hash: ContentHash) -> Result<()> {
        self.inner.content_erased(hash).await
    }

    async fn loosen(&self, contents: Vec<ContentHash>) -> Result<usize> {
        self.inner.loosen(contents).await
    }

    async fn contents_after(
        &self,
        after: Option<ContentHash>,
        limit: usize,
    ) -> Result<Vec<(ContentHash, u64)>> {
        self.inner.contents_after(after, limit).await
    }
}
