//! Handshakes between the two configurations, over a pipe in memory.
#![allow(clippy::unwrap_used)]

use std::io;
use std::sync::Arc;

use parlor_certs::{
    Address, Alpn, Identity, Pin, Refusal, ServerTls, Trust, client_config, identity, refusal,
    server_name, shown_pin,
};
use rustls::{CipherSuite, ClientConfig, HandshakeKind, ProtocolVersion};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::client::TlsStream as ClientStream;
use tokio_rustls::{LazyConfigAcceptor, TlsConnector};

struct Server {
    tls: ServerTls,
    pin: Pin,
    dir: tempfile::TempDir,
}

fn server() -> Server {
    let dir = tempfile::tempdir().unwrap();
    let identity = Identity::own(dir.path(), &["chat.example.org".into()]).unwrap();
    Server {
        tls: ServerTls::new(&identity).unwrap(),
        pin: identity.pin(),
        dir,
    }
}

/// One handshake; the server says a byte, so that its tickets arrive too.
async fn connect(
    server: &Server,
    config: &Arc<ClientConfig>,
) -> io::Result<ClientStream<tokio::io::DuplexStream>> {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let tls = server.tls.clone();
    let serving = tokio::spawn(async move {
        let start = LazyConfigAcceptor::new(Default::default(), far).await?;
        let config = tls.config_for(&start.client_hello());
        let mut stream = start.into_stream(config).await?;
        stream.write_all(b"x").await?;
        stream.flush().await?;
        io::Result::Ok(stream)
    });
    let address: Address = "chat.example.org".parse().unwrap();
    let connector = TlsConnector::from(Arc::clone(config));
    let mut stream = connector.connect(server_name(&address), near).await?;
    let mut byte = [0];
    stream.read_exact(&mut byte).await?;
    serving.await.unwrap()?;
    Ok(stream)
}

fn pinned(pins: Vec<Pin>, alpn: Alpn) -> Arc<ClientConfig> {
    client_config(Trust::Pins(pins), alpn).unwrap()
}

#[tokio::test]
async fn a_pinned_key_is_trusted_and_nothing_else() {
    let server = server();
    let other = Pin::from([1; 32]);
    let right = pinned(vec![other, server.pin], Alpn::Session);
    let stream = connect(&server, &right).await.unwrap();
    assert_eq!(shown_pin(stream.get_ref().1), Some(server.pin));
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"parlor/1"[..]));

    for pins in [vec![other], vec![]] {
        let wrong = pinned(pins.clone(), Alpn::Session);
        let error = connect(&server, &wrong).await.unwrap_err();
        let expected = Refusal::WrongPin {
            expected: pins,
            shown: server.pin,
        };
        assert_eq!(refusal(&error), Some(expected));
    }
}

#[tokio::test]
async fn the_systems_roots_do_not_know_us_and_say_the_pin() {
    let server = server();
    let config = client_config(Trust::System, Alpn::Session).unwrap();
    let error = connect(&server, &config).await.unwrap_err();
    let refused = refusal(&error).unwrap();
    assert!(matches!(refused, Refusal::Unknown { .. }), "{refused}");
    assert_eq!(refused.shown(), server.pin);
}

#[tokio::test]
async fn another_failure_is_no_refusal() {
    let error = io::Error::other("the cable is out");
    assert_eq!(refusal(&error), None);
}

#[tokio::test]
async fn a_second_handshake_resumes_the_first() {
    let server = server();
    let config = pinned(vec![server.pin], Alpn::Session);
    let first = connect(&server, &config).await.unwrap();
    assert_eq!(
        first.get_ref().1.handshake_kind(),
        Some(HandshakeKind::Full)
    );
    let second = connect(&server, &config).await.unwrap();
    let session = second.get_ref().1;
    assert_eq!(session.handshake_kind(), Some(HandshakeKind::Resumed));
    assert_eq!(shown_pin(session), Some(server.pin));
}

#[tokio::test]
async fn a_renewed_certificate_keeps_pin_and_tickets() {
    let server = server();
    let config = pinned(vec![server.pin], Alpn::Session);
    connect(&server, &config).await.unwrap();
    let renewed = Identity::renew(server.dir.path(), &[]).unwrap();
    server.tls.replace(&renewed).unwrap();
    let again = connect(&server, &config).await.unwrap();
    assert_eq!(
        again.get_ref().1.handshake_kind(),
        Some(HandshakeKind::Resumed)
    );
}

#[tokio::test]
async fn another_key_is_seen_even_by_who_holds_a_ticket() {
    let server = server();
    let config = pinned(vec![server.pin], Alpn::Session);
    connect(&server, &config).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Identity::own(elsewhere.path(), &[]).unwrap();
    server.tls.replace(&other).unwrap();
    assert_eq!(server.tls.pin(), other.pin());
    let error = connect(&server, &config).await.unwrap_err();
    assert_eq!(refusal(&error).unwrap().shown(), other.pin());
}

#[tokio::test]
async fn sessions_are_tls_1_3_and_http_may_be_1_2() {
    let server = server();
    let old = |alpn: &[u8]| {
        let mut config = (*pinned(vec![server.pin], Alpn::Http)).clone();
        config.alpn_protocols = vec![alpn.to_vec()];
        let mut old = ClientConfig::builder_with_provider(config.crypto_provider().clone())
            .with_protocol_versions(&[&rustls::version::TLS12])
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        // The verifier is the library's own; only the version is older here.
        old.alpn_protocols = config.alpn_protocols;
        Arc::new(old)
    };
    let refused = connect(&server, &old(b"parlor/1")).await.unwrap_err();
    assert!(refused.to_string().contains("ProtocolVersion"), "{refused}");
    // Over HTTP the handshake gets as far as the certificate.
    let unknown = connect(&server, &old(b"http/1.1")).await.unwrap_err();
    assert!(unknown.to_string().contains("UnknownIssuer"), "{unknown}");

    let http = connect(&server, &pinned(vec![server.pin], Alpn::Http))
        .await
        .unwrap();
    let session = http.get_ref().1;
    assert_eq!(session.alpn_protocol(), Some(&b"h2"[..]));
    assert_eq!(session.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    let http1 = connect(&server, &pinned(vec![server.pin], Alpn::Http1))
        .await
        .unwrap();
    assert_eq!(http1.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[tokio::test]
async fn the_cheap_suite_is_taken_whatever_the_client_lists_first() {
    let server = server();
    let cheap = Some(CipherSuite::TLS13_AES_128_GCM_SHA256);
    let config = pinned(vec![server.pin], Alpn::Session);
    let mut provider = (**config.crypto_provider()).clone();
    assert_eq!(provider.cipher_suites.first().map(|s| s.suite()), cheap);
    provider.cipher_suites.reverse();
    let mut roots = rustls::RootCertStore::empty();
    let cert = identity::own_files(server.dir.path()).cert;
    roots
        .add(CertificateDer::from_pem_file(cert).unwrap())
        .unwrap();
    let reversed = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = connect(&server, &Arc::new(reversed)).await.unwrap();
    let suite = stream.get_ref().1.negotiated_cipher_suite();
    assert_eq!(suite.map(|s| s.suite()), cheap);
}

#[tokio::test]
async fn an_unknown_protocol_is_refused_and_none_is_http() {
    let server = server();
    let with = |names: Vec<Vec<u8>>| {
        let mut config = (*pinned(vec![server.pin], Alpn::Http)).clone();
        config.alpn_protocols = names;
        Arc::new(config)
    };
    let error = connect(&server, &with(vec![b"gopher".to_vec()]))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("NoApplicationProtocol"),
        "{error}"
    );
    let none = connect(&server, &with(Vec::new())).await.unwrap();
    assert_eq!(none.get_ref().1.alpn_protocol(), None);
    // Who can speak both means sessions.
    let both = connect(&server, &with(vec![b"h2".to_vec(), b"parlor/1".to_vec()]))
        .await
        .unwrap();
    assert_eq!(both.get_ref().1.alpn_protocol(), Some(&b"parlor/1"[..]));
}
