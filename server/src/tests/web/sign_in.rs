use super::*;

#[tokio::test]
async fn the_walk_through() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.get("/").await.is(401).has("href=\"/login.html\"");
    browser
        .get("/login.html")
        .await
        .is(200)
        .has("name=\"username\"")
        .has("name=\"password\"");
    browser.register("alice").await;
    let first = browser.token().to_owned();
    let out = browser.post("/logout", "").await;
    assert_eq!(out.is(303).header("location"), Some("/login.html"));
    assert_eq!(
        out.header("set-cookie"),
        Some("__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
    );
    assert_eq!(browser.cookie, None);

    let wrong = browser
        .post("/login", "username=alice&password=wrong")
        .await;
    wrong
        .is(401)
        .has("role=\"alert\"")
        .has("value=\"alice\"")
        .lacks("wrong\"");
    assert_eq!(wrong.header("set-cookie"), None);
    let right = browser.login("alice").await;
    assert_eq!(right.is(303).header("location"), Some("/index.html"));
    let cookie = right.header("set-cookie").unwrap();
    let token = browser.token().to_owned();
    assert_eq!(
        cookie,
        format!("__Host-session={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=7776000")
    );
    assert_ne!(token, first);
    for page in ["/", "/index.html", "/chat.html", "/files.html"] {
        let page = browser.get(page).await;
        assert_eq!(page.is(200).header("cache-control"), Some("no-store"));
        assert!(
            page.header("set-cookie")
                .unwrap()
                .starts_with(&format!("__Host-session={token};"))
        );
    }
    browser
        .get("/chat.html")
        .await
        .has("<textarea id=\"composer\"");

    browser.cookie = Some(format!("__Host-session={first}"));
    browser.get("/").await.is(401);
}

#[tokio::test]
async fn an_unknown_name_looks_like_a_wrong_password() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    browser.cookie = None;
    let wrong = browser.post("/login", "username=alice&password=x").await;
    let unknown = browser.post("/login", "username=alicf&password=x").await;
    assert_eq!(
        wrong.is(401).body,
        unknown.is(401).body.replace("alicf", "alice")
    );
}

#[tokio::test]
async fn programs_sign_in_by_json() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    browser.cookie = None;
    let right = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    let answer = browser.post_json("/login", &right).await;
    assert_eq!(answer.is(200).header("set-cookie"), None);
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["status"], "success");
    let (_, session) = server
        .resume(body["token"].as_str().unwrap(), serde_json::json!({}))
        .await;
    assert_eq!(session["user"]["username"], "alice");

    let wrong = browser
        .post_json("/login", r#"{"username":"alice","password":"x"}"#)
        .await;
    wrong.is(401);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&wrong.body).unwrap(),
        serde_json::json!({"status": "failed", "message": "Invalid credentials"})
    );
    browser
        .post_json("/login", "[]")
        .await
        .is(400)
        .has("\"failed\"");
}

#[tokio::test]
async fn one_is_led_back_to_where_one_wanted_to_go() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    browser.cookie = None;
    let lost = browser.get("/chat.html?room=x").await;
    lost.is(401)
        .has("href=\"/login.html?next=%2Fchat.html%3Froom%3Dx\"");
    let page = browser
        .get("/login.html?next=%2Fchat.html%3Froom%3Dx")
        .await;
    page.has("name=\"next\" value=\"/chat.html?room=x\"");
    let form = format!(
        "username=alice&password={}&next=",
        PASSWORD.replace(' ', "+")
    );
    let back = browser
        .post("/login", &format!("{form}%2Fchat.html%3Froom%3Dx"))
        .await;
    assert_eq!(back.is(303).header("location"), Some("/chat.html?room=x"));
    for evil in [
        "//evil.example",
        "https://evil.example",
        "%2F%2Fevil.example",
        "/%5Cevil.example",
        "/chat.html%0d%0aX:+y",
    ] {
        let back = browser.post("/login", &format!("{form}{evil}")).await;
        assert_eq!(
            back.is(303).header("location"),
            Some("/index.html"),
            "{evil}"
        );
        browser.cookie = None;
        browser
            .get(&format!("/login.html?next={evil}"))
            .await
            .is(200)
            .lacks("name=\"next\"");
    }
    let again = browser
        .post("/login", "username=alice&password=x&next=/chat.html")
        .await;
    again.is(401).has("name=\"next\" value=\"/chat.html\"");
}

#[tokio::test]
async fn a_new_session_ends_the_browsers_old_one_and_no_other() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let mut other = server.browser();
    browser.register("alice").await;
    other.login("alice").await.is(303);
    let old = browser.cookie.clone();
    browser.login("alice").await.is(303);
    assert_ne!(browser.cookie, old);
    browser.get("/").await.is(200);
    other.get("/").await.is(200);
    other.cookie = old;
    other.get("/").await.is(401);
}

#[tokio::test]
async fn registering_in_the_browser() {
    let server =
        TestServer::with(|config| config.register = parlor_protocol::RegisterPolicy::Invite).await;
    let mut browser = server.browser();
    let good = PASSWORD.replace(' ', "+");
    browser
        .get("/join")
        .await
        .is(200)
        .has("name=\"invite\"")
        .has("parlor://192.0.2.1:8888/");
    let page = browser.get("/join?invite=abc_-9").await;
    page.is(200)
        .has("value=\"abc_-9\"")
        .has("parlor://192.0.2.1:8888/?invite=abc_-9");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    browser
        .get("/join?invite=%22%3E%3Cscript%3Epwned")
        .await
        .is(200)
        .lacks("pwned");
    let without = format!("username=alice&password={good}");
    browser
        .post("/register", &without)
        .await
        .is(400)
        .has("role=\"alert\"")
        .has("value=\"alice\"");
    let wrong = format!("{without}&invite=abc");
    browser
        .post("/register", &wrong)
        .await
        .is(400)
        .has("value=\"abc\"");
    server
        .user_of_rank("owner", parlor_protocol::Role::Owner)
        .await;
    let mut owner = server.browser();
    owner.login("owner").await.is(303);

    let closed =
        TestServer::with(|config| config.register = parlor_protocol::RegisterPolicy::Closed).await;
    let mut browser = closed.browser();
    browser
        .get("/join?invite=abc")
        .await
        .is(200)
        .lacks("action=\"/register\"")
        .has("parlor://");
    browser.post("/register", &without).await.is(400);
}

#[tokio::test]
async fn weak_passwords_are_told_each_rule() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let weak = browser
        .post("/register", "username=alice&password=abc")
        .await;
    weak.is(400)
        .has("role=\"alert\"")
        .has("At least 10 characters")
        .lacks("value=\"abc\"");
    assert_eq!(browser.cookie, None);
    let json = browser
        .post_json("/register", r#"{"username":"alice","password":"abc"}"#)
        .await;
    json.is(400).has("weak_password");
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let server = TestServer::start().await;
    let mut browser = server
        .browser()
        .with("User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:1) Gecko/1 Firefox/1");
    browser.register("alice").await;
    let mut other = server
        .browser()
        .with("User-Agent: Mozilla/5.0 (Windows NT 10.0) Chrome/1 Safari/1");
    other.login("alice").await.is(303);
    let page = browser.get("/").await;
    page.is(200)
        .has("Firefox on Linux")
        .has("Chrome on Windows")
        .has("192.0.2.7");
    let sessions: Vec<String> = page
        .body
        .split("name=\"session\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(sessions.len(), 2);
    let mut bob = server.browser();
    bob.register("bob").await;
    bob.post("/end_session", &format!("session={}", sessions[1]))
        .await
        .is(400);
    browser.post("/end_session", "session=x").await.is(400);
    other.get("/").await.is(200);
    let ended = browser
        .post("/end_session", &format!("session={}", sessions[1]))
        .await;
    assert_eq!(ended.is(303).header("location"), Some("/index.html"));
    other.get("/").await.is(401);
    browser.get("/").await.is(200).lacks("Chrome on Windows");
    other
        .post("/end_session", &format!("session={}", sessions[0]))
        .await
        .is(401);
}

#[tokio::test]
async fn signing_in_has_its_limits() {
    let server = TestServer::with(|config| {
        config.rate_limits = true;
        config.rates.sign_ins = crate::config::Rate::new(0.1, 2.0);
    })
    .await;
    let mut browser = server.browser();
    for _ in 0..2 {
        browser
            .post("/login", "username=alice&password=x")
            .await
            .is(401);
    }
    let limited = browser.post("/login", "username=alice&password=x").await;
    limited.is(429).has("role=\"alert\"");
    assert_eq!(limited.header("retry-after"), Some("10"));
    let limited = browser
        .post_json("/login", r#"{"username":"a","password":"x"}"#)
        .await;
    limited.is(429).has("rate_limited");
    assert_eq!(limited.header("retry-after"), Some("10"));
}
