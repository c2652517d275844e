use super::*;

#[tokio::test]
async fn every_page_has_the_headers() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    for path in [
        "/",
        "/index.html",
        "/chat.html",
        "/files.html",
        "/login.html",
        "/join",
        "/nowhere",
        "/healthz",
    ] {
        let page = browser.get(path).await;
        let check =
            |name: &str, expected: &str| assert_eq!(page.header(name), Some(expected), "{path}");
        check(
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        );
        check("x-content-type-options", "nosniff");
        check("x-frame-options", "DENY");
        check("referrer-policy", "same-origin");
        check("strict-transport-security", "max-age=3600");
        check("cross-origin-opener-policy", "same-origin");
        check("cross-origin-resource-policy", "same-origin");
        assert!(
            page.header("permissions-policy")
                .unwrap()
                .contains("camera=()")
        );
    }
}

#[tokio::test]
async fn pages_have_nothing_inline_and_nothing_from_elsewhere() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    for path in [
        "/",
        "/chat.html",
        "/files.html",
        "/login.html",
        "/join?invite=x",
        "/nowhere",
    ] {
        let page = browser.get(path).await;
        page.lacks("<style")
            .lacks(" style=")
            .lacks("javascript:")
            .lacks(" onclick")
            .lacks(" onload");
        page.has("<html lang=\"en\">").has("<main");
        for script in page.body.split("<script").skip(1) {
            // Nothing stands between the tags, and nothing but these two forms of the opening one.
            let tag = script.split("</script>").next().unwrap();
            let address = tag
                .strip_prefix(" type=\"module\"")
                .unwrap_or(tag)
                .strip_prefix(" src=\"/assets/")
                .and_then(|rest| rest.strip_suffix(".js\">"));
            assert!(
                address.is_some_and(|rest| !rest.contains(['"', '>', ':'])),
                "{path}: {tag}"
            );
        }
        for name in ["href=\"", "src=\"", "action=\""] {
            for rest in page.body.split(name).skip(1) {
                let address = rest.split('"').next().unwrap();
                let own = address.starts_with('/') && !address.starts_with("//");
                let inside =
                    address.starts_with('#') || address.starts_with("parlor://192.0.2.1:8888/");
                assert!(own || inside, "{path}: {address}");
            }
        }
    }
}

#[tokio::test]
async fn what_people_write_is_text() {
    let server = TestServer::with(|config| config.name = "<b>\"'&".into()).await;
    let mut alice = server.user("alice").await;
    let hostile = "</title><script>alert(1)</script>\"'&";
    alice
        .expect(
            "user",
            serde_json::json!({"type":"profile","name":hostile,"status":hostile}),
        )
        .await;
    alice
        .expect(
            "room",
            serde_json::json!({"type":"create_room","room":"plans","topic":hostile}),
        )
        .await;
    let mut bob = server.browser().with("User-Agent: <script>");
    bob.register("bob").await;
    bob.post(
        "/register",
        &format!("username=x&password=x&name={hostile}"),
    )
    .await;
    for path in [
        "/",
        "/chat.html",
        "/login.html?next=/chat.html?<script>",
        "/<script>alert(1)</script>",
    ] {
        let page = bob.get(&path.replace('<', "%3C").replace('>', "%3E")).await;
        page.lacks("<script>").lacks("<b>");
    }
    bob.get("/").await.has("&#60;script&#62;alert(1)");
    let again = bob
        .post("/login", "username=%22%3E%3Cscript%3E&password=x")
        .await;
    again
        .is(401)
        .lacks("<script>")
        .has("&#34;&#62;&#60;script&#62;");
}

#[tokio::test]
async fn the_chat_page_is_told_what_it_needs() {
    let server = TestServer::with(|config| config.name = "Lab 4".into()).await;
    let mut browser = server.browser().with("Accept-Language: vi-VN,vi;q=0.9");
    browser.register("alice").await;
    let page = browser.get("/chat.html").await;
    page.is(200)
        .has("data-username=\"alice\"")
        .has("data-role=\"member\"")
        .has("data-server=\"Lab 4\"");
    page.has("data-language=\"vi\"")
        .has("data-text-bytes=\"16384\"")
        .has("<html lang=\"vi\">");
    page.lacks(browser.token());
    assert_eq!(page.header("content-language"), Some("vi"));
    assert_eq!(page.header("content-encoding"), None);
}

#[tokio::test]
async fn only_rooms_that_exist_for_one_are_shown() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    alice
        .expect(
            "room",
            serde_json::json!({"type":"create_room","room":"secret","kind":"private"}),
        )
        .await;
    alice
        .expect(
            "room",
            serde_json::json!({"type":"create_room","room":"plans"}),
        )
        .await;
    alice.say("general", "hello").await;
    let mut bob = server.browser();
    bob.register("bob").await;
    bob.get("/")
        .await
        .is(200)
        .has("general")
        .has("plans")
        .lacks("secret")
        .has("Rooms to join");
    let mut own = server.browser();
    own.login("alice").await;
    own.get("/").await.is(200).has("secret");
}

#[tokio::test]
async fn assets_are_kept_for_good_and_by_version() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let page = browser.get("/login.html").await;
    let rest = page.body.split("href=\"/assets/").nth(1).unwrap();
    let version = rest.split('/').next().unwrap();
    let catalogue = format!("/assets/{version}/locales/fr.ftl");
    let file = browser.get(&catalogue).await;
    file.is(200).has("web-login-title = ");
    assert_eq!(
        file.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    assert_eq!(
        file.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(file.header("set-cookie"), None);
    for path in [
        catalogue.replace(version, "000000000000"),
        format!("/assets/{version}/pages/login.html"),
        format!("/assets/{version}/../../Cargo.toml"),
        format!("/assets/{version}/..%2f..%2fCargo.toml"),
        format!("/assets/{version}//etc/passwd"),
        format!("/assets/{version}/locales/fr.ftl%00"),
        format!("/assets/{version}/"),
        "/assets/".to_owned(),
    ] {
        let none = browser.get(&path).await;
        none.is(404);
        assert_ne!(
            none.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
    }
    let mut packing = server.browser().with("Accept-Encoding: gzip");
    let packed = packing.get(&catalogue).await;
    assert_eq!(packed.is(200).header("content-encoding"), Some("gzip"));
    assert_eq!(packed.header("vary"), Some("accept-encoding"));
}

#[tokio::test]
async fn refusals_are_pages_for_people_and_json_for_programs() {
    let server = TestServer::start().await;
    let check = async |accept: &str, path: &str, status: u16, is_page: bool| {
        let mut browser = server.browser().with(&format!("Accept: {accept}"));
        let answer = browser.get(path).await;
        answer.is(status);
        let kind = answer.header("content-type").unwrap();
        assert_eq!(
            kind.starts_with("text/html"),
            is_page,
            "{accept} {path}: {kind}"
        );
        if is_page {
            answer.has("<main").has("<h1>");
        } else {
            answer.has("\"status\":\"failed\"");
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    };
    let browsers = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    check(browsers, "/nowhere", 404, true).await;
    check("*/*", "/nowhere", 404, true).await;
    check("application/json", "/nowhere", 404, false).await;
    check(browsers, "/chat.html", 401, true).await;
    check("application/json", "/chat.html", 401, false).await;
    check("*/*", "/ws", 401, false).await;
    check(browsers, "/ws", 401, true).await;
    check(browsers, "/logout", 405, true).await;
    check("application/json", "/logout", 405, false).await;
    check("*/*", "/assets/x/y", 404, false).await;
}

#[tokio::test]
async fn a_visit_is_a_sign_of_life() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let hash = crate::storage::SecretHash::of(browser.token());
    let old = crate::clock::before(crate::clock::now(), 120);
    let (id, lifetime) = (
        server
            .state
            .directory
            .read(|tables| tables.session_of(&hash, old).unwrap().id),
        3_600,
    );
    server.state.directory.write(|tables| {
        tables.visit(id, "192.0.2.9".parse().unwrap(), old, lifetime);
        tables.touch_sessions(old, lifetime);
    });
    browser.get("/").await.is(200);
    server.state.directory.write(|tables| {
        let record = tables.session(id).unwrap();
        assert!(record.seen > old);
        assert_eq!(record.address, "192.0.2.7");
        let touches = tables.touch_sessions(crate::clock::now(), lifetime);
        assert_eq!(
            touches.iter().map(|touch| touch.id).collect::<Vec<_>>(),
            [id]
        );
        assert!(
            tables
                .touch_sessions(crate::clock::now(), lifetime)
                .is_empty()
        );
    });
}

#[tokio::test]
async fn metrics_are_for_who_has_their_token() {
    let token = "a-token-for-metrics";
    let none = TestServer::start().await;
    let mut browser = none
        .browser()
        .with(&format!("Authorization: Bearer {token}"));
    browser.get("/metrics").await.is(404);

    let server = TestServer::with(|config| {
        config.metrics = toml::from_str(&format!("token = {token:?}")).unwrap();
    })
    .await;
    let mut alice = server.user("alice").await;
    alice.say("general", "hello").await;
    let mut stranger = server.browser();
    stranger.get("/metrics").await.is(401).has("\"failed\"");
    stranger.register("bob").await;
    stranger.get("/metrics").await.is(401);
    let mut wrong = server
        .browser()
        .with("Authorization: Bearer a-token-for-metrick");
    wrong.get("/metrics").await.is(401);
    let mut right = server
        .browser()
        .with(&format!("Authorization: Bearer {token}"));
    let page = right.get("/metrics").await;
    let kind = page.is(200).header("content-type");
    assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        "# TYPE parlord_connections gauge\nparlord_connections 1\n",
        "\nparlord_users 2\n",
        "\nparlord_users_online 1\n",
        "\nparlord_sessions 2\n",
        "\nparlord_rooms 2\n",
        "# TYPE parlord_messages_total counter\nparlord_messages_total 1\n",
        "\nparlord_transfers{direction=\"down\"} 0\n",
        "\nparlord_http_requests_total{code=\"3xx\"} 1\n",
        "\nparlord_http_requests_total{code=\"4xx\"} 3\n",
    ] {
        page.has(line);
    }
}

#[tokio::test]
async fn files_go_by_the_cookie_but_not_from_other_sites() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    browser.register("alice").await;
    let tus = "Tus-Resumable: 1.0.0\r\nUpload-Length: 0\r\nUpload-Metadata: filename YS50eHQ=,room Z2VuZXJhbA==\r\n";
    let own = format!(
        "{}Origin: {ORIGIN}\r\n{tus}",
        browser.head("POST", "/files")
    );
    let foreign = format!(
        "{}Origin: https://evil.example\r\n{tus}",
        browser.head("POST", "/files")
    );
    browser.send(foreign, "").await.is(403).has("\"failed\"");
    let stranger = server.browser().head("POST", "/files");
    browser.send(format!("{stranger}{tus}"), "").await.is(401);
    // What follows the check is the upload's business; it is let through to it.
    let made = browser.send(own, "").await;
    assert!(![401, 403].contains(&made.status), "{made:?}");
}
