//! How much may be shared.

use super::*;

#[tokio::test]
async fn totals_and_numbers() {
    let server = TestServer::with(|config| {
        config.files.user_bytes = 100;
        config.files.total_bytes = 150;
        config.files.uploads = 2;
        config.rate_limits = true;
    })
    .await;
    let alice = server.user("alice").await;
    let bob = server.user("bob").await;
    let (hers, his) = (
        Http::new(&server, &alice.token),
        Http::new(&server, &bob.token),
    );
    let check = async |http: &Http, length, status: u16, code: &str| {
        let refused = http.create("general", "a", length).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code().as_str()),
            (status, code)
        );
    };
    check(&hers, 101, 507, "quota_full").await;
    let file = hers.upload("general", "a", &[0; 60]).await;
    let unfinished = hers.begin("general", "b", 30).await;
    check(&hers, 11, 507, "quota_full").await;
    check(&his, 61, 507, "server_full").await;
    hers.begin("general", "c", 1).await;
    check(&hers, 1, 429, "too_many_uploads").await;
    // What goes makes room.
    assert_eq!(hers.delete(&unfinished).await.status, 204);
    assert_eq!(hers.delete(&path(&file)).await.status, 204);
    hers.upload("general", "d", &[0; 99]).await;
}

#[tokio::test]
async fn requests_have_a_rate() {
    let server = TestServer::with(|config| {
        config.rate_limits = true;
        config.rates.files = crate::config::Rate::new(0.5, 2.0);
    })
    .await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let path = http.begin("general", "a", 5).await;
    assert_eq!(http.offset(&path).await, Some(0));
    let limited = http.patch(&path, 0, "hello").await;
    assert_eq!(
        (limited.status.as_u16(), limited.code()),
        (429, "rate_limited".into())
    );
    assert_eq!(limited.number("retry-after"), 2);
}

#[tokio::test]
async fn files_can_be_switched_off() {
    let server = TestServer::with(|config| config.files.file_bytes = 0).await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let refused = http.create("general", "a", 1).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (403, "files_off".into())
    );
}

#[tokio::test]
async fn who_is_muted_uploads_nothing() {
    let server = TestServer::start().await;
    let mut owner = server
        .user_of_rank("olga", parlor_protocol::Role::Owner)
        .await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let path = http.begin("general", "a", 5).await;
    owner
        .expect(
            "done",
            json!({"type":"mute","username":"alice","reason":"x"}),
        )
        .await;
    assert_eq!(http.create("general", "a", 1).await.code(), "muted");
    assert_eq!(http.patch(&path, 0, "hello").await.code(), "muted");
}
