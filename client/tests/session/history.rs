//! Pages, from what is kept and from the server.

use parlor_client::Place;

use crate::fake::Fake;
use crate::person::{Person, text_of};

#[tokio::test]
async fn pages_come_from_the_server_once_and_then_from_here() {
    let fake = Fake::start().await;
    for n in 1..=100 {
        fake.message("general", &format!("m{n}"));
    }
    let alice = Person::sign_in(&fake).await;
    let app = alice.online().await;
    let newest = app
        .handle
        .history("general", Place::Newest, 20)
        .await
        .unwrap();
    assert_eq!(text_of(&newest.items).first(), Some(&"m81"));
    assert_eq!(text_of(&newest.items).last(), Some(&"m100"));
    assert!(newest.more_before && !newest.more_after);
    let mut before = newest.items[0].seq();
    let mut pages = 0;
    loop {
        let page = app
            .handle
            .history("general", Place::Before(before), 20)
            .await
            .unwrap();
        pages += 1;
        before = page.items[0].seq();
        if !page.more_before {
            break;
        }
    }
    assert_eq!((before, pages), (1, 4));
    app.end().await;
    let asked = fake.asked("history").len();
    fake.go_down();
    let mut app = alice.open();
    app.until_offline().await;
    let page = app
        .handle
        .history("general", Place::Around(50), 11)
        .await
        .unwrap();
    assert_eq!(
        text_of(&page.items),
        (45..=55).map(|n| format!("m{n}")).collect::<Vec<_>>()
    );
    assert!(page.more_before && page.more_after && !page.offline);
    let page = app
        .handle
        .history("general", Place::After(97), 10)
        .await
        .unwrap();
    assert_eq!(text_of(&page.items), ["m98", "m99", "m100"]);
    assert!(!page.more_after);
    assert_eq!(fake.asked("history").len(), asked);
}

#[tokio::test]
async fn what_is_not_here_is_said_to_be_missing() {
    let fake = Fake::start().await;
    for n in 1..=300 {
        fake.message("general", &format!("m{n}"));
    }
    let alice = Person::sign_in(&fake).await;
    let app = alice.online().await;
    app.handle
        .history("general", Place::Newest, 60)
        .await
        .unwrap();
    app.end().await;
    fake.go_down();
    let mut app = alice.open();
    app.until_offline().await;
    let page = app
        .handle
        .history("general", Place::Newest, 100)
        .await
        .unwrap();
    assert!(page.offline && page.more_before);
    assert_eq!(text_of(&page.items).last(), Some(&"m300"));
    let far = app
        .handle
        .history("general", Place::Around(10), 10)
        .await
        .unwrap();
    assert!(far.offline && far.items.is_empty());
    fake.come_up();
    app.handle.try_now();
    app.until_connected().await;
    let far = app
        .handle
        .history("general", Place::Around(10), 10)
        .await
        .unwrap();
    assert_eq!(
        text_of(&far.items),
        (6..=15).map(|n| format!("m{n}")).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_page_is_put_together_from_short_answers() {
    let fake = Fake::start().await;
    for n in 1..=100 {
        fake.message("general", &format!("m{n}"));
    }
    fake.lock().page_limit = Some(7);
    let alice = Person::sign_in(&fake).await;
    let app = alice.online().await;
    let page = app
        .handle
        .history("general", Place::Newest, 40)
        .await
        .unwrap();
    assert_eq!(
        text_of(&page.items),
        (61..=100).map(|n| format!("m{n}")).collect::<Vec<_>>()
    );
    let whole = app
        .handle
        .history("general", Place::Newest, 200)
        .await
        .unwrap();
    assert!(whole.more_before && !whole.offline);
    assert_eq!(text_of(&whole.items).last(), Some(&"m100"));
}
