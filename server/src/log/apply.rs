//! What a flushed batch changes in the directory.

use parlor_protocol::Notify;

use crate::directory::Tables;
use crate::storage::{Act, ActKind, Appended, MemberRecord, Outcome};

/// Takes over what became of a batch.
pub(super) fn apply(tables: &mut Tables, acts: &[Act], outcomes: &[Outcome]) {
    for (act, outcome) in acts.iter().zip(outcomes) {
        if let Outcome::Appended(appended) = outcome {
            apply_one(tables, act, appended);
        }
    }
}

fn apply_one(tables: &mut Tables, act: &Act, appended: &Appended) {
    tables.set_last_seq(act.room, appended.seq);
    if matches!(act.kind, ActKind::Message { .. }) {
        tables.count_message();
    }
    let mentioning = match &act.kind {
        ActKind::Message { .. } => appended.seq,
        ActKind::Edit { target, .. } | ActKind::Delete { target, .. } => *target,
        ActKind::React { .. } => return,
        ActKind::Joined { user, .. } => {
            return tables.put_member(&MemberRecord {
                room: act.room,
                user: *user,
                notify: Notify::All,
                read_seq: appended.seq,
                mentions: 0,
            });
        }
        ActKind::Left { user, .. } => return tables.remove_member(act.room, *user),
        ActKind::Topic { topic } => return tables.set_topic(act.room, topic),
    };
    for user in &appended.mentioned {
        tables.count_mention(act.room, *user, mentioning, true);
    }
    for user in &appended.unmentioned {
        tables.count_mention(act.room, *user, mentioning, false);
    }
}
