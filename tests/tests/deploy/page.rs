//! A configuration out of the page, made fit for a test.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use parlor_certs::{Identity, identity};
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::process::Process;
use parlor_tests::program::workspace;
use parlor_tests::until::{SOON, until};
use tempfile::TempDir;

/// The name in the test's certificate, which the tests' TLS asks for.
pub(crate) const NAME: &str = "parlor.invalid";

/// A server with a proxy in front of it.
pub(crate) struct Deployed {
    pub(crate) server: Parlord,
    /// Where the proxy listens.
    pub(crate) address: String,
    /// The pin of the proxy's certificate.
    pub(crate) pin: String,
    folder: TempDir,
    process: Option<Process>,
}

/// A port that is free now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it has one").port()
}

impl Deployed {
    /// A server that is configured as the page says, behind nothing yet.
    pub(crate) fn server() -> Self {
        let folder = TempDir::new().expect("a folder");
        let own = folder.path().join("proxy");
        let identity = Identity::own(&own, &[NAME.to_owned()]).expect("a certificate");
        let files = identity::own_files(&own);
        let read = |path| fs::read_to_string(path).expect("it was just made");
        fs::write(own.join("both.pem"), read(&files.cert) + &read(&files.key))
            .expect("it is written");
        let port = free_port();
        let text = block("toml")
            .replace("listen = \"127.0.0.1:8888\"\n", "")
            .replace("chat.example.org:443", &format!("{NAME}:{port}"));
        let server = Setup::default().config(folder.path(), &text).start();
        let link = server.link();
        assert!(link.contains(&format!("{NAME}:{port}/")), "{link}");
        Self {
            server,
            address: format!("127.0.0.1:{port}"),
            pin: identity.pin().to_string(),
            folder,
            process: None,
        }
    }

    /// The page's configuration of a kind, with ports and paths replaced.
    pub(crate) fn config(&self, kind: &str) -> PathBuf {
        let own = self.folder.path().join("proxy");
        let port = self.address.rsplit(':').next().expect("a port");
        let inner = format!("127.0.0.1:{}", free_port());
        let path = |name: &str| own.join(name).to_string_lossy().into_owned();
        let server_cert = self.server.data().join("tls/cert.pem");
        let live = "/etc/letsencrypt/live/chat.example.org";
        let replaced = [
            (
                "/etc/haproxy/chat.example.org.pem".to_owned(),
                path("both.pem"),
            ),
            (format!("{live}/fullchain.pem"), path("cert.pem")),
            (format!("{live}/privkey.pem"), path("key.pem")),
            (
                "/var/lib/parlor/tls/cert.pem".to_owned(),
                server_cert.to_string_lossy().into_owned(),
            ),
            // As many files as a test's machine lets anybody have.
            ("maxconn 4000".to_owned(), "maxconn 200".to_owned()),
            ("127.0.0.1:8888".to_owned(), self.server.address()),
            ("127.0.0.1:8444".to_owned(), inner),
            (
                "listen 443;".to_owned(),
                format!("listen 127.0.0.1:{port};"),
            ),
            ("bind :443".to_owned(), format!("bind 127.0.0.1:{port}")),
            ("/var/log/nginx".to_owned(), path("")),
            ("/run/nginx.pid".to_owned(), path("nginx.pid")),
            ("chat.example.org {".to_owned(), format!("{NAME}:{port} {{")),
            ("chat.example.org".to_owned(), NAME.to_owned()),
        ];
        let mut text = block(kind);
        for (from, to) in &replaced {
            text = text.replace(from, to);
        }
        let file = own.join(format!("{kind}.conf"));
        fs::write(&file, text).expect("it is written");
        file
    }

    /// A folder of the proxy's own.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().join("proxy")
    }

    /// Starts the proxy and waits until it listens.
    pub(crate) fn start(&mut self, name: &str, command: &mut Command) {
        let mut process = Process::start(name, command);
        until(&format!("{name} listening"), SOON, || {
            if let Some(status) = process.ended() {
                panic!("{name} ended: {status}\n{}", process.stderr().join("\n"));
            }
            TcpStream::connect(&self.address).ok()
        });
        self.process = Some(process);
    }
}

/// The one block of the page that is marked as of a kind.
fn block(kind: &str) -> String {
    let page = workspace().join("docs/deploy.md");
    let page = fs::read_to_string(page).expect("the page is there");
    let mut blocks = page.split("```").skip(1).step_by(2);
    let text = blocks.find_map(|block| block.strip_prefix(&format!("{kind}\n")));
    text.unwrap_or_else(|| panic!("the page has no block of {kind}"))
        .to_owned()
}
