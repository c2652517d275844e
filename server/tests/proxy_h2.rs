//! The proxy as a library, by a client that speaks HTTP/2.
// Test code may stop at the first thing that goes wrong.
#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use parlor_certs::{Address, Alpn, Trust, client_config, server_name};
use parlord::proxy::{Proxy, ProxyConfig, RunningProxy};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;

/// An upstream that answers each request with its own head; and what reached it.
async fn upstream() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, seen) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(echo(BufReader::new(stream), sender.clone()));
        }
    });
    (url, seen)
}

async fn echo(mut stream: BufReader<TcpStream>, sender: mpsc::UnboundedSender<String>) {
    loop {
        let (mut head, mut length, mut chunked) = (String::new(), 0, false);
        while !head.ends_with("\r\n\r\n") {
            let begun = head.len();
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
            let line = head[begun..].to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
            chunked |= line.starts_with("transfer-encoding: chunked");
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        while chunked && !body.ends_with(b"0\r\n\r\n") {
            let more = stream.fill_buf().await.unwrap().to_vec();
            stream.consume(more.len());
            body.extend_from_slice(&more);
        }
        if !head.contains("/healthz") {
            sender.send(head.clone()).unwrap();
        }
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{head}",
            head.len()
        );
        if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

struct Setup {
    proxy: RunningProxy,
    seen: mpsc::UnboundedReceiver<String>,
    _data: tempfile::TempDir,
}

async fn setup() -> Setup {
    let (url, seen) = upstream().await;
    let data = tempfile::tempdir().unwrap();
    let config = ProxyConfig {
        data: data.path().join("data"),
        listen: "127.0.0.1:0".parse().unwrap(),
        upstreams: vec![url.parse().unwrap()],
        ..ProxyConfig::default()
    };
    Setup {
        proxy: Proxy::start(config).await.unwrap(),
        seen,
        _data: data,
    }
}

impl Setup {
    async fn dial(&self) -> SendRequest<Full<Bytes>> {
        let trust = Trust::Pins(vec![self.proxy.pin()]);
        let tls = TlsConnector::from(client_config(trust, Alpn::Http).unwrap());
        let address = self.proxy.local_addr();
        let tcp = TcpStream::connect(address).await.unwrap();
        let stream = tls
            .connect(server_name(&Address::from(address)), tcp)
            .await
            .unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let io = TokioIo::new(stream);
        let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// The status and text of an answer, or `None`: the stream was reset.
    async fn ask(&self, request: Request<Full<Bytes>>) -> Option<(StatusCode, String)> {
        let mut sender = self.dial().await;
        let response = sender.send_request(request).await.ok()?;
        let status = response.status();
        let body = response.into_body().collect().await.ok()?.to_bytes();
        Some((status, String::from_utf8(body.to_vec()).unwrap()))
    }
}

fn get(uri: &str, headers: &[(&str, &str)]) -> Request<Full<Bytes>> {
    let mut request = Request::get(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Full::default()).unwrap()
}

#[tokio::test]
async fn requests_of_http_2_go_on_as_http_1_1() {
    let setup = setup().await;
    let headers = [
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("x-forwarded-for", "6.6.6.6"),
    ];
    let (status, head) = setup
        .ask(get("https://chat.example/x?y=1", &headers))
        .await
        .unwrap();
    assert_eq!(status, StatusCode::OK);
    assert!(head.starts_with("GET /x?y=1 HTTP/1.1\r\n"), "{head}");
    for line in [
        "host: chat.example",
        "cookie: a=1; b=2",
        "x-forwarded-for: 127.0.0.1",
    ] {
        assert!(head.contains(&format!("{line}\r\n")), "{line}: {head}");
    }
    let post = Request::post("https://chat.example/")
        .body(Full::from("hello"))
        .unwrap();
    let (status, head) = setup.ask(post).await.unwrap();
    assert_eq!(status, StatusCode::OK);
    assert!(head.contains("content-length: 5\r\n"), "{head}");
}

#[tokio::test]
async fn what_belongs_to_http_1_1_is_refused_in_http_2() {
    let mut setup = setup().await;
    let check = async |setup: &Setup, request, expected: Option<StatusCode>| {
        let answer = setup.ask(request).await.map(|(status, _)| status);
        assert_eq!(answer, expected);
    };
    let bad = Some(StatusCode::BAD_REQUEST);
    check(
        &setup,
        get("https://a.example/", &[("host", "b.example")]),
        bad,
    )
    .await;
    check(&setup, get("https://user@a.example/", &[]), bad).await;
    let long = "x".repeat(20_000);
    let long = get("https://a.example/", &[("x", long.as_str())]);
    let too_large = Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    check(&setup, long, too_large).await;
    let trace = Request::builder().method("TRACE").uri("https://a.example/");
    let trace = trace.body(Full::default()).unwrap();
    check(&setup, trace, Some(StatusCode::METHOD_NOT_ALLOWED)).await;
    let short = Request::post("https://a.example/").header("content-length", "50");
    check(&setup, short.body(Full::from("short")).unwrap(), None).await;
    assert!(
        setup.seen.try_recv().is_err(),
        "nothing reached the upstream"
    );
}

#[tokio::test]
async fn a_stop_ends_http_2_in_order() {
    let setup = setup().await;
    let mut sender = setup.dial().await;
    let response = sender
        .send_request(get("https://a.example/", &[]))
        .await
        .unwrap();
    response.into_body().collect().await.unwrap();
    let began = std::time::Instant::now();
    setup.proxy.shutdown().await;
    assert!(began.elapsed().as_secs() < 10);
    assert!(
        sender
            .send_request(get("https://a.example/", &[]))
            .await
            .is_err()
    );
}
