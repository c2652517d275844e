//! The server inside the app.

use std::path::{Path, PathBuf};

use iced::Task;
use parlor_client::Home;

use crate::app::Message;
use crate::effect::HostOptions;
use crate::model::Model;

/// The server inside the app, while there is one.
pub(crate) struct Hosting {
    data: PathBuf,
}

impl Hosting {
    /// No server yet; its data is kept in the home.
    pub(crate) fn new(home: &Path) -> Self {
        Self {
            data: home.join("hosted"),
        }
    }

    /// Tells the model what is known of a server hosted before.
    pub(crate) fn tell(&self, _model: &mut Model) {}

    /// Starts it.
    pub(crate) fn start(&mut self, _home: Home, _options: HostOptions) -> Task<Message> {
        Task::none()
    }

    /// Stops it.
    pub(crate) fn stop(&mut self) -> Task<Message> {
        Task::none()
    }

    /// Stops it, because the app closes.
    pub(crate) fn quit(&mut self) -> Task<Message> {
        Task::none()
    }
}
