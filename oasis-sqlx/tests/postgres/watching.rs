//! How soon a row of another store is noticed.

use std::time::{Duration, Instant};

use oasis_core::{EventStore, EventStoreExt, Position};
use oasis_sqlx::PostgresStore;

use crate::cluster::{Cluster, execute, stranger};
use crate::{bouncer, event};

/// Waits as a follower does, and says how long after this moment it was woken.
async fn noticed(store: &PostgresStore, after: Option<Position>) -> Instant {
    while store.read_after(after, 1).await.unwrap().is_empty() {
        store.changed(after).await.unwrap();
    }
    Instant::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_store_wakes_who_waits_within_a_moment() {
    let url = Cluster::shared().database().await;
    let here = PostgresStore::connect(&url).await.unwrap();
    let there = PostgresStore::connect(&url).await.unwrap();
    let mut took = Vec::new();
    for n in 0..30 {
        let (waiter, after) = (here.clone(), Position::new(n));
        let waiter = tokio::spawn(async move { noticed(&waiter, after).await });
        // Lone events: hints of a burst come together, at most twenty in a second.
        tokio::time::sleep(Duration::from_millis(60)).await;
        there.append_one(event(n)).await.unwrap();
        let durable = Instant::now();
        took.push(waiter.await.unwrap().saturating_duration_since(durable));
    }
    took.sort();
    eprintln!("commit to wake on another store: median {:?}, worst {:?}", took[15], took[29]);
    assert!(took[15] < Duration::from_millis(50), "{took:?}");
}

/// An appender that gives no hint: `oasis_append` from `psql`, or a store whose hint was lost.
async fn append_without_a_hint(url: &str) -> Instant {
    let arrays = ["'UNSET'", "'SYSTEM'", "'NOTE'", "'oasis.events'", "'note'", "'info'"];
    let texts = arrays.map(|text| format!("ARRAY[{text}]")).join(", ");
    let call = format!(
        "SELECT * FROM oasis_append(ARRAY[gen_random_uuid()], ARRAY[now()], {texts}, \
         ARRAY['SYSTEM-NOTE-OTHER'], ARRAY[NULL], ARRAY[NULL], ARRAY['{{}}'], ARRAY[NULL])"
    );
    execute(&mut stranger(url).await, &call).await;
    Instant::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_hint_a_row_is_noticed_all_the_same() {
    let behind = bouncer::database().await;
    let name = behind.rsplit('/').next().unwrap().split('?').next().unwrap();
    let direct = Cluster::shared().url(name);
    for url in [&direct, &behind] {
        let store = PostgresStore::connect(url).await.unwrap();
        for _ in 0..3 {
            let after = store.head().await.unwrap();
            let waiting = store.clone();
            let waiter = tokio::spawn(async move { noticed(&waiting, after).await });
            tokio::task::yield_now().await;
            let durable = append_without_a_hint(&direct).await;
            let took = waiter.await.unwrap().saturating_duration_since(durable);
            assert!(took < Duration::from_millis(1200), "{url}: {took:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_told_in_few_hints() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let mut listener = sqlx::postgres::PgListener::connect(&url).await.unwrap();
    listener.listen("oasis_events").await.unwrap();
    let start = Instant::now();
    for n in 0..300 {
        store.append_one(event(n)).await.unwrap();
    }
    let mut hints: u32 = 0;
    loop {
        let hint = listener.recv().await.unwrap();
        hints += 1;
        if hint.payload() == "300" {
            break;
        }
    }
    let most = start.elapsed().as_millis() / 50 + 2;
    assert!(u128::from(hints) <= most, "{hints} hints in {:?}", start.elapsed());
}
