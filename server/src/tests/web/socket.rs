use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::*;

struct Page {
    socket: WebSocketStream<DuplexStream>,
    protocol: Option<String>,
}

fn request(path: &str, cookie: Option<&str>, headers: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::get(format!("wss://{HOST}{path}"))
        .header("Host", HOST)
        .header("Connection", "keep-alive, Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    if let Some(cookie) = cookie {
        request = request.header("Cookie", cookie);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

async fn connect(server: &TestServer, request: Request<()>) -> Result<Page, u16> {
    match tokio_tungstenite::client_async(request, server.http()).await {
        Ok((socket, response)) => Ok(Page {
            socket,
            protocol: response
                .headers()
                .get("sec-websocket-protocol")
                .map(|value| value.to_str().unwrap().to_owned()),
        }),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

impl Page {
    async fn open(browser: &Browser<'_>, path: &str) -> Self {
        let own = [("Origin", ORIGIN), ("Sec-WebSocket-Protocol", "parlor.1")];
        let page = connect(
            browser.server,
            request(path, browser.cookie.as_deref(), &own),
        )
        .await
        .unwrap();
        assert_eq!(page.protocol.as_deref(), Some("parlor.1"));
        page
    }

    async fn say(&mut self, line: Value) {
        self.socket
            .send(Message::text(line.to_string()))
            .await
            .unwrap();
    }

    async fn raw(&mut self) -> Option<Message> {
        self.socket.next().await.map(Result::unwrap)
    }

    async fn next(&mut self) -> Value {
        loop {
            match self.raw().await.expect("open") {
                Message::Text(text) => {
                    assert!(!text.contains('\n'));
                    return serde_json::from_str(&text).unwrap();
                }
                Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn until(&mut self, kind: &str) -> Value {
        loop {
            let line = self.next().await;
            if line["type"] == kind {
                return line;
            }
        }
    }

    /// The close frame's code, after which nothing comes.
    async fn closed(&mut self) -> CloseCode {
        loop {
            match self.raw().await.expect("a close frame") {
                Message::Close(Some(frame)) => {
                    assert!(self.socket.next().await.is_none());
                    return frame.code;
                }
                Message::Text(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn the_cookie_is_the_login() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let mut page = Page::open(&browser, "/ws").await;
    assert_eq!(page.next().await["type"], "welcome");
    let session = page.next().await;
    assert_eq!(session["type"], "session");
    assert_eq!(session["re"], Value::Null);
    assert_eq!(session["user"]["username"], "alice");
    assert_eq!(session["token"], "", "scripts must not have it");
    page.say(json!({"type":"send","id":1,"room":"general","text":"hi","nonce":"n1"}))
        .await;
    let message = page.until("message").await;
    assert_eq!(message["text"], "hi");
    let mut desktop = server.user("bob").await;
    desktop.say("general", "hello\nagain").await;
    let heard = page.until("message").await;
    assert_eq!(
        (&heard["from"], &heard["text"]),
        (&json!("bob"), &json!("hello\nagain"))
    );
    page.say(json!({"type":"login","id":2,"username":"alice","password":PASSWORD}))
        .await;
    assert_eq!(page.until("error").await["code"], "bad_request");
}

#[tokio::test]
async fn resuming_by_cursors() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let mut bob = server.user("bob").await;
    let first = bob.say("general", "one").await;
    bob.say("general", "two").await;
    let mut page = Page::open(&browser, "/ws?resume").await;
    assert_eq!(page.next().await["type"], "welcome");
    for (line, code) in [
        (json!({"type":"rooms","id":1}), "not_signed_in"),
        (
            json!({"type":"login","id":2,"username":"bob","password":PASSWORD}),
            "not_signed_in",
        ),
        (
            json!({"type":"guest","id":3,"nickname":"x"}),
            "not_signed_in",
        ),
    ] {
        page.say(line).await;
        assert_eq!(page.next().await["code"], code);
    }
    page.say(json!({"type":"resume","id":4,"rooms":{"general":first}}))
        .await;
    let session = page.next().await;
    assert_eq!(
        (&session["type"], &session["re"], &session["token"]),
        (&json!("session"), &json!(4), &json!(""))
    );
    let missed = page.until("message").await;
    assert_eq!(
        (&missed["text"], &missed["seq"]),
        (&json!("two"), &json!(first + 1))
    );
    bob.say("general", "three").await;
    assert_eq!(page.until("message").await["seq"], first + 2);
}

#[tokio::test]
async fn a_resume_cannot_change_whose_page_it_is() {
    let server = TestServer::start().await;
    let bob = server.user("bob").await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let mut page = Page::open(&browser, "/ws?resume").await;
    page.say(json!({"type":"resume","id":1,"token":bob.token,"rooms":{}}))
        .await;
    assert_eq!(page.until("session").await["user"]["username"], "alice");
}

#[tokio::test]
async fn who_may_not_open_one() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let cookie = browser.cookie.as_deref();
    let check = async |cookie: Option<&str>, headers: &[(&str, &str)], status: u16| {
        let refused = connect(&server, request("/ws", cookie, headers))
            .await
            .err();
        assert_eq!(refused, Some(status), "{headers:?}");
    };
    check(None, &[("Origin", ORIGIN)], 401).await;
    check(Some("__Host-session=x"), &[("Origin", ORIGIN)], 401).await;
    check(cookie, &[("Origin", "https://evil.example")], 403).await;
    check(cookie, &[("Origin", "null")], 403).await;
    check(None, &[("Origin", "https://evil.example")], 403).await;
    check(
        cookie,
        &[("Origin", ORIGIN), ("Sec-Fetch-Site", "cross-site")],
        403,
    )
    .await;
    check(cookie, &[("Sec-WebSocket-Protocol", "mqtt")], 400).await;
    // Who is no browser says no origin, and need not name the only protocol there is.
    let page = connect(&server, request("/ws", cookie, &[])).await.unwrap();
    assert_eq!(page.protocol, None);
    // What asks for no WebSocket is told what is here.
    let plain = browser.get("/ws").await;
    assert_eq!(plain.is(426).header("upgrade"), Some("websocket"));
    let head = browser.head("GET", "/ws");
    let upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 8\r\n";
    let mut stream = server.http();
    stream
        .write_all(format!("{head}Connection: upgrade\r\n{upgrade}\r\n").as_bytes())
        .await
        .unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 426");
}

#[tokio::test]
async fn a_session_that_ends_takes_its_pages_along() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let mut page = Page::open(&browser, "/ws").await;
    page.until("session").await;
    let mut second = Page::open(&browser, "/ws").await;
    second.until("session").await;
    browser.post("/logout", "").await.is(303);
    assert_eq!(page.until("error").await["code"], "bad_token");
    assert_eq!(page.closed().await, CloseCode::Normal);
    assert_eq!(second.until("error").await["code"], "bad_token");
    assert_eq!(second.closed().await, CloseCode::Normal);
    let gone = connect(&server, request("/ws", browser.cookie.as_deref(), &[])).await;
    assert_eq!(gone.err(), Some(401));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_before_the_close() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let fits = |bytes: usize| {
        let frame = r#"{"type":"ping","id":7,"x":""}"#.len();
        format!(
            r#"{{"type":"ping","id":7,"x":"{}"}}"#,
            "x".repeat(bytes - frame)
        )
    };
    let mut page = Page::open(&browser, "/ws").await;
    page.socket.send(Message::text(fits(65_535))).await.unwrap();
    assert_eq!(page.until("pong").await["re"], 7);
    page.socket.send(Message::text("nonsense")).await.unwrap();
    assert_eq!(page.until("error").await["code"], "bad_line");
    page.say(json!({"type":"ping","id":8})).await;
    assert_eq!(page.until("pong").await["re"], 8);
    let check = async |message: Message, code: &str, close: CloseCode| {
        let mut page = Page::open(&browser, "/ws").await;
        page.until("session").await;
        page.socket.send(message).await.unwrap();
        assert_eq!(page.until("error").await["code"], code);
        assert_eq!(page.closed().await, close);
    };
    check(
        Message::text(fits(65_536)),
        "line_too_long",
        CloseCode::Size,
    )
    .await;
    check(
        Message::text("x".repeat(1 << 20)),
        "line_too_long",
        CloseCode::Size,
    )
    .await;
    check(
        Message::binary(&b"{\"type\":\"ping\"}"[..]),
        "bad_line",
        CloseCode::Unsupported,
    )
    .await;
}

#[tokio::test]
async fn pings_are_answered_and_count_as_life() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let mut page = Page::open(&browser, "/ws").await;
    page.until("session").await;
    page.socket
        .send(Message::Ping(b"abc"[..].into()))
        .await
        .unwrap();
    assert_eq!(page.raw().await, Some(Message::Pong(b"abc"[..].into())));
}

#[tokio::test]
async fn a_page_that_closes_is_gone() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let mut page = Page::open(&browser, "/ws").await;
    page.until("session").await;
    assert_eq!(server.state.connection_count(), 1);
    page.socket.close(None).await.unwrap();
    while let Some(message) = page.socket.next().await {
        assert!(matches!(
            message.unwrap(),
            Message::Text(_) | Message::Close(_)
        ));
    }
    server.state.connections.all_closed().await;
    let mut page = Page::open(&browser, "/ws").await;
    page.until("session").await;
    drop(page);
    server.state.connections.all_closed().await;
}

#[tokio::test]
async fn a_stopping_server_says_so() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let mut page = Page::open(&browser, "/ws").await;
    page.until("session").await;
    let state = Arc::clone(&server.state);
    let stopping = tokio::spawn(async move { state.stop().await });
    page.until("bye").await;
    assert_eq!(page.closed().await, CloseCode::Away);
    drop(page);
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_page_that_reads_too_slowly_is_closed_and_resumes() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let mut page = Page::open(&browser, "/ws").await;
    page.until("session").await;
    let mut bob = server.user("bob").await;
    let text = "x".repeat(16_000);
    while server.state.connection_count() == 2 {
        bob.say("general", &text).await;
    }
    let mut last = 0;
    loop {
        let line = page.next().await;
        match line["type"].as_str().unwrap() {
            "message" => {
                assert!(last == 0 || line["seq"] == last + 1);
                last = line["seq"].as_u64().unwrap();
            }
            "error" => break assert_eq!(line["code"], "slow_consumer"),
            _ => {}
        }
    }
    assert_eq!(page.closed().await, CloseCode::Again);
    let mut page = Page::open(&browser, "/ws?resume").await;
    page.say(json!({"type":"resume","id":1,"rooms":{"general":last}}))
        .await;
    loop {
        let line = page.next().await;
        match line["type"].as_str().unwrap() {
            "gap" => last = line["to"].as_u64().unwrap(),
            "message" => break assert_eq!(line["seq"], last + 1),
            _ => {}
        }
    }
}
