//! `/add-list`, `/get-list` and `/leave`: channels, and who is in them.

use hyper::Method;
use parlor_protocol::DeviceId;
use serde_json::json;

use super::Call;
use super::members::{Members, channel_of, missing};
use crate::answer::Answer;

impl Call<'_> {
    /// Adds the user to a channel, and tells who is in it.
    pub(super) fn add_list(self) -> Result<Answer, Answer> {
        let (username, members) = self.said()?;
        let channel = members.channel()?.ok_or_else(|| missing("channel"))?;
        let members = self.state.registry.join(&username, &channel)?;
        let members: Vec<&str> = members.iter().map(|name| &**name).collect();
        let answer = json!({ "channel": &*channel, "members": members });
        Ok(Answer::success(&answer))
    }

    /// Lists everybody, or those in a channel.
    pub(super) fn get_list(self) -> Result<Answer, Answer> {
        self.caller()?;
        let mut channel = Members::of(&self.body)?.channel()?;
        if channel.is_none() && self.head.method != Method::POST {
            let query = self.head.uri.query().unwrap_or_default();
            let asked = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "channel");
            if let Some((_, asked)) = asked {
                channel = Some(channel_of(&asked)?);
            }
        }
        Ok(Answer::json(self.state.registry.list(channel.as_deref())))
    }

    /// Takes the user, or one device, off a channel or altogether.
    pub(super) fn leave(self) -> Result<Answer, Answer> {
        let (username, members) = self.said()?;
        let device = members.parsed("device", "must be 64 lower-case hex digits")?;
        let device: Option<DeviceId> = device;
        let channel = members.channel()?;
        let registry = &self.state.registry;
        registry.leave(&username, device.as_ref(), channel.as_deref());
        Ok(Answer::success(&json!({})))
    }
}
