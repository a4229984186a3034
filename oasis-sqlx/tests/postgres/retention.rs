//! Old events are removed, and what stays is as it was.

use oasis_core::{EventFilter, EventStore, EventStoreExt, Position, Query, Timestamp};
use oasis_sqlx::PostgresStore;

use crate::cluster::{Cluster, execute, stranger};
use crate::event;

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_go_the_newest_stays_and_appends_go_on() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    assert_eq!(store.prunable(Timestamp::MAX).await.unwrap(), 0);
    assert_eq!(store.prune(Timestamp::MAX).await.unwrap(), 0);
    store.append((0..1200).map(event).collect()).await.unwrap();
    let old = store.read_after(Position::new(1199), 1).await.unwrap()[0].recorded_at;
    // The first 700 are of yesterday, and one in the middle of the rest is too: clocks jump.
    let yesterday = "UPDATE oasis_events SET created_at = created_at - interval '1 day' \
         WHERE position <= 700 OR position = 900";
    execute(&mut stranger(&url).await, yesterday).await;

    assert_eq!(store.prunable(old).await.unwrap(), 700);
    let beside = store.clone();
    let appends = tokio::spawn(async move {
        for n in 1200..1220 {
            beside.append_one(event(n)).await.unwrap();
        }
    });
    assert_eq!(store.prune(old).await.unwrap(), 700);
    appends.await.unwrap();
    let rows = store.read_after(Position::new(300), Query::MAX_LIMIT).await.unwrap();
    assert!(rows.iter().map(|row| row.position.get()).eq(701..=1220), "dense above the floor");

    assert_eq!(store.prunable(Timestamp::MAX).await.unwrap(), 519);
    assert_eq!(store.prune(Timestamp::MAX).await.unwrap(), 519);
    assert_eq!(store.prunable(Timestamp::MAX).await.unwrap(), 0);
    assert_eq!(store.count(&EventFilter::default()).await.unwrap(), 1);
    assert_eq!(store.head().await.unwrap(), Position::new(1220));
    assert_eq!(store.append_one(event(1)).await.unwrap().recorded.position.get(), 1221);
    let again = PostgresStore::connect(&url).await.unwrap();
    assert_eq!(again.head().await.unwrap(), Position::new(1221));
}

#[tokio::test]
async fn an_append_does_not_wait_for_a_prune() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append((0..100).map(event).collect()).await.unwrap();
    // A prune that is under way, as long as this transaction is.
    let mut prune = stranger(&url).await;
    execute(&mut prune, "BEGIN; DELETE FROM oasis_events WHERE position <= 50").await;
    assert_eq!(store.append_one(event(100)).await.unwrap().recorded.position.get(), 101);
    execute(&mut prune, "COMMIT").await;
    assert_eq!(store.count(&EventFilter::default()).await.unwrap(), 51);
}
