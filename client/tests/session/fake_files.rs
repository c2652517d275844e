//! The files of the fake server: tus and downloads over real TLS, and faults on demand.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::server::TlsStream;

use crate::fake::{Fake, stamp};

/// What goes wrong with the next request that moves bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FileFault {
    /// An upload breaks after this many bytes, all of which are kept.
    CutUpload(usize),
    /// An upload breaks after this many bytes, of which the last this many are lost.
    LoseUpload(usize, usize),
    /// A download breaks after this many bytes.
    CutDownload(usize),
    /// One byte of a download is another.
    Corrupt,
    /// The request is refused.
    Refuse(u16, Value),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct FakeFile {
    pub(crate) room: String,
    pub(crate) name: String,
    pub(crate) size: usize,
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_whole: bool,
    /// Its place in the list.
    number: u64,
}

#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) limit: u64,
    pub(crate) all: BTreeMap<String, FakeFile>,
    pub(crate) faults: Vec<FileFault>,
    /// What every file's name is said to be, if not its own.
    pub(crate) says_name: Option<String>,
    /// What every file's hash is said to be, if not its own.
    pub(crate) says_hash: Option<String>,
    /// Every request: its method, its URL, and from where its bytes go.
    pub(crate) calls: Vec<(String, String, String)>,
    /// Requests for bytes wait while it is false.
    pub(crate) open: watch::Sender<bool>,
    pub(crate) peak: usize,
    running: usize,
    made: u64,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            limit: 1 << 30,
            all: BTreeMap::new(),
            faults: Vec::new(),
            says_name: None,
            says_hash: None,
            calls: Vec::new(),
            open: watch::Sender::new(true),
            peak: 0,
            running: 0,
            made: 0,
        }
    }
}

impl Files {
    fn new_id(&mut self) -> String {
        self.made += 1;
        format!("file{:018}", self.made)
    }

    /// Puts a whole file there.
    pub(crate) fn add(&mut self, room: &str, name: &str, bytes: Vec<u8>) -> String {
        let id = self.new_id();
        let file = FakeFile {
            room: room.into(),
            name: name.into(),
            size: bytes.len(),
            bytes,
            is_whole: true,
            number: self.made,
        };
        self.all.insert(id.clone(), file);
        id
    }

    /// FILE.
    pub(crate) fn file(&self, id: &str) -> Value {
        let file = &self.all[id];
        let hash = blake3::hash(&file.bytes).to_hex().to_string();
        json!({"id":id,"name":self.says_name.as_ref().unwrap_or(&file.name),"size":file.size,
            "mime":"application/octet-stream","blake3":self.says_hash.as_ref().unwrap_or(&hash),
            "by":"alice","room":file.room,"time":stamp(file.number)})
    }

    pub(crate) fn list(&self, line: &Value) -> Value {
        let before = line["before"].as_str().map(|id| self.all[id].number);
        let mut whole: Vec<(&String, &FakeFile)> = self
            .all
            .iter()
            .filter(|(_, file)| file.is_whole)
            .filter(|(_, file)| before.is_none_or(|before| file.number < before))
            .filter(|(_, file)| line["room"].as_str().is_none_or(|room| room == file.room))
            .collect();
        whole.sort_by_key(|(_, file)| std::cmp::Reverse(file.number));
        let limit = line["limit"].as_u64().unwrap_or(50) as usize;
        let more = whole.len() > limit;
        let files: Vec<Value> = whole
            .iter()
            .take(limit)
            .map(|(id, _)| self.file(id))
            .collect();
        json!({"type":"files","files":files,"more":more})
    }

    pub(crate) fn delete(&mut self, id: &str) -> bool {
        let whole = self.all.get(id).is_some_and(|file| file.is_whole);
        whole && self.all.remove(id).is_some()
    }

    /// The bytes of whole files by name.
    pub(crate) fn whole(&self) -> Vec<(&str, &[u8])> {
        let whole = self.all.values().filter(|file| file.is_whole);
        whole
            .map(|file| (file.name.as_str(), file.bytes.as_slice()))
            .collect()
    }
}

type Body = UnsyncBoxBody<Bytes, io::Error>;

fn answer(status: u16, headers: &[(&str, String)], body: Bytes) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    let body = Full::new(body).map_err(|never: Infallible| match never {});
    response.body(body.boxed_unsync()).unwrap()
}

fn refuse(status: u16, code: &str) -> Response<Body> {
    let said = json!({"status":"failed","code":code,"message":format!("It is {code}.")});
    answer(status, &[], said.to_string().into())
}

/// The connection breaks.
fn broken<T>() -> Result<T, io::Error> {
    Err(io::ErrorKind::ConnectionReset.into())
}

/// Counts a request for bytes as long as it lives.
struct Counted(Arc<Fake>);

impl Counted {
    fn new(fake: &Arc<Fake>) -> Self {
        let mut state = fake.lock();
        state.files.running += 1;
        state.files.peak = state.files.peak.max(state.files.running);
        Self(Arc::clone(fake))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.lock().files.running -= 1;
    }
}

pub(crate) async fn serve(fake: &Arc<Fake>, tls: TlsStream<TcpStream>) {
    let service = hyper::service::service_fn(|request| handle(Arc::clone(fake), request));
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(tls), service)
        .await;
}

async fn handle(fake: Arc<Fake>, request: Request<Incoming>) -> Result<Response<Body>, io::Error> {
    let header = |name: &str| {
        let value = request.headers().get(name)?.to_str().unwrap();
        Some(value.to_owned())
    };
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let moves = matches!(method, Method::PATCH | Method::GET);
    let from = header("upload-offset")
        .or(header("range"))
        .unwrap_or_default();
    let fault = {
        let mut state = fake.lock();
        assert_eq!(request.uri().query(), None, "nothing secret is in a URL");
        state
            .files
            .calls
            .push((method.to_string(), path.clone(), from.clone()));
        let known = header("authorization")
            .is_some_and(|bearer| state.tokens.iter().any(|t| bearer == format!("Bearer {t}")));
        if !known {
            return Ok(refuse(401, "not_signed_in"));
        }
        let faulty = moves && !state.files.faults.is_empty();
        faulty.then(|| state.files.faults.remove(0))
    };
    if let Some(FileFault::Refuse(status, said)) = &fault {
        return Ok(answer(*status, &[], said.to_string().into()));
    }
    let id = path.strip_prefix("/files/").unwrap_or_default().to_owned();
    let _counted = moves.then(|| Counted::new(&fake));
    if moves {
        let mut open = fake.lock().files.open.subscribe();
        open.wait_for(|open| *open).await.unwrap();
    }
    let is_tus = header("tus-resumable").is_some();
    match method {
        Method::POST => Ok(create(&fake, &request)),
        Method::HEAD if is_tus => Ok(match fake.lock().files.all.get(&id) {
            Some(file) => answer(
                200,
                &[
                    ("upload-offset", file.bytes.len().to_string()),
                    ("upload-length", file.size.to_string()),
                ],
                Bytes::new(),
            ),
            None => refuse(404, "no_such_file"),
        }),
        Method::PATCH => patch(&fake, &id, &from, request.into_body(), fault).await,
        Method::DELETE => {
            let mut state = fake.lock();
            Ok(match state.files.all.remove(&id) {
                Some(_) => answer(204, &[], Bytes::new()),
                None => refuse(404, "no_such_file"),
            })
        }
        _ => Ok(download(
            &fake,
            &id,
            &from,
            method == Method::HEAD,
            fault.as_ref(),
        )),
    }
}

fn create(fake: &Arc<Fake>, request: &Request<Incoming>) -> Response<Body> {
    let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    let metadata: BTreeMap<String, String> = header("upload-metadata")
        .split(',')
        .map(|pair| {
            let (key, value) = pair.split_once(' ').unwrap();
            let value = String::from_utf8(STANDARD.decode(value).unwrap()).unwrap();
            (key.to_owned(), value)
        })
        .collect();
    let size: usize = header("upload-length").parse().unwrap();
    let mut state = fake.lock();
    if !state.rooms.contains_key(&metadata["room"]) {
        return refuse(404, "no_such_room");
    }
    let id = state.files.new_id();
    let number = state.files.made;
    let file = FakeFile {
        room: metadata["room"].clone(),
        name: metadata["filename"].clone(),
        size,
        bytes: Vec::new(),
        is_whole: size == 0,
        number,
    };
    state.files.all.insert(id.clone(), file);
    answer(201, &[("location", format!("/files/{id}"))], Bytes::new())
}

async fn patch(
    fake: &Arc<Fake>,
    id: &str,
    from: &str,
    mut body: Incoming,
    fault: Option<FileFault>,
) -> Result<Response<Body>, io::Error> {
    let offset = {
        let state = fake.lock();
        let Some(file) = state.files.all.get(id) else {
            return Ok(refuse(404, "no_such_file"));
        };
        if from != file.bytes.len().to_string() {
            return Ok(refuse(409, "wrong_offset"));
        }
        file.bytes.len()
    };
    let (cut, lost) = match fault {
        Some(FileFault::CutUpload(at)) => (at, 0),
        Some(FileFault::LoseUpload(at, lost)) => (at, lost),
        _ => (usize::MAX, 0),
    };
    let mut taken = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(io::Error::other)?.into_data() else {
            continue;
        };
        let data = &data[..data.len().min(cut - taken)];
        taken += data.len();
        let mut state = fake.lock();
        let Some(file) = state.files.all.get_mut(id) else {
            return broken();
        };
        file.bytes.extend_from_slice(data);
        if taken >= cut {
            file.bytes.truncate(offset + taken - lost);
            return broken();
        }
    }
    let mut state = fake.lock();
    let Some(file) = state.files.all.get_mut(id) else {
        return broken();
    };
    file.is_whole = file.bytes.len() == file.size;
    let now = file.bytes.len().to_string();
    Ok(answer(204, &[("upload-offset", now)], Bytes::new()))
}

fn download(
    fake: &Arc<Fake>,
    id: &str,
    range: &str,
    head: bool,
    fault: Option<&FileFault>,
) -> Response<Body> {
    let state = fake.lock();
    let Some(file) = state.files.all.get(id).filter(|file| file.is_whole) else {
        return refuse(404, "no_such_file");
    };
    let said = state.files.file(id);
    let from = range
        .strip_prefix("bytes=")
        .and_then(|range| range.strip_suffix('-'));
    let from: usize = from.map_or(0, |from| from.parse().unwrap());
    let mut bytes = file.bytes[from..].to_vec();
    let mut response = Response::builder()
        .header("etag", format!("\"{}\"", said["blake3"].as_str().unwrap()))
        .header("content-length", bytes.len())
        .header("content-type", said["mime"].as_str().unwrap())
        .header(
            "content-disposition",
            format!(
                "attachment; filename=\"file\"; filename*=UTF-8''{}",
                percent_encoding::utf8_percent_encode(
                    said["name"].as_str().unwrap(),
                    percent_encoding::NON_ALPHANUMERIC
                )
            ),
        );
    if from > 0 {
        let range = format!("bytes {from}-{}/{}", file.size - 1, file.size);
        response = response
            .status(StatusCode::PARTIAL_CONTENT)
            .header("content-range", range);
    }
    let mut cut = false;
    match fault {
        Some(FileFault::CutDownload(at)) => {
            cut = *at < bytes.len();
            bytes.truncate(*at);
        }
        Some(FileFault::Corrupt) => bytes[0] ^= 1,
        _ => {}
    }
    if head {
        bytes.clear();
    }
    let frames: Vec<io::Result<Frame<Bytes>>> = bytes
        .chunks(16 * 1024)
        .map(|chunk| Ok(Frame::data(Bytes::copy_from_slice(chunk))))
        .collect();
    // What was sent goes out before the connection breaks.
    let end = futures_util::stream::once(async move {
        tokio::task::yield_now().await;
        if cut {
            broken()
        } else {
            Ok(Frame::data(Bytes::new()))
        }
    });
    let body = StreamBody::new(futures_util::stream::iter(frames).chain(end));
    response.body(body.boxed_unsync()).unwrap()
}
