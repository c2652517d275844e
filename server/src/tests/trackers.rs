//! What the tracker inside hears of the rooms.

use std::sync::Arc;

use parlor_certs::{Alpn, Identity, ServerTls, Trust, client_config};
use parlor_protocol::Role;
use parlor_tracker::{RunningTracker, Settings, Sockets, Tracker};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use super::harness::{PASSWORD, TestServer};
use crate::storage::{Deed, NewAudit, Origin};
use crate::trackers::RoomAuthority;

/// The tracker of a server.
struct Inside {
    identity: Identity,
    running: RunningTracker,
}

impl Inside {
    async fn of(server: &TestServer) -> Self {
        let identity = Identity::own(&server.folder().join("tls"), &[]).unwrap();
        let mut settings = Settings {
            rate_limits: false,
            ..Settings::default()
        };
        settings.relay.enabled = false;
        let tls = ServerTls::new(&identity).unwrap();
        let sockets = Sockets::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let authority = Arc::new(RoomAuthority::of(&server.state));
        let running = Tracker::new(settings, tls, authority)
            .start(sockets, CancellationToken::new())
            .await
            .unwrap();
        let port = running.local_addr().port();
        server.state.set_tracker(port, running.handle());
        Self { identity, running }
    }

    /// The answer to a call: its status and its body.
    async fn call(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let trust = Trust::Pins(vec![self.identity.pin()]);
        let config = client_config(trust, Alpn::Http1).unwrap();
        let address = self.running.local_addr();
        let stream = TcpStream::connect(address).await.unwrap();
        let connector = TlsConnector::from(config);
        let mut stream = connector
            .connect(address.ip().into(), stream)
            .await
            .unwrap();
        let body = body.to_string();
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    async fn token(&self, username: &str, password: &str) -> String {
        let body = json!({"username": username, "password": password});
        let (status, answer) = self.call("/login", "", &body).await;
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    async fn opens(&self, token: &str) -> bool {
        let (status, answer) = self.call("/get-list", token, &json!({})).await;
        assert!([200, 401].contains(&status), "{answer}");
        status == 200
    }
}

#[tokio::test]
async fn tokens_of_a_password_end_with_it_and_with_the_sessions() {
    let server = TestServer::start().await;
    let inside = Inside::of(&server).await;
    let mut olga = server.user_of_rank("olga", Role::Owner).await;
    let mut alice = server.user("alice").await;
    let others = inside.token("olga", PASSWORD).await;

    let first = inside.token("alice", PASSWORD).await;
    assert!(inside.opens(&first).await);
    let new = "quite another battery";
    let change = json!({"type":"change_password","old":PASSWORD,"new":new});
    assert_eq!(alice.ask(change).await["type"], "done");
    assert!(!inside.opens(&first).await);

    for request in ["kick", "revoke_sessions"] {
        let token = inside.token("alice", new).await;
        assert!(inside.opens(&token).await);
        let request = json!({"type":request,"username":"alice","reason":""});
        assert_eq!(olga.ask(request).await["type"], "done");
        assert!(!inside.opens(&token).await);
    }
    assert!(inside.opens(&others).await);
    server.state.stop().await;
}

#[tokio::test]
async fn tokens_of_a_password_end_when_the_command_line_changes_it() {
    let server = TestServer::start().await;
    let inside = Inside::of(&server).await;
    let mut alice = server.user("alice").await;
    let token = inside.token("alice", PASSWORD).await;
    assert!(inside.opens(&token).await);
    let user = server
        .state
        .directory
        .read(|tables| tables.by_username("alice").unwrap().record.id);
    let password = "quite another battery".to_owned();
    let password = server.state.passwords.hash(password).await;
    let deed = Deed::SetPassword {
        user,
        password: password.unwrap(),
    };
    let storage = &server.state.storage;
    let done = storage.perform(deed, NewAudit::default(), Origin::CommandLine);
    done.await.unwrap();
    // The session ends when the change is taken over, after the tokens.
    assert_eq!(alice.rest().await.pop().unwrap()["code"], "bad_token");
    assert!(!inside.opens(&token).await);
    server.state.stop().await;
}

#[tokio::test]
async fn an_address_asks_so_often_which_devices_have_ended() {
    let server = TestServer::with(|config| config.rate_limits = true).await;
    let mut tracker = server.browser();
    for _ in 0..20 {
        tracker.get("/tracker.json").await.is(200);
    }
    let limited = tracker.get("/tracker.json").await;
    limited.is(429);
    let wait = limited.header("retry-after").unwrap().parse::<u32>();
    assert!((1..=2).contains(&wait.unwrap()));
    // Nothing else has to wait for it.
    tracker.get("/login.html").await.is(200);
    let free = TestServer::start().await;
    let mut tracker = free.browser();
    for _ in 0..30 {
        tracker.get("/tracker.json").await.is(200);
    }
}
