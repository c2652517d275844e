//! Full-text search.

use parlor_protocol::request::Before;

use super::*;
use crate::storage::{SearchPage, SearchQuery};

fn query(words: &str) -> SearchQuery {
    SearchQuery {
        words: words.to_owned(),
        rooms: vec![RoomId::GENERAL],
        from: None,
        before: None,
        limit: 50,
    }
}

fn seqs(page: &SearchPage) -> Vec<u64> {
    page.hits.iter().map(|hit| hit.seq).collect()
}

async fn found(storage: &dyn Storage, words: &str) -> Vec<u64> {
    seqs(&storage.search(query(words)).await.unwrap())
}

pub(in crate::storage) async fn words_are_found_as_people_type_them(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    for (n, text) in [
        "Bản thiết kế mới đã xong",
        "Con đường về nhà",
        "Déjà vu, c'est l'été à Noël",
        "我们明天要连续开三个会议，请大家准时参加。",
        "The half-open door and the DOORBELL",
        "Straße und Œuvre",
        "けんきゅうかいは明日です",
        "회의는 내일입니다",
    ]
    .iter()
    .enumerate()
    {
        appended(&*storage, message(alice, &format!("n{n}"), text)).await;
    }
    let check = async |words: &str, expected: &[u64]| {
        assert_eq!(found(&*storage, words).await, expected, "{words:?}");
    };
    check("thiet ke", &[1]).await;
    check("THIẾT KẾ", &[1]).await;
    check("ke thiet", &[1]).await;
    check("thi", &[1]).await;
    check("duong", &[2]).await;
    check("đường", &[2]).await;
    check("deja", &[3]).await;
    check("ete noel", &[3]).await;
    check("连续", &[4]).await;
    check("会议", &[4]).await;
    check("续连", &[]).await;
    check("明天 参加", &[4]).await;
    check("明", &[7, 4]).await;
    check("doo", &[5]).await;
    check("door bell", &[]).await;
    check("strasse oeuvre", &[6]).await;
    check("きゅう", &[7]).await;
    check("회의", &[8]).await;
    check("thiet duong", &[]).await;
    check("hiet", &[]).await;
}

pub(in crate::storage) async fn nothing_typed_is_syntax(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    appended(&*storage, message(alice, "a", "cats and dogs or not")).await;
    for nothing in [
        "",
        " ",
        "\"",
        "*",
        "\"\"\"",
        "^ - + ( )",
        "…",
        "👍",
        "\0",
        "%",
    ] {
        assert_eq!(
            found(&*storage, nothing).await,
            [] as [u64; 0],
            "{nothing:?}"
        );
    }
    for odd in [
        "AND", "cats AND", "\"cats", "cats*", "(cats", "NOT", "OR OR", "cats'",
    ] {
        assert_eq!(found(&*storage, odd).await, [1], "{odd:?}");
    }
    for column in [
        "tags:cats",
        "r1",
        "u1",
        "body : cats",
        "NEAR(cats dogs)",
        "{tags}",
    ] {
        assert_eq!(found(&*storage, column).await, [] as [u64; 0], "{column:?}");
    }
    let long = "cats ".repeat(10_000);
    assert_eq!(found(&*storage, &long).await, [1]);
}

pub(in crate::storage) async fn only_what_may_be_read_is_found(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    appended(&*storage, message(alice, "a", "plan one")).await;
    appended(&*storage, message(bob, "b", "plan two")).await;
    let elsewhere = Act {
        room: RoomId::BROADCAST,
        ..message(alice, "c", "plan three")
    };
    appended(&*storage, elsewhere).await;
    let check = async |rooms: &[RoomId], from, expected: &[&str]| {
        let page = storage
            .search(SearchQuery {
                rooms: rooms.to_vec(),
                from,
                ..query("plan")
            })
            .await
            .unwrap();
        let texts: Vec<&str> = page.hits.iter().map(|hit| hit.text.as_str()).collect();
        assert_eq!(texts, expected);
    };
    let both = [RoomId::GENERAL, RoomId::BROADCAST];
    check(&both, None, &["plan three", "plan two", "plan one"]).await;
    check(&both, Some(alice), &["plan three", "plan one"]).await;
    check(&[RoomId::GENERAL], None, &["plan two", "plan one"]).await;
    check(&[RoomId(9)], None, &[]).await;
    check(&[], None, &[]).await;
    // More rooms than a query names by tags.
    let many: Vec<RoomId> = (2..300).map(RoomId).collect();
    check(&many, None, &["plan three"]).await;
}

pub(in crate::storage) async fn pages_are_whole(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    for (n, time) in [(1, 10), (2, 20), (3, 20), (4, 30)] {
        let act = Act {
            time: at(time),
            ..message(alice, &format!("n{n}"), "plan")
        };
        appended(&*storage, act).await;
    }
    let page = async |rooms: &[RoomId], before, limit| {
        let rooms = rooms.to_vec();
        storage
            .search(SearchQuery {
                rooms,
                before,
                limit,
                ..query("plan")
            })
            .await
            .unwrap()
    };
    let one = &[RoomId::GENERAL][..];
    let first = page(one, None, 2).await;
    assert_eq!((seqs(&first), first.more), (vec![4, 3], true));
    let second = page(one, Some(Before::Seq(3)), 2).await;
    assert_eq!((seqs(&second), second.more), (vec![2, 1], false));
    assert_eq!(seqs(&page(one, Some(Before::Seq(99)), 1).await), [4]);
    assert_eq!(
        seqs(&page(one, Some(Before::Seq(0)), 1).await),
        [] as [u64; 0]
    );
    // Over several rooms one pages by time, and none of a millisecond is lost.
    let two = &[RoomId::GENERAL, RoomId::BROADCAST][..];
    let first = page(two, None, 2).await;
    assert_eq!((seqs(&first), first.more), (vec![4], true));
    let second = page(two, Some(Before::Time(first.hits[0].time)), 2).await;
    assert_eq!((seqs(&second), second.more), (vec![3, 2], true));
    let third = page(two, Some(Before::Time(second.hits[1].time)), 2).await;
    assert_eq!((seqs(&third), third.more), (vec![1], false));
}

pub(in crate::storage) async fn edits_and_deletions_reach_the_index(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    appended(&*storage, message(alice, "a", "apples")).await;
    appended(&*storage, message(alice, "b", "apples and pears")).await;
    assert_eq!(found(&*storage, "apples").await, [2, 1]);
    appended(&*storage, edit(alice, 1, "plums")).await;
    assert_eq!(found(&*storage, "apples").await, [2]);
    assert_eq!(found(&*storage, "plums").await, [1]);
    appended(&*storage, delete(alice, 2)).await;
    assert_eq!(found(&*storage, "apples").await, [] as [u64; 0]);
    assert_eq!(found(&*storage, "pears").await, [] as [u64; 0]);
    // Not indexed yet when they are changed.
    appended(&*storage, message(alice, "c", "cherries")).await;
    appended(&*storage, edit(alice, 5, "figs")).await;
    appended(&*storage, message(alice, "d", "dates")).await;
    appended(&*storage, delete(alice, 7)).await;
    drop(storage);
    let storage = place.open();
    assert_eq!(found(&*storage, "cherries").await, [] as [u64; 0]);
    assert_eq!(found(&*storage, "figs").await, [5]);
    assert_eq!(found(&*storage, "dates").await, [] as [u64; 0]);
}
