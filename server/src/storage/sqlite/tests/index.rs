//! The full-text index against a plain search, over a long and mixed life.

use std::collections::BTreeMap;

use super::*;

const WORDS: &[&str] = &[
    "thiết",
    "kế",
    "thiet",
    "đường",
    "duong",
    "déjà",
    "vu",
    "连续",
    "会议",
    "plan",
    "planning",
    "r1",
    "u1",
    "a",
    "ab",
];

/// A small generator, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % sides
    }

    fn text(&mut self) -> String {
        let count = 1 + self.roll(12);
        let words: Vec<&str> = (0..count).map(|_| WORDS[self.roll(WORDS.len())]).collect();
        words.join(" ")
    }
}

/// Whether a text has the word as the index means it.
fn has(text: &str, query: &str) -> bool {
    let folded = crate::storage::fold::words(text);
    match query {
        "连续" => folded.contains("连 续"),
        "a" => folded.split(' ').any(|word| word == "a"),
        _ => folded.split(' ').any(|word| word.starts_with(query)),
    }
}

#[tokio::test]
async fn the_index_stays_true_over_a_mixed_life() {
    let folder = folder();
    let mut storage = folder.sqlite();
    let by = alice(&storage).await;
    let mut dice = Dice(7);
    let mut texts: BTreeMap<u64, String> = BTreeMap::new();
    let mut seq = 0;
    for round in 0..30 {
        let mut acts = Vec::new();
        for n in 0..40 {
            seq += 1;
            let known: Vec<u64> = texts.keys().copied().collect();
            let target = known.get(dice.roll(known.len().max(1))).copied();
            let act = match (dice.roll(4), target) {
                (0, Some(target)) => {
                    texts.remove(&target);
                    let may_moderate = false;
                    ActKind::Delete {
                        target,
                        may_moderate,
                        files_stay: false,
                    }
                }
                (1, Some(target)) => {
                    let text = format!("{} {seq}", dice.text());
                    texts.insert(target, text.clone());
                    let mentions = Vec::new();
                    ActKind::Edit {
                        target,
                        text,
                        mentions,
                    }
                }
                _ => {
                    let text = dice.text();
                    texts.insert(seq, text.clone());
                    message(RoomId::GENERAL, by, round * 100 + n, &text).kind
                }
            };
            acts.push(Act {
                kind: act,
                ..message(RoomId::GENERAL, by, 0, "")
            });
        }
        append(&storage, acts).await;
        if round % 3 == 0 {
            check(&storage, &texts).await;
        }
        if round % 7 == 0 {
            drop(storage);
            storage = folder.sqlite();
        }
    }
    check(&storage, &texts).await;
}

async fn check(storage: &SqliteStorage, texts: &BTreeMap<u64, String>) {
    for words in [
        "thiet", "duong", "deja", "连续", "plan", "planning", "r1", "u1", "a", "ab",
    ] {
        let query = SearchQuery {
            limit: 10_000,
            ..search(words)
        };
        let page = storage.search(query).await.unwrap();
        let found: Vec<u64> = page.hits.iter().map(|hit| hit.seq).collect();
        let plain = texts.iter().rev().filter(|(_, text)| has(text, words));
        let expected: Vec<u64> = plain.map(|(seq, _)| *seq).collect();
        assert_eq!(found, expected, "{words}");
    }
    let sound = storage.writer.call(|work| {
        let sql = "INSERT INTO search (search) VALUES ('integrity-check')";
        work.conn.execute(sql, [])?;
        Ok(work
            .conn
            .query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))?)
    });
    assert_eq!(sound.await.unwrap(), "ok");
}
