//! Between which seqs of a room no message is missing.

use rusqlite::{OptionalExtension, Transaction, params};

/// The range that holds `seq`.
pub(super) fn around(
    tx: &Transaction<'_>,
    room: &str,
    seq: u64,
) -> rusqlite::Result<Option<(u64, u64)>> {
    tx.prepare_cached(
        "SELECT first, last FROM ranges WHERE room = ?1 AND first <= ?2 AND last >= ?2",
    )?
    .query_row(params![room, seq], |row| Ok((row.get(0)?, row.get(1)?)))
    .optional()
}

/// Notes that every message from `first` to `last` is kept, joining what touches.
pub(super) fn add(tx: &Transaction<'_>, room: &str, first: u64, last: u64) -> rusqlite::Result<()> {
    if first > last {
        return Ok(());
    }
    let touching = params![room, last.saturating_add(1), first.saturating_sub(1)];
    let (lowest, highest): (Option<u64>, Option<u64>) = tx
        .prepare_cached(
            "SELECT min(first), max(last) FROM ranges WHERE room = ?1 AND first <= ?2 AND last >= ?3",
        )?
        .query_row(touching, |row| Ok((row.get(0)?, row.get(1)?)))?;
    tx.prepare_cached("DELETE FROM ranges WHERE room = ?1 AND first <= ?2 AND last >= ?3")?
        .execute(touching)?;
    tx.prepare_cached("INSERT INTO ranges (room, first, last) VALUES (?1, ?2, ?3)")?
        .execute(params![
            room,
            lowest.map_or(first, |lowest| lowest.min(first)),
            highest.map_or(last, |highest| highest.max(last)),
        ])?;
    Ok(())
}

/// Forgets that anything up to `up_to` is kept.
pub(super) fn drop_up_to(tx: &Transaction<'_>, room: &str, up_to: u64) -> rusqlite::Result<()> {
    let above: Option<u64> = tx
        .prepare_cached(
            "SELECT max(last) FROM ranges WHERE room = ?1 AND first <= ?2 AND last > ?2",
        )?
        .query_row(params![room, up_to], |row| row.get(0))?;
    tx.prepare_cached("DELETE FROM ranges WHERE room = ?1 AND first <= ?2")?
        .execute(params![room, up_to])?;
    match above {
        Some(last) => add(tx, room, up_to + 1, last),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::store::schema;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// However ranges come and go, they hold exactly the seqs that were added, joined where they touch.
        #[test]
        fn ranges_are_sets(
            steps in prop::collection::vec((1u64..40, 0u64..10, any::<bool>()), 1..30)
        ) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("store.db");
            std::fs::File::create(&path).unwrap();
            let mut connection = schema::open(&path).unwrap();
            let tx = connection.transaction().unwrap();
            let mut model = BTreeSet::new();
            for (first, length, adds) in steps {
                if adds {
                    add(&tx, "a", first, first + length).unwrap();
                    model.extend(first..=first + length);
                } else {
                    drop_up_to(&tx, "a", first).unwrap();
                    model.retain(|seq| *seq > first);
                }
            }
            for seq in 1..60 {
                let found = around(&tx, "a", seq).unwrap();
                prop_assert_eq!(found.is_some(), model.contains(&seq));
                if let Some((first, last)) = found {
                    prop_assert!((first..=last).all(|seq| model.contains(&seq)));
                    prop_assert!(!model.contains(&(first - 1)) && !model.contains(&(last + 1)));
                }
            }
            prop_assert_eq!(around(&tx, "b", 5).unwrap(), None);
        }
    }
}
