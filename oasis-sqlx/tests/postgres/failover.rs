//! A standby takes the place of its primary, at the same address.

use std::time::{Duration, Instant};

use oasis_core::{EventStore, EventStoreExt, Position, StoreErrorKind};
use oasis_sqlx::PostgresStore;

use crate::cluster::{Cluster, execute, stranger};
use crate::event;

/// Waits until the standby has all that the primary wrote.
async fn catch_up(url: &str) {
    let mut primary = stranger(url).await;
    let began = Instant::now();
    let behind = "SELECT count(*) FROM pg_stat_replication WHERE flush_lsn = pg_current_wal_lsn()";
    while sqlx::query_scalar::<_, i64>(behind).fetch_one(&mut primary).await.unwrap() == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "the standby does not catch up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Appends when the server takes it.
async fn append(store: &PostgresStore, number: u64) -> u64 {
    let began = Instant::now();
    loop {
        match store.append_one(event(number)).await {
            Ok(appended) => return appended.recorded.position.get(),
            Err(error) => assert!(began.elapsed() < Duration::from_secs(30), "{error:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_has_all_that_was_acknowledged() {
    let primary = Cluster::durable();
    let url = primary.database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    append(&store, 0).await;
    let standby = primary.standby();
    let mut admin = stranger(&url).await;
    execute(&mut admin, "ALTER SYSTEM SET synchronous_standby_names = '*'").await;
    execute(&mut admin, "SELECT pg_reload_conf()").await;
    catch_up(&url).await;
    let mut follow = store.follow(Position::new(1));
    for number in 1..=50 {
        assert_eq!(append(&store, number).await, number + 1);
    }
    primary.kill();
    standby.stop();
    standby.take_over(&primary);
    assert_eq!(append(&store, 51).await, 52, "none was lost");
    assert_eq!(append(&store, 7).await, 8, "and each is known");
    let mut last = 1;
    while last < 52 {
        for row in follow.next().await.unwrap() {
            assert_eq!(row.position.get(), last + 1);
            last += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_is_told_that_a_standby_lacks_the_end() {
    let primary = Cluster::durable();
    let url = primary.database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    for number in 1..=10 {
        append(&store, number).await;
    }
    let standby = primary.standby();
    catch_up(&url).await;
    standby.stop();
    for number in 11..=15 {
        append(&store, number).await;
    }
    // One knows the end, one has come from further back.
    let mut at_the_end = store.follow(Position::new(14));
    assert_eq!(at_the_end.next().await.unwrap().len(), 1);
    let mut behind = store.follow(Position::new(5));
    assert_eq!(behind.next().await.unwrap().len(), 10);
    primary.kill();
    standby.take_over(&primary);

    let waits = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            match at_the_end.next().await {
                Err(error) if error.kind() == StoreErrorKind::Replaced => return,
                other => assert!(other.is_err(), "{other:?}"),
            }
        }
    });
    waits.await.expect("who waits at the lost end is told, though nothing is appended");
    assert_eq!(append(&store, 16).await, 11, "positions of what was lost are given again");
    for number in 17..=30 {
        append(&store, number).await;
    }
    assert_eq!(store.head().await.unwrap(), Position::new(25));
    let told = behind.next().await.unwrap_err();
    assert_eq!(told.kind(), StoreErrorKind::Replaced, "also when the ledger is longer by now");
}
