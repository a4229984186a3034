//! Many writers on one ledger, each in the way of the others.

use std::env;
use std::process::{Child, Command};
use std::sync::Arc;

use oasis_core::{EventStoreExt, GroupCommit};
use oasis_sqlx::PostgresStore;
use sqlx::postgres::PgPoolOptions;

use crate::cluster::{Cluster, execute, stranger};
use crate::{event, long};

/// Where the other processes find the ledger, and which of them one is; only a test sets it.
const URL: &str = "OASIS_TEST_URL";
const PART: &str = "OASIS_TEST_PART";
const PROCESSES: u64 = 4;
const WRITERS: u64 = 16;

/// Makes some transactions wait between their last statement and their commit, so that they commit
/// in another order than they began.
const DELAYS: &str = "
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF random() < 0.05 THEN PERFORM pg_sleep(random() * 0.02); END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON the_table DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION dawdle();";

fn events() -> u64 {
    if long() { 100_000 } else { 5_000 }
}

/// One event in ten is a delivery that another process has brought.
fn delivery(n: u64) -> u64 {
    if n % 10 == 9 { n - 9 } else { n }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_append_without_a_gap_and_a_follower_meets_each_row_once() {
    let this = "many::four_processes_append_without_a_gap_and_a_follower_meets_each_row_once";
    four_processes(this, "SELECT 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_do_so_where_partitions_come_to_be_meanwhile() {
    let this = "many::four_processes_do_so_where_partitions_come_to_be_meanwhile";
    four_processes(this, "SELECT oasis_partition(300)").await;
}

async fn four_processes(this: &str, layout: &str) {
    if let Ok(url) = env::var(URL) {
        // This is one of the processes.
        return append_part(&url, env::var(PART).unwrap().parse().unwrap()).await;
    }
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let delays = DELAYS.replace("the_table", "oasis_events");
    execute(&mut stranger(&url).await, &format!("{layout}; {delays}")).await;
    let start = |part: u64| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", this]).env(URL, &url).env(PART, part.to_string());
        command.spawn().unwrap()
    };
    let parts: Vec<Child> = (0..PROCESSES).map(start).collect();

    let distinct = events() / 10 * 9;
    let mut follow = store.follow(None);
    let mut seen = Vec::new();
    while (seen.len() as u64) < distinct {
        for row in follow.next().await.unwrap() {
            assert_eq!(row.position.get(), seen.len() as u64 + 1, "each row once, in order");
            seen.push(row.event.delivery_id.unwrap().parse::<u64>().unwrap());
        }
    }
    for mut part in parts {
        assert!(part.wait().unwrap().success());
    }
    let more = store.read_after(follow.position(), 10).await.unwrap();
    assert!(more.is_empty(), "there is no row but one for each delivery: {more:?}");
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len() as u64, distinct, "each delivery once");
}

async fn append_part(url: &str, part: u64) {
    let store = PostgresStore::connect(url).await.unwrap();
    let store = Arc::new(GroupCommit::new(Arc::new(store)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for n in (part + writer * PROCESSES..events()).step_by(64) {
                    let mut event = event(n);
                    event.delivery_id = Some(delivery(n).to_string());
                    store.append_one(event).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

/// What the tests above would not see if they could not: with a sequence for positions the same
/// writers lose events for the same reader.
#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_would_lose_events() {
    let url = Cluster::shared().database().await;
    let mut reader = stranger(&url).await;
    let table = "CREATE TABLE naive (position bigserial PRIMARY KEY, n bigint NOT NULL);";
    execute(&mut reader, &format!("{table}{}", DELAYS.replace("the_table", "naive"))).await;
    let pool = PgPoolOptions::new().max_connections(16).connect(&url).await.unwrap();
    let writers: Vec<_> = (0..16)
        .map(|writer: i64| {
            let pool = pool.clone();
            tokio::spawn(async move {
                for n in 0..200 {
                    let insert = sqlx::query("INSERT INTO naive (n) VALUES ($1)");
                    insert.bind(writer * 200 + n).execute(&pool).await.unwrap();
                }
            })
        })
        .collect();
    let (mut last, mut seen) = (0, 0);
    loop {
        let done = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let after = "SELECT position FROM naive WHERE position > $1 ORDER BY position";
        let rows: Vec<i64> =
            sqlx::query_scalar(after).bind(last).fetch_all(&mut reader).await.unwrap();
        seen += rows.len();
        last = rows.last().copied().unwrap_or(last);
        if done {
            break;
        }
    }
    eprintln!("a reader of a sequence lost {} of 3200 events", 3200 - seen);
    assert!(seen < 3200, "the reader saw all, so the delays delay nothing");
}
