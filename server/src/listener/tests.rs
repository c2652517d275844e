use std::sync::atomic::AtomicUsize;

use axum::routing::get;
use parlor_certs::{Address, Alpn, Identity, Trust, client_config, server_name};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;

use super::*;

/// Sends back what comes.
#[derive(Debug, Default)]
struct Echo {
    serving: AtomicUsize,
}

impl Sessions for Echo {
    fn serve(self: Arc<Self>, stream: Secured, _peer: SocketAddr) -> Serving {
        Box::pin(async move {
            self.serving.fetch_add(1, Ordering::Relaxed);
            let (mut read, mut write) = tokio::io::split(stream);
            // However the client goes, the test sees it from its own side.
            let _ = tokio::io::copy(&mut read, &mut write).await;
            self.serving.fetch_sub(1, Ordering::Relaxed);
        })
    }
}

struct Port {
    address: SocketAddr,
    trust: Trust,
    stop: CancellationToken,
    cut: CancellationToken,
    tasks: TaskTracker,
    echo: Arc<Echo>,
    _dir: tempfile::TempDir,
}

fn port(config: &Config) -> Port {
    let dir = tempfile::tempdir().unwrap();
    let identity = Identity::own(dir.path(), &[]).unwrap();
    let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
    let (tasks, echo) = (TaskTracker::new(), Arc::new(Echo::default()));
    let behind = Behind {
        sessions: Arc::clone(&echo) as _,
        router: Router::new().route("/", get(|| async { "page" })),
        stop: stop.clone(),
        cut: cut.clone(),
        tasks: tasks.clone(),
    };
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let gate = Gate::new(ServerTls::new(&identity).unwrap(), config, behind);
    tokio::spawn(gate.accept(listener));
    Port {
        address,
        trust: Trust::Pins(vec![identity.pin()]),
        stop,
        cut,
        tasks,
        echo,
        _dir: dir,
    }
}

impl Port {
    async fn tls(&self, alpn: Alpn) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        let connector = TlsConnector::from(client_config(self.trust.clone(), alpn).unwrap());
        let tcp = TcpStream::connect(self.address).await?;
        let name = server_name(&Address::from(self.address));
        connector.connect(name, tcp).await
    }

    async fn echoes(&self) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        let mut stream = self.tls(Alpn::Session).await?;
        stream.write_all(b"hello").await?;
        let mut back = [0; 5];
        stream.read_exact(&mut back).await?;
        assert_eq!(&back, b"hello");
        Ok(stream)
    }

    /// What bytes without TLS are answered.
    async fn plain(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test]
async fn alpn_decides_what_follows() {
    let port = port(&Config::default());
    port.echoes().await.unwrap();
    let mut http = port.tls(Alpn::Http1).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    http.write_all(request).await.unwrap();
    let mut answer = String::new();
    http.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("page"), "{answer}");
}

#[tokio::test]
async fn plain_text_is_told_what_to_do() {
    let port = port(&Config::default());
    let answer = port
        .plain(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("https"), "{answer}");
    assert_eq!(
        port.plain(b"{\"type\":\"ping\"}\n").await[0],
        0x15,
        "an alert"
    );
    // A client's first words that are cut short.
    let cut_short = [0x16, 0x03, 0x01, 0, 6, 1, 0, 0, 2, 3, 3];
    let answer = port.plain(&cut_short).await;
    assert_eq!(answer[0], 0x15, "an alert");
    port.echoes().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_handshake_has_a_deadline() {
    let port = port(&Config::default());
    for silent_after in [&b""[..], &[0x16, 0x03], b"GE"] {
        let mut stream = TcpStream::connect(port.address).await.unwrap();
        stream.write_all(silent_after).await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    }
}

#[tokio::test]
async fn an_address_has_only_so_many_connections() {
    let mut config = Config::default();
    config.rates.connections_per_address = 2;
    let limited = port(&config);
    let one = limited.echoes().await.unwrap();
    let _two = limited.echoes().await.unwrap();
    limited.echoes().await.unwrap_err();
    drop(one);
    // The place is free once the server has seen the end.
    while limited.echoes().await.is_err() {
        tokio::task::yield_now().await;
    }
    config.rate_limits = false;
    let unlimited = port(&config);
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(unlimited.echoes().await.unwrap());
    }
}

#[tokio::test]
async fn the_total_holds_even_without_rate_limits() {
    let mut config = Config {
        rate_limits: false,
        ..Config::default()
    };
    config.limits.connections = 1;
    let port = port(&config);
    let _one = port.echoes().await.unwrap();
    port.echoes().await.unwrap_err();
}

#[tokio::test]
async fn a_stop_closes_the_port_and_leaves_sessions_until_they_are_cut() {
    let port = port(&Config::default());
    let mut session = port.echoes().await.unwrap();
    let waiting = TcpStream::connect(port.address).await.unwrap();
    port.stop.cancel();
    let mut waiting = waiting;
    let mut rest = Vec::new();
    let _ = waiting.read_to_end(&mut rest).await;
    while TcpStream::connect(port.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    session.write_all(b"still").await.unwrap();
    let mut back = [0; 5];
    session.read_exact(&mut back).await.unwrap();
    port.tasks.close();
    assert_eq!(port.echo.serving.load(Ordering::Relaxed), 1);
    port.cut.cancel();
    port.tasks.wait().await;
}

#[tokio::test]
async fn every_address_includes_ipv4() {
    let listener = bind("[::]:0".parse().unwrap()).unwrap();
    let port = listener.local_addr().unwrap().port();
    TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let again = bind(SocketAddr::new("::".parse().unwrap(), port)).unwrap_err();
    assert_eq!(again.kind(), io::ErrorKind::AddrInUse);
}
