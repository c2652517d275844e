//! The first screen: a link, recent servers, hosting.

use std::sync::LazyLock;

use iced::widget::{button, column, container, row, scrollable, space, svg, text_input};
use iced::{Alignment, Length, Padding};

use super::part::avatar::dot;
use super::part::button::IconButton;
use super::part::text;
use super::{form, menu, when};
use crate::controller::host::{self, Message as Host};
use crate::controller::sign_in::Secret;
use crate::controller::welcome::{LINK_FIELD, Message as Welcome};
use crate::controller::{self, Message};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{
    Account, HostState, LinkState, Menu, Model, Recent, ThemeChoice, without_default_port,
};
use crate::theme::{self, Element, Type};
use crate::widget::popover::Popover;

/// How wide the screen's content is, and the card of the host within it.
const CONTENT: f32 = 960.0 + OUT;
/// See [`CONTENT`].
const CARD: f32 = 336.0;
/// Below this width everything stands in one column.
const TWO_COLUMNS_FROM: f32 = 900.0;

/// How far the rows of recent servers stand out, so that their tiles stand below the heading.
const OUT: f32 = 12.0;

/// The app's mark, in its own colours.
static MARK: LazyLock<svg::Handle> = LazyLock::new(|| {
    svg::Handle::from_memory(include_bytes!("../../../assets/icons/parlor.svg").as_slice())
});

/// The first screen.
pub(crate) fn view(model: &Model) -> Element<'_, Message> {
    let (width, height) = model.window.size;
    let two = width >= TWO_COLUMNS_FROM;
    let content: Element<'_, Message> = if two {
        row![
            container(join(model)).width(Length::Fill),
            container(card(model)).width(CARD)
        ]
        .spacing(32.0 - OUT)
        .into()
    } else {
        column![
            join(model),
            container(card(model)).padding(Padding::ZERO.left(OUT).right(OUT))
        ]
        .spacing(32)
        .into()
    };
    let above = if two {
        (height - 684.0).clamp(24.0, 116.0)
    } else {
        24.0
    };
    let whole = column![
        container(top(model)).padding(Padding::ZERO.left(OUT)),
        content
    ]
    .spacing(36)
    .max_width(CONTENT);
    let padded = container(whole)
        .center_x(Length::Fill)
        .padding(Padding::from([24.0, 24.0]).top(above));
    scrollable(padded)
        .width(Length::Fill)
        .height(Length::Fill)
        .into()
}

fn top(model: &Model) -> Element<'_, Message> {
    let theme_name = match model.preferences.theme {
        ThemeChoice::System => tr!("welcome-theme-system"),
        ThemeChoice::Light => tr!("welcome-theme-light"),
        ThemeChoice::Dark => tr!("welcome-theme-dark"),
    };
    row![
        svg(MARK.clone())
            .width(40)
            .height(40)
            .style(|_, _| svg::Style { color: None }),
        text::medium(Type::Hero, tr!("title")),
        space::horizontal(),
        IconButton::new(Icon::Theme, theme_name).view(Some(Message::Welcome(Welcome::NextTheme))),
        IconButton::new(Icon::Gear, tr!("sidebar-settings"))
            .keys(tr!("keys-settings"))
            .view(Some(Message::Welcome(Welcome::Settings))),
    ]
    .spacing(12)
    .align_y(Alignment::Center)
    .into()
}

fn join(model: &Model) -> Element<'_, Message> {
    let welcome = &model.welcome;
    let input = text_input(&tr!("welcome-placeholder"), &welcome.link)
        .id(LINK_FIELD)
        .on_input(|link| Message::Welcome(Welcome::Edited(link)))
        .on_submit(Message::Welcome(Welcome::Connect))
        .size(Type::Text.size())
        .line_height(Type::Text.line_height())
        .padding(Padding {
            top: 10.0,
            right: 64.0,
            bottom: 10.0,
            left: 40.0,
        })
        .style(if welcome.error.is_some() {
            theme::field::input_wrong
        } else {
            theme::field::input
        });
    let mark = container(Icon::Link.large(|tokens| tokens.t3))
        .center_y(40)
        .padding(Padding::ZERO.left(11));
    let mut field = iced::widget::stack![input, mark];
    if welcome.link.is_empty() {
        let keys = container(super::part::key::hint(tr!("keys-paste")))
            .align_right(Length::Fill)
            .center_y(40)
            .padding(Padding::ZERO.right(10));
        field = field.push(keys);
    }
    let reaching = welcome.reaching.is_some();
    let words = if reaching {
        tr!("welcome-connecting")
    } else {
        tr!("welcome-connect")
    };
    let connect = button(container(text::medium(Type::Body, words)).center_y(Length::Fill))
        .height(40)
        .padding([0, 16])
        .style(theme::button::primary)
        .on_press_maybe((!reaching).then_some(Message::Welcome(Welcome::Connect)));
    let below = match &welcome.error {
        Some(error) => form::wrong(error.clone()),
        None => form::hint(tr!("welcome-hint")),
    };
    let ask = column![
        text::medium(Type::Title, tr!("welcome-join")),
        space::vertical().height(6),
        row![field, connect].spacing(8),
        space::vertical().height(6),
        below,
    ];
    let inset = Padding::ZERO.left(OUT).right(OUT);
    let mut whole = column![container(ask).padding(inset)];
    if !welcome.recent.is_empty() {
        whole = whole.push(space::vertical().height(32));
        let title = text::medium(Type::Title, tr!("welcome-recent"));
        whole = whole.push(container(title).padding(inset));
        whole = whole.push(space::vertical().height(6));
        for recent in &welcome.recent {
            whole = whole.push(recent_row(model, recent));
        }
    }
    whole.into()
}

fn recent_row<'a>(model: &'a Model, recent: &'a Recent) -> Element<'a, Message> {
    let account = recent.account.as_ref().and_then(|id| model.account(id));
    let below = match (&recent.who, recent.last_here) {
        (Some(who), _) => tr!(
            "welcome-signed-in",
            address = without_default_port(&recent.address),
            who = who.as_str()
        ),
        (None, Some(time)) => tr!(
            "welcome-last-here",
            address = without_default_port(&recent.address),
            when = when::day(time, model.now)
        ),
        (None, None) => without_default_port(&recent.address).to_owned(),
    };
    let words = column![
        text::medium(Type::Text, recent.name.as_str())
            .line_height(iced::Pixels(18.0))
            .wrapping(iced::widget::text::Wrapping::None),
        text::line(Type::Small, below).style(theme::text::t3),
    ];
    let address = recent.address.clone();
    let more = IconButton::new(Icon::More, tr!("welcome-more"))
        .view(Some(Message::Welcome(Welcome::More(address.clone()))));
    let is_open = model.menu == Some(Menu::Recent(address.clone()));
    let more = Popover::new(more, is_open.then(|| menu::recent(&address)))
        .on_close(Message::Menu(controller::menu::Message::Close));
    let inside = row![
        form::tile(&recent.name, 28.0, true),
        container(words).width(Length::Fill).clip(true),
        state(account),
        space::horizontal().width(28),
    ]
    .spacing(12)
    .height(52)
    .align_y(Alignment::Center);
    let face = button(inside)
        .width(Length::Fill)
        .padding(Padding::ZERO.left(12).right(8))
        .style(theme::button::row)
        .on_press(Message::Welcome(Welcome::Chosen(address)));
    let more = container(more)
        .align_right(Length::Fill)
        .center_y(52)
        .padding(Padding::ZERO.right(8));
    iced::widget::stack![face, more].into()
}

/// How a recent server stands now, as far as it is known.
fn state<'a>(account: Option<&Account>) -> Element<'a, Message> {
    let with_dot =
        |content: String, hollow: bool, ink: fn(&theme::Theme) -> iced::widget::text::Style| {
            let color = if hollow {
                |tokens: &theme::Tokens| tokens.t3
            } else {
                |tokens: &theme::Tokens| tokens.ok
            };
            row![
                dot(color, hollow),
                text::line(Type::Small, content).style(ink)
            ]
            .spacing(6)
            .align_y(Alignment::Center)
            .into()
        };
    match account.map(|account| &account.link) {
        Some(LinkState::Connected { ping: Some(ping) }) => {
            with_dot(when::ping(i64::from(*ping)), false, theme::text::t2)
        }
        Some(LinkState::Connected { ping: None }) => {
            with_dot(tr!("welcome-there"), false, theme::text::t2)
        }
        Some(LinkState::Offline { .. }) => with_dot(tr!("welcome-silent"), true, theme::text::t3),
        Some(LinkState::KeyChanged) => row![
            Icon::Alert.medium(|tokens| tokens.bad),
            text::line(Type::Small, tr!("welcome-key-changed")).style(theme::text::bad)
        ]
        .spacing(6)
        .align_y(Alignment::Center)
        .into(),
        Some(LinkState::SignedOut { .. }) => {
            with_dot(tr!("welcome-signed-out"), true, theme::text::t3)
        }
        Some(LinkState::Connecting) | None => space::horizontal().width(0).into(),
    }
}

fn card(model: &Model) -> Element<'_, Message> {
    let title = row![
        Icon::Server.large(|tokens| tokens.t2),
        text::medium(Type::Title, tr!("host-title"))
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let about = text::plain(Type::Body, tr!("host-about")).style(theme::text::t2);
    let mut whole = column![title, space::vertical().height(6), about];
    whole = whole.push(space::vertical().height(16));
    whole = match model.host.running() {
        Some(running) => whole
            .push(text::plain(
                Type::Body,
                tr!("host-runs", name = running.name.as_str()),
            ))
            .push(space::vertical().height(16))
            .push(
                form::wide(tr!("host-open-page"), theme::button::secondary)
                    .on_press(Message::Menu(controller::menu::Message::Host)),
            ),
        None => whole.push(host_form(model)),
    };
    container(whole)
        .padding(20)
        .width(Length::Fill)
        .style(theme::surface::card)
        .into()
}

fn host_form(model: &Model) -> Element<'_, Message> {
    let form = &model.host.form;
    let name = form::field(host::NAME, &tr!("host-name-placeholder"), &form.name, false)
        .on_input(|text| Message::Host(Host::Name(text)))
        .on_submit(Message::Host(Host::Start));
    let who = form::segmented(
        vec![(false, tr!("host-invited")), (true, tr!("host-anyone"))],
        form.open,
        true,
        |open| Message::Host(Host::Open(open)),
    );
    let mut whole = column![
        form::labelled(tr!("host-name"), name, None),
        form::labelled(tr!("host-who"), who, None),
    ]
    .spacing(12);
    if !model.host.kept {
        let username = form::field(host::USERNAME, "", &form.username, false)
            .on_input(|text| Message::Host(Host::Username(text)))
            .on_submit(Message::Host(Host::Start));
        let password = form::field(host::PASSWORD, "", &form.password, false)
            .on_input(|text| Message::Host(Host::Password(Secret(text))))
            .on_submit(Message::Host(Host::Start));
        whole = whole
            .push(form::labelled(tr!("host-username"), username, None))
            .push(form::labelled(
                tr!("host-password"),
                form::secret(password, form.shows, Message::Host(Host::Show)),
                Some(form::hint(tr!("host-password-hint"))),
            ));
    }
    if let Some(error) = &form.error {
        whole = whole.push(form::wrong(error.clone()));
    }
    let starting = model.host.state != HostState::Off;
    let words = match model.host.state {
        HostState::Starting => tr!("host-starting"),
        HostState::Stopping => tr!("host-stopping"),
        HostState::Off | HostState::Running(_) => tr!("host-start"),
    };
    whole
        .push(space::vertical().height(4))
        .push(
            form::wide(words, theme::button::secondary)
                .on_press_maybe((!starting).then_some(Message::Host(Host::Start))),
        )
        .push(form::hint(tr!(
            "host-where",
            folder = model.host.folder.as_str()
        )))
        .into()
}
