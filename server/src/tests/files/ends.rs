//! What ends transfers.

use futures_util::stream;
use parlor_protocol::Role;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::*;

type Pieces = mpsc::UnboundedSender<Result<Bytes, std::io::Error>>;

/// An upload that has sent five bytes of ten, and waits.
async fn half_sent(http: &Http, room: &str) -> (String, Pieces, JoinHandle<Reply>) {
    let path = http.begin(room, "a", 10).await;
    let (pieces, mut queue) = mpsc::unbounded_channel();
    let (taken, was_taken) = tokio::sync::oneshot::channel();
    let mut taken = Some(taken);
    pieces.send(Ok(Bytes::from_static(b"01234"))).unwrap();
    // The second time it is asked, the first piece was taken.
    let mut asked = 0;
    let body = stream::poll_fn(move |cx| {
        asked += 1;
        if asked > 1
            && let Some(taken) = taken.take()
        {
            let _ = taken.send(());
        }
        queue.poll_recv(cx)
    });
    let (http, to) = (http.clone(), path.clone());
    let sending = tokio::spawn(async move { http.patch(&to, 0, Body::from_stream(body)).await });
    was_taken.await.unwrap();
    (path, pieces, sending)
}

#[tokio::test]
async fn a_session_takes_its_uploads_with_it() {
    let server = TestServer::start().await;
    let mut owner = server.user_of_rank("olga", Role::Owner).await;
    let mut alice = server.user("alice").await;
    let mut check = async |end: Value| {
        let login =
            json!({"type":"login","username":"alice","password":super::super::harness::PASSWORD});
        let mut client = server.connect().await;
        let session = client.expect("session", login).await;
        let token = session["token"].as_str().unwrap();
        let (_, pieces, sending) = half_sent(&Http::new(&server, token), "general").await;
        match end["type"].as_str() {
            Some("logout") => client.expect("bye", end.clone()).await,
            _ => owner.expect("done", end.clone()).await,
        };
        let answer = sending.await.unwrap();
        assert_eq!(answer.code(), "transfer_ended", "{end}");
        assert!(pieces.is_closed());
        let after = Http::new(&server, token).create("general", "a", 1).await;
        assert_eq!(after.status, 401);
    };
    check(json!({"type":"logout"})).await;
    check(json!({"type":"kick","username":"alice","reason":"x"})).await;
    check(json!({"type":"revoke_sessions","username":"alice"})).await;
    check(json!({"type":"ban","username":"alice","reason":"x"})).await;
    alice.rest().await;
}

#[tokio::test]
async fn a_room_takes_its_transfers_with_it() {
    let server = TestServer::start().await;
    let mut olga = server.user("olga").await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    for room in ["one", "two"] {
        let made = json!({"type":"create_room","room":room,"kind":"private"});
        olga.expect("room", made).await;
        let invited = json!({"type":"invite_to_room","room":room,"username":"alice"});
        olga.expect("room", invited).await;
    }
    let removed = json!({"type":"remove_from_room","room":"one","username":"alice","reason":"x"});
    let deleted = json!({"type":"delete_room","room":"two"});
    for (room, end) in [("one", removed), ("two", deleted)] {
        let (path, _pieces, sending) = half_sent(&http, room).await;
        let (_, _others, other) = half_sent(&http, "general").await;
        olga.expect("done", end).await;
        assert_eq!(sending.await.unwrap().code(), "transfer_ended");
        assert!(!other.is_finished());
        assert_ne!(http.patch(&path, 5, "56789").await.status, 204);
        other.abort();
    }
}

#[tokio::test]
async fn the_newer_request_takes_over() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let (path, pieces, sending) = half_sent(&http, "general").await;
    // Whoever asks how far it is wants to go on.
    assert_eq!(http.offset(&path).await, Some(5));
    let answer = sending.await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (423, "taken_over".into())
    );
    assert!(pieces.is_closed());
    assert_eq!(http.patch(&path, 5, "56789").await.status, 204);
    assert_eq!(http.get(&path, &[]).await.bytes(), b"0123456789");
}

#[tokio::test]
async fn what_came_before_a_break_is_kept() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let (path, pieces, sending) = half_sent(&http, "general").await;
    pieces
        .send(Err(std::io::ErrorKind::ConnectionReset.into()))
        .unwrap();
    assert_eq!(sending.await.unwrap().code(), "broken_off");
    assert_eq!(http.offset(&path).await, Some(5));
    // A request that vanishes with its connection is carried to its end.
    let (path, pieces, sending) = half_sent(&http, "general").await;
    sending.abort();
    drop(pieces);
    assert_eq!(http.offset(&path).await, Some(5));
}

#[tokio::test]
async fn bytes_that_were_not_checked_are_not_kept() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let path = http.begin("general", "a", 22).await;
    http.patch(&path, 0, "0123").await;
    let body = stream::iter([
        Ok(Bytes::from_static(b"hello")),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ]);
    let sum = [("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")];
    let broken = http
        .patch_with(&path, 4, &sum, Body::from_stream(body))
        .await;
    assert_eq!(broken.code(), "broken_off");
    assert_eq!(http.offset(&path).await, Some(4));
}

#[tokio::test]
async fn a_stop_keeps_what_came() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let token = alice.token.clone();
    let http = Http::new(&server, &token);
    let (path, _pieces, sending) = half_sent(&http, "general").await;
    drop(http);
    server.state.stop().await;
    let answer = sending.await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (503, "server_stops".into())
    );
    let server = server.restart().await;
    assert_eq!(Http::new(&server, &token).offset(&path).await, Some(5));
}

#[tokio::test]
async fn a_client_that_sends_nothing_has_a_deadline() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let (path, _pieces, sending) = half_sent(&http, "general").await;
    tokio::time::pause();
    let answer = sending.await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (408, "timed_out".into())
    );
    assert_eq!(http.offset(&path).await, Some(5));
}
