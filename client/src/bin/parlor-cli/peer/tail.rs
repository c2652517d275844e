//! `peer tail`: what comes, live.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use parlor_client::peer::{PeerEvent, PeerFileState, Post, PostBody, PostState, Talk};

use super::{Side, show};
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::print::Printer;

/// Posts of one page that are looked through for those not printed yet.
const PAGE: usize = 200;

/// Which talks are followed.
pub(super) enum Which {
    /// With everybody.
    Direct,
    /// This one.
    One(Talk),
}

/// What was printed.
struct Tail<'a> {
    which: Which,
    save: Option<PathBuf>,
    me: String,
    /// The place of each talk up to which everything was printed.
    printed: HashMap<Talk, u64>,
    /// Files that are on their way.
    files: HashSet<String>,
    out: &'a mut Printer,
}

pub(super) async fn tail(
    side: &mut Side,
    save: Option<PathBuf>,
    out: &mut Printer,
) -> Result<(), Failure> {
    if let Some(save) = &save {
        make_folder(save)?;
    }
    run(side, Which::Direct, save, out).await
}

/// Prints what is unread, and what comes, until interrupted. What was printed is read.
pub(super) async fn run(
    side: &mut Side,
    which: Which,
    save: Option<PathBuf>,
    out: &mut Printer,
) -> Result<(), Failure> {
    let mut tail = Tail {
        which,
        save,
        me: side.session.account().username.clone(),
        printed: HashMap::new(),
        files: HashSet::new(),
        out,
    };
    tokio::select! {
        done = tail.run(side) => done,
        interrupted = interrupted() => Ok(interrupted?),
    }
}

impl Tail<'_> {
    async fn run(&mut self, side: &mut Side) -> Result<(), Failure> {
        for state in side.snapshot.talks.clone() {
            if !self.wants(&state.talk) {
                continue;
            }
            self.printed.insert(state.talk.clone(), state.read_place);
            if state.last_place > state.read_place {
                self.unread(side, &state.talk, state.read_place).await?;
            }
        }
        loop {
            let batch = side.next(None).await?.unwrap_or_default();
            for event in batch {
                if let PeerEvent::Posts { talk, posts } = event
                    && self.wants(&talk)
                {
                    self.posts(side, &talk, posts).await?;
                }
            }
        }
    }

    fn wants(&self, talk: &Talk) -> bool {
        match &self.which {
            Which::Direct => matches!(talk, Talk::Direct(_)),
            Which::One(one) => one == talk,
        }
    }

    /// Prints what came while nobody looked.
    async fn unread(&mut self, side: &Side, talk: &Talk, read: u64) -> Result<(), Failure> {
        let mut pages = Vec::new();
        let mut before = None;
        loop {
            let (posts, more) = side.peers.page(talk, before, PAGE).await?;
            before = posts.first().map(|post| post.place);
            let reaches = before.is_none_or(|place| place <= read);
            pages.push(posts);
            if !more || reaches {
                break;
            }
        }
        for posts in pages.into_iter().rev() {
            self.posts(side, talk, posts).await?;
        }
        Ok(())
    }

    async fn posts(&mut self, side: &Side, talk: &Talk, posts: Vec<Post>) -> Result<(), Failure> {
        let printed = self.printed.get(talk).copied().unwrap_or(0);
        let mut last = printed;
        for post in posts {
            if post.place > last {
                last = post.place;
                let of_others = matches!(post.state, PostState::Received(_));
                if of_others || post.state == PostState::Here {
                    show::post(talk, &post, &self.me, self.out)?;
                }
                if of_others {
                    self.offered(side, &post).await?;
                }
            }
            self.file(&post)?;
        }
        if last > printed {
            self.printed.insert(talk.clone(), last);
            side.peers.read(talk, last).await?;
        }
        Ok(())
    }

    /// Accepts a file into the folder, or declines it.
    async fn offered(&mut self, side: &Side, post: &Post) -> Result<(), Failure> {
        let PostBody::File(file) = &post.body else {
            return Ok(());
        };
        if file.state != PeerFileState::Offered {
            return Ok(());
        }
        match &self.save {
            Some(folder) => {
                let to = free_place(folder, &file.name);
                self.files.insert(file.id.clone());
                side.peers.accept_file(&file.id, to).await?;
            }
            None => side.peers.cancel_file(&file.id).await?,
        }
        Ok(())
    }

    /// Prints how a file ended that was accepted, here or by a process that ended before it came.
    fn file(&mut self, post: &Post) -> Result<(), Failure> {
        let PostBody::File(file) = &post.body else {
            return Ok(());
        };
        let comes = matches!(
            file.state,
            PeerFileState::Waiting | PeerFileState::Running | PeerFileState::Sealing
        );
        if comes && matches!(post.state, PostState::Received(_)) {
            self.files.insert(file.id.clone());
        }
        let ended = matches!(
            file.state,
            PeerFileState::Done | PeerFileState::Failed(_) | PeerFileState::Cancelled
        );
        if ended && self.files.remove(&file.id) {
            show::file_end(post, self.out)?;
        }
        Ok(())
    }
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::Usage(format!("{}: {error}", folder.display())))
}

/// A place for a file whose name is not taken: as in `report (2).pdf`.
fn free_place(folder: &Path, name: &str) -> PathBuf {
    let name = parlor_protocol::file_name::clean(name);
    let path = Path::new(&name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let end = path
        .extension()
        .map(|end| format!(".{}", end.to_string_lossy()))
        .unwrap_or_default();
    let mut place = folder.join(&name);
    let mut count = 2_u64;
    while place.exists() {
        place = folder.join(format!("{stem} ({count}){end}"));
        count += 1;
    }
    place
}
