//! Alice's device, and other devices that are played by hand.

use std::sync::atomic::{AtomicU64, Ordering};

use iroh::endpoint::{Connection, Endpoint, presets};
use iroh::{EndpointAddr, SecretKey};
use parlor_protocol::line;

use super::room::Room;
use super::rows::{LONG, Rows};
use super::*;

/// Nobody is reached but those who come by themselves.
#[derive(Debug)]
pub(super) struct Nobody;

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
        self.rows.knows(peer.device, username);
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
        self.says(accept("nothing", 0)).await;
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
