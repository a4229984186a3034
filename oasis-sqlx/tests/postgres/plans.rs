//! Each documented question is answered from an index, however large the ledger is.

use std::time::{Duration, Instant};

use oasis_core::{EventFilter, EventStore, EventStoreExt, Position, Query, Status};
use oasis_sqlx::PostgresStore;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

use crate::cluster::{Cluster, execute, stranger};
use crate::migrations::texts;
use crate::{event, long};

/// So many events of so many tasks; the last ones and those of one task are rare in all filters.
fn fill(rows: u64) -> String {
    format!(
        "INSERT INTO oasis_events
        SELECT n, md5(n::text)::uuid, now(), now() - ({rows} - n) * interval '1 second',
            'DEV-CICDL-' || lpad((n % 1000)::text, 4, '0'), 'CICDL', 'WORKFLOW', 'github.actions',
            'workflow_run', CASE WHEN n % 100 = 0 THEN 'failure' ELSE 'success' END,
            'CICDL-WORKFLOW-COMPLETED', 'refs/heads/main', 'https://github.com/o/r/actions/' || n,
            jsonb_build_object('n', n, 'repository', 'o/r', 'sha', md5(n::text)), md5(n::text)
        FROM generate_series(1, {rows}) AS n;
        UPDATE oasis_head SET position = {rows};"
    )
}

fn rows() -> u64 {
    if long() { 1_000_000 } else { 50_000 }
}

fn after(mut query: Query, position: Option<Position>) -> Query {
    query.after = position;
    query
}

fn passing_over(offset: u64, mut query: Query) -> Query {
    query.offset = offset;
    query
}

/// How often a table with rows was read from one end to the other, and the index of this name used,
/// in whichever partition.
async fn scans(connection: &mut PgConnection, index: &str) -> (i64, i64) {
    sqlx::query_as(
        "SELECT (
            SELECT sum(seq_scan)::bigint FROM pg_stat_user_tables
            WHERE relname ~ '^oasis_(events|keys)' AND pg_relation_size(relid) > 0
        ), (
            SELECT sum(idx_scan)::bigint FROM pg_stat_user_indexes
            WHERE indexrelname ~ ('^oasis_events_(p[0-9]+_)?' || $1 || '(_position)?(_idx)?$')
        )",
    )
    .bind(index)
    .fetch_one(connection)
    .await
    .unwrap()
}

/// The same once nobody else is connected and the index was used so often: what a connection did is
/// counted when it ends, by some versions of Postgres a moment after.
async fn scans_at_last(connection: &mut PgConnection, index: &str, uses: i64) -> (i64, i64) {
    all_left(connection).await;
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let scans = scans(connection, index).await;
        if scans.1 >= uses || Instant::now() > deadline {
            return scans;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until nobody else is connected.
async fn all_left(connection: &mut PgConnection) {
    let others = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    while sqlx::query_scalar::<_, i64>(others).fetch_one(&mut *connection).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
}

/// Nobody but the test itself reads the table: no worker that makes statistics, and none that
/// summarises the index of times, which counts as a scan for each of its ranges.
const ALONE: &str = "ALTER TABLE oasis_events SET (autovacuum_enabled = false);
     ALTER INDEX oasis_events_occurred SET (autosummarize = off);";

/// Changes the ledger over a connection of its own, whose scans are counted when it ends: the one
/// that counts makes none.
async fn change(url: &str, statements: &str) {
    let mut connection = stranger(url).await;
    execute(&mut connection, statements).await;
    connection.close().await.unwrap();
}

#[tokio::test]
async fn each_question_walks_its_index_and_none_reads_the_whole_table() {
    let url = Cluster::shared().database().await;
    PostgresStore::connect(&url).await.unwrap();
    change(&url, &format!("{ALONE} {}", fill(rows()))).await;
    // Whether the planner knows nothing of the table or all.
    for statistics in ["SELECT 1", "ANALYZE oasis_events"] {
        change(&url, statistics).await;
        walk(&url, statistics).await;
    }
}

#[tokio::test]
async fn so_does_each_question_to_a_partitioned_ledger() {
    let url = Cluster::shared().database().await;
    PostgresStore::connect(&url).await.unwrap();
    // The last one is half full: neither so small that a walk through it is cheaper than its index,
    // nor made by the appends that are watched.
    let (all, each) = (rows(), rows() * 2 / 15);
    let room = format!(
        "{ALONE} SELECT oasis_partition({each}); \
         SELECT oasis_make_room(n) FROM generate_series({each}, {all}, {each}) AS n"
    );
    change(&url, &room).await;
    // The settings above stayed with the first partition.
    let partitions = "SELECT inhrelid::regclass::text FROM pg_inherits \
         WHERE inhparent IN ('oasis_events'::regclass, 'oasis_events_occurred'::regclass)";
    let mut alone = "ALTER TABLE oasis_keys SET (autovacuum_enabled = false);".to_owned();
    for partition in texts(&mut stranger(&url).await, partitions).await {
        alone += &if partition.contains("occurred") {
            format!("ALTER INDEX {partition} SET (autosummarize = off);")
        } else {
            format!("ALTER TABLE {partition} SET (autovacuum_enabled = false);")
        };
    }
    change(&url, &alone).await;
    change(&url, &fill(all)).await;
    for statistics in ["SELECT 1", "ANALYZE oasis_events; ANALYZE oasis_keys"] {
        change(&url, statistics).await;
        walk(&url, statistics).await;
    }
}

async fn walk(url: &str, statistics: &str) {
    let connection = &mut stranger(url).await;
    all_left(connection).await;
    let all = EventFilter::default;
    let task = EventFilter { vtid: Some(Some("DEV-CICDL-0031".parse().unwrap())), ..all() };
    let failed = EventFilter { status: Some(Status::Failure), ..all() };
    let some = |text: &str| Some(text.to_owned());
    let middle = "2020-01-01T00:00:00Z".parse().ok();
    let newest = |filter: &EventFilter| Query::newest(filter.clone(), 200);
    let middle_position = Position::new(rows() / 2);
    let older = |filter: &EventFilter| after(newest(filter), middle_position);
    let later = |filter: &EventFilter| Query::after(filter.clone(), middle_position, 200);
    let by_position = "position";
    for (query, index) in [
        (newest(&all()), by_position),
        (older(&all()), by_position),
        (later(&all()), by_position),
        (passing_over(400, newest(&all())), by_position),
        (newest(&task), "vtid"),
        (older(&task), "vtid"),
        (later(&task), "vtid"),
        (newest(&failed), "status"),
        (older(&failed), "status"),
        (later(&failed), "status"),
        (newest(&EventFilter { status: failed.status, ..task.clone() }), "vtid"),
        (newest(&EventFilter { kind: some("workflow_run"), ..task.clone() }), "vtid"),
        (newest(&EventFilter { layer: some("ABSENT"), ..all() }), by_position),
        (newest(&EventFilter { module: some("WORKFLOW"), ..all() }), by_position),
        (newest(&EventFilter { source: some("absent"), ..all() }), by_position),
        (newest(&EventFilter { kind: some("absent"), ..all() }), by_position),
        (newest(&EventFilter { since: middle, ..all() }), by_position),
        (newest(&EventFilter { text: some("actions/4242"), ..all() }), by_position),
    ] {
        let before = scans(connection, index).await;
        let store = PostgresStore::connect(url).await.unwrap();
        store.query(&query).await.unwrap();
        drop(store);
        let after = scans_at_last(connection, index, before.1 + 1).await;
        assert_eq!(after.0, before.0, "{query:?} reads the whole table after {statistics}");
        assert!(after.1 > before.1, "{query:?} does not use {index} after {statistics}");
    }

    // A stretch of time that is long ago is found or walked to, whichever the planner takes.
    let before = scans(connection, by_position).await.0;
    let store = PostgresStore::connect(url).await.unwrap();
    let until = EventFilter { until: middle, ..all() };
    assert!(store.query(&newest(&until)).await.unwrap().events.is_empty());
    drop(store);
    all_left(connection).await;
    let after = scans(connection, by_position).await.0;
    assert_eq!(after, before, "a stretch of time reads the whole table after {statistics}");

    let before = scans(connection, "delivery").await;
    let store = PostgresStore::connect(url).await.unwrap();
    let known = store.read_after(Position::new(rows() - 50), 50).await.unwrap();
    let head = store.head().await.unwrap();
    let mut batch: Vec<_> = known.into_iter().map(|row| row.event).collect();
    let fresh = head.unwrap().get() * 1000;
    batch.extend((fresh..fresh + 50).map(event));
    let ids: Vec<_> = batch.iter().map(|event| event.id).collect();
    let appended = store.append(batch).await.unwrap();
    assert_eq!(appended.iter().filter(|one| one.duplicate).count(), 50);
    for id in ids.iter().take(3) {
        assert!(store.get(*id).await.unwrap().is_some());
    }
    store.count(&task).await.unwrap();
    drop(store);
    let after = scans_at_last(connection, "delivery", before.1 + 100).await;
    assert_eq!(after.0, before.0, "append, get and count read the whole table after {statistics}");
    assert!(after.1 >= before.1 + 100, "each delivery is one step into the index");
}

/// How many reads of the whole table a session makes that brings fifty known deliveries by
/// plans from when the table had one row, and whose planner was never told that it grew.
async fn reads_by_old_plans(settings: &str, uses: i64) -> i64 {
    let url = Cluster::shared().database().await;
    // One connection, so that the plans are kept.
    let pool = PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    let store = PostgresStore::new(pool).await.unwrap();
    let mut connection = stranger(&url).await;
    execute(&mut connection, &format!("{ALONE}{settings}")).await;
    execute(&mut connection, &format!("{} ANALYZE oasis_events", fill(1))).await;
    assert!(store.append(vec![event(1), event(1)]).await.unwrap()[1].duplicate);
    execute(&mut connection, &fill(20_000).replace("(1, 20000)", "(3, 20000)")).await;
    let known = store.read_after(Position::new(19_950), 50).await.unwrap();
    let batch = known.into_iter().map(|row| row.event).collect();
    assert!(store.append(batch).await.unwrap().iter().all(|one| one.duplicate));
    drop(store);
    // Either each delivery was a step into this index, or none.
    scans_at_last(&mut connection, "delivery", uses).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_one_step_into_the_index_also_by_a_plan_for_a_tiny_table() {
    // Those of a ledger that is opened.
    let reads = reads_by_old_plans("", 50).await;
    assert!(reads < 25, "{reads}");
    // What this would not see if it could not: without the function's settings each of the
    // fifty reads the whole table.
    let unpinned = "ALTER FUNCTION oasis_append RESET enable_seqscan; \
         ALTER FUNCTION oasis_append RESET enable_hashjoin; \
         ALTER FUNCTION oasis_append RESET enable_mergejoin;";
    let unpinned = reads_by_old_plans(unpinned, 0).await;
    eprintln!("50 known deliveries: {reads} whole-table reads, {unpinned} by a plan not pinned");
    assert!(unpinned >= 50, "{unpinned}");
}

/// The fastest run of each question, asked in turn: the others met somebody else's work.
async fn fastest<const N: usize>(questions: [(&PostgresStore, Query); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..100 {
        for ((store, query), best) in questions.iter().zip(&mut best) {
            let start = Instant::now();
            assert_eq!(store.query(query).await.unwrap().events.len(), query.limit);
            *best = start.elapsed().min(*best);
        }
    }
    best
}

/// A ledger of so many events of so many tasks, with all that the planner can know of it.
async fn filled(rows: u64, tasks: u64) -> PostgresStore {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let mut connection = stranger(&url).await;
    let fill = fill(rows).replace("% 1000)", &format!("% {tasks})"));
    execute(&mut connection, &fill).await;
    execute(&mut connection, "VACUUM ANALYZE oasis_events").await;
    store
}

#[tokio::test]
async fn a_page_costs_the_same_at_any_depth_and_in_any_ledger() {
    // So many tasks that a page of one is full and its rows are far apart.
    let (small, large) = (filled(1000, 2).await, filled(rows(), rows() / 1000).await);
    // Of a million rows the last page of a hundred is the ten thousandth.
    let first = Query::newest(EventFilter::default(), 100);
    let deep = after(first.clone(), Position::new(101));
    let vtid = Some(Some("DEV-CICDL-0001".parse().unwrap()));
    let task = Query::newest(EventFilter { vtid, ..EventFilter::default() }, 200);
    let questions = [(&large, first), (&large, deep), (&small, task.clone()), (&large, task)];
    let [first, deep, in_small, in_large] = fastest(questions).await;
    eprintln!(
        "at {} rows: first page {first:?}, last page {deep:?}; newest 200 of a task {in_large:?}, \
         at 1,000 rows {in_small:?}",
        rows()
    );
    assert!(deep < first * 3 / 2 && in_large < in_small * 2, "{first:?} {deep:?}");
}
