//! What one may do to whom: section 2.6 of the protocol. The server decides;
//! this only keeps the app from offering what would be refused.

use parlor_protocol::{Role, Room, RoomKind, User};

/// Something that can be done to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Talk with them from device to device.
    Talk,
    /// Open the room of two.
    Message,
    /// Put out of the room in front.
    RemoveFromRoom,
    /// Keep from writing.
    Mute,
    /// Let write again.
    Unmute,
    /// End all their sessions once.
    Kick,
    /// Keep out.
    Ban,
    /// Give a rank.
    Rank(Role),
}

/// What `me` may do to `them` in `room`, in the order of the menu.
pub(crate) fn deeds(me: &User, them: &User, room: Option<&Room>) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if me.username == them.username {
        return deeds;
    }
    deeds.push(Deed::Talk);
    if me.role > Role::Guest || room.is_some() {
        deeds.push(Deed::Message);
    }
    let outranks = me.role > them.role || me.role == Role::Owner;
    let removable = room.is_some_and(|room| {
        room.moderator && room.joined && matches!(room.kind, RoomKind::Public | RoomKind::Private)
    });
    if removable {
        deeds.push(Deed::RemoveFromRoom);
    }
    if outranks && me.role >= Role::Moderator {
        deeds.extend([Deed::Mute, Deed::Unmute, Deed::Kick]);
    }
    if outranks && me.role >= Role::Admin {
        deeds.push(Deed::Ban);
        let gives = |role: Role| {
            role != them.role
                && role != Role::Guest
                && them.role != Role::Guest
                && (role < me.role || me.role == Role::Owner)
        };
        let ranks = Role::ALL.iter().rev().copied().filter(|r| gives(*r));
        deeds.extend(ranks.map(Deed::Rank));
    }
    deeds
}

/// Whether one may bring others into a room.
pub(crate) fn may_add(me: &User, room: &Room) -> bool {
    me.role > Role::Guest
        && room.joined
        && matches!(room.kind, RoomKind::Public | RoomKind::Private)
}

/// Whether one may make invites to the server.
pub(crate) fn may_invite(me: &User) -> bool {
    me.role >= Role::Admin
}

#[cfg(test)]
mod tests {
    use parlor_protocol::Presence;

    use super::*;

    fn user(username: &str, role: Role) -> User {
        User {
            username: username.into(),
            name: username.into(),
            role,
            presence: Presence::Online,
            status: String::new(),
        }
    }

    #[test]
    fn one_acts_on_lower_ranks_only() {
        let check = |mine, theirs, deed, expected| {
            let found = deeds(&user("a", mine), &user("b", theirs), None).contains(&deed);
            assert_eq!(found, expected, "{mine} {theirs} {deed:?}");
        };
        check(Role::Member, Role::Guest, Deed::Kick, false);
        check(Role::Moderator, Role::Member, Deed::Kick, true);
        check(Role::Moderator, Role::Moderator, Deed::Kick, false);
        check(Role::Moderator, Role::Member, Deed::Ban, false);
        check(Role::Admin, Role::Member, Deed::Ban, true);
        check(Role::Admin, Role::Member, Deed::Rank(Role::Moderator), true);
        check(Role::Admin, Role::Member, Deed::Rank(Role::Admin), false);
        check(Role::Owner, Role::Admin, Deed::Rank(Role::Owner), true);
        check(Role::Owner, Role::Owner, Deed::Rank(Role::Member), true);
    }

    #[test]
    fn nobody_acts_on_oneself() {
        let me = user("a", Role::Owner);
        assert!(deeds(&me, &me, None).is_empty());
    }
}
