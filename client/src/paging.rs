//! Pages.
use parlor_protocol::Message;

use crate::history::{HistoryPage, Place};
use crate::session::{Handle, RequestError};
use crate::store::Store;

#[expect(clippy::unused_async, reason = "unfinished")]
pub(crate) async fn page(
    _: &Handle,
    _: &Store,
    _: &str,
    _: Place,
    _: usize,
) -> Result<HistoryPage, RequestError> {
    Ok(HistoryPage::default())
}

#[expect(clippy::unused_async, reason = "unfinished")]
pub(crate) async fn message(
    _: &Handle,
    _: &Store,
    _: &str,
    _: u64,
) -> Result<Option<Message>, RequestError> {
    Ok(None)
}
