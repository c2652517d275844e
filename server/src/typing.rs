//! Who is writing where, as far as it was told.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use parlor_protocol::limits;
use tokio::time::Instant;

use crate::storage::{RoomId, UserId};

const PAUSE: Duration = Duration::from_secs(limits::TYPING_SECONDS);

/// When each user was last told to be writing in a room.
#[derive(Debug, Default)]
pub(crate) struct Typing {
    // A std Mutex: one map operation, never over an await.
    told: Mutex<HashMap<(RoomId, UserId), Instant>>,
}

impl Typing {
    /// Whether the room is to be told now.
    pub(crate) fn may_tell(&self, room: RoomId, user: UserId, now: Instant) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.get(&(room, user)) {
            Some(last) if now.saturating_duration_since(*last) < PAUSE => false,
            _ => {
                told.insert((room, user), now);
                true
            }
        }
    }

    /// Forgets those whose pause is over.
    pub(crate) fn forget_old(&self, now: Instant) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, last| now.saturating_duration_since(*last) < PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_room_is_told_once_in_three_seconds() {
        let typing = Typing::default();
        let tell = |room, user| typing.may_tell(RoomId(room), UserId(user), Instant::now());
        assert!(tell(1, 1));
        assert!(!tell(1, 1));
        assert!(tell(1, 2) && tell(2, 1));
        tokio::time::advance(Duration::from_millis(2_999)).await;
        typing.forget_old(Instant::now());
        assert!(!tell(1, 1));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(tell(1, 1));
        tokio::time::advance(PAUSE).await;
        typing.forget_old(Instant::now());
        assert!(typing.told.lock().unwrap().is_empty());
    }
}
