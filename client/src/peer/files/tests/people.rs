//! What stands in for the store, the links and the room server.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use iroh::endpoint::{Connection, Endpoint, presets};
use iroh::{EndpointAddr, SecretKey};
use parlor_protocol::line;

use super::*;
use crate::peer::files::depot::Fetched;
use crate::transfer::TransferFailure;
use crate::transfers::Standing;
use crate::transfers::progress::Progress;
use crate::transfers::trouble::Trouble;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);

/// The rows, with the store's rules.
#[derive(Debug)]
pub(super) struct Rows {
    rows: Mutex<BTreeMap<String, FileRow>>,
    users: Mutex<HashMap<DeviceId, String>>,
    changed: watch::Sender<u64>,
    pub(super) offered: Mutex<Vec<FileRow>>,
}

impl Rows {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            rows: Mutex::default(),
            users: Mutex::default(),
            changed: watch::Sender::new(0),
            offered: Mutex::default(),
        })
    }

    pub(super) fn change<T>(&self, id: &str, change: impl FnOnce(&mut FileRow) -> T) -> Option<T> {
        let changed = self.rows.lock().unwrap().get_mut(id).map(change);
        self.changed.send_modify(|rev| *rev += 1);
        changed
    }

    pub(super) fn insert(&self, row: FileRow) {
        self.rows.lock().unwrap().insert(row.id.clone(), row);
        self.changed.send_modify(|rev| *rev += 1);
    }

    /// Its user decides how it stands.
    pub(super) fn decide(&self, id: &str, state: PeerFileState) {
        self.change(id, |row| row.state = state);
    }

    pub(super) fn get(&self, id: &str) -> FileRow {
        self.rows.lock().unwrap()[id].clone()
    }

    /// The row, once it is so.
    pub(super) async fn until(&self, id: &str, is_so: impl Fn(&FileRow) -> bool) -> FileRow {
        let mut changed = self.changed.subscribe();
        let waiting = changed.wait_for(|_| is_so(&self.get(id)));
        if timeout(LONG, waiting).await.is_err() {
            panic!("it does not become so: {:?}", self.get(id));
        }
        self.get(id)
    }

    pub(super) async fn until_state(&self, id: &str, state: PeerFileState) -> FileRow {
        self.until(id, |row| row.state == state).await
    }
}

#[async_trait]
impl Ledger for Rows {
    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    async fn files(&self) -> Result<Vec<FileRow>, StoreError> {
        let rows = self.rows.lock().unwrap();
        let rows = rows.values().filter(|row| !engine::is_over(&row.state));
        Ok(rows.cloned().collect())
    }

    async fn file(&self, id: &str) -> Result<Option<FileRow>, StoreError> {
        Ok(self.rows.lock().unwrap().get(id).cloned())
    }

    async fn username_of(&self, device: DeviceId) -> Result<Option<String>, StoreError> {
        Ok(self.users.lock().unwrap().get(&device).cloned())
    }

    async fn offer(&self, id: &str, blake3: String) -> Result<(), StoreError> {
        let row = self.change(id, |row| {
            row.blake3 = blake3;
            if row.state == PeerFileState::Hashing {
                row.state = PeerFileState::Offered;
            }
            row.clone()
        });
        self.offered.lock().unwrap().extend(row);
        Ok(())
    }

    async fn file_state(
        &self,
        id: &str,
        state: PeerFileState,
        done: u64,
        _rate: Option<u64>,
    ) -> Result<(), StoreError> {
        use PeerFileState as State;
        self.change(id, |row| {
            let decided = match row.state {
                State::Cancelled | State::Declined | State::Done => true,
                State::Paused => !engine::is_over(&state),
                _ => false,
            };
            if !decided {
                row.state = state;
            }
            row.done = done;
        });
        Ok(())
    }

    async fn file_place(
        &self,
        id: &str,
        path: Option<PathBuf>,
        partial: Option<PathBuf>,
    ) -> Result<(), StoreError> {
        self.change(id, |row| (row.path, row.partial) = (path, partial));
        Ok(())
    }

    async fn file_upload(
        &self,
        id: &str,
        upload: Option<String>,
        sealed: Option<SealedFile>,
    ) -> Result<(), StoreError> {
        self.change(id, |row| (row.upload, row.sealed) = (upload, sealed));
        Ok(())
    }
}

/// The room server.
#[derive(Debug)]
pub(super) struct Room {
    standing: watch::Sender<Standing>,
    /// By id: whom they are for, how long they will be, and what is there.
    pub(super) uploads: Mutex<BTreeMap<String, (String, u64, Vec<u8>)>>,
    /// The next calls pass so many bytes only, and then the line breaks.
    pub(super) cuts: Mutex<Vec<usize>>,
    /// From where each call went on.
    pub(super) offsets: Mutex<Vec<u64>>,
    pub(super) refusal: Mutex<Option<TransferFailure>>,
    /// A call that is cut waits for ever.
    pub(super) hangs: Mutex<bool>,
    /// Bytes that were taken.
    pub(super) reached: watch::Sender<usize>,
}

impl Room {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            standing: watch::Sender::new(Standing {
                online: true,
                file_bytes: None,
            }),
            uploads: Mutex::default(),
            cuts: Mutex::default(),
            offsets: Mutex::default(),
            refusal: Mutex::default(),
            hangs: Mutex::default(),
            reached: watch::Sender::default(),
        })
    }

    fn cut(&self) -> usize {
        self.cuts.lock().unwrap().pop().unwrap_or(usize::MAX)
    }

    async fn broken(&self) -> Trouble {
        if *self.hangs.lock().unwrap() {
            pending::<()>().await;
        }
        Trouble::Broken("cut".to_owned())
    }
}

#[async_trait]
impl Depot for Room {
    fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    async fn begin(&self, username: &str, size: u64) -> Result<String, Trouble> {
        if let Some(failure) = self.refusal.lock().unwrap().clone() {
            return Err(Trouble::Over(failure));
        }
        let mut uploads = self.uploads.lock().unwrap();
        let id = format!("{:022}", uploads.len());
        uploads.insert(id.clone(), (username.to_owned(), size, Vec::new()));
        Ok(id)
    }

    async fn reached(&self, id: &str, size: u64) -> Result<Option<u64>, Trouble> {
        let uploads = self.uploads.lock().unwrap();
        let upload = uploads.get(id).filter(|(_, total, _)| *total == size);
        Ok(upload.map(|(_, _, there)| there.len() as u64))
    }

    async fn send(
        &self,
        id: &str,
        offset: u64,
        _length: u64,
        mut parts: mpsc::Receiver<Bytes>,
        _progress: Arc<Progress>,
    ) -> Result<u64, Trouble> {
        self.offsets.lock().unwrap().push(offset);
        let mut left = self.cut();
        while let Some(part) = parts.recv().await {
            let passed = part.len().min(left);
            left -= passed;
            let there = {
                let mut uploads = self.uploads.lock().unwrap();
                let (_, _, there) = uploads.get_mut(id).unwrap();
                there.extend_from_slice(&part[..passed]);
                there.len()
            };
            self.reached.send_replace(there);
            if left == 0 {
                return Err(self.broken().await);
            }
        }
        let uploads = self.uploads.lock().unwrap();
        Ok(uploads[id].2.len() as u64)
    }

    async fn finish(&self, id: &str, size: u64) -> Result<(), Trouble> {
        let uploads = self.uploads.lock().unwrap();
        assert_eq!(uploads[id].2.len() as u64, size);
        Ok(())
    }

    async fn remove(&self, id: &str) -> Result<(), Trouble> {
        self.uploads.lock().unwrap().remove(id);
        self.reached.send_replace(0);
        Ok(())
    }

    async fn fetch(&self, id: &str, offset: u64, size: u64) -> Result<Fetched, Trouble> {
        self.offsets.lock().unwrap().push(offset);
        let cut = self.cut();
        let uploads = self.uploads.lock().unwrap();
        let gone = || Trouble::Over(TransferFailure::Gone);
        let (_, total, there) = uploads.get(id).ok_or_else(gone)?;
        assert_eq!(*total, size);
        let rest = &there[usize::try_from(offset).unwrap()..];
        let mut frames: Vec<_> = rest[..rest.len().min(cut)]
            .chunks(100_000)
            .map(|part| Ok(Frame::data(Bytes::copy_from_slice(part))))
            .collect();
        if cut < rest.len() {
            frames.push(Err(std::io::Error::other("cut")));
        }
        let body = BodyExt::boxed_unsync(StreamBody::new(stream::iter(frames)));
        Ok(Fetched::new(body, None))
    }
}

/// Nobody is reached but those who come by themselves.
#[derive(Debug)]
struct Nobody;

#[async_trait]
impl Reach for Nobody {
    async fn user(&self, _username: &str) -> bool {
        false
    }

    async fn device(&self, _device: DeviceId) -> bool {
        false
    }
}

/// Alice's device.
#[derive(Debug)]
pub(super) struct Owner {
    pub(super) files: Arc<Files>,
    pub(super) rows: Arc<Rows>,
    pub(super) room: Arc<Room>,
    pub(super) dir: tempfile::TempDir,
}

impl Owner {
    pub(super) fn new(room: &Arc<Room>) -> Self {
        let rows = Rows::new();
        Self {
            files: Arc::new(Files::start(setup(&rows, room))),
            rows,
            room: Arc::clone(room),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// Ends as if the program was closed, and begins again.
    pub(super) async fn restart(&mut self) {
        self.files.stop().await;
        self.files = Arc::new(Files::start(setup(&self.rows, &self.room)));
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What lies in its folder.
    pub(super) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// A device comes, and a link to it is up.
    pub(super) async fn meet(&self, username: &str) -> Peer {
        let peer = Peer::new(&self.files, username, None).await;
        let mut users = self.rows.users.lock().unwrap();
        users.insert(peer.device, username.to_owned());
        drop(users);
        self.files.up(peer.link.clone()).await;
        peer
    }
}

fn setup(rows: &Arc<Rows>, room: &Arc<Room>) -> Setup {
    Setup {
        username: "alice".to_owned(),
        ledger: rows.clone(),
        depot: room.clone(),
        reach: Arc::new(Nobody),
        save_to: None,
    }
}

/// Another device, played by hand.
pub(super) struct Peer {
    pub(super) device: DeviceId,
    username: String,
    files: Arc<Files>,
    pub(super) link: Arc<Wire>,
    connection: Connection,
    said: mpsc::Receiver<PeerLine>,
    _endpoints: (Endpoint, Endpoint),
}

/// Alice's end of a link.
#[derive(Debug)]
pub(super) struct Wire {
    id: LinkId,
    device: DeviceId,
    username: String,
    connection: Connection,
    said: mpsc::Sender<PeerLine>,
}

#[async_trait]
impl FileLink for Wire {
    fn id(&self) -> LinkId {
        self.id
    }

    fn device(&self) -> DeviceId {
        self.device
    }

    fn username(&self) -> &str {
        &self.username
    }

    async fn send(&self, line: &PeerLine) -> Result<(), LinkGone> {
        self.said.send(line.clone()).await.map_err(|_| LinkGone)
    }

    async fn open_file(&self, head: &FileHead) -> Result<SendStream, LinkGone> {
        open(&self.connection, head).await.ok_or(LinkGone)
    }
}

async fn open(connection: &Connection, head: &FileHead) -> Option<SendStream> {
    let mut stream = connection.open_uni().await.ok()?;
    let head = line::encode(head).unwrap();
    stream.write_all(&head).await.ok()?;
    Some(stream)
}

async fn read_head(stream: &mut RecvStream) -> FileHead {
    let (mut head, mut byte) = (Vec::new(), [0]);
    loop {
        stream.read_exact(&mut byte).await.unwrap();
        if byte == *b"\n" {
            return serde_json::from_slice(&head).unwrap();
        }
        head.push(byte[0]);
    }
}

async fn endpoint() -> Endpoint {
    Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::generate())
        .alpns(vec![b"test".to_vec()])
        .bind_addr("127.0.0.1:0")
        .unwrap()
        .bind()
        .await
        .unwrap()
}

impl Peer {
    async fn new(files: &Arc<Files>, username: &str, device: Option<DeviceId>) -> Self {
        static LINKS: AtomicU64 = AtomicU64::new(1);
        let (near, far) = (endpoint().await, endpoint().await);
        let to = far
            .bound_sockets()
            .into_iter()
            .find(std::net::SocketAddr::is_ipv4);
        let to = EndpointAddr::new(far.id()).with_ip_addr(to.unwrap());
        let accepting = async { far.accept().await.unwrap().await.unwrap() };
        let (here, there) = tokio::join!(near.connect(to, b"test"), accepting);
        let here = here.unwrap();
        let device = device.unwrap_or(DeviceId(*far.id().as_bytes()));
        let (say, said) = mpsc::channel(64);
        let link = Wire {
            id: LinkId(LINKS.fetch_add(1, Ordering::Relaxed)),
            device,
            username: username.to_owned(),
            connection: here.clone(),
            said: say,
        };
        let taking = Arc::clone(files);
        tokio::spawn(async move {
            while let Ok(mut stream) = here.accept_uni().await {
                let head = read_head(&mut stream).await;
                taking.stream(device, head, stream).await;
            }
        });
        Self {
            device,
            username: username.to_owned(),
            files: Arc::clone(files),
            link: Arc::new(link),
            connection: there,
            said,
            _endpoints: (near, far),
        }
    }

    /// The same device, in a link to another process of alice's.
    pub(super) async fn meets_again(&mut self, owner: &Owner) {
        *self = Self::new(&owner.files, &self.username, Some(self.device)).await;
        owner.files.up(self.link.clone()).await;
    }

    pub(super) async fn says(&self, line: PeerLine) {
        self.files.line(self.device, &self.username, line).await;
    }

    /// What it is told next.
    pub(super) async fn hears(&mut self) -> PeerLine {
        let said = timeout(LONG, self.said.recv()).await;
        said.expect("nothing is said").unwrap()
    }

    /// What it is told next of this kind.
    pub(super) async fn hears_accept(&mut self) -> (String, u64) {
        loop {
            if let PeerLine::FileAccept { id, offset } = self.hears().await {
                return (id, offset);
            }
        }
    }

    pub(super) async fn hears_reject(&mut self) -> (String, String) {
        loop {
            if let PeerLine::FileReject { id, reason } = self.hears().await {
                return (id, reason);
            }
        }
    }

    /// All that it said was taken: an answer to something else came.
    pub(super) async fn is_heard(&mut self) {
        self.says(super::accept("nothing", 0)).await;
        while self.hears_reject().await.0 != "nothing" {}
    }

    pub(super) async fn hears_offer(&mut self) -> FileOffer {
        loop {
            if let PeerLine::FileOffer(offer) = self.hears().await {
                return offer;
            }
        }
    }

    /// Begins to send a file.
    pub(super) async fn sends(&self, id: &str, offset: u64) -> SendStream {
        let head = FileHead {
            id: id.to_owned(),
            offset,
        };
        open(&self.connection, &head).await.unwrap()
    }

    /// Takes the next stream.
    pub(super) async fn takes(&self) -> (FileHead, RecvStream) {
        let stream = timeout(LONG, self.connection.accept_uni()).await;
        let mut stream = stream.expect("no stream comes").unwrap();
        (read_head(&mut stream).await, stream)
    }

    pub(super) async fn goes(self) {
        self.files.down(self.device, self.link.id).await;
        self.connection.close(0_u32.into(), b"");
    }
}
