//! The sign-in screen: the server at the left, the form at the right.

use iced::widget::{button, column, container, row, scrollable, space};
use iced::{Alignment, Length, Padding};
use parlor_client::Trust;
use parlor_protocol::RegisterPolicy;

use super::form;
use super::part::text;
use crate::controller::Message;
use crate::controller::sign_in::{self, Message as SignInMessage, Secret};
use crate::icon::{Icon, Ink};
use crate::locale::tr;
use crate::model::{Model, SignIn, Tab};
use crate::theme::{self, Element, Type};

/// The left side's width, and its width in a narrow window.
const SIDE: (f32, f32) = (400.0, 260.0);
/// The form's width.
const FORM: f32 = 360.0;
/// Below this window width the left side is narrow.
const WIDE_FROM: f32 = 1000.0;

/// The sign-in screen.
pub(crate) fn view<'a>(model: &'a Model, screen: &'a SignIn) -> Element<'a, Message> {
    let (width, height) = model.window.size;
    let side = if width >= WIDE_FROM { SIDE.0 } else { SIDE.1 };
    let fields = container(fields(screen))
        .width(FORM)
        .padding(Padding::from([24, 0]));
    let right = scrollable(
        container(fields)
            .center_x(Length::Fill)
            .height(Length::Shrink),
    )
    .width(Length::Fill);
    row![
        container(server(screen, height))
            .width(side)
            .height(Length::Fill)
            .style(theme::surface::side),
        super::vertical_line(),
        container(right).center_y(Length::Fill).width(Length::Fill),
    ]
    .into()
}

fn server(screen: &SignIn, height: f32) -> Element<'_, Message> {
    let greeting = &screen.greeting;
    let auth = &greeting.welcome.auth;
    let back = button(
        row![
            Icon::ChevronLeft.medium(|tokens| tokens.accent),
            text::medium(Type::Body, tr!("sign-in-all-servers"))
        ]
        .spacing(6)
        .align_y(Alignment::Center),
    )
    .padding([7, 8])
    .style(theme::button::ghost)
    .on_press(Message::SignIn(SignInMessage::Back));
    let trust = match greeting.trust {
        Trust::FromLink => tr!("sign-in-key-link"),
        Trust::Remembered | Trust::FirstUse => tr!("sign-in-key-remembered"),
        Trust::SystemRoots => tr!("sign-in-key-roots"),
    };
    let register = match auth.register {
        RegisterPolicy::Open => tr!("sign-in-register-open"),
        RegisterPolicy::Invite => tr!("sign-in-register-invite"),
        RegisterPolicy::Closed => tr!("sign-in-register-closed"),
    };
    let guests = if auth.guests {
        tr!("sign-in-guests")
    } else {
        tr!("sign-in-no-guests")
    };
    let facts = column![
        fact(Icon::Lock, |tokens| tokens.ok, trust),
        fact(Icon::Key, |tokens| tokens.t2, register),
        fact(Icon::People, |tokens| tokens.t2, guests),
    ]
    .spacing(10);
    let name = greeting.welcome.server.name.as_str();
    column![
        container(back).padding(Padding::ZERO.left(0)),
        space::vertical().height((height - 700.0).clamp(24.0, 96.0)),
        form::tile(name, 48.0, false),
        space::vertical().height(16),
        text::medium(Type::Dialog, name),
        text::plain(Type::Text, greeting.address.to_string()).style(theme::text::t2),
        space::vertical().height(24),
        facts,
        space::vertical(),
        text::plain(Type::Small, tr!("sign-in-kept")).style(theme::text::t3),
    ]
    .padding(Padding::from(32).top(24).left(32))
    .into()
}

fn fact<'a>(icon: Icon, ink: Ink, words: String) -> Element<'a, Message> {
    row![
        icon.large(ink),
        text::plain(Type::Body, words).style(theme::text::t2)
    ]
    .spacing(8)
    .align_y(Alignment::Center)
    .into()
}

fn fields(screen: &SignIn) -> Element<'_, Message> {
    let tabs: Vec<(Tab, String)> = screen
        .tabs()
        .into_iter()
        .map(|tab| {
            let words = match tab {
                Tab::Password => tr!("sign-in-tab"),
                Tab::New => tr!("sign-in-tab-new"),
                Tab::Guest => tr!("sign-in-tab-guest"),
            };
            (tab, words)
        })
        .collect();
    let mut whole = column![].spacing(14);
    if tabs.len() > 1 {
        whole = whole.push(form::segmented(tabs, screen.tab, true, |tab| {
            Message::SignIn(SignInMessage::Tab(tab))
        }));
        whole = whole.push(space::vertical().height(0));
    }
    if let Some(error) = &screen.error {
        whole = whole.push(form::error_box(error.clone()));
    }
    whole = match screen.tab {
        Tab::Password => whole.push(username(screen)).push(password(screen)),
        Tab::New => {
            let mut whole = whole
                .push(username(screen))
                .push(name(screen))
                .push(password(screen));
            if screen.wants_invite() {
                whole = whole.push(invite(screen));
            }
            whole
        }
        Tab::Guest => whole.push(name(screen)),
    };
    let words = match screen.tab {
        _ if screen.waits => tr!("sign-in-waits"),
        Tab::Password => tr!("sign-in-submit"),
        Tab::New => tr!("sign-in-submit-new"),
        Tab::Guest => tr!("sign-in-submit-guest"),
    };
    let submit = form::wide(words, theme::button::primary)
        .on_press_maybe((!screen.waits).then_some(Message::SignIn(SignInMessage::Submit)));
    whole.push(space::vertical().height(0)).push(submit).into()
}

fn submit() -> Message {
    Message::SignIn(SignInMessage::Submit)
}

fn username(screen: &SignIn) -> Element<'_, Message> {
    let field = form::field(sign_in::USERNAME, "", &screen.username, false)
        .on_input(|text| Message::SignIn(SignInMessage::Username(text)))
        .on_submit(submit());
    let below = (screen.tab == Tab::New).then(|| form::hint(tr!("sign-in-username-hint")));
    form::labelled(tr!("sign-in-username"), field, below)
}

fn name(screen: &SignIn) -> Element<'_, Message> {
    let field = form::field(sign_in::NAME, "", &screen.name, false)
        .on_input(|text| Message::SignIn(SignInMessage::Name(text)))
        .on_submit(submit());
    let hint = form::hint(tr!("sign-in-name-hint"));
    form::labelled(tr!("sign-in-name"), field, Some(hint))
}

fn password(screen: &SignIn) -> Element<'_, Message> {
    let is_wrong = !screen.rules.is_empty();
    let field = form::field(sign_in::PASSWORD, "", &screen.password, is_wrong)
        .on_input(|text| Message::SignIn(SignInMessage::Password(Secret(text))))
        .on_submit(submit());
    let field = form::secret(field, screen.shows, Message::SignIn(SignInMessage::Show));
    let mut whole = column![form::label(tr!("sign-in-password")), field].spacing(6);
    if screen.tab == Tab::New {
        whole = whole.push(rules(screen));
    }
    whole.into()
}

/// What a password must be. Those that the server found wanting are marked.
fn rules(screen: &SignIn) -> Element<'_, Message> {
    let all = &screen.greeting.welcome.auth.password_rules;
    let asked = !screen.rules.is_empty();
    let row_of = |rule: &'_ str, unmet: bool| {
        let (mark, ink): (Element<'_, Message>, _) = if unmet {
            let mark = super::part::avatar::dot(|tokens| tokens.bad, true);
            (mark, theme::text::bad as fn(&theme::Theme) -> _)
        } else if asked {
            let mark = Icon::Check.small(|tokens| tokens.ok).into();
            (mark, theme::text::ok as fn(&theme::Theme) -> _)
        } else {
            let mark = super::part::avatar::dot(|tokens| tokens.t3, true);
            (mark, theme::text::t2 as fn(&theme::Theme) -> _)
        };
        row![
            container(mark).center_x(14),
            text::plain(Type::Small, rule.to_owned()).style(ink)
        ]
        .spacing(6)
        .align_y(Alignment::Center)
        .into()
    };
    let mut rows: Vec<Element<'_, Message>> = Vec::new();
    for rule in all {
        rows.push(row_of(rule, screen.rules.contains(rule)));
    }
    for rule in screen.rules.iter().filter(|rule| !all.contains(rule)) {
        rows.push(row_of(rule, true));
    }
    column(rows).spacing(4).into()
}

fn invite(screen: &SignIn) -> Element<'_, Message> {
    let field = form::field(sign_in::INVITE, "", &screen.invite, false)
        .on_input(|text| Message::SignIn(SignInMessage::Invite(text)))
        .on_submit(submit());
    let hint = if screen.invite_from_link {
        tr!("sign-in-invite-from-link")
    } else {
        tr!("sign-in-invite-hint")
    };
    form::labelled(tr!("sign-in-invite"), field, Some(form::hint(hint)))
}
