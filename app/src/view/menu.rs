//! Menus that hang from buttons.

use iced::widget::{column, container};
use parlor_client::RoomState;
use parlor_client::peer::Person;
use parlor_protocol::{Notify, Role, RoomKind, User};

use super::part::button::{menu_row, menu_row_danger};
use super::part::text;
use super::people::role_name;
use crate::controller::Message;
use crate::controller::host::Message as Host;
use crate::controller::menu::Message as Menu;
use crate::controller::people::Message as People;
use crate::controller::safety::Message as Safety;
use crate::controller::talk::Message as Talk;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Account, Deed, HostState, Model, deeds, may_add, may_invite};
use crate::theme::{self, Element, Type, space};

fn menu<'a>(rows: Vec<Element<'a, Message>>) -> Element<'a, Message> {
    container(column(rows))
        .width(space::MENU)
        .padding(4)
        .style(theme::surface::menu)
        .into()
}

fn line<'a>() -> Element<'a, Message> {
    container(super::horizontal_line()).padding([4, 0]).into()
}

/// From the server's name.
pub(crate) fn server<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let mut rows = Vec::new();
    for (at, other) in model.accounts.iter().enumerate() {
        let keys = (at < 9).then(|| tr!("keys-server", digit = at + 1));
        let icon = if other.id == account.id {
            Icon::Check
        } else {
            Icon::Server
        };
        let name = other.server.name.clone();
        let go = Message::Menu(Menu::Account(other.id.clone()));
        rows.push(menu_row(icon, name, keys, go));
    }
    rows.push(menu_row(
        Icon::Plus,
        tr!("menu-servers"),
        None,
        Message::Menu(Menu::Servers),
    ));
    rows.push(line());
    if may_invite(&account.me) {
        rows.push(menu_row(
            Icon::PersonPlus,
            tr!("menu-invite"),
            None,
            Message::Menu(Menu::Invite),
        ));
    }
    if model.host.account.as_ref() == Some(&account.id) {
        let (words, go) = match model.host.state {
            HostState::Off => (tr!("menu-host-start"), Message::Host(Host::Start)),
            _ => (tr!("menu-host"), Message::Menu(Menu::Host)),
        };
        rows.push(menu_row(Icon::Server, words, None, go));
    }
    rows.push(menu_row(
        Icon::Gear,
        tr!("menu-settings"),
        Some(tr!("keys-settings")),
        Message::Menu(Menu::Settings),
    ));
    rows.push(menu_row_danger(
        Icon::Leave,
        tr!("menu-sign-out"),
        None,
        Message::Menu(Menu::SignOut),
    ));
    menu(rows)
}

/// From the new-room button.
pub(crate) fn rooms(model: &Model) -> Element<'_, Message> {
    let mut rows = Vec::new();
    let guest = model
        .front()
        .is_none_or(|account| account.me.role == Role::Guest);
    if !guest {
        rows.push(menu_row(
            Icon::Plus,
            tr!("menu-create-room"),
            None,
            Message::Menu(Menu::CreateRoom),
        ));
    }
    rows.push(menu_row(
        Icon::Search,
        tr!("menu-browse-rooms"),
        None,
        Message::Menu(Menu::BrowseRooms),
    ));
    menu(rows)
}

/// From a room's header.
pub(crate) fn room<'a>(account: &'a Account, state: &'a RoomState) -> Element<'a, Message> {
    let room = &state.room;
    let mut rows = Vec::new();
    let told = |notify, words: String| {
        let icon = match (room.notify == notify, notify) {
            (true, _) => Icon::Check,
            (false, Notify::None) => Icon::BellOff,
            (false, _) => Icon::Bell,
        };
        menu_row(icon, words, None, Message::Menu(Menu::Notify(notify)))
    };
    rows.push(told(Notify::All, tr!("menu-notify-all")));
    rows.push(told(Notify::Mentions, tr!("menu-notify-mentions")));
    rows.push(told(Notify::None, tr!("menu-notify-none")));
    let named = matches!(room.kind, RoomKind::Public | RoomKind::Private);
    if may_add(&account.me, room) || room.moderator || named {
        rows.push(line());
    }
    if may_add(&account.me, room) {
        rows.push(menu_row(
            Icon::PersonPlus,
            tr!("menu-add-person"),
            None,
            Message::Menu(Menu::AddPerson),
        ));
    }
    if room.moderator {
        rows.push(menu_row(
            Icon::Edit,
            tr!("menu-topic"),
            None,
            Message::Menu(Menu::Topic),
        ));
    }
    if named {
        rows.push(menu_row(
            Icon::Leave,
            tr!("menu-leave"),
            None,
            Message::Menu(Menu::Leave),
        ));
    }
    if named && room.moderator && room.room != "general" {
        rows.push(menu_row_danger(
            Icon::Trash,
            tr!("menu-delete-room"),
            None,
            Message::Menu(Menu::Delete),
        ));
    }
    menu(rows)
}

/// From the safety panel of a talk.
pub(crate) fn safety<'a>(person: &Person) -> Element<'a, Message> {
    let act = Message::Safety;
    let block = match person.blocked {
        true => menu_row(Icon::Check, tr!("menu-unblock"), None, act(Safety::Unblock)),
        false => menu_row_danger(Icon::Stop, tr!("menu-block"), None, act(Safety::Block)),
    };
    let forget = menu_row_danger(
        Icon::Trash,
        tr!("menu-forget-talk"),
        None,
        act(Safety::Forget),
    );
    menu(vec![block, forget])
}

/// From the header of a peer channel.
pub(crate) fn channel<'a>() -> Element<'a, Message> {
    let leave = Message::Talk(Talk::Leave);
    menu(vec![menu_row_danger(
        Icon::Leave,
        tr!("menu-leave-channel"),
        None,
        leave,
    )])
}

/// From a recent server of the first screen.
pub(crate) fn recent<'a>(address: &str) -> Element<'a, Message> {
    menu(vec![menu_row_danger(
        Icon::Trash,
        tr!("menu-forget"),
        None,
        Message::Menu(Menu::Forget(address.to_owned())),
    )])
}

/// From a person.
pub(crate) fn person<'a>(
    account: &'a Account,
    user: &'a User,
    ranks: bool,
) -> Element<'a, Message> {
    let name = column![
        text::medium(Type::Body, user.name.as_str()),
        text::line(
            Type::Small,
            tr!(
                "menu-who",
                username = user.username.as_str(),
                role = role_name(user.role)
            )
        )
        .style(theme::text::t3)
    ];
    let mut rows: Vec<Element<'_, Message>> = vec![container(name).padding([4, 8]).into()];
    let all = deeds(&account.me, user, account.front().map(|state| &state.room));
    if !all.is_empty() {
        rows.push(line());
    }
    let act = |deed| Message::People(People::Do(user.username.clone(), deed));
    let mut has_ranks = false;
    for deed in &all {
        let row = match deed {
            Deed::Talk => menu_row(Icon::Lock, tr!("menu-talk"), None, act(*deed)),
            Deed::Message => {
                let server = account.server.name.as_str();
                let words = tr!("menu-message", server = server);
                menu_row(Icon::Server, words, None, act(*deed))
            }
            Deed::RemoveFromRoom => menu_row(Icon::Leave, tr!("menu-remove"), None, act(*deed)),
            Deed::Mute => menu_row(Icon::BellOff, tr!("menu-mute"), None, act(*deed)),
            Deed::Unmute => menu_row(Icon::Bell, tr!("menu-unmute"), None, act(*deed)),
            Deed::Kick => menu_row_danger(Icon::Stop, tr!("menu-kick"), None, act(*deed)),
            Deed::Ban => menu_row_danger(Icon::Close, tr!("menu-ban"), None, act(*deed)),
            Deed::Rank(_) => {
                has_ranks = true;
                continue;
            }
        };
        rows.push(row);
    }
    if has_ranks {
        rows.push(line());
        let icon = if ranks {
            Icon::ChevronDown
        } else {
            Icon::ChevronRight
        };
        rows.push(menu_row(
            icon,
            tr!("menu-ranks"),
            None,
            Message::People(People::Ranks),
        ));
        if ranks {
            for deed in all {
                if let Deed::Rank(role) = deed {
                    let row = menu_row(Icon::Shield, role_name(role), None, act(deed));
                    rows.push(container(row).padding(iced::Padding::ZERO.left(16)).into());
                }
            }
        }
    }
    menu(rows)
}
