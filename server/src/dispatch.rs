//! From a line to the handler that answers it.

use std::sync::Arc;

use parlor_protocol::request::BadRequest;
use parlor_protocol::{Code, ErrorLine, Reply, Request, RequestLine};

use crate::connection::Work;
use crate::endpoint::{Endpoint, SignedIn};
use crate::handlers::{
    accounts, devices, discipline, files, history, mail, membership, messages, office, people,
    rooms, sessions,
};
use crate::outbox::Piece;
use crate::state::State;
use crate::storage::StorageError;

/// Somebody who is signed in, asking for something.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// What all connections share.
    pub(crate) state: Arc<State>,
    /// The connection.
    pub(crate) endpoint: Arc<Endpoint>,
    /// Who is signed in on it.
    pub(crate) who: SignedIn,
    /// The request's `id`.
    pub(crate) re: Option<u64>,
    /// The mark by which a `hold` without a number is answered.
    mark: Option<Arc<str>>,
}

/// What a handler says.
pub(crate) type Answer = Result<Reply, ErrorLine>;

impl Context {
    /// Says the answer.
    pub(crate) fn say(&self, answer: Answer) {
        let reply = answer.unwrap_or_else(Reply::Error);
        match &self.mark {
            Some(mark) => self.endpoint.outbox.push(Piece::marked(&reply, mark)),
            None => self.endpoint.outbox.push(Piece::line(&reply, self.re)),
        };
    }
}

/// What a failed storage command is told.
pub(crate) fn storage_error(error: &StorageError) -> ErrorLine {
    if error.is_transient() {
        let message = "The server cannot store anything now. Nothing was kept; try again later.";
        return ErrorLine::new(Code::StorageUnavailable, message);
    }
    tracing::error!(%error, "the storage failed");
    let message = "The server failed at this request. Tell who runs it.";
    ErrorLine::new(Code::Internal, message)
}

/// `bad_request`, naming a member.
pub(crate) fn bad_request(member: &str, what: &str) -> ErrorLine {
    ErrorLine::new(Code::BadRequest, format!("{member}: {what}"))
}

/// Refuses a line that is no request.
pub(crate) fn refuse(state: &Arc<State>, endpoint: &Arc<Endpoint>, bad: BadRequest) {
    let error = match limit_request(state, endpoint) {
        Ok(()) => bad.error,
        Err(limited) => limited,
    };
    endpoint.outbox.say(&Reply::Error(error), bad.re);
}

fn limit_request(state: &State, endpoint: &Endpoint) -> Result<(), ErrorLine> {
    match endpoint.signed_in() {
        Some(who) => Ok(state.limits.request(who.session)?),
        None => Ok(()),
    }
}

/// Whether a request keeps its place among the acts of its connection by
/// itself: the log has their order, and a sign of life has none.
pub(crate) fn keeps_order_in_the_log(request: &Request) -> bool {
    matches!(
        request,
        Request::SendMessage(_)
            | Request::Edit(_)
            | Request::Delete(_)
            | Request::React(_)
            | Request::Ping(_)
            | Request::Typing(_)
    )
}

/// Answers a request, or begins the work that will.
pub(crate) fn dispatch(
    state: &Arc<State>,
    endpoint: &Arc<Endpoint>,
    line: RequestLine,
) -> Option<Work> {
    let RequestLine { request, id: re } = line;
    let Some(who) = endpoint.signed_in() else {
        return accounts::sign_in(state, endpoint, re, request);
    };
    let mark = match &request {
        Request::Hold(hold) if re.is_none() => Some(Arc::from(hold.id.as_str())),
        _ => None,
    };
    let context = Context {
        mark,
        state: Arc::clone(state),
        endpoint: Arc::clone(endpoint),
        who: who.clone(),
        re,
    };
    let is_act = matches!(
        request,
        Request::SendMessage(_) | Request::Edit(_) | Request::Delete(_) | Request::React(_)
    );
    let limited = if is_act {
        state.limits.message(context.who.session, context.who.user)
    } else {
        state.limits.request(context.who.session)
    };
    if let Err(limited) = limited {
        context.say(Err(limited.into()));
        return None;
    }
    if is_act {
        return messages::act(context, request);
    }
    route(context, request)
}

/// A handler that answers at once.
fn now(context: &Context, answer: Answer) -> Option<Work> {
    context.say(answer);
    None
}

/// A handler that waits for storage or the log.
fn later<F>(context: Context, handler: impl FnOnce(Context) -> F) -> Option<Work>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let re = context.re;
    let answer = handler(context.clone());
    Some(Work::new(re, async move {
        context.say(answer.await);
        None
    }))
}

fn route(c: Context, request: Request) -> Option<Work> {
    match request {
        Request::Ping(_) => now(&c, Ok(Reply::Pong {})),
        Request::Typing(r) => people::typing(&c, &r),
        Request::Register(_) | Request::Login(_) | Request::Guest(_) | Request::Resume(_) => {
            now(&c, Err(accounts::already_signed_in()))
        }
        Request::Logout(_) => later(c, sessions::logout),
        Request::Sessions(_) => now(&c, Ok(sessions::list(&c))),
        Request::EndSession(r) => later(c, |c| sessions::end(c, r)),
        Request::ChangePassword(r) => later(c, |c| sessions::change_password(c, r)),

        Request::Rooms(_) => now(&c, Ok(rooms::list(&c))),
        Request::CreateRoom(r) => later(c, |c| rooms::create(c, r)),
        Request::DeleteRoom(r) => later(c, |c| rooms::delete(c, r)),
        Request::SetTopic(r) => later(c, |c| rooms::set_topic(c, r)),
        Request::SetNotify(r) => later(c, |c| rooms::set_notify(c, r)),
        Request::OpenDirect(r) => later(c, |c| rooms::open_direct(c, r)),
        Request::Join(r) => later(c, |c| membership::join(c, r)),
        Request::Leave(r) => later(c, |c| membership::leave(c, r)),
        Request::InviteToRoom(r) => later(c, |c| membership::invite(c, r)),
        Request::RemoveFromRoom(r) => later(c, |c| membership::remove(c, r)),
        Request::Members(r) => now(&c, membership::list(&c, &r)),

        Request::History(r) => later(c, |c| history::history(c, r)),
        Request::Search(r) => later(c, |c| history::search(c, r)),
        Request::Read(r) => later(c, |c| history::read(c, r)),
        Request::Files(r) => later(c, |c| files::list(c, r)),
        Request::DeleteFile(r) => later(c, |c| files::delete(c, r)),

        Request::Users(r) => now(&c, people::users(&c, &r)),
        Request::Profile(r) => later(c, |c| people::profile(c, r)),
        Request::SetPresence(r) => now(&c, people::presence(&c, &r)),

        Request::PublishDevice(r) => later(c, |c| devices::publish(c, r)),
        Request::Devices(r) => later(c, |c| devices::list(c, r)),
        Request::RevokeDevice(r) => later(c, |c| devices::revoke(c, r)),
        Request::ClaimKeys(r) => later(c, |c| devices::claim(c, r)),
        Request::Hold(r) => later(c, |c| mail::hold(c, r)),
        Request::Taken(r) => later(c, |c| mail::taken(c, r)),

        Request::Kick(r) => later(c, |c| discipline::kick(c, r)),
        Request::Ban(r) => later(c, |c| discipline::ban(c, r)),
        Request::Unban(r) => later(c, |c| discipline::unban(c, r)),
        Request::Mute(r) => later(c, |c| discipline::mute(c, r)),
        Request::Unmute(r) => later(c, |c| discipline::unmute(c, r)),
        Request::RevokeSessions(r) => later(c, |c| discipline::revoke_sessions(c, r)),
        Request::SetRole(r) => later(c, |c| office::set_role(c, r)),
        Request::CreateInvite(r) => later(c, |c| office::create_invite(c, r)),
        Request::SendAlert(r) => later(c, |c| office::alert(c, r)),
        Request::Audit(r) => later(c, |c| office::audit(c, r)),

        Request::SendMessage(_) | Request::Edit(_) | Request::Delete(_) | Request::React(_) => {
            messages::act(c, request)
        }
    }
}
