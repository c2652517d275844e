//! What every storage must do, as tests that run against each one: a storage
//! is given as a [`Place`], which can be opened again as after a crash.

pub(super) mod devices;
pub(super) mod files;
pub(super) mod log;
pub(super) mod people;
pub(super) mod reading;
pub(super) mod rooms;
pub(super) mod searching;

use std::sync::Arc;

use parlor_protocol::{Role, Time};

use super::{
    Act, ActKind, Admission, Admitted, Appended, NewAudit, NewUser, Outcome, RoomId, Storage,
    UserId,
};

/// Where a storage keeps its data, for as long as a test runs.
pub(super) trait Place {
    /// Opens it, as a server's start does. What was opened before may still
    /// be there, as a killed server's files are.
    fn open(&self) -> Arc<dyn Storage>;
}

/// Makes a test of each part of the contract for one kind of place.
macro_rules! contract {
    ($place:expr, $($module:ident::$name:ident)+) => {$(
        #[tokio::test]
        async fn $name() {
            crate::storage::contract::$module::$name(&$place).await;
        }
    )+};
    ($place:expr) => {
        crate::storage::contract::contract! { $place,
            log::seqs_count_from_one_without_holes
            log::a_nonce_is_kept_once_for_ever
            log::a_batch_is_answered_in_order
            log::time_never_goes_back
            log::edits_are_the_authors
            log::what_changes_nothing_logs_nothing
            log::deletions_erase
            log::reactions_have_bounds
            log::replies_name_messages
            log::mentions_are_counted_until_read
            log::many_writers_share_one_log
            log::everything_survives_a_crash
            reading::history_pages_both_ways
            reading::history_shows_reactions
            reading::a_replay_tells_how_things_stand
            files::uploads_keep_within_their_quota
            files::messages_show_files
            files::sealed_files_have_no_room_and_their_own_time
            files::files_go_and_leave_their_content_loose
            devices::a_device_is_one_users_for_ever
            devices::a_user_has_so_many_devices
            devices::a_one_time_key_is_given_once
            devices::mail_is_held_until_it_is_taken
            devices::held_mail_has_bounds
            devices::a_revoked_device_leaves_nothing
            files::what_comes_and_goes_is_counted
            files::who_lost_the_room_gives_it_no_file
            searching::words_are_found_as_people_type_them
            searching::nothing_typed_is_syntax
            searching::only_what_may_be_read_is_found
            searching::pages_are_whole
            searching::edits_and_deletions_reach_the_index
            people::usernames_are_never_given_again
            people::invites_are_used_up
            people::sessions_live_and_end
            people::deeds_are_written_down
            people::the_last_owner_stays
            people::the_command_line_leaves_word
            people::bans_and_mutes_load
            rooms::a_fresh_store_has_its_two_rooms
            rooms::a_deleted_rooms_name_is_free
            rooms::direct_rooms_are_one_for_each_pair
            rooms::members_come_and_go
            rooms::read_marks_only_move_forward
            rooms::closing_refuses_what_comes_later
        }
    };
}
pub(super) use contract;

/// A moment, by its number.
fn at(n: i64) -> Time {
    Time::from_millis(1_795_000_000_000 + n)
}

/// An account in `#general`.
async fn user(storage: &dyn Storage, username: &str) -> UserId {
    let new = NewUser {
        username: username.to_owned(),
        name: username.to_uppercase(),
        role: Role::Member,
        password: None,
        created: at(0),
        rooms: vec![RoomId::GENERAL],
    };
    match storage.create_user(new, Admission::Open).await.unwrap() {
        Admitted::User(user) => user.id,
        other => panic!("{username}: {other:?}"),
    }
}

fn act(by: UserId, kind: ActKind) -> Act {
    Act {
        room: RoomId::GENERAL,
        by,
        name: "Somebody".to_owned(),
        time: at(1),
        kind,
    }
}

fn message(by: UserId, nonce: &str, text: &str) -> Act {
    mentioning(by, nonce, text, &[])
}

fn mentioning(by: UserId, nonce: &str, text: &str, whom: &[UserId]) -> Act {
    act(
        by,
        ActKind::Message {
            text: text.to_owned(),
            nonce: nonce.to_owned(),
            reply_to: None,
            mentions: whom.to_vec(),
            files: Vec::new(),
        },
    )
}

fn edit(by: UserId, target: u64, text: &str) -> Act {
    act(
        by,
        ActKind::Edit {
            target,
            text: text.to_owned(),
            mentions: Vec::new(),
        },
    )
}

fn delete(by: UserId, target: u64) -> Act {
    act(
        by,
        ActKind::Delete {
            target,
            may_moderate: false,
            files_stay: false,
        },
    )
}

fn react(by: UserId, target: u64, emoji: &str, on: bool) -> Act {
    act(
        by,
        ActKind::React {
            target,
            emoji: emoji.to_owned(),
            on,
        },
    )
}

async fn append(storage: &dyn Storage, act: Act) -> Outcome {
    let mut outcomes = storage.append(Arc::new(vec![act])).await.unwrap();
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

async fn appended(storage: &dyn Storage, act: Act) -> Appended {
    match append(storage, act).await {
        Outcome::Appended(appended) => appended,
        other => panic!("not appended: {other:?}"),
    }
}

fn audit(action: &str) -> NewAudit {
    NewAudit {
        time: at(5),
        actor: "server".to_owned(),
        action: action.to_owned(),
        ..NewAudit::default()
    }
}
