//! Uploads and files at the server: tus 1.0 (tus.io) and `GET`, at `/files`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Incoming;
use hyper::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_RANGE,
    LOCATION, RANGE,
};
use hyper::http::request;
use hyper::{Method, Request, Response, StatusCode};
use parlor_protocol::limits::FILE_ID_CHARS;
use parlor_protocol::{File, Time, file_name};
use tokio::time::sleep;

use super::progress::Progress;
use super::trouble::Trouble;
use crate::http::{Body, CallError, Channel, STALL, accepted, nothing, number, text};
use crate::transfer::TransferFailure;

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");

/// Whether a text may be a file's id: what is made of it is a path in a URL.
pub(crate) fn is_file_id(id: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    id.len() == FILE_ID_CHARS && id.bytes().all(fits)
}

fn tus(method: Method, id: Option<&str>) -> request::Builder {
    let path = id.map_or("/files".to_owned(), |id| format!("/files/{id}"));
    Request::builder()
        .method(method)
        .uri(path)
        .header(TUS_RESUMABLE, "1.0.0")
}

fn odd(what: &str) -> Trouble {
    Trouble::Over(TransferFailure::Refused(format!(
        "the server gave an answer that does not fit: {what}"
    )))
}

/// Begins an upload into a room; its id.
pub(crate) async fn create(
    channel: &mut Channel,
    room: &str,
    name: &str,
    size: u64,
) -> Result<String, Trouble> {
    begin(channel, name, "room", room, size).await
}

/// Begins an upload of what only a user and oneself may fetch, and only those two can read; its id. Its name
/// says nothing.
pub(crate) async fn create_sealed(
    channel: &mut Channel,
    username: &str,
    size: u64,
) -> Result<String, Trouble> {
    begin(channel, "sealed", "sealed_for", username, size).await
}

async fn begin(
    channel: &mut Channel,
    name: &str,
    key: &str,
    whom: &str,
    size: u64,
) -> Result<String, Trouble> {
    let metadata = format!(
        "filename {},{key} {}",
        STANDARD.encode(name),
        STANDARD.encode(whom)
    );
    let request = tus(Method::POST, None)
        .header(UPLOAD_LENGTH, size)
        .header(UPLOAD_METADATA, metadata)
        .header(CONTENT_LENGTH, 0);
    let made = match channel.call(request, nothing()).await {
        Ok(made) => made,
        // There is no such room or user: the server says it best.
        Err(CallError::Refused(refusal)) if refusal.status == StatusCode::NOT_FOUND => {
            let said = refusal.to_string();
            return Err(Trouble::Over(TransferFailure::Forbidden(said)));
        }
        Err(error) => return Err(error.into()),
    };
    let location = text(made.headers(), &LOCATION).unwrap_or_default();
    let id = location.rsplit('/').next().unwrap_or_default();
    if is_file_id(id) {
        Ok(id.to_owned())
    } else {
        Err(odd("it names no upload"))
    }
}

/// How far an upload is; `None` if the server has it no more.
pub(crate) async fn offset(
    channel: &mut Channel,
    id: &str,
    size: u64,
) -> Result<Option<u64>, Trouble> {
    let answer = match channel.call(tus(Method::HEAD, Some(id)), nothing()).await {
        Ok(answer) => answer,
        Err(CallError::Refused(refusal))
            if matches!(refusal.status, StatusCode::NOT_FOUND | StatusCode::GONE) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let length = number(answer.headers(), &UPLOAD_LENGTH);
    match number(answer.headers(), &UPLOAD_OFFSET) {
        Some(offset) if offset <= size && length.is_none_or(|length| length == size) => {
            Ok(Some(offset))
        }
        _ => Ok(None),
    }
}

/// Sends everything from `offset` on; how far the upload then is.
pub(crate) async fn patch(
    channel: &mut Channel,
    id: &str,
    offset: u64,
    length: u64,
    body: Body,
    progress: &Progress,
) -> Result<u64, Trouble> {
    let request = tus(Method::PATCH, Some(id))
        .header(UPLOAD_OFFSET, offset)
        .header(CONTENT_TYPE, "application/offset+octet-stream")
        .header(CONTENT_LENGTH, length);
    let asking = channel.ask(request, body)?;
    let answer = moving(progress, asking).await??;
    let answer = accepted(answer).await?;
    number(answer.headers(), &UPLOAD_OFFSET).ok_or_else(|| odd("it names no offset"))
}

/// Gives up an upload, or deletes the file that was made of it.
pub(crate) async fn terminate(channel: &mut Channel, id: &str) -> Result<(), Trouble> {
    let request = tus(Method::DELETE, Some(id));
    channel.call(request, nothing()).await?;
    Ok(())
}

/// The bytes of a file from `offset` on, or from its beginning: says from where.
pub(crate) async fn bytes(
    channel: &mut Channel,
    file: &File,
    offset: u64,
) -> Result<(u64, Response<Incoming>), Trouble> {
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(format!("/files/{}", file.id));
    if offset > 0 {
        // Other bytes than those begun with come whole.
        request = request
            .header(RANGE, format!("bytes={offset}-"))
            .header(IF_RANGE, format!("\"{}\"", file.blake3));
    }
    let answer = channel.call(request, nothing()).await?;
    let damaged = Trouble::Over(TransferFailure::Damaged);
    if answer.status() == StatusCode::PARTIAL_CONTENT {
        let expected = format!("bytes {offset}-{}/{}", file.size.max(1) - 1, file.size);
        return match text(answer.headers(), &CONTENT_RANGE) {
            Some(range) if range == expected => Ok((offset, answer)),
            _ => Err(damaged),
        };
    }
    match number(answer.headers(), &CONTENT_LENGTH) {
        Some(length) if length != file.size => Err(damaged),
        _ => Ok((0, answer)),
    }
}

/// What the server says of a file by its headers. The room, who uploaded it and
/// when are not among them.
pub(crate) async fn head(channel: &mut Channel, id: &str) -> Result<File, Trouble> {
    let request = Request::builder()
        .method(Method::HEAD)
        .uri(format!("/files/{id}"));
    let answer = channel.call(request, nothing()).await?;
    let headers = answer.headers();
    let hash = text(headers, &ETAG).map(|tag| tag.trim_matches('"'));
    let (Some(size), Some(blake3)) = (number(headers, &CONTENT_LENGTH), hash) else {
        return Err(odd("it says too little of the file"));
    };
    let disposition = text(headers, &CONTENT_DISPOSITION).unwrap_or_default();
    Ok(File {
        id: id.to_owned(),
        name: file_name::clean(&name_in(disposition).unwrap_or_default()),
        size,
        mime: text(headers, &CONTENT_TYPE).unwrap_or_default().to_owned(),
        blake3: blake3.to_owned(),
        by: String::new(),
        room: String::new(),
        time: Time::from_millis(0),
    })
}

/// The name in a `Content-Disposition` (RFC 6266): the one in any script, else the plain one.
fn name_in(disposition: &str) -> Option<String> {
    let parameter = |name: &str| {
        let mut parts = disposition.split(';').map(str::trim);
        parts.find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    if let Some(extended) = parameter("filename*") {
        let encoded = extended.rsplit('\'').next().unwrap_or_default();
        let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy();
        return Some(decoded.into_owned());
    }
    parameter("filename").map(|plain| plain.trim_matches('"').replace("\\\"", "\""))
}

/// Waits for something as long as bytes move meanwhile.
pub(crate) async fn moving<T>(
    progress: &Progress,
    work: impl Future<Output = T>,
) -> Result<T, Trouble> {
    let mut work = std::pin::pin!(work);
    let mut last = progress.done();
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            () = sleep(STALL) => {
                let now = progress.done();
                if now == last {
                    return Err(Trouble::Broken("nothing moves any more".to_owned()));
                }
                last = now;
            }
        }
    }
}

/// An upload that was just begun is not there: something is wrong beyond bad luck.
pub(crate) const BEGUN_ANEW: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_of_the_header_in_any_script() {
        let check = |header: &str, expected: Option<&str>| {
            assert_eq!(name_in(header).as_deref(), expected, "{header}");
        };
        check("attachment; filename=\"report.pdf\"", Some("report.pdf"));
        check(
            "attachment; filename=\"_.pdf\"; filename*=UTF-8''B%E1%BA%A3n%20v%E1%BA%BD.pdf",
            Some("Bản vẽ.pdf"),
        );
        check("attachment", None);
    }

    #[test]
    fn only_an_id_becomes_a_path() {
        assert!(is_file_id("Jx0bW7uQnE4sVt9cKyR2aA"));
        for bad in [
            "",
            "../../../../etc/passwd",
            "Jx0bW7uQnE4sVt9cKyR2a/",
            "short",
        ] {
            assert!(!is_file_id(bad), "{bad}");
        }
    }
}
