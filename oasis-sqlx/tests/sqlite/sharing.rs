//! Several stores and processes on one file.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use oasis_core::{EventFilter, EventStore, EventStoreExt, Position, Query};
use oasis_sqlx::SqliteStore;

use crate::event;

/// Where the second process finds the file; only a test that starts one sets it.
const FILE: &str = "OASIS_TEST_FILE";
const EACH: u64 = 150;

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_append_to_one_file_without_a_gap() {
    if let Some(path) = env::var_os(FILE) {
        // This is the second process.
        return append_all(PathBuf::from(path), EACH).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("oasis.db");
    let this = "sharing::two_processes_append_to_one_file_without_a_gap";
    let mut other = Command::new(env::current_exe().unwrap());
    let mut other = other.args(["--exact", this]).env(FILE, &path).spawn().unwrap();
    append_all(path.clone(), 0).await;
    assert!(other.wait().unwrap().success());

    let store = SqliteStore::open(&path).await.unwrap();
    let rows = store.read_after(None, Query::MAX_LIMIT).await.unwrap();
    let positions = rows.iter().map(|row| row.position.get());
    assert!(positions.eq(1..=2 * EACH), "dense, whoever appends");
}

async fn append_all(path: PathBuf, from: u64) {
    let store = SqliteStore::open(&path).await.unwrap();
    let writers: Vec<_> = (0..5)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in (from..from + EACH).filter(|n| n % 5 == writer) {
                    store.append_one(event(n)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_stores_may_open_a_new_file_at_once() {
    for _ in 0..8 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("oasis.db");
        let opened: Vec<_> =
            (0..8).map(|_| tokio::spawn(SqliteStore::open(path.clone()))).collect();
        for (n, store) in (0..).zip(opened) {
            let store = store.await.unwrap().unwrap();
            store.append_one(event(n)).await.unwrap();
        }
        let store = SqliteStore::open(&path).await.unwrap();
        assert_eq!(store.count(&EventFilter::default()).await.unwrap(), 8);
    }
}

#[tokio::test]
async fn a_row_of_another_store_wakes_who_waits() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("oasis.db");
    let here = SqliteStore::open(&path).await.unwrap();
    let there = SqliteStore::open(&path).await.unwrap();
    here.append_one(event(1)).await.unwrap();
    let waiter = tokio::spawn(async move {
        let after = Some(Position::FIRST);
        here.changed(after).await.unwrap();
        here.read_after(after, 10).await.unwrap().len()
    });
    tokio::task::yield_now().await;
    there.append_one(event(2)).await.unwrap();
    assert_eq!(waiter.await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_the_same_store_wakes_without_waiting_for_a_poll() {
    let (store, _dir) = crate::fresh().await;
    let start = Instant::now();
    for n in 0..40 {
        let after = Position::new(n);
        let waiting = store.clone();
        let waiter = tokio::spawn(async move { waiting.changed(after).await });
        store.append_one(event(n)).await.unwrap();
        waiter.await.unwrap().unwrap();
    }
    // Forty polls are ten seconds.
    assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
}
