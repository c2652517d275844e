//! The settings: a list of pages at the left, the page at the right.

mod devices;
mod language;

use iced::widget::{button as plain_button, column, container, row, scrollable, space};
use iced::{Alignment, Length, Padding};

use super::part::button::IconButton;
use super::part::{avatar, button, key, text};
use super::{form, when};
use crate::controller::Message;
use crate::controller::settings::{self, Message as SettingsMessage};
use crate::controller::sign_in::Secret;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Account, Model, Settings, SettingsPage, Spacing, TextSize, ThemeChoice};
use crate::theme::{self, Element, Type, space as sizes};

/// The page's text is no wider than this.
const WIDE: f32 = 640.0;

/// The settings.
pub(crate) fn view<'a>(model: &'a Model, screen: &'a Settings) -> Element<'a, Message> {
    let page = match (screen.page, model.front()) {
        (SettingsPage::Profile, Some(account)) => profile(account, screen),
        (SettingsPage::Sessions, Some(account)) => sessions(model, account, screen),
        (SettingsPage::Devices, Some(account)) => devices::view(model, account, screen),
        (SettingsPage::Language, _) => language::view(&model.preferences),
        (SettingsPage::Keyboard, _) => keyboard(),
        (SettingsPage::About, _) => about(model),
        _ => appearance(model),
    };
    let width = model.window.size.0;
    let side = if width < 840.0 {
        sizes::SIDEBAR_NARROW
    } else {
        sizes::SIDEBAR
    };
    row![
        container(pages(model, screen))
            .width(side - 1.0)
            .height(Length::Fill)
            .style(theme::surface::side),
        super::vertical_line(),
        scrollable(
            container(container(page).max_width(WIDE))
                .padding(Padding::from([20, 32]))
                .width(Length::Fill)
        )
        .height(Length::Fill)
        .width(Length::Fill),
    ]
    .into()
}

fn pages<'a>(model: &'a Model, screen: &'a Settings) -> Element<'a, Message> {
    let top = row![
        IconButton::new(Icon::ChevronLeft, tr!("settings-back"))
            .keys(tr!("keys-escape"))
            .view(Some(Message::Settings(SettingsMessage::Back))),
        text::medium(Type::Title, tr!("settings-title"))
    ]
    .spacing(10)
    .align_y(Alignment::Center);
    let mut list = column![].padding([8, 8]);
    for page in SettingsPage::ALL {
        let needs_account = matches!(
            page,
            SettingsPage::Profile | SettingsPage::Sessions | SettingsPage::Devices
        );
        if needs_account && model.front().is_none() {
            continue;
        }
        let (icon, words) = match page {
            SettingsPage::Profile => (Icon::Person, tr!("settings-profile")),
            SettingsPage::Appearance => (Icon::Theme, tr!("settings-appearance")),
            SettingsPage::Language => (Icon::Globe, tr!("settings-language")),
            SettingsPage::Sessions => (Icon::Key, tr!("settings-sessions")),
            SettingsPage::Devices => (Icon::Device, tr!("settings-devices")),
            SettingsPage::Keyboard => (Icon::Keyboard, tr!("settings-keyboard")),
            SettingsPage::About => (Icon::Server, tr!("settings-about")),
        };
        let on = screen.page == page;
        let inside = row![
            icon.medium(if on {
                |tokens| tokens.t1
            } else {
                |tokens| tokens.t2
            }),
            text::line(Type::Text, words).style(if on { theme::text::t1 } else { theme::text::t2 })
        ]
        .spacing(8)
        .align_y(Alignment::Center)
        .height(Length::Fill);
        list = list.push(
            plain_button(inside)
                .width(Length::Fill)
                .height(sizes::SIDEBAR_ROW)
                .padding([0, 8])
                .style(if on {
                    theme::button::row_on
                } else {
                    theme::button::row
                })
                .on_press(Message::Settings(SettingsMessage::Page(page))),
        );
    }
    column![
        container(top)
            .padding([0, 12])
            .center_y(sizes::HEADER - 1.0),
        super::horizontal_line(),
        list,
        space::vertical(),
        container(
            text::plain(
                Type::Small,
                tr!("settings-version", version = env!("CARGO_PKG_VERSION"))
            )
            .style(theme::text::t3)
        )
        .padding([12, 16]),
    ]
    .into()
}

/// A line of settings: what it is at the left, the choice at the right.
fn setting<'a>(
    name: String,
    below: Option<String>,
    choice: Element<'a, Message>,
) -> Element<'a, Message> {
    let mut words = column![text::plain(Type::Text, name)];
    let height = if below.is_some() { 47.0 } else { 39.0 };
    if let Some(below) = below {
        words = words.push(text::line(Type::Small, below).style(theme::text::t3));
    }
    let inside = row![container(words).width(Length::Fill).clip(true), choice]
        .spacing(16)
        .align_y(Alignment::Center);
    column![
        container(inside).center_y(height).width(Length::Fill),
        super::horizontal_line()
    ]
    .into()
}

fn title<'a>(words: String) -> iced::widget::Text<'a, theme::Theme> {
    text::medium(Type::Title, words)
}

fn appearance(model: &Model) -> Element<'_, Message> {
    let preferences = &model.preferences;
    let theme = form::segmented(
        vec![
            (ThemeChoice::System, tr!("settings-theme-system")),
            (ThemeChoice::Light, tr!("settings-theme-light")),
            (ThemeChoice::Dark, tr!("settings-theme-dark")),
        ],
        preferences.theme,
        false,
        |theme| Message::Settings(SettingsMessage::Theme(theme)),
    );
    let size_name = |size| match size {
        TextSize::S => tr!("settings-size-s"),
        TextSize::M => tr!("settings-size-m"),
        TextSize::L => tr!("settings-size-l"),
        TextSize::Xl => tr!("settings-size-xl"),
    };
    let size = form::segmented(
        TextSize::ALL
            .into_iter()
            .map(|size| (size, size_name(size)))
            .collect(),
        preferences.text_size,
        false,
        |size| Message::Settings(SettingsMessage::TextSize(size)),
    );
    let spacing = form::segmented(
        vec![
            (Spacing::Compact, tr!("settings-compact")),
            (Spacing::Cosy, tr!("settings-cosy")),
        ],
        preferences.spacing,
        false,
        |spacing| Message::Settings(SettingsMessage::Spacing(spacing)),
    );
    column![
        title(tr!("settings-appearance")),
        space::vertical().height(4),
        setting(tr!("settings-theme"), None, theme),
        setting(tr!("settings-text-size"), None, size),
        setting(tr!("settings-spacing"), None, spacing),
    ]
    .into()
}

fn profile<'a>(account: &'a Account, screen: &'a Settings) -> Element<'a, Message> {
    let who = row![
        avatar::avatar(&account.me.username, &account.me.name, avatar::Side::Huge),
        column![
            text::medium(Type::Text, account.me.name.as_str()),
            text::plain(
                Type::Small,
                tr!(
                    "settings-who",
                    username = account.me.username.as_str(),
                    server = account.server.name.as_str()
                )
            )
            .style(theme::text::t3)
        ]
    ]
    .spacing(16)
    .align_y(Alignment::Center);
    let keep = || Message::Settings(SettingsMessage::KeepProfile);
    let name = form::field(
        settings::NAME,
        "",
        &screen.name,
        screen.profile_error.is_some(),
    )
    .on_input(|text| Message::Settings(SettingsMessage::Name(text)))
    .on_submit(keep());
    let below = match &screen.profile_error {
        Some(error) => form::wrong(error.clone()),
        None => form::hint(tr!("sign-in-name-hint")),
    };
    let status = form::field(
        settings::STATUS,
        &tr!("settings-status-placeholder"),
        &screen.status,
        false,
    )
    .on_input(|text| Message::Settings(SettingsMessage::Status(text)))
    .on_submit(keep());
    let changed =
        screen.name.trim() != account.me.name || screen.status.trim() != account.me.status;
    column![
        title(tr!("settings-profile")),
        space::vertical().height(12),
        who,
        space::vertical().height(20),
        form::labelled(tr!("sign-in-name"), name, Some(below)),
        space::vertical().height(14),
        form::labelled(
            tr!("settings-status"),
            status,
            Some(form::hint(tr!("settings-status-hint")))
        ),
        space::vertical().height(20),
        button::words(tr!("settings-keep"), theme::button::primary)
            .on_press_maybe(changed.then(keep)),
    ]
    .into()
}

fn sessions<'a>(
    model: &'a Model,
    account: &'a Account,
    screen: &'a Settings,
) -> Element<'a, Message> {
    let mut whole = column![title(tr!("settings-sessions")), space::vertical().height(4)];
    match (&screen.sessions, &screen.sessions_error) {
        (_, Some(error)) => whole = whole.push(form::error_box(error.clone())),
        (None, None) => {
            whole =
                whole.push(text::plain(Type::Text, tr!("settings-waits")).style(theme::text::t2));
        }
        (Some(sessions), None) => {
            for session in sessions {
                let label = if session.label.is_empty() {
                    tr!("settings-no-label")
                } else {
                    session.label.clone()
                };
                let below = tr!(
                    "settings-session",
                    seen = when::ago(session.seen, model.now),
                    address = session.address.as_str(),
                    created = when::day(session.created, model.now)
                );
                let right: Element<'_, Message> = if session.current {
                    container(text::line(Type::Small, tr!("settings-this-one")))
                        .padding([2, 8])
                        .style(theme::surface::tag_ok)
                        .into()
                } else {
                    let end = SettingsMessage::EndSession {
                        session: session.session.clone(),
                        label: label.clone(),
                    };
                    button::small(tr!("settings-sign-out"), theme::button::secondary)
                        .on_press(Message::Settings(end))
                        .into()
                };
                whole = whole.push(setting(label, Some(below), right));
            }
        }
    }
    whole
        .push(space::vertical().height(12))
        .push(
            button::words(tr!("settings-sign-out-here"), theme::button::danger)
                .on_press(Message::Settings(SettingsMessage::SignOut)),
        )
        .push(space::vertical().height(28))
        .push(password(account, screen))
        .into()
}

fn password<'a>(account: &'a Account, screen: &'a Settings) -> Element<'a, Message> {
    let form = &screen.password;
    let submit = || Message::Settings(SettingsMessage::ChangePassword);
    let old = form::field(settings::OLD, "", &form.old, false)
        .secure(true)
        .on_input(|text| Message::Settings(SettingsMessage::Old(Secret(text))))
        .on_submit(submit());
    let new = form::field(settings::NEW, "", &form.new, !form.errors.is_empty())
        .secure(true)
        .on_input(|text| Message::Settings(SettingsMessage::New(Secret(text))))
        .on_submit(submit());
    let mut whole = column![
        title(tr!("settings-password")),
        form::labelled(tr!("settings-password-old"), old, None),
        form::labelled(tr!("settings-password-new"), new, None),
    ]
    .spacing(14);
    if form.errors.is_empty() {
        for rule in &account.server.password_rules {
            whole = whole.push(form::hint(rule.clone()));
        }
    }
    for error in &form.errors {
        whole = whole.push(form::wrong(error.clone()));
    }
    whole
        .push(
            button::words(tr!("settings-password-change"), theme::button::secondary)
                .on_press_maybe((!form.waits).then(submit)),
        )
        .into()
}

fn keyboard<'a>() -> Element<'a, Message> {
    let rows = [
        (tr!("keys-jump"), tr!("keys-jump-does")),
        (tr!("keys-rooms"), tr!("keys-rooms-does")),
        (tr!("keys-unread"), tr!("keys-unread-does")),
        (tr!("keys-servers"), tr!("keys-servers-does")),
        (tr!("keys-search"), tr!("keys-search-does")),
        (tr!("keys-search-all"), tr!("keys-search-all-does")),
        (tr!("keys-sidebar"), tr!("keys-sidebar-does")),
        (tr!("keys-people"), tr!("keys-people-does")),
        (tr!("keys-upload"), tr!("keys-upload-does")),
        (tr!("keys-upload-path"), tr!("keys-upload-path-does")),
        (tr!("keys-transfers"), tr!("keys-transfers-does")),
        (tr!("keys-settings"), tr!("keys-settings-does")),
        (tr!("keys-region"), tr!("keys-region-does")),
        (tr!("keys-send"), tr!("keys-send-does")),
        (tr!("keys-break"), tr!("keys-break-does")),
        (tr!("keys-edit-last"), tr!("keys-edit-last-does")),
        (tr!("keys-escape"), tr!("keys-escape-does")),
        (tr!("keys-quit"), tr!("keys-quit-does")),
    ];
    let mut whole = column![title(tr!("settings-keyboard")), space::vertical().height(4)];
    for (keys, does) in rows {
        whole = whole.push(setting(does, None, key::hint(keys)));
    }
    whole.into()
}

fn about(model: &Model) -> Element<'_, Message> {
    let mut whole = column![
        title(tr!("settings-about")),
        space::vertical().height(8),
        text::plain(
            Type::Text,
            tr!("settings-version", version = env!("CARGO_PKG_VERSION"))
        ),
        space::vertical().height(8),
        text::plain(Type::Text, tr!("settings-about-app")).style(theme::text::t2),
    ];
    if let Some(account) = model.front()
        && let Some(version) = &account.server.version
    {
        let words = tr!(
            "settings-about-server",
            name = account.server.name.as_str(),
            address = account.place(),
            version = version.as_str()
        );
        whole = whole
            .push(space::vertical().height(8))
            .push(text::plain(Type::Text, words).style(theme::text::t2));
    }
    whole.into()
}
