//! The model, its views and its controllers as one iced program.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, Stream};
use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced::{Event, Subscription, Task, event, mouse, window};
use jiff::Timestamp;
use parlor_client::peer::Peers;
use parlor_client::{AccountId, Handle, Home};
use parlor_protocol::Time;
use tokio::sync::mpsc;

use crate::controller::{self, keys};
use crate::hosting::Hosting;
use crate::instance::Instance;
use crate::locale::{self, tr};
use crate::model::{Account, Ahead, LinkState, Model, Panel, Recent, Screen};
use crate::perform::files::Bounds;
use crate::picker::{FilePicker, SystemPicker};
use crate::sending::{InOrder, Said, Written};
use crate::theme::{Element, Theme, font};
use crate::widget::KeyOrder;
use crate::{perform, preferences_file, sessions, view};

/// The smallest window, in logical pixels at the text size M.
const LEAST: iced::Size = iced::Size::new(720.0, 480.0);

/// What a screen's panel and a window's title bar may take of its height, in pixels.
const EDGES: f32 = 64.0;

/// What the app starts with.
#[derive(Debug)]
pub struct Start {
    /// Where it keeps everything.
    pub home: Home,
    /// A link to follow at once.
    pub link: Option<String>,
    /// The right to be the one app of this home.
    pub instance: Instance,
}

/// What the iced program is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// Something for the controllers.
    Model(Box<controller::Message>),
    /// The window is there.
    Shown(window::Id),
    /// How large the screen is that the window is on.
    Screen(window::Id, iced::Size),
    /// A session is open: this is how to ask it.
    Opened(AccountId, Handle),
    /// The peers' side of an account is open: this is how to ask it.
    PeersOpened(AccountId, Peers),
}

impl Message {
    /// Something for the controllers.
    pub(crate) fn of(message: controller::Message) -> Self {
        Self::Model(Box::new(message))
    }
}

/// The program's state: the model, and what effects need.
pub(crate) struct App {
    model: Model,
    world: World,
}

/// What effects are performed with.
pub(crate) struct World {
    /// Where everything is kept.
    pub home: Home,
    /// The sessions, to ask them.
    pub handles: HashMap<AccountId, Handle>,
    /// The peers' sides of the accounts, to ask them.
    pub peers: HashMap<AccountId, Peers>,
    /// What is on its way into the outboxes.
    pub sending: InOrder<Written>,
    /// The same for talks between devices.
    pub saying: InOrder<Said>,
    /// The server inside the app.
    pub hosting: Hosting,
    /// The system's dialogs for files.
    pub picker: Box<dyn FilePicker>,
    /// What keeps pictures within bounds.
    pub pictures: Bounds,
    links: Links,
}

/// The links of further starts; taken once, by their subscription.
#[derive(Clone)]
struct Links(Arc<Mutex<Option<mpsc::Receiver<Option<String>>>>>);

impl Hash for Links {
    fn hash<H: Hasher>(&self, state: &mut H) {
        "links".hash(state);
    }
}

/// Opens the window and runs until it is closed.
///
/// # Errors
///
/// What iced says when no window can be opened.
pub fn run(start: Start) -> iced::Result {
    let preferences = preferences_file::read(start.home.dir());
    locale::speak(preferences.language);
    let size = iced::Size::new(preferences.window.0, preferences.window.1);
    let start = Mutex::new(Some((start, preferences)));
    let boot = move || {
        let taken = start
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .expect("iced boots a program once");
        boot(taken.0, taken.1)
    };
    let mut program = iced::application(boot, update, view)
        .title(title)
        .theme(theme)
        .scale_factor(|app: &App| app.model.preferences.text_size.factor())
        .subscription(subscription)
        .default_font(font::REGULAR)
        .window(window::Settings {
            size: size.max(LEAST),
            min_size: Some(LEAST),
            exit_on_close_request: false,
            #[cfg(target_os = "linux")]
            platform_specific: window::settings::PlatformSpecific {
                application_id: "parlor".to_owned(),
                ..Default::default()
            },
            ..window::Settings::default()
        });
    for face in font::BUNDLED {
        program = program.font(face);
    }
    font::lend_bold();
    program.run()
}

fn boot(start: Start, preferences: crate::model::Preferences) -> (App, Task<Message>) {
    let mut model = Model::new(preferences, Timestamp::now().into());
    begin(&mut model, &start.home);
    let hosting = Hosting::new(start.home.dir());
    hosting.tell(&mut model);
    let mut world = World {
        home: start.home,
        handles: HashMap::new(),
        peers: HashMap::new(),
        sending: InOrder::default(),
        saying: InOrder::default(),
        hosting,
        picker: Box::new(SystemPicker),
        pictures: Bounds::default(),
        links: Links(Arc::new(Mutex::new(Some(start.instance.into_links())))),
    };
    let first = match &start.link {
        Some(link) => controller::welcome::follow(&mut model, link),
        None => keys::first_focus(&model),
    };
    let task = perform::perform(&mut world, first);
    let theme = iced::system::theme().map(system_theme);
    (App { model, world }, Task::batch([theme, task]))
}

/// What the system says of dark and light.
fn system_theme(mode: iced::theme::Mode) -> Message {
    let light = mode == iced::theme::Mode::Light;
    Message::of(controller::Message::Window(
        controller::window::Message::SystemTheme { light },
    ))
}

/// The accounts of this home, and what was in front.
fn begin(model: &mut Model, home: &Home) {
    let accounts = home.accounts();
    for account in accounts.iter().filter(|account| account.signed_in) {
        model.accounts.push(Account::new(account));
    }
    model.welcome.recent = home
        .servers()
        .into_iter()
        .map(|server| {
            let account = accounts
                .iter()
                .find(|account| account.signed_in && account.address == server.address);
            Recent {
                account: account.map(|account| account.id.clone()),
                who: account.map(|account| account.name.clone()),
                name: server.name,
                address: server.address,
                last_here: Some(server.last_used),
            }
        })
        .collect();
    let last = model
        .accounts
        .iter()
        .find(|account| Some(account.id.as_str()) == model.preferences.account.as_deref());
    if let Some(account) = last {
        model.current = Some(account.id.clone());
        model.screen = Screen::Main;
    }
}

fn update(app: &mut App, message: Message) -> Task<Message> {
    let message = match message {
        Message::Model(message) => *message,
        Message::Shown(id) => {
            return window::monitor_size(id).then(move |screen| match screen {
                Some(screen) => Task::done(Message::Screen(id, screen)),
                None => Task::none(),
            });
        }
        Message::Screen(id, screen) => return fit(&app.model, id, screen),
        Message::Opened(account, handle) => {
            app.world.handles.insert(account, handle);
            return Task::none();
        }
        Message::PeersOpened(account, peers) => {
            app.world.peers.insert(account, peers);
            return Task::none();
        }
    };
    let effect = controller::update(&mut app.model, message);
    perform::perform(&mut app.world, effect)
}

/// Makes a window fit that was kept from a larger screen. Window managers do so
/// too, but before the toolkit listens, which then draws for the size it asked for.
fn fit(model: &Model, id: window::Id, screen: iced::Size) -> Task<Message> {
    let factor = model.preferences.text_size.factor();
    let (width, height) = model.preferences.window;
    let asked = iced::Size::new(width, height).max(LEAST);
    let room = iced::Size::new(screen.width / factor, (screen.height - EDGES) / factor);
    let fits = asked.min(room);
    if fits == asked {
        Task::none()
    } else {
        window::resize(id, fits)
    }
}

fn view(app: &App) -> Element<'_, Message> {
    let Ahead { waits, dropped } = app.model.window.ahead;
    KeyOrder::new(view::root(&app.model).map(Message::of), pressed)
        .waits(waits)
        .dropped(dropped)
        .into()
}

fn title(app: &App) -> String {
    let model = &app.model;
    let name = match model.front() {
        Some(account) if matches!(model.screen, Screen::Main) => {
            tr!("title-server", server = account.server.name.as_str())
        }
        _ => tr!("title"),
    };
    match model.unread() {
        0 => name,
        unread => tr!("title-unread", count = unread, title = name),
    }
}

fn theme(app: &App) -> Theme {
    app.model.theme()
}

fn subscription(app: &App) -> Subscription<Message> {
    let sessions = app
        .model
        .accounts
        .iter()
        .filter(|account| !matches!(account.link, LinkState::SignedOut { .. }))
        .map(|account| sessions::of(&app.world.home, account, &app.model.preferences));
    Subscription::batch(
        sessions.chain([
            event::listen_with(listen),
            window::open_events().map(Message::Shown),
            iced::time::every(tick_every(&app.model))
                .map(|_| Message::of(controller::Message::Ticked(now()))),
            Subscription::run_with(app.world.links.clone(), started_again),
            iced::system::theme_changes().map(system_theme),
        ]),
    )
}

/// A second while something on the screen counts; else seldom, for a redraw costs.
fn tick_every(model: &Model) -> Duration {
    let counts = model
        .toasts
        .shown()
        .iter()
        .any(|toast| toast.until.is_some())
        || model.front().is_some_and(|account| {
            matches!(account.link, LinkState::Offline { .. })
                || account.someone_types()
                || is_dialled(model, account)
                || account.draft_waits()
        });
    Duration::from_secs(if counts { 1 } else { 20 })
}

/// Whether the safety panel counts down to the next attempt to reach somebody.
fn is_dialled(model: &Model, account: &Account) -> bool {
    let shows = model.window.panel == Some(Panel::Safety);
    let person = account.front_person();
    let person = person.and_then(|username| account.peers.people.get(&username));
    shows && person.is_some_and(|p| p.path.is_none() && p.dialled.is_some_and(|d| d.next.is_some()))
}

fn now() -> Time {
    Timestamp::now().into()
}

fn started_again(links: &Links) -> impl Stream<Item = Message> + use<> {
    let links = links
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    stream::unfold(links, |links| async move {
        let mut links = links?;
        let link = links.recv().await?;
        let message = Message::of(controller::Message::StartedAgain(link));
        Some((message, Some(links)))
    })
}

/// What of the window's events the controllers want to know.
fn listen(event: Event, _status: event::Status, _window: window::Id) -> Option<Message> {
    use controller::attach::Message as Attach;
    use controller::window::Message as Window;
    let message = match event {
        Event::Window(window::Event::Opened { size, .. } | window::Event::Resized(size)) => {
            controller::Message::Window(Window::Resized(size.width, size.height))
        }
        Event::Window(window::Event::Focused) => controller::Message::Window(Window::Focused(true)),
        Event::Window(window::Event::Unfocused) => {
            controller::Message::Window(Window::Focused(false))
        }
        Event::Window(window::Event::CloseRequested) => {
            controller::Message::Window(Window::CloseRequested)
        }
        Event::Window(window::Event::FileHovered(_)) => {
            controller::Message::Attach(Attach::Hovered)
        }
        Event::Window(window::Event::FilesHoveredLeft) => {
            controller::Message::Attach(Attach::HoverLeft)
        }
        Event::Window(window::Event::FileDropped(path)) => {
            controller::Message::Attach(Attach::Dropped(path))
        }
        Event::Mouse(mouse::Event::ButtonPressed(_)) => {
            controller::Message::Window(Window::Clicked)
        }
        _ => return None,
    };
    Some(Message::of(message))
}

/// A key that may mean something to the app. What is typed into a field is the field's alone.
fn pressed(key: Key, modifiers: Modifiers, taken: bool) -> Option<Message> {
    let always = matches!(key, Key::Named(Named::Escape | Named::Tab | Named::F6));
    let combined = modifiers.command() || modifiers.alt();
    let means = always || combined || !taken;
    means.then(|| {
        Message::of(controller::Message::Key(keys::Pressed {
            key,
            modifiers,
            taken,
        }))
    })
}
