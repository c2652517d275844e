//! What stands in for the room server.

use std::collections::BTreeMap;
use std::future::pending;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use super::*;
use crate::peer::files::depot::Fetched;
use crate::transfer::TransferFailure;
use crate::transfers::Standing;
use crate::transfers::progress::Progress;
use crate::transfers::trouble::Trouble;

/// Whom it is for, how long it will be, and what is there.
type Upload = (String, u64, Vec<u8>);

/// The room server.
#[derive(Debug)]
pub(super) struct Room {
    standing: watch::Sender<Standing>,
    pub(super) uploads: Mutex<BTreeMap<String, Upload>>,
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
