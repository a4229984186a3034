//! The write-ahead log beside a reader that doesn't end.

use std::path::Path;

use oasis_core::EventStore;
use sqlx::Connection;

use crate::{event, fresh, leave, stranger};

const MIB: u64 = 1 << 20;

fn size(dir: &Path) -> u64 {
    std::fs::metadata(dir.join("oasis.db-wal")).unwrap().len()
}

/// A batch that takes about this many bytes.
fn batch(first: u64, bytes: u64) -> Vec<oasis_core::Event> {
    let large = |n| {
        let mut event = event(n);
        event.meta.insert("text".into(), "x".repeat(32 * 1024).into());
        event
    };
    (first..first + bytes / (32 * 1024)).map(large).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn f12_it_grows_as_long_as_a_stranger_reads_and_is_small_again_afterwards() {
    let (store, dir) = fresh().await;
    store.append(batch(0, MIB)).await.unwrap();
    let mut reader = stranger(&dir.path().join("oasis.db")).await;
    let mut reading = reader.begin().await.unwrap();
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM oasis_events")
        .fetch_one(&mut *reading)
        .await
        .unwrap();
    for n in 1..12 {
        store.append(batch(n * 1000, 4 * MIB)).await.unwrap();
    }
    assert!(size(dir.path()) > 40 * MIB, "nothing that is read can be overwritten");
    let still: i64 = sqlx::query_scalar("SELECT count(*) FROM oasis_events")
        .fetch_one(&mut *reading)
        .await
        .unwrap();
    assert_eq!(still, seen, "it reads what there was");
    reading.rollback().await.unwrap();
    leave(reader).await;

    // The next commit copies what is in it, the one after starts it anew.
    for n in 20..23 {
        store.append(batch(n * 1000, MIB)).await.unwrap();
    }
    assert!(size(dir.path()) <= 32 * MIB, "{} MiB", size(dir.path()) / MIB);
    for n in 30..50 {
        store.append(batch(n * 1000, 4 * MIB)).await.unwrap();
        assert!(size(dir.path()) <= 32 * MIB, "{} MiB", size(dir.path()) / MIB);
    }
}
