//! Effects become iced tasks, here, in `perform/files.rs` and in `perform/peer.rs`, and nowhere else.

pub(crate) mod files;
pub(crate) mod peer;

use std::future::Future;

use iced::advanced::widget::operate;
use iced::advanced::widget::operation::focusable;
use iced::widget::operation;
use iced::{Task, clipboard, window};
use parlor_client::{AccountId, Handle, Place, RequestError};
use parlor_protocol::{Reply, Request};

use crate::app::{Message, World};
use crate::controller::{self, welcome, words};
use crate::effect::{Command, Effect, Question};
use crate::locale::{self, tr};
use crate::preferences_file;
use crate::sending::{InOrder, Written};

/// Messages of one page of a room: some screens full.
const PAGE: usize = 100;

/// Does what a controller wants done.
pub(crate) fn perform(world: &mut World, effect: Effect) -> Task<Message> {
    match effect {
        Effect::None => Task::none(),
        Effect::Batch(effects) => {
            // In their order: `chain` would wait for each, which tasks of the network must not.
            let tasks: Vec<_> = effects
                .into_iter()
                .map(|effect| perform(world, effect))
                .collect();
            Task::batch(tasks)
        }
        Effect::Tell(account, command) => match world.handles.get(&account) {
            Some(handle) => tell(&world.sending, handle.clone(), command),
            None => Task::none(),
        },
        Effect::Ask {
            account,
            question,
            request,
        } => ask(world, account, question, request),
        Effect::Page {
            account,
            room,
            place,
        } => page(world, account, room, place),
        Effect::Copy(text) => clipboard::write(text),
        Effect::Paste => clipboard::read().map(|text| told(controller::Message::Pasted(text))),
        Effect::Open(address) => open(address),
        Effect::Focus(id) => operation::focus(id),
        Effect::FocusNext { back: false } => operation::focus_next(),
        Effect::FocusNext { back: true } => operation::focus_previous(),
        Effect::Unfocus => operate(focusable::unfocus()),
        Effect::SelectAll(id) => operation::select_all(id),
        Effect::Speak(language) => {
            locale::speak(language);
            Task::none()
        }
        Effect::Keep(preferences) => {
            match preferences_file::write(world.home.dir(), &preferences) {
                Ok(()) => Task::none(),
                Err(error) => failed(tr!("start-preferences-not-kept", why = error.to_string())),
            }
        }
        Effect::Raise => window::latest().and_then(window::gain_focus),
        Effect::Files(account, effect) => files::perform(world, account, effect),
        Effect::Peer(account, command) => peer::perform(world, account, command),
        Effect::OpenFile(path) => files::open(path),
        Effect::ShowInFolder(path) => files::show_in_folder(&path),
        Effect::Quit => world.hosting.quit().chain(iced::exit()),
        Effect::Host(options) => world.hosting.start(world.home.clone(), options),
        Effect::StopHosting => world.hosting.stop(),
        other => accounts(world, other),
    }
}

/// Effects on what the home knows: servers and accounts.
fn accounts(world: &mut World, effect: Effect) -> Task<Message> {
    let home = world.home.clone();
    match effect {
        Effect::Greet(link) => Task::perform(
            async move {
                let result = parlor_client::greet(&home, &link).await;
                (link, result)
            },
            |(link, result)| of_welcome(welcome::Message::Greeted(link, Box::new(result))),
        ),
        Effect::Remember(greeting) => {
            let result = home.remember(&greeting).map_err(|error| error.to_string());
            Task::done(of_welcome(welcome::Message::Remembered(greeting, result)))
        }
        Effect::SignIn { link, with } => Task::perform(
            async move { parlor_client::sign_in(&home, &link, with).await },
            |result| {
                told(controller::Message::SignIn(
                    controller::sign_in::Message::Done(Box::new(result)),
                ))
            },
        ),
        Effect::Forget(address) => {
            for account in home.accounts() {
                if account.address == address {
                    world.handles.remove(&account.id);
                    world.peers.remove(&account.id);
                }
            }
            let result = home
                .forget_server(&address)
                .map_err(|error| error.to_string());
            Task::done(of_welcome(welcome::Message::Forgotten(address, result)))
        }
        Effect::SignOut(account) => match world.handles.get(&account) {
            Some(handle) => sign_out(handle.clone()),
            None => failed(tr!(
                "sign-out-failed",
                why = words::request(&RequestError::Offline)
            )),
        },
        // The others were performed above.
        _ => Task::none(),
    }
}

fn told(message: controller::Message) -> Message {
    Message::of(message)
}

fn of_welcome(message: welcome::Message) -> Message {
    told(controller::Message::Welcome(message))
}

fn failed(text: String) -> Task<Message> {
    Task::done(told(controller::Message::Failed(text)))
}

/// Runs something that can fail; only a failure is told.
fn only_failure<E: Send + 'static>(
    future: impl Future<Output = Result<(), E>> + Send + 'static,
    words: fn(&E) -> String,
) -> Task<Message> {
    Task::future(future).then(move |result| match result {
        Ok(()) => Task::none(),
        Err(error) => failed(words(&error)),
    })
}

fn tell(sending: &InOrder<Written>, handle: Handle, command: Command) -> Task<Message> {
    match command {
        Command::Send {
            room,
            text,
            reply_to,
            files,
        } => {
            let written = Written {
                handle,
                room,
                text,
                reply_to,
                files,
            };
            send(sending, written)
        }
        Command::Retry { nonce } => only_failure(
            async move { handle.retry(&nonce).await.map(drop) },
            |error| tr!("send-not-kept", why = error.to_string()),
        ),
        Command::Discard { nonce } => only_failure(
            async move { handle.discard(&nonce).await.map(drop) },
            |error| tr!("send-not-discarded", why = error.to_string()),
        ),
        Command::Draft { room, text } => only_failure(
            async move { handle.save_draft(&room, &text).await },
            |error| tr!("send-draft-not-kept", why = error.to_string()),
        ),
        Command::Read { room, seq } => {
            handle.read(&room, seq);
            Task::none()
        }
        Command::Typing { room } => {
            handle.typing(&room);
            Task::none()
        }
        Command::Presence(presence) => {
            handle.presence(presence);
            Task::none()
        }
        Command::TryNow => {
            handle.try_now();
            Task::none()
        }
    }
}

/// Puts a message into the outbox; what could not be kept goes back to its writer.
fn send(sending: &InOrder<Written>, written: Written) -> Task<Message> {
    let kept = sending.put(written, |written| async move {
        let Written {
            handle,
            room,
            text,
            reply_to,
            files,
        } = written;
        let kept = if files.is_empty() {
            handle.send(&room, &text, reply_to).await
        } else {
            handle
                .send_files(&room, &text, reply_to, files.clone())
                .await
        };
        kept.err().map(|error| controller::Message::NotKept {
            account: handle.account().id.clone(),
            room,
            text,
            reply_to,
            files,
            why: error.to_string(),
        })
    });
    Task::future(kept).then(|failure| {
        let failure = failure.flatten();
        failure.map_or_else(Task::none, |message| Task::done(told(message)))
    })
}

fn ask(world: &World, account: AccountId, question: Question, request: Request) -> Task<Message> {
    let handle = world.handles.get(&account).cloned();
    let answered = move |result: Result<Reply, RequestError>| {
        told(controller::Message::Answered {
            account,
            question,
            result,
        })
    };
    match handle {
        Some(handle) => Task::perform(async move { handle.request(request).await }, answered),
        None => Task::done(answered(Err(RequestError::Offline))),
    }
}

fn page(world: &World, account: AccountId, room: String, place: Place) -> Task<Message> {
    let handle = world.handles.get(&account).cloned();
    Task::perform(
        async move {
            let result = match handle {
                Some(handle) => handle.history(&room, place, PAGE).await,
                None => Err(RequestError::Offline),
            };
            (room, result)
        },
        move |(room, result)| {
            told(controller::Message::Paged {
                account,
                room,
                place,
                result,
            })
        },
    )
}

fn open(address: String) -> Task<Message> {
    only_failure(
        async move {
            tokio::task::spawn_blocking(move || open::that_detached(address))
                .await
                .unwrap_or_else(|_| Err(std::io::Error::other("")))
        },
        |error: &std::io::Error| tr!("open-failed", why = error.to_string()),
    )
}

fn sign_out(handle: Handle) -> Task<Message> {
    only_failure(async move { handle.sign_out().await }, |error| {
        tr!("sign-out-failed", why = words::request(error))
    })
}
