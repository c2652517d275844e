use super::*;

#[tokio::test]
async fn what_changes_something_refuses_other_sites() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let form = format!("username=alice&password={}", PASSWORD.replace(' ', "+"));
    let foreign = [
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: http://chat.example:8888\r\n",
        "Origin: https://chat.example\r\n",
        "Origin: https://chat.example:8888.evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Origin: https://chat.example:8888\r\nSec-Fetch-Site: cross-site\r\n",
        "Origin: https://chat.example:8888\r\nOrigin: https://evil.example\r\n",
    ];
    for whence in foreign {
        for path in ["/login", "/logout", "/register", "/end_session"] {
            let answer = browser.post_from(whence, path, &form).await;
            assert_eq!(answer.is(403).header("set-cookie"), None, "{whence} {path}");
        }
    }
    browser.get("/").await.is(200);
    // A program says neither, and has no cookie that a page could borrow.
    browser.post_from("", "/logout", "").await.is(303);
}

#[tokio::test]
async fn forged_and_fixed_cookies_open_nothing() {
    let server = TestServer::start().await;
    let mut alice = server.browser();
    alice.register("alice").await;
    let token = alice.token().to_owned();
    let mut mallory = server.browser();
    for cookie in [
        format!("session={token}"),
        format!("__host-session={token}"),
        format!("__Host-session={token}; __Host-session={token}"),
        format!("__Host-session={}", "A".repeat(43)),
        format!("__Host-session={token}="),
        format!("__Host-session=\"{token}\""),
        "__Host-session=".to_owned(),
        "__Host-session=' OR 1=1 --".to_owned(),
    ] {
        mallory.cookie = Some(cookie.clone());
        assert_eq!(mallory.get("/").await.status, 401, "{cookie}");
    }
    // A cookie that was planted before the sign-in is not the one after it.
    mallory.cookie = Some(format!("__Host-session={}", "B".repeat(43)));
    mallory.login("alice").await.is(303);
    assert_ne!(mallory.token(), "B".repeat(43));
}

#[tokio::test]
async fn bodies_have_a_bound_and_a_kind() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let long = format!("username=alice&password={}", "x".repeat(17 * 1024));
    browser.post("/login", &long).await.is(413).has("<h1>");
    browser
        .post_json(
            "/login",
            &format!("{{\"username\":\"{}\"}}", "x".repeat(17 * 1024)),
        )
        .await
        .is(413)
        .has("\"failed\"");
    browser
        .post("/login", "username=a&username=b&password=x")
        .await
        .is(400);
    browser.post("/login", "").await.is(401);
    let head = browser.head("POST", "/login");
    browser
        .send(
            format!("{head}Content-Type: text/plain\r\n"),
            "username=a&password=b",
        )
        .await
        .is(415);
    let head = browser.head("POST", "/login");
    browser.send(head, "username=a&password=b").await.is(415);
}

#[tokio::test]
async fn a_body_that_trickles_has_a_deadline() {
    let server = TestServer::start().await;
    let mut stream = server.http();
    let head = server.browser().head("POST", "/login");
    let request = format!(
        "{head}Content-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{{"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::task::yield_now().await;
    tokio::time::pause();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn paths_that_are_no_pages() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    for path in [
        "//",
        "/index.html/",
        "/./index.html",
        "/%2e%2e/index.html",
        "/INDEX.HTML",
        "/chat.html%00",
        "/.git/config",
        "/pages/login.html",
        "/login.html/../index.html",
    ] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    let head = browser.head("TRACE", "/");
    browser.send(head, "").await.is(405);
    let head = browser.head("PUT", "/index.html");
    browser.send(head, "x").await.is(405);
}

#[tokio::test]
async fn who_is_banned_sees_nothing() {
    let server = TestServer::start().await;
    let mut owner = server
        .user_of_rank("owner", parlor_protocol::Role::Owner)
        .await;
    let mut browser = server.browser();
    browser.register("alice").await;
    owner
        .expect(
            "done",
            serde_json::json!({"type":"ban","username":"alice","reason":"spam"}),
        )
        .await;
    browser.get("/").await.is(401);
    browser.login("alice").await.is(403).has("spam");
}

#[tokio::test]
async fn pages_of_a_session_have_its_limits() {
    let server = TestServer::with(|config| {
        config.rate_limits = true;
        config.rates.requests = crate::config::Rate::new(0.1, 3.0);
    })
    .await;
    let mut browser = server.browser();
    browser.register("alice").await;
    for _ in 0..3 {
        browser.get("/").await.is(200);
    }
    let limited = browser.get("/").await;
    limited.is(429).has("<h1>");
    assert_eq!(limited.header("retry-after"), Some("10"));
}
