//! The list of files, in place of the talk.

use iced::widget::{button, column, container, pick_list, row, scrollable, space, stack};
use iced::{Alignment, Length, Padding};
use parlor_client::TransferState;
use parlor_protocol::File;

use super::part::button::{self as buttons, IconButton, menu_row, menu_row_danger};
use super::part::text;
use super::{form, progress, when};
use crate::controller::Message;
use crate::controller::attach::Message as Attach;
use crate::controller::file::Message as FileMessage;
use crate::controller::files::{FIELD, Message as Files};
use crate::controller::menu::Message as MenuMessage;
use crate::icon::Icon;
use crate::locale::{amount, tr};
use crate::model::cut::middle;
use crate::model::file_kind::{FileKind, is_shown, may_open};
use crate::model::files::{Listed, Sort};
use crate::model::transfers::is_running;
use crate::model::{Account, Menu, Model, Panel};
use crate::theme::{self, Element, Type, space as sizes};
use crate::widget::popover::Popover;

/// The widths of the columns behind the name: from, room, size, when, what to do.
const COLUMNS: [f32; 5] = [104.0, 96.0, 72.0, 60.0, 28.0];
/// Between two columns.
const GAP: f32 = 10.0;
/// The height of a line.
const LINE: f32 = 36.0;
/// Below this width of the list, who and where give way.
const WIDE: f32 = 680.0;

/// The list of files.
pub(crate) fn view<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let files = &account.files;
    let fitting = files.fitting();
    let panel = match model.window.panel {
        Some(panel) if model.window.panel_docks() => Panel::width(panel),
        _ => 0.0,
    };
    let wide = model.window.size.0 - model.window.sidebar_width() - panel >= WIDE;
    let body: Element<'a, Message> = match &files.state {
        Listed::Failed(why) => {
            let again = buttons::small(tr!("files-again"), theme::button::secondary)
                .on_press(Message::Files(Files::Again));
            let inside = column![form::error_box(why.clone()), again].spacing(8);
            container(inside).padding(20).height(Length::Fill).into()
        }
        Listed::Waits | Listed::Not if fitting.is_empty() => {
            empty(tr!("files-waits"), String::new())
        }
        _ if fitting.is_empty() && (!files.query.trim().is_empty() || files.kind.is_some()) => {
            empty(
                tr!("files-nothing", query = files.query.trim()),
                tr!("files-nothing-how"),
            )
        }
        _ if fitting.is_empty() => empty(tr!("files-empty"), tr!("files-empty-how")),
        _ => lines(model, account, &fitting, wide),
    };
    column![
        header(account),
        super::horizontal_line(),
        filters(account),
        titles(wide),
        container(body).height(Length::Fill),
        super::horizontal_line(),
        foot(account, fitting.len()),
    ]
    .into()
}

fn header(account: &Account) -> Element<'_, Message> {
    let here = account.files.room.is_some();
    let room = account.room.as_deref().unwrap_or_default();
    let scope = form::segmented(
        vec![
            (true, middle(&account.room_words(room), 20)),
            (false, tr!("files-all-rooms")),
        ],
        here,
        false,
        |here| Message::Files(Files::Here(here)),
    );
    let upload = buttons::icon_words(
        Icon::Upload,
        |tokens| tokens.on_fill,
        tr!("files-upload"),
        theme::button::primary,
    )
    .on_press_maybe(
        account
            .server
            .files
            .then_some(Message::Attach(Attach::Open)),
    );
    let inside = row![
        Icon::Folder.large(|tokens| tokens.t1),
        text::medium(Type::Title, tr!("files-title")).width(Length::Fill),
        scope,
        upload,
        IconButton::new(Icon::Close, tr!("files-close"))
            .keys(tr!("keys-escape"))
            .view(Some(Message::Files(Files::Toggle))),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    container(inside)
        .padding(Padding::ZERO.left(20).right(12))
        .center_y(sizes::HEADER - 1.0)
        .width(Length::Fill)
        .into()
}

/// One of a few, with its words.
#[derive(Debug, Clone, PartialEq)]
struct Choice<T>(T, String);

impl<T> std::fmt::Display for Choice<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.1)
    }
}

fn kinds() -> Vec<Choice<Option<FileKind>>> {
    vec![
        Choice(None, tr!("files-kind-any")),
        Choice(Some(FileKind::Picture), tr!("files-kind-pictures")),
        Choice(Some(FileKind::Document), tr!("files-kind-documents")),
        Choice(Some(FileKind::Archive), tr!("files-kind-archives")),
        Choice(Some(FileKind::Key), tr!("files-kind-keys")),
        Choice(Some(FileKind::Other), tr!("files-kind-others")),
    ]
}

fn sorts() -> Vec<Choice<Sort>> {
    vec![
        Choice(Sort::Newest, tr!("files-sort-newest")),
        Choice(Sort::Oldest, tr!("files-sort-oldest")),
        Choice(Sort::Largest, tr!("files-sort-largest")),
        Choice(Sort::Name, tr!("files-sort-name")),
    ]
}

fn select<'a, T: Clone + PartialEq + 'a>(
    choices: Vec<Choice<T>>,
    now: &T,
    act: impl Fn(T) -> Files + 'a,
) -> Element<'a, Message> {
    let chosen = choices.iter().find(|choice| choice.0 == *now).cloned();
    pick_list(choices, chosen, move |choice: Choice<T>| {
        Message::Files(act(choice.0))
    })
    .text_size(Type::Body.size())
    .text_line_height(Type::Body.line_height())
    .padding([6, 10])
    .style(theme::choice::select)
    .into()
}

fn filters(account: &Account) -> Element<'_, Message> {
    let files = &account.files;
    let input = form::field(FIELD, &tr!("files-find"), &files.query, false)
        .on_input(|query| Message::Files(Files::Query(query)))
        .padding(Padding {
            top: 6.0,
            right: 10.0,
            bottom: 6.0,
            left: 36.0,
        });
    let mark = container(Icon::Search.medium(|tokens| tokens.t3))
        .center_y(sizes::BUTTON)
        .padding(Padding::ZERO.left(12));
    let inside = row![
        container(stack![input, mark]).width(Length::Fill),
        select(kinds(), &files.kind, Files::Kind),
        select(sorts(), &files.sort, Files::Sort),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    container(inside)
        .padding(Padding {
            top: 12.0,
            right: 12.0,
            bottom: 8.0,
            left: 20.0,
        })
        .into()
}

/// The columns of a line, given what stands in each.
fn columns<'a>(
    [icon, name, from, room, size, when, act]: [Element<'a, Message>; 7],
    wide: bool,
) -> Element<'a, Message> {
    let right = |inside, width| container(inside).align_right(width);
    let mut all = row![
        container(icon).center_x(20),
        container(name).width(Length::Fill).clip(true)
    ]
    .spacing(GAP)
    .align_y(Alignment::Center);
    if wide {
        all = all
            .push(container(from).width(COLUMNS[0]).clip(true))
            .push(container(room).width(COLUMNS[1]).clip(true));
    }
    all.push(right(size, COLUMNS[2]))
        .push(right(when, COLUMNS[3]))
        .push(container(act).center_x(COLUMNS[4]))
        .into()
}

fn titles<'a>(wide: bool) -> Element<'a, Message> {
    let title = |words: String| -> Element<'a, Message> {
        text::line(Type::Small, words).style(theme::text::t3).into()
    };
    let inside = columns(
        [
            space().into(),
            title(tr!("files-name")),
            title(tr!("files-from")),
            title(tr!("files-room")),
            title(tr!("files-size")),
            title(tr!("files-when")),
            space().into(),
        ],
        wide,
    );
    container(inside)
        .padding(Padding {
            top: 4.0,
            right: 20.0,
            bottom: 4.0,
            left: 24.0,
        })
        .into()
}

fn lines<'a>(
    model: &'a Model,
    account: &'a Account,
    fitting: &[&'a File],
    wide: bool,
) -> Element<'a, Message> {
    let files = &account.files;
    let mut list = column![].width(Length::Fill);
    for file in fitting.iter().take(files.lines) {
        list = list.push(line(model, account, file, wide));
    }
    if fitting.len() > files.lines || files.count().1 {
        let more = buttons::small(tr!("files-more"), theme::button::secondary)
            .on_press(Message::Files(Files::More));
        list = list.push(container(more).padding([8, 12]));
    }
    scrollable(list.padding(Padding::from([0, 12])))
        .height(Length::Fill)
        .into()
}

fn line<'a>(
    model: &'a Model,
    account: &'a Account,
    file: &'a File,
    wide: bool,
) -> Element<'a, Message> {
    let words = |words: String, ink: fn(&theme::Theme) -> iced::widget::text::Style| {
        text::line(Type::Body, words).style(ink)
    };
    let room = account.room_words(&file.room);
    let name = middle(&file.name, if wide { 46 } else { 34 });
    let inside = columns(
        [
            progress::icon(FileKind::of(file))
                .large(|tokens| tokens.t3)
                .into(),
            text::line(Type::Text, name).into(),
            words(account.name_of(&file.by).to_owned(), theme::text::t2).into(),
            words(room, theme::text::t2).into(),
            words(amount::size(file.size), theme::text::t2).into(),
            words(when::short(file.time, model.now), theme::text::t3).into(),
            space().into(),
        ],
        wide,
    );
    let chosen = account.files.chosen.as_deref() == Some(file.id.as_str());
    let face = button(container(inside).center_y(Length::Fill))
        .width(Length::Fill)
        .height(LINE)
        .padding(Padding::ZERO.left(12).right(8))
        .style(if chosen {
            theme::button::row_on
        } else {
            theme::button::row
        })
        .on_press(Message::Files(Files::Menu(file.id.clone())));
    let act = container(act(account, file))
        .align_right(Length::Fill)
        .center_y(LINE)
        .padding(Padding::ZERO.right(8));
    let open = model.menu == Some(Menu::File(file.id.clone()));
    let menu = open.then(|| menu(account, file));
    Popover::new(stack![face, act], menu)
        .on_close(Message::Menu(MenuMessage::Close))
        .into()
}

/// The button at the end of a line: what one most likely wants.
fn act<'a>(account: &Account, file: &File) -> Element<'a, Message> {
    let button = |icon, name: String, act| IconButton::new(icon, name).view(Some(act));
    let of = |message| Message::File(message);
    let transfer = account.transfers.download(&file.id);
    match transfer {
        Some(transfer) if transfer.state == TransferState::Done => button(
            Icon::Check,
            tr!("files-there"),
            of(FileMessage::ShowInFolder(transfer.id)),
        ),
        Some(transfer) if is_running(transfer) => button(
            Icon::Pause,
            tr!("transfer-pause"),
            of(FileMessage::Pause(transfer.id)),
        ),
        Some(transfer) => button(
            if progress::why_broken(transfer).is_some() {
                Icon::Retry
            } else {
                Icon::Play
            },
            tr!("transfer-resume"),
            of(FileMessage::Download(Box::new(file.clone()))),
        ),
        None if file.by == account.me.username => button(
            Icon::More,
            tr!("files-more-acts"),
            Message::Files(Files::Menu(file.id.clone())),
        ),
        None => button(
            Icon::Download,
            tr!("file-download"),
            of(FileMessage::Download(Box::new(file.clone()))),
        ),
    }
}

/// Everything that can be done with a file.
fn menu<'a>(account: &Account, file: &File) -> Element<'a, Message> {
    let of = |act: fn(Box<File>) -> FileMessage| Message::File(act(Box::new(file.clone())));
    let mut rows = column![];
    if is_shown(file) {
        let view = of(FileMessage::View);
        rows = rows.push(menu_row(
            Icon::Image,
            tr!("file-view"),
            Some(tr!("keys-enter")),
            view,
        ));
    }
    rows = rows
        .push(menu_row(
            Icon::Download,
            tr!("file-download"),
            None,
            of(FileMessage::Download),
        ))
        .push(menu_row(
            Icon::Folder,
            tr!("file-save-as"),
            None,
            of(FileMessage::SaveAs),
        ));
    if may_open(&file.name) {
        let open = of(FileMessage::OpenOutside);
        rows = rows.push(menu_row(Icon::Eye, tr!("file-open"), None, open));
    }
    if account.may_delete_file(file) {
        rows = rows.push(menu_row_danger(
            Icon::Trash,
            tr!("file-delete"),
            Some(tr!("key-delete")),
            of(FileMessage::Delete),
        ));
    }
    container(rows)
        .padding(5)
        .width(sizes::MENU)
        .style(theme::surface::menu)
        .into()
}

fn empty<'a>(title: String, how: String) -> Element<'a, Message> {
    let inside = column![
        Icon::Folder.large(|tokens| tokens.t3),
        space::vertical().height(6),
        text::medium(Type::Text, title),
        text::plain(Type::Body, how).style(theme::text::t2),
    ]
    .align_x(Alignment::Center);
    container(inside).center(Length::Fill).padding(16).into()
}

fn foot<'a>(account: &Account, shown: usize) -> Element<'a, Message> {
    let (count, more) = account.files.count();
    let size = amount::size(account.files.bytes());
    let server = account.server.name.as_str();
    let words = if more {
        tr!(
            "files-foot-more",
            shown = shown,
            count = count,
            size = size,
            server = server
        )
    } else {
        tr!(
            "files-foot",
            shown = shown,
            count = count,
            size = size,
            server = server
        )
    };
    container(text::line(Type::Small, words).style(theme::text::t3))
        .padding([10, 24])
        .width(Length::Fill)
        .clip(true)
        .into()
}
