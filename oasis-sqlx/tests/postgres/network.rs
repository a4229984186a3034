//! What the network does between the store and its server: each question is answered in time,
//! with a row or an error that says come again, and who comes again finds what was done.

use std::time::{Duration, Instant};

use oasis_core::{EventFilter, EventStore, EventStoreExt, Query, StoreErrorKind};
use oasis_sqlx::PostgresStore;

use crate::cluster::Cluster;
use crate::proxy::{Cut, Line, Proxy};
use crate::{event, long};

/// The longest answer: five seconds, and what a busy machine adds.
const PATIENCE: Duration = Duration::from_millis(6000);
/// The same for opening a store, which is several questions one after the other.
const PATIENCE_TO_OPEN: Duration = Duration::from_millis(7500);

/// A new database through a proxy of its own.
async fn proxied() -> (Proxy, String) {
    let proxy = Proxy::start(Cluster::shared().port()).await;
    let url = proxy.url(&Cluster::shared().database().await);
    (proxy, url)
}

/// Asks more than there are connections for, while the line is broken; then mends it.
async fn ends_in_time_and_recovers(broken: Option<Line>) {
    let (proxy, url) = proxied().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append_one(event(1)).await.unwrap();

    match broken {
        Some(line) => proxy.set(line).await,
        None => proxy.strand(),
    }
    let ask = |n: u64| {
        let store = store.clone();
        tokio::spawn(async move {
            let start = Instant::now();
            let ended = match n % 3 {
                0 => store.append_one(event(n)).await.map(drop),
                1 => store.head().await.map(drop),
                _ => store.query(&Query::newest(EventFilter::default(), 5)).await.map(drop),
            };
            (ended, start.elapsed())
        })
    };
    for question in (3..63).map(ask).collect::<Vec<_>>() {
        let (ended, took) = question.await.unwrap();
        assert!(took < PATIENCE, "{broken:?}: {took:?}");
        match ended {
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}"),
            Ok(()) => assert_eq!(broken, None, "new connections are whole only there"),
        }
    }

    proxy.set(Line::Whole).await;
    let start = Instant::now();
    while store.head().await.is_err() {
        assert!(start.elapsed() < PATIENCE, "{broken:?}: it does not find the server again");
    }
    // Nobody knows whether they were taken the first time; brought again they are there once.
    store.append((1..63).map(event).collect()).await.unwrap();
    let rows = store.read_after(None, 100).await.unwrap();
    assert!(rows.iter().map(|row| row.position.get()).eq(1..=62), "{broken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_silent_is_an_error_in_time_and_found_again() {
    ends_in_time_and_recovers(Some(Line::Silent)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_no_connection_is_an_error_in_time_and_found_again() {
    ends_in_time_and_recovers(Some(Line::Refused)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_takes_longer_than_anybody_waits_is_an_error_in_time() {
    ends_in_time_and_recovers(Some(Line::Slow(Duration::from_millis(40)))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_dead_and_don_t_say_so_are_errors_in_time_and_replaced() {
    ends_in_time_and_recovers(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_come_one_by_one_are_read_all_the_same() {
    let (proxy, url) = proxied().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append_one(event(1)).await.unwrap();
    proxy.set(Line::Slow(Duration::ZERO)).await;
    store.append_one(event(2)).await.unwrap();
    assert_eq!(store.read_after(None, 10).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_opened_in_time_or_not_at_all() {
    let (proxy, url) = proxied().await;
    for line in [Line::Refused, Line::Silent] {
        proxy.set(line).await;
        let start = Instant::now();
        let error = PostgresStore::connect(&url).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
        assert!(start.elapsed() < PATIENCE_TO_OPEN, "{line:?}: {:?}", start.elapsed());
    }
    proxy.set(Line::Whole).await;
    PostgresStore::connect(&url).await.unwrap();
    // Silent while it looks for migrations: a connection is there then.
    proxy.cut(Cut::BeforeAnswer, b"_oasis_migrations", "SELECT");
    let error = PostgresStore::connect(&url).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
}

/// How often each of the cuts below comes.
fn times() -> u64 {
    if long() { 1000 } else { 60 }
}

/// How appends go to the server, and what it says at the end of each.
#[derive(Debug, Clone, Copy)]
struct Road {
    events: u64,
    command: &'static str,
}

/// One event is one statement, several are a call of the function, and a store that can't rely on the
/// server's isolation calls it in a transaction.
const LONE: Road = Road { events: 1, command: "INSERT" };
const BATCH: Road = Road { events: 2, command: "SELECT" };
const TRANSACTION: Road = Road { events: 1, command: "COMMIT" };

/// Brings events one after the other, cuts the connection of each at this moment, and brings it
/// again. What is there depends on whether the first time counts.
async fn cut_and_brought_again(url: &str, proxy: &Proxy, cut: Cut, road: Road) {
    let store = PostgresStore::connect(url).await.unwrap();
    let is_there = cut != Cut::InStatement;
    for n in 0..times() {
        let batch: Vec<_> = (0..road.events)
            .map(|place| {
                let mut event = event(n * road.events + place);
                event.delivery_id = Some(format!("delivery-{n}-{place}"));
                event
            })
            .collect();
        proxy.cut(cut, format!("delivery-{n}-").as_bytes(), road.command);
        let error = store.append(batch.clone()).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
        let again = store.append(batch).await.unwrap();
        for (place, again) in (1..).zip(again) {
            assert_eq!(again.duplicate, is_there, "{cut:?}: whether the first time counts");
            let position = again.recorded.position.get();
            assert_eq!(position, n * road.events + place, "one row for each");
        }
    }
    assert_eq!(proxy.cuts(), times(), "each was cut");
    let count = store.count(&EventFilter::default()).await.unwrap();
    assert_eq!(count, times() * road.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_whose_answer_is_lost_is_there_once_when_it_is_brought_again() {
    for road in [LONE, BATCH] {
        let (proxy, url) = proxied().await;
        cut_and_brought_again(&url, &proxy, Cut::BeforeAnswer, road).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_one_too() {
    // Such a store appends in a transaction, and what is lost is the answer to its COMMIT.
    let (proxy, url) = proxied().await;
    let url = format!("{url}&options=-cdefault_transaction_isolation%3Dserializable");
    cut_and_brought_again(&url, &proxy, Cut::BeforeAnswer, TRANSACTION).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_in_half_is_no_answer() {
    for road in [LONE, BATCH] {
        let (proxy, url) = proxied().await;
        cut_and_brought_again(&url, &proxy, Cut::InAnswer, road).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_is_cut_in_half_is_not_done() {
    for road in [LONE, BATCH] {
        let (proxy, url) = proxied().await;
        cut_and_brought_again(&url, &proxy, Cut::InStatement, road).await;
    }
}
