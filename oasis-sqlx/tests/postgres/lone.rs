//! An event that comes alone, by its one statement.

use oasis_core::{Appended, EventStore, EventStoreExt};
use oasis_sqlx::PostgresStore;
use sqlx::Connection;
use tokio::task::JoinHandle;

use crate::cluster::{Cluster, execute, stranger};
use crate::event;

/// Whether somebody waits for a lock, asked until it is so.
const WAITING: &str = "SELECT count(*) > 0 FROM pg_stat_activity \
     WHERE datname = current_database() AND wait_event_type = 'Lock'";

/// Brings an event while another transaction has the head; this returns when its statement has begun and
/// waits.
async fn brought_too_early(store: &PostgresStore, url: &str, n: u64) -> JoinHandle<Appended> {
    let store = store.clone();
    let waiting = tokio::spawn(async move { store.append_one(event(n)).await.unwrap() });
    let mut looking = stranger(url).await;
    while !sqlx::query_scalar::<_, bool>(WAITING).fetch_one(&mut looking).await.unwrap() {}
    waiting
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_is_committed_while_it_waits_is_a_duplicate_and_leaves_no_gap() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    // So that its connection is there, and none of its plans is new.
    store.append_one(event(1)).await.unwrap();

    let mut other = stranger(&url).await;
    let mut transaction = other.begin().await.unwrap();
    execute(&mut transaction, "UPDATE oasis_head SET position = position + 1").await;
    let waiting = brought_too_early(&store, &url, 2).await;
    // The statement has looked for the delivery, and it was not there. Now it comes.
    let row = "INSERT INTO oasis_events SELECT 2, gen_random_uuid(), created_at, occurred_at, vtid, \
         layer, module, source, kind, status, title, ref, link, meta, '2' FROM oasis_events";
    execute(&mut transaction, row).await;
    transaction.commit().await.unwrap();

    let told = waiting.await.unwrap();
    assert!(told.duplicate);
    assert_eq!(told.recorded.position.get(), 2);
    assert_eq!(store.append_one(event(3)).await.unwrap().recorded.position.get(), 3);
    assert_eq!(store.read_after(None, 10).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_one_has_a_connection_though_a_reader_is_faster() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    // Nobody gets another one.
    let (_, name) = url.rsplit_once('/').unwrap();
    let mut other = stranger(&Cluster::shared().url("postgres")).await;
    execute(&mut other, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;

    let (read, appended) = tokio::join!(store.head(), store.append_one(event(1)));
    read.unwrap_err();
    assert_eq!(appended.unwrap().recorded.position.get(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_where_a_ledger_comes_to_be_partitioned() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append_one(event(1)).await.unwrap();
    execute(&mut stranger(&url).await, "SELECT oasis_partition(10)").await;
    for n in 1..=30 {
        let told = store.append_one(event(n)).await.unwrap();
        assert_eq!((told.recorded.position.get(), told.duplicate), (n, n == 1));
    }
    assert_eq!(store.head().await.unwrap().unwrap().get(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_gives_way_to_who_makes_partitions_while_it_waits() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append_one(event(1)).await.unwrap();

    let mut other = stranger(&url).await;
    let mut transaction = other.begin().await.unwrap();
    execute(&mut transaction, "SELECT FROM oasis_head FOR UPDATE").await;
    let waiting = brought_too_early(&store, &url, 2).await;
    // It has the table, and waits for the head; this one has the head, and waits for the table.
    execute(&mut transaction, "SELECT oasis_partition(10)").await;
    transaction.commit().await.unwrap();

    let told = waiting.await.unwrap();
    assert_eq!((told.recorded.position.get(), told.duplicate), (2, false));
}
