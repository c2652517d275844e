//! Keys of the whole app: what DESIGN.md's table says, and nothing a widget
//! with the keyboard already took.
//!
//! | keys | do |
//! | --- | --- |
//! | Ctrl+K | jump to a room, a person, a command |
//! | Alt+Up, Alt+Down (with Shift: unread ones) | the room above, below |
//! | Ctrl+1 to Ctrl+9 | the account of that place |
//! | Ctrl+F, Ctrl+Shift+F | search here, everywhere |
//! | Ctrl+B, Ctrl+Shift+P | sidebar, people (in a talk with one person: its safety) |
//! | Ctrl+U, Ctrl+Shift+U | upload, upload by a path |
//! | Ctrl+J | transfers |
//! | in the transfers: Up, Down, Enter, Del | choose; stop, go on or open; cancel |
//! | in the list of files: Up, Down, Enter, D, Del | choose; show; download; delete |
//! | on a message: Enter, D | its first file; download all of them |
//! | Ctrl+, | settings |
//! | F6, Shift+F6 | the next part of the window, the one before |
//! | in the sidebar: Up, Down, Enter | the room above, below; write in it |
//! | Tab, Shift+Tab | the next field, the one before (in a question: the other button) |
//! | Enter | in a dialog: the button that has the keyboard; in a form: submit |
//! | Esc | closes a menu, a dialog, the search, the settings; then the newest message |
//! | Ctrl+V on the first screen | pastes a link into its field |
//! | Ctrl+Q | closes the window |
//!
//! Paths without a mouse, for those who script the window: on the first
//! screen the link's field has the keyboard; Enter connects. "It matches" of
//! the trust dialog is Alt+M (Enter presses the safe button). In the sign-in
//! form Tab goes through the fields and Enter submits; Ctrl+Tab goes to the
//! next of its tabs. On the first screen Ctrl+H starts hosting. On the host
//! page Ctrl+C copies the link.

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};

use crate::controller::{
    attach, conversation, dialog, file, files, header, host, peer_file, safety, search, settings,
    show_account, show_room, sign_in, switcher, transfers, welcome, window,
};
use crate::effect::Effect;
use crate::model::{Dialog, Middle, Model, Panel, Region, Screen};

/// A key that went down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pressed {
    /// Which, without modifiers.
    pub key: Key,
    /// With which modifiers.
    pub modifiers: Modifiers,
    /// Whether a widget with the keyboard took it.
    pub taken: bool,
}

/// A key went down.
pub(crate) fn update(model: &mut Model, pressed: &Pressed) -> Effect {
    let Pressed {
        key,
        modifiers,
        taken,
    } = pressed;
    if matches!(key, Key::Named(Named::Tab | Named::F6)) {
        model.window.keyboard = true;
    }
    if *key == Key::Named(Named::Escape) {
        model.window.ahead.drop();
    }
    if model.dialog.is_some() {
        return in_dialog(model, key, *modifiers, *taken);
    }
    if *key == Key::Named(Named::Escape) {
        return escape(model);
    }
    if let Some(effect) = everywhere(model, key, *modifiers) {
        return effect;
    }
    match model.screen {
        Screen::Welcome => on_welcome(model, key, *modifiers, *taken),
        Screen::SignIn(_) => on_sign_in(model, key, *modifiers),
        Screen::Main => on_main(model, key, *modifiers, *taken),
        Screen::Host => on_host(model, key, *modifiers),
        Screen::Settings(_) => tab(key, *modifiers),
    }
}

/// The letter of a key pressed with Ctrl.
fn letter(key: &Key) -> Option<char> {
    match key {
        Key::Character(text) => text.chars().next().map(|c| c.to_ascii_lowercase()),
        _ => None,
    }
}

fn tab(key: &Key, modifiers: Modifiers) -> Effect {
    if *key == Key::Named(Named::Tab) {
        Effect::FocusNext {
            back: modifiers.shift(),
        }
    } else {
        Effect::None
    }
}

/// What works on every screen.
fn everywhere(model: &mut Model, key: &Key, modifiers: Modifiers) -> Option<Effect> {
    if !modifiers.command() {
        return None;
    }
    match (letter(key)?, modifiers.shift()) {
        (',', _) => Some(settings::open(model)),
        ('q', false) => Some(window::close(model)),
        (digit @ '1'..='9', false) => {
            let at = digit as usize - '1' as usize;
            let account = model.accounts.get(at)?.id.clone();
            Some(show_account(model, &account))
        }
        ('k', false) if model.front().is_some() => Some(switcher::open(model)),
        _ => None,
    }
}

fn in_dialog(model: &mut Model, key: &Key, modifiers: Modifiers, taken: bool) -> Effect {
    let is_switcher = matches!(model.dialog, Some(Dialog::Switcher(_)));
    let is_question = matches!(model.dialog, Some(Dialog::Confirm(_)));
    match key {
        Key::Named(Named::Escape) => dialog::cancel(model),
        Key::Named(Named::ArrowUp) if is_switcher => {
            switcher::update(model, switcher::Message::Step { back: true })
        }
        Key::Named(Named::ArrowDown) if is_switcher => {
            switcher::update(model, switcher::Message::Step { back: false })
        }
        Key::Named(Named::Enter) if is_switcher && modifiers.command() => {
            switcher::update(model, switcher::Message::SearchAll)
        }
        Key::Named(Named::Tab | Named::ArrowLeft | Named::ArrowRight) if is_question && !taken => {
            dialog::update(model, dialog::Message::OtherButton)
        }
        Key::Named(Named::Enter) if !taken && !is_switcher => {
            dialog::update(model, dialog::Message::Enter)
        }
        _ if modifiers.alt() && letter(key) == Some('m') => {
            dialog::update(model, dialog::Message::Matches)
        }
        _ => tab(key, modifiers),
    }
}

/// Closes what is open, the innermost first; then goes to the newest message.
fn escape(model: &mut Model) -> Effect {
    if model.menu.take().is_some() {
        return Effect::None;
    }
    match model.screen {
        Screen::Settings(_) | Screen::Host => settings::back(model),
        Screen::SignIn(_) => sign_in::update(model, sign_in::Message::Back),
        Screen::Welcome => match model.current.clone() {
            Some(account) => show_account(model, &account),
            None => Effect::None,
        },
        Screen::Main => {
            if model.window.panel == Some(Panel::Search) {
                return header::close_panel(model);
            }
            if model.window.panel == Some(Panel::Transfers) {
                return header::close_panel(model);
            }
            if model.window.middle == Middle::Files {
                return files::close(model);
            }
            if model.window.panel.is_some() && !model.window.panel_docks() {
                return header::close_panel(model);
            }
            let now = model.now;
            match model.front_mut() {
                Some(account) => match account.room.clone() {
                    Some(room) => conversation::escape(account, &room, now),
                    None => Effect::None,
                },
                None => Effect::None,
            }
        }
    }
}

fn on_welcome(model: &mut Model, key: &Key, modifiers: Modifiers, taken: bool) -> Effect {
    match letter(key) {
        Some('v') if modifiers.command() && !taken => Effect::Paste,
        Some('h') if modifiers.command() => host::update(model, host::Message::Start),
        _ => tab(key, modifiers),
    }
}

fn on_sign_in(model: &mut Model, key: &Key, modifiers: Modifiers) -> Effect {
    let Screen::SignIn(screen) = &model.screen else {
        return Effect::None;
    };
    if *key == Key::Named(Named::Tab) && modifiers.command() {
        let tabs = screen.tabs();
        let at = tabs.iter().position(|tab| *tab == screen.tab).unwrap_or(0);
        let next = tabs[(at + 1) % tabs.len()];
        return sign_in::update(model, sign_in::Message::Tab(next));
    }
    tab(key, modifiers)
}

fn on_host(model: &mut Model, key: &Key, modifiers: Modifiers) -> Effect {
    match letter(key) {
        Some('c') if modifiers.command() => host::update(model, host::Message::Copy),
        _ => tab(key, modifiers),
    }
}

fn on_main(model: &mut Model, key: &Key, modifiers: Modifiers, taken: bool) -> Effect {
    match key {
        Key::Named(Named::F6) => return next_region(model, modifiers.shift()),
        Key::Named(arrow @ (Named::ArrowUp | Named::ArrowDown)) if modifiers.alt() => {
            return neighbour(model, *arrow == Named::ArrowUp, modifiers.shift());
        }
        Key::Named(arrow @ (Named::ArrowUp | Named::ArrowDown)) if in_sidebar(model) => {
            // The choice stays in the sidebar, so that one can go on.
            let opened = neighbour(model, *arrow == Named::ArrowUp, false);
            model.window.region = Region::Sidebar;
            return opened.and(Effect::Unfocus);
        }
        Key::Named(Named::Enter) if in_sidebar(model) => {
            model.window.region = Region::Composer;
            return Effect::Focus(conversation::COMPOSER);
        }
        _ => {}
    }
    if modifiers.command() {
        return match (letter(key), modifiers.shift()) {
            (Some('f'), false) if model.window.middle == Middle::Files => {
                Effect::Focus(files::FIELD)
            }
            (Some('f'), shift) => search::open(model, !shift),
            (Some('u'), false) => attach::update(model, attach::Message::Open),
            (Some('u'), true) => attach::update(model, attach::Message::OpenPath),
            (Some('j'), false) => transfers::update(model, &transfers::Message::Toggle),
            (Some('p'), true) => header::toggle_people(model),
            (Some('b'), false) => {
                model.window.sidebar = !model.window.sidebar;
                model.preferences.sidebar = model.window.sidebar;
                super::keep(model)
            }
            _ => in_timeline(model, key, modifiers, taken),
        };
    }
    in_timeline(model, key, modifiers, taken)
}

/// Keys of the conversation's own, while it has the keyboard.
fn in_timeline(model: &mut Model, key: &Key, modifiers: Modifiers, taken: bool) -> Effect {
    let region = model.window.region;
    let now = model.now;
    let is_tab = *key == Key::Named(Named::Tab);
    if !taken && !is_tab && !modifiers.alt() {
        if region == Region::Panel && model.window.panel == Some(Panel::Transfers) {
            return transfers::key(model, key);
        }
        if region == Region::Panel && model.window.panel == Some(Panel::Safety) {
            return safety::key(model, key);
        }
        if model.window.middle == Middle::Files {
            return files::key(model, key);
        }
        if region == Region::Timeline
            && *key == Key::Named(Named::Enter)
            && let Some(message) = peer_file_of_chosen(model)
        {
            return peer_file::update(model, message);
        }
        if region == Region::Timeline
            && *key == Key::Named(Named::Enter)
            && let Some(file) = file_of_chosen(model)
        {
            return file::update(model, file::Message::View(file));
        }
        if region == Region::Timeline
            && letter(key) == Some('d')
            && !modifiers.command()
            && let Some(account) = model.front()
            && let Some(room) = &account.room
        {
            return file::download_chosen(account, room);
        }
    }
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    let Some(room) = account.room.clone() else {
        return Effect::None;
    };
    // Tab completes a word where there is something to complete it with.
    if taken {
        return Effect::None;
    }
    if !matches!(region, Region::Timeline | Region::Composer) || *key == Key::Named(Named::Tab) {
        return tab(key, modifiers);
    }
    let in_timeline = region == Region::Timeline;
    conversation::key(account, &room, in_timeline, key, modifiers, now)
}

fn file_of_chosen(model: &Model) -> Option<Box<parlor_protocol::File>> {
    let account = model.front()?;
    file::of_chosen(account, account.room.as_deref()?)
}

fn peer_file_of_chosen(model: &Model) -> Option<peer_file::Message> {
    let account = model.front()?;
    let talk = account.conversations.get(account.room.as_deref()?)?;
    let entry = talk.timeline.entry_of(talk.chosen?)?;
    let file = entry.message()?.posted()?.file.as_deref()?;
    let own = talk.timeline.author(entry).0 == account.me.username;
    peer_file::of_chosen(file, own)
}

fn in_sidebar(model: &Model) -> bool {
    model.window.region == Region::Sidebar && model.window.keyboard
}

fn neighbour(model: &mut Model, back: bool, unread: bool) -> Effect {
    match model
        .front()
        .and_then(|account| account.next_room(back, unread))
    {
        Some(room) => show_room(model, &room),
        None => Effect::None,
    }
}

fn next_region(model: &mut Model, back: bool) -> Effect {
    model.window.region = model.window.next_region(back);
    match model.window.region {
        Region::Composer => Effect::Focus(conversation::COMPOSER),
        Region::Panel if model.window.panel == Some(Panel::Search) => Effect::Focus(search::FIELD),
        Region::Sidebar | Region::Timeline | Region::Panel => Effect::Unfocus,
    }
}

/// What the welcome screen focuses when it opens.
pub(crate) fn first_focus(model: &Model) -> Effect {
    match model.screen {
        Screen::Welcome => Effect::Focus(welcome::LINK_FIELD),
        _ => Effect::None,
    }
}
